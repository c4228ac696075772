// A moment in one sentence, for whoever listens instead of looking.
import { fixed } from "./readouts.js";

/** @param {{index: number, loss: number, before: ?number, scores: ArrayLike<number>, labels: number[], tests: boolean[], classes: string[]}} moment
 * `before` is the loss of the iteration before */
export function sentenceOf({ index, loss, before, scores, labels, tests, classes }) {
  if (!labels.length) return "There are no points yet.";
  const trained = labels.map((_, i) => i).filter((i) => !tests[i]);
  const wrong = trained.filter((i) => (scores[i] >= 0 ? 1 : 0) !== labels[i]);
  const ones = wrong.filter((i) => labels[i] === 1).length;
  const [zero, one] = [`${wrong.length - ones} of ${classes[0]}`, `${ones} of ${classes[1]}`];
  const way = before === null || before === undefined ? "" : loss < before ? ", falling" : loss > before ? ", rising" : ", not changing";
  const mistakes = wrong.length ? `${wrong.length} of ${trained.length} points are wrong: ${zero}, ${one}` : `all ${trained.length} points are right`;
  return `Iteration ${index}: loss ${fixed(loss, 4)}${way}; ${mistakes}.`;
}
