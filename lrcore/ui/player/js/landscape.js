// The loss over a plane of weights, as Python computed it on a grid. No DOM here.
import { contours } from "./contours.js";
import { valuesAt } from "./grip.js";
import { decode } from "./record.js";

const EDGE = 1e-4; // of the window's size

export class Landscape {
  /** @param {import("./protocol.js").Landscape} answer */
  constructor(answer) {
    Object.assign(this, answer);
    this.grid = { view: answer.window, size: answer.size };
    this.losses = decode(answer.losses);
    this.b = answer.b && decode(answer.b);
    const count = answer.origin.length;
    this.axes = [answer.directions.slice(0, count), answer.directions.slice(count)];
    this.contours = contours(this.losses, this.size, this.levels);
    const finite = this.losses.filter(Number.isFinite);
    this.lowest = finite.reduce((low, loss) => Math.min(low, loss), Infinity);
    this.highest = finite.reduce((high, loss) => Math.max(high, loss), -Infinity);
  }

  /** Where weights are seen: the nearest place of the plane. */
  place(weights) {
    return this.axes.map((axis) => axis.reduce((sum, part, k) => sum + part * (weights[k] - this.origin[k]), 0));
  }

  /** The weights at a place; b is the best there, where the map is that of the best b. */
  weightsAt([u, v]) {
    const weights = this.origin.map((value, k) => value + u * this.axes[0][k] + v * this.axes[1][k]);
    return this.b ? weights.with(-1, valuesAt(this.grid, this.b, 1, [u, v])[0]) : weights;
  }

  lossAt(place) {
    return valuesAt(this.grid, this.losses, 1, place)[0];
  }

  /** From 0 at the lowest corner of the grid to 1 at the highest. */
  heightAt(place) {
    return this.relative(this.lossAt(place));
  }

  relative(loss) {
    if (!(this.highest > this.lowest)) return 0;
    return Number.isFinite(loss) ? Math.max(0, Math.min(1, (loss - this.lowest) / (this.highest - this.lowest))) : 1;
  }

  /** A place on the edge is inside, though its weights are rounded. */
  contains(place) {
    const [u0, u1, v0, v1] = this.window;
    const slack = EDGE * Math.max(u1 - u0, v1 - v0);
    return this.clamped(place).every((part, k) => Math.abs(part - place[k]) <= slack);
  }

  clamped([u, v]) {
    const [u0, u1, v0, v1] = this.window;
    return [Math.max(u0, Math.min(u1, u)), Math.max(v0, Math.min(v1, v))];
  }

  /** How far weights lie off the plane; b does not count where it is chosen at each place. */
  distance(weights) {
    const seen = this.weightsAt(this.place(weights));
    return Math.hypot(...seen.map((value, k) => (this.b && k === seen.length - 1 ? 0 : value - weights[k])));
  }
}

/** Which of the moments 0 to `index` a path is drawn through: the last ones all, older ones fewer. */
export function pathMoments(index, all = 150, older = 350) {
  const start = Math.max(0, index - all);
  const stride = Math.max(1, Math.ceil(start / older));
  const moments = [];
  for (let k = 0; k < start; k += stride) moments.push(k);
  for (let k = start; k <= index; k += 1) moments.push(k);
  return moments;
}
