// Draws the map of the weights: the surface, which changes seldom and has a canvas of its own, and each
// frame the path, the arrows and the dot on it.
import { tipToTail } from "./beats.js";
import { ticks } from "./contours.js";
import { pathMoments } from "./landscape.js";
import { GRADIENT, arrow, cleared, word } from "./marks.js";
import { Projection, paintSurface } from "./mesh.js";
import { letters, typeScale } from "./type.js";

const FADES = 10; // shades of a path, from old to new
const ELLIPSE = 0.12; // half its length, by the width of the map

export class WeightsMap {
  constructor(root) {
    this.root = root;
    this.canvas = root.querySelector("canvas");
    this.surface = document.createElement("canvas");
    this.look = null; // until it is measured
    this.painted = null; // what the surface was painted of
  }

  /** Read size and colours from the page. */
  measure() {
    const { clientWidth: width, clientHeight: height } = this.root;
    const { color, backgroundColor, fontFamily } = getComputedStyle(this.root);
    const em = 16 * typeScale();
    this.look = { width, height, em, px: em / 16, ink: color, background: backgroundColor, font: `${letters(0.85)}px ${fontFamily}` };
    this.box = { left: 2.4 * em, top: 0.4 * em, width: width - 2.8 * em, height: height - 2 * em };
  }

  get aspect() {
    const { width, height } = this.box ?? { width: 1, height: 1 };
    return Math.max(0.2, Math.min(5, Math.round((10 * width) / height) / 10));
  }

  /** @param {{landscape: import("./landscape.js").Landscape, tilt: number}} seen
   * @returns {Projection} where things are */
  prepare({ landscape, tilt }) {
    const key = [landscape, tilt, ...Object.values(this.look)];
    if (this.painted?.every((part, k) => part === key[k])) return this.projection;
    this.painted = key;
    this.projection = new Projection(landscape.window, this.box, tilt);
    const context = cleared(this.surface, this.look.width, this.look.height);
    paintSurface(context, landscape, this.projection, this.look);
    this.axes(context, landscape);
    const { left, top, width, height } = this.box;
    Object.assign(this.canvas.dataset, { window: landscape.window, box: [left, top, width, height] }); // what is where, for whoever reads the picture
    return this.projection;
  }

  axes(context, { names, window: [u0, u1, v0, v1] }) {
    const { box, projection, look: { ink, font, em } } = this;
    const bottom = box.top + box.height;
    Object.assign(context, { fillStyle: ink, font, textAlign: "center", textBaseline: "top" });
    const [across, upwards] = names.map((name) => subscript(name.split(" ")[0]));
    const end = box.left + box.width - context.measureText(across).width - 1.2 * em;
    for (const { at, text } of ticks(u0, u1)) {
      const [x] = projection.toScreen([at, v0]);
      if (x < end) context.fillText(text, x, bottom + 0.3 * em);
    }
    context.textAlign = "right";
    context.fillText(across, box.left + box.width, bottom + 0.3 * em);
    context.textBaseline = "middle";
    const top = projection.toScreen([u0, v1])[1];
    for (const { at, text } of ticks(v0, v1)) {
      const [, y] = projection.toScreen([u0, at]);
      if (y > top + 1.5 * em) context.fillText(text, box.left - 0.3 * em, y);
    }
    context.fillText(upwards, box.left - 0.3 * em, top + 0.6 * em);
  }

  /** @param {{landscape: object, tilt: number, record: object, index: number, weights: ArrayLike<number>, arrows: ?object, ghosts: import("./protocol.js").GhostMoment[]}} now
   * @returns {number[]} px of the dot */
  draw(now) {
    const projection = this.prepare(now);
    const { look: { width, height }, box } = this;
    const context = cleared(this.canvas, width, height);
    context.drawImage(this.surface, 0, 0, width, height);
    context.save();
    context.beginPath();
    context.rect(box.left, box.top, box.width, box.height);
    context.clip();
    const seen = (place) => projection.toScreen(place, now.tilt ? now.landscape.heightAt(place) : 0);
    for (const ghost of now.ghosts) if (!ghost.elsewhere) this.ghost(context, now, ghost, seen);
    this.path(context, now, seen);
    this.goal(context, now.landscape, seen);
    if (now.arrows) this.arrows(context, now, seen);
    context.restore();
    return seen(now.landscape.place(now.weights));
  }

  path(context, { record, index, landscape }, seen) {
    const moments = pathMoments(index);
    Object.assign(context, { strokeStyle: this.look.ink, lineWidth: 2 * this.look.px, lineJoin: "round" });
    const places = moments.map((k) => seen(landscape.place(record.moment(k).weights)));
    for (let fade = 0; fade < FADES; fade += 1) {
      const [from, to] = [fade, fade + 1].map((part) => Math.floor((part * (places.length - 1)) / FADES));
      context.globalAlpha = 0.2 + (0.8 * (fade + 1)) / FADES;
      context.beginPath();
      for (const point of places.slice(from, to + 1)) context.lineTo(...point);
      context.stroke();
    }
    context.globalAlpha = 1;
  }

  /** The path of a pinned run, and a dot where it is. */
  ghost(context, { landscape }, { record, index, look: { colour, dash } }, seen) {
    const { px } = this.look;
    const places = pathMoments(index).map((k) => seen(landscape.place(record.moment(k).weights)));
    Object.assign(context, { strokeStyle: colour, fillStyle: colour, lineWidth: 2 * px, lineJoin: "round" });
    context.setLineDash(dash.map((length) => length * px));
    context.beginPath();
    for (const point of places) context.lineTo(...point);
    context.stroke();
    context.setLineDash([]);
    context.beginPath();
    context.arc(...places.at(-1), 5 * px, 0, 2 * Math.PI);
    context.fill();
  }

  /** A cross at the minimum; an arrow at the edge where it lies beyond, or at infinity. */
  goal(context, landscape, seen) {
    const { minimum, escape, window: [u0, u1, v0, v1] } = landscape;
    const { ink, em, px } = this.look;
    Object.assign(context, { strokeStyle: ink, fillStyle: ink, lineWidth: 2 * px });
    if (minimum && landscape.contains(minimum)) {
      const [x, y] = seen(minimum);
      const arm = 0.35 * em;
      context.beginPath();
      for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
        context.moveTo(x, y);
        context.lineTo(x + arm * dx, y + arm * dy);
      }
      return context.stroke();
    }
    const middle = [(u0 + u1) / 2, (v0 + v1) / 2];
    const way = escape ?? (minimum && [minimum[0] - middle[0], minimum[1] - middle[1]]);
    if (!way) return undefined;
    const reach = Math.min((u1 - u0) / 2 / Math.abs(way[0] || 1e-9), (v1 - v0) / 2 / Math.abs(way[1] || 1e-9));
    const [from, to] = [0.65, 0.92].map((share) => seen([middle[0] + share * reach * way[0], middle[1] + share * reach * way[1]]));
    arrow(context, from, to, ink, 4 * px);
    return this.say(context, escape ? "no minimum: best at ∞" : "minimum", from[0], way[1] > 0);
  }

  /** A word at the upper or the lower edge of the map. */
  say(context, text, x, above) {
    const { box, look: { font, em, ink, background } } = this;
    Object.assign(context, { font, textAlign: "center", textBaseline: "middle", strokeStyle: background, fillStyle: ink, lineWidth: 5 });
    const y = above ? box.top : box.top + box.height;
    word(context, text, [x, y], [box.left, box.top, box.left + box.width, box.top + box.height], [4, 0.8 * em]);
  }

  /** What the gradient does, what weight decay and the optimiser's memory add to its tip, and the step of all. */
  arrows(context, { landscape, weights, arrows }, seen) {
    const from = landscape.place(weights);
    const moved = (step) => landscape.place(Array.from(weights, (value, k) => value + step[k]));
    const [byGradient, byDecay, byAll] = tipToTail([arrows.gradient, arrows.decay, arrows.memory]).map(([, tip]) => moved(tip));
    this.ellipse(context, landscape, from, arrows, seen);
    const draw = (start, end, colour, width) => arrow(context, seen(start), seen(end), colour, width * this.look.px);
    draw(from, byGradient, GRADIENT, 6);
    context.setLineDash([1, 3]);
    draw(byGradient, byDecay, this.look.ink, 3);
    context.setLineDash([4, 3]);
    draw(byDecay, byAll, this.look.ink, 2);
    context.setLineDash([]);
    draw(from, moved(arrows.step), this.look.ink, 2.5);
  }

  ellipse(context, { window: [u0, u1] }, [u, v], { long_axis: axis, roundness }, seen) {
    if (!axis) return;
    const long = ELLIPSE * (u1 - u0);
    Object.assign(context, { strokeStyle: this.look.ink, lineWidth: 1.25 * this.look.px });
    context.beginPath();
    for (let k = 0; k <= 48; k += 1) {
      const [along, across] = [long * Math.cos((k * Math.PI) / 24), long * roundness * Math.sin((k * Math.PI) / 24)];
      context.lineTo(...seen([u + along * axis[0] - across * axis[1], v + along * axis[1] + across * axis[0]]));
    }
    context.stroke();
  }
}

/** w0 as w₀. */
export function subscript(name) {
  return name.replace(/(?<=^w)\d+/, (digits) => digits.replace(/\d/g, (digit) => "₀₁₂₃₄₅₆₇₈₉"[digit]));
}
