// What a beat draws beside the points of the plane: stalks, pulls, and the numbers of one point.
import { inBatch, largest } from "../../beats.js";
import { arrow } from "../../marks.js";
import { named } from "../../pictures.js";
import { fixed } from "../../readouts.js";
import { typeScale } from "../../type.js";

const LONGEST = 42; // px, of a stalk or a pull

/** @param {{step: object, name: string, place: (index: number) => [number, number], ink: string,
 *   ground: string, chosen: ?number, worst: number[]}} given `place` gives px */
export function paintBeat(context, { step, name, place, ink, ground, chosen, worst }) {
  const inside = inBatch(step);
  if (name === "loss") stalks(context, step, inside, place, ink, worst);
  if (name === "backward") pulls(context, step, inside, place, ink);
  const k = chosen ?? worst[0];
  if (k === undefined || Number.isNaN(step.losses[k])) return;
  const words = {
    forward: () => `p = ${fixed(step.probabilities[k], 3)}`,
    loss: () => `loss ${fixed(step.losses[k], 3)}`,
    backward: () => `${share(step, inside, k)} of all pulls`,
  }[name];
  if (words) label(context, words(), place(k), ink, ground);
}

function share({ shares, names: { length: d } }, inside, k) {
  const length = (j) => Math.hypot(...shares.subarray(j * d, (j + 1) * d));
  return `${((100 * length(k)) / (inside.reduce((sum, j) => sum + length(j), 0) || 1)).toFixed(1)} %`;
}

/** As long as the loss of each point; the worst have numbers. */
function stalks(context, { losses }, inside, place, ink, worst) {
  const most = losses[largest(losses, 1)[0]] || 1;
  Object.assign(context, { strokeStyle: ink, lineWidth: 2 });
  context.beginPath();
  for (const k of inside) {
    const [x, y] = place(k);
    context.moveTo(x, y);
    context.lineTo(x, y - (LONGEST * losses[k]) / most);
  }
  context.stroke();
  named(context, worst, place, ink, 16);
}

/** The gradient of each point's loss in the first two weights. */
function pulls(context, { shares, names: { length: d } }, inside, place, ink) {
  const most = Math.max(...inside.map((k) => Math.hypot(shares[k * d], shares[k * d + 1])), 1e-30);
  for (const k of inside) {
    const [x, y] = place(k);
    const [dx, dy] = [0, 1].map((j) => (LONGEST * shares[k * d + j]) / most);
    if (Math.hypot(dx, dy) > 2) arrow(context, [x, y], [x + dx, y - dy], ink, 1.5);
  }
}

/** Words beside a point, on a ground that lets them be read. */
function label(context, text, [x, y], ink, ground) {
  const size = 16 * typeScale();
  context.font = `600 ${size}px system-ui, sans-serif`;
  const width = context.measureText(text).width + 10;
  const right = context.canvas.clientWidth - width;
  const left = Math.max(0, Math.min(right, x + 10 > right ? x - 10 - width : x + 10));
  Object.assign(context, { fillStyle: ground, textBaseline: "middle" });
  context.fillRect(left, y - 0.75 * size, width, 1.5 * size);
  context.fillStyle = ink;
  context.fillText(text, left + 5, y);
}
