// One step in beats: what is known and what is true at a beat. Pure: no DOM here.
import { decode } from "./record.js";

/** @param {import("./protocol.js").OneStep} step its numbers as arrays */
export function unpacked(step) {
  return { ...step, probabilities: decode(step.probabilities), losses: decode(step.losses), shares: decode(step.shares) };
}

/** Where a beat before or after this one is: also in the step before or after. */
export function neighbour(moment, beat, by, count) {
  if (beat + by >= count) return { moment: moment + 1, beat: 0 };
  if (beat + by >= 0) return { moment, beat: beat + by };
  return moment > 0 ? { moment: moment - 1, beat: Infinity } : { moment, beat: 0 };
}

/** The indices of the drawn points that the step sees: the others have no number. */
export function inBatch({ losses }) {
  return Array.from(losses.keys()).filter((k) => !Number.isNaN(losses[k]));
}

/** The indices of the largest numbers, largest first; what is no number is none. */
export function largest(values, count) {
  const indices = Array.from(values.keys()).filter((k) => !Number.isNaN(values[k]));
  return indices.sort((a, b) => values[b] - values[a]).slice(0, count);
}

/** The vectors at a beat, each with the values of now: the gradient fills at backward, what the
 * optimiser remembers at its own line, and the step comes last. */
export function vectorsAt(step, beat) {
  const beatOf = (name) => step.beats.findIndex((one) => one.name === name);
  const lineOf = (name) => step.lines.find(({ text }) => text.startsWith(name))?.beat ?? 0;
  const moved = step.after.map((value, k) => value - step.before[k]);
  const none = moved.map(() => 0);
  const rows = [
    { name: "gradient", from: beatOf("backward"), before: step.left, after: step.gradient, all: [step.left, step.gradient] },
    ...step.memory.map(({ name, before, after }) => ({ name, from: lineOf(name), before, after, all: [before, after] })),
    { name: "step", from: beatOf("step"), before: none, after: moved, all: [moved] },
  ];
  return rows.map(({ name, from, before, after, all }) => ({
    name, from, isNow: beat === from || (name === "gradient" && step.beats[beat].name === "zero_grad"),
    values: beat >= from ? after : before, most: Math.max(...all.flat().map(Math.abs)),
  }));
}

/** Vectors tip to tail, from 0 on: [[from, to], ...]. */
export function tipToTail(vectors) {
  let at = vectors[0]?.map(() => 0);
  return vectors.map((vector) => {
    const from = at;
    at = vector.map((part, k) => from[k] + part);
    return [from, at];
  });
}

/** A scale and the middle that let points fill a box, with a unit as long in both directions. */
export function fitted(points, width, height, margin) {
  const ends = [0, 1].map((k) => [Math.min(...points.map((p) => p[k])), Math.max(...points.map((p) => p[k]))]);
  const spans = ends.map(([low, high]) => Math.max(high - low, 1e-30));
  const scale = Math.min((width - 2 * margin) / spans[0], (height - 2 * margin) / spans[1]);
  const middle = ends.map(([low, high]) => (low + high) / 2);
  return ([x, y]) => [width / 2 + scale * (x - middle[0]), height / 2 - scale * (y - middle[1])];
}
