// The picture of a beat on a canvas: what happens to the points, and how the parameters move.
import { fitted, inBatch, tipToTail, vectorsAt } from "./beats.js";
import { GRADIENT, arrow, drawPoints, ring } from "./marks.js";
import { sigmoid } from "./ranking.js";
import { letters, typeScale } from "./type.js";

const [MEMORY, REST, SQUARES] = ["#8A6BC9", "#8A8F98", "#009E73"]; // beside the gradient's colour
const MARGIN = 14; // px
const RADIUS = 3; // px, of a point
const AROUND = [[1, -1], [-1, -1], [1, 1], [-1, 1], [0, -1.4], [0, 1.4], [1.4, 0], [-1.4, 0]];
const ROOTS = { v: Math.sqrt, squares: Math.sqrt, root: (value) => value }; // what the step is divided by
const WIDEST = 6; // logits at the edges of the S-curve, at least

/** The points on the S-curve; with `worst`, a stalk from each to its class, and the worst by number. */
export function sCurve(context, { width, height, ink, scene, step, scores, worst }) {
  const inside = inBatch(step);
  const reach = Math.max(WIDEST, ...inside.map((k) => Math.abs(scores[k])).filter(Number.isFinite));
  const toX = (z) => MARGIN + ((z + reach) / (2 * reach)) * (width - 2 * MARGIN);
  const toY = (p) => height - MARGIN - p * (height - 2 * MARGIN);
  Object.assign(context, { strokeStyle: ink, lineWidth: 1 });
  context.globalAlpha = 0.5;
  context.strokeRect(MARGIN, MARGIN, width - 2 * MARGIN, height - 2 * MARGIN);
  context.beginPath();
  for (let x = MARGIN; x <= width - MARGIN; x += 2) {
    const z = ((x - MARGIN) / (width - 2 * MARGIN)) * 2 * reach - reach;
    context.lineTo(x, toY(sigmoid(z)));
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
export function named(context, which, place, ink, size = 14) {
  const px = size * typeScale();
  Object.assign(context, { fillStyle: ink, font: `600 ${px}px system-ui, sans-serif`, textBaseline: "middle", textAlign: "center" });
  apart(which.map(place), px).forEach((at, order) => at && context.fillText(String(order + 1), ...at));
  context.textAlign = "start";
}

/** Where a sign of this size stands beside each point, so that no two overlap; null where there is no
 * room, and whoever comes first has the choice. */
export function apart(points, size) {
  const taken = [];
  return points.map(([x, y]) => {
    const around = AROUND.map(([dx, dy]) => [x + 0.9 * size * dx, y + 0.9 * size * dy]);
    const free = around.find((at) => taken.every((one) => Math.abs(one[0] - at[0]) > 1.2 * size || Math.abs(one[1] - at[1]) > size));
    if (free) taken.push(free);
    return free ?? null;
  });
}

/** The gradients of all points, and their mean in the same scale. */
export function pulls(context, { width, height, ink, scene, step }) {
  const d = step.names.length;
  const inside = inBatch(step);
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
  arrow(context, place([0, 0]), place(mean), GRADIENT, 4);
  words(context, ink, [["one point's pull", null], ["their mean", GRADIENT]]);
}

/** What moves the parameters, tip to tail, and the step that comes of it. */
export function movement(context, { width, height, ink, step, isStep }) {
  const chain = tipToTail(step.parts.map((part) => part.step.slice(0, 2)));
  const end = [0, 1].map((k) => step.after[k] - step.before[k]);
  const place = fitted([[0, 0], end, ...chain.flat()], width, height - 18, 2 * MARGIN);
  const colours = [GRADIENT, MEMORY, REST];
  chain.forEach(([from, to], k) => arrow(context, place(from), place(to), colours[k], 3));
  if (isStep) arrow(context, place([0, 0]), place(end), ink, 4);
  const legend = step.parts.map(({ name }, k) => [name, colours[k]]);
  words(context, ink, isStep ? [...legend, ["the step", ink]] : legend);
}

/** What the optimiser remembers, as far as it is known at a beat: means as arrows, and as a box how far
 * each parameter's gradients usually reach, by which its step is divided. */
export function memories(context, { width, height, ink, step, beat }) {
  const known = vectorsAt(step, beat).filter(({ name, from }) => name !== "step" && beat >= from);
  const boxes = known.filter(({ name }) => ROOTS[name]).map(({ name, values }) => ({ name, half: values.slice(0, 2).map(ROOTS[name]) }));
  const means = known.filter(({ name }) => !ROOTS[name]);
  const box = boxes.at(-1);
  const place = fitted([[0, 0], ...means.map(({ values }) => values.slice(0, 2)), ...(box ? [box.half, box.half.map((value) => -value)] : [])], width, height - 18, 2 * MARGIN);
  if (box) {
    const [[left, top], [right, bottom]] = [place([-box.half[0], box.half[1]]), place([box.half[0], -box.half[1]])];
    Object.assign(context, { strokeStyle: SQUARES, lineWidth: 3 });
    context.strokeRect(left, top, right - left, bottom - top);
  }
  const colours = [GRADIENT, MEMORY, REST];
  means.forEach(({ values }, k) => arrow(context, place([0, 0]), place(values.slice(0, 2)), colours[k] ?? REST, 4 - k));
  const boxWord = box && [box.name === "root" ? "√v, corrected" : `√${box.name}`, SQUARES];
  words(context, ink, [...means.map(({ name }, k) => [name, colours[k] ?? REST]), ...(box ? [boxWord] : [])]);
}

/** A legend along the lower edge. */
function words(context, ink, entries) {
  Object.assign(context, { font: `600 ${letters(13 / 16)}px system-ui, sans-serif`, textBaseline: "bottom" });
  let x = MARGIN;
  for (const [text, colour] of entries) {
    context.fillStyle = colour ?? ink;
    context.fillText(text, x, context.canvas.clientHeight - 2);
    x += context.measureText(text).width + 16;
  }
}
