// The picture of a beat on a canvas: what happens to the points, and how the parameters move.
import { fitted, tipToTail } from "./beats.js";
import { drawPoints, ring } from "./marks.js";
import { typeScale } from "./type.js";

const MARGIN = 14; // px
const HEAD = 7; // px, of an arrow
const RADIUS = 3; // px, of a point
const WIDEST = 6; // logits at the edges of the S-curve, at least

export function arrow(context, [x0, y0], [x1, y1], colour, width = 2) {
  const length = Math.hypot(x1 - x0, y1 - y0);
  Object.assign(context, { strokeStyle: colour, fillStyle: colour, lineWidth: width });
  context.beginPath();
  context.moveTo(x0, y0);
  context.lineTo(x1, y1);
  context.stroke();
  if (length < 1) return;
  const [ux, uy] = [(x1 - x0) / length, (y1 - y0) / length];
  const head = Math.min(HEAD, length);
  context.beginPath();
  context.moveTo(x1, y1);
  context.lineTo(x1 - head * ux - (head / 2) * uy, y1 - head * uy + (head / 2) * ux);
  context.lineTo(x1 - head * ux + (head / 2) * uy, y1 - head * uy - (head / 2) * ux);
  context.fill();
}

/** The points on the S-curve; with `worst`, a stalk from each to its class, and the worst by number. */
export function sCurve(context, { width, height, ink, scene, step, scores, worst }) {
  const inside = Array.from(scene.labels.keys()).filter((k) => !Number.isNaN(step.probabilities[k]));
  const reach = Math.max(WIDEST, ...inside.map((k) => Math.abs(scores[k])).filter(Number.isFinite));
  const toX = (z) => MARGIN + ((z + reach) / (2 * reach)) * (width - 2 * MARGIN);
  const toY = (p) => height - MARGIN - p * (height - 2 * MARGIN);
  Object.assign(context, { strokeStyle: ink, lineWidth: 1 });
  context.globalAlpha = 0.5;
  context.strokeRect(MARGIN, MARGIN, width - 2 * MARGIN, height - 2 * MARGIN);
  context.beginPath();
  for (let x = MARGIN; x <= width - MARGIN; x += 2) {
    const z = ((x - MARGIN) / (width - 2 * MARGIN)) * 2 * reach - reach;
    context.lineTo(x, toY(1 / (1 + Math.exp(-z))));
  }
  context.stroke();
  context.globalAlpha = 1;
  const place = (k) => [toX(scores[k]), toY(step.probabilities[k])];
  if (worst) stalks(context, inside, place, (k) => toY(scene.labels[k]), scene);
  drawPoints(context, scene, inside, place, RADIUS);
  if (worst) named(context, worst, place, ink);
  else ring(context, inside.filter((k) => (scores[k] >= 0 ? 1 : 0) !== scene.labels[k]), place, 2 * RADIUS, ink);
}

function stalks(context, which, place, end, { labels, colours }) {
  context.lineWidth = 1;
  for (const label of [0, 1]) {
    context.strokeStyle = `rgb(${colours[label].join(" ")} / 0.5)`;
    context.beginPath();
    for (const k of which) {
      if (labels[k] !== label) continue;
      const [x, y] = place(k);
      context.moveTo(x, y);
      context.lineTo(x, end(k));
    }
    context.stroke();
  }
}

/** Numbers beside points: 1 is the worst. */
export function named(context, which, place, ink, size = 13) {
  Object.assign(context, { fillStyle: ink, font: `600 ${size * typeScale()}px system-ui, sans-serif`, textBaseline: "middle" });
  which.forEach((k, order) => {
    const [x, y] = place(k);
    context.fillText(String(order + 1), x + 6, y - 6);
  });
}

/** The gradients of all points, and their mean in the same scale. */
export function pulls(context, { width, height, ink, pink, scene, step }) {
  const d = step.names.length;
  const inside = Array.from(scene.labels.keys()).filter((k) => !Number.isNaN(step.losses[k]));
  const share = (k) => [step.shares[k * d], step.shares[k * d + 1]];
  const place = fitted([[0, 0], ...inside.map(share)], width, height, MARGIN);
  context.globalAlpha = 0.45;
  for (const k of inside) {
    context.strokeStyle = `rgb(${scene.colours[scene.labels[k]].join(" ")})`;
    context.lineWidth = 1;
    context.beginPath();
    context.moveTo(...place([0, 0]));
    context.lineTo(...place(share(k)));
    context.stroke();
  }
  context.globalAlpha = 1;
  const mean = [0, 1].map((j) => inside.reduce((sum, k) => sum + share(k)[j], 0) / inside.length);
  arrow(context, place([0, 0]), place(mean), pink, 4);
  words(context, ink, [["one point's pull", null], ["their mean", pink]]);
}

/** What moves the parameters, tip to tail, and the step that comes of it. */
export function movement(context, { width, height, ink, pink, step, isStep }) {
  const chain = tipToTail(step.parts);
  const end = [0, 1].map((k) => step.after[k] - step.before[k]);
  const place = fitted([[0, 0], end, ...chain.flat()], width, height - 18, 2 * MARGIN);
  const colours = [pink, "#8A6BC9", "#8A8F98"];
  chain.forEach(([from, to], k) => arrow(context, place(from), place(to), colours[k], 3));
  if (isStep) arrow(context, place([0, 0]), place(end), ink, 4);
  const legend = step.parts.map(({ name }, k) => [name, colours[k]]);
  words(context, ink, isStep ? [...legend, ["the step", ink]] : legend);
}

/** A legend along the lower edge. */
function words(context, ink, entries) {
  Object.assign(context, { font: `600 ${13 * typeScale()}px system-ui, sans-serif`, textBaseline: "bottom" });
  let x = MARGIN;
  for (const [text, colour] of entries) {
    context.fillStyle = colour ?? ink;
    context.fillText(text, x, context.canvas.clientHeight - 2);
    x += context.measureText(text).width + 16;
  }
}
