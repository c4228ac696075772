// Points in the order of their scores, and what each threshold makes of them: the counts of
// lrcore/metrics.py, which a frame cannot wait for. No DOM here.

export const sigmoid = (z) => 1 / (1 + Math.exp(-z));
export const logit = (p) => Math.log(p / (1 - p));

/** Points from the highest score down. Place 0 calls none class 1; place k calls those class 1 whose
 * score is at least `levels[k]`: points of one score change together.
 * @param {ArrayLike<number>} scores @param {number[]} labels @param {number[]} which indices of the points that count
 * @returns {?{levels: number[], found: number[], alarms: number[], positives: number, negatives: number}}
 *   null where a score is no number */
export function ranked(scores, labels, which) {
  if (which.some((k) => Number.isNaN(scores[k]))) return null;
  const order = Uint32Array.from(which).sort((a, b) => scores[b] - scores[a]);
  const [levels, found, alarms] = [[Infinity], [0], [0]];
  let [hits, misfires] = [0, 0];
  order.forEach((k, place) => {
    if (labels[k] === 1) hits += 1;
    else misfires += 1;
    if (place + 1 < order.length && scores[order[place + 1]] === scores[k]) return;
    levels.push(scores[k]);
    found.push(hits);
    alarms.push(misfires);
  });
  return { levels, found, alarms, positives: hits, negatives: misfires };
}

/** The last place whose level is at least this one; levels fall. */
export function placeAt({ levels }, level) {
  let [low, high] = [0, levels.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (levels[middle] >= level) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** How many points of each class are called which. */
export function confusion({ found, alarms, positives, negatives }, place) {
  return { tp: found[place], fp: alarms[place], fn: positives - found[place], tn: negatives - alarms[place] };
}

/** Shares of one confusion; NaN where there is nothing to take a share of. */
export function shares({ tp, fp, fn, tn }) {
  return {
    precision: tp / (tp + fp),
    recall: tp / (tp + fn),
    f1: (2 * tp) / (2 * tp + fp + fn),
    accuracy: (tp + tn) / (tp + fp + fn + tn),
  };
}

/** The area under the ROC curve, exact: a tie counts half. */
export function auc({ found, alarms, positives, negatives }) {
  let twice = 0;
  for (let k = 1; k < found.length; k += 1) twice += (alarms[k] - alarms[k - 1]) * (found[k] + found[k - 1]);
  return twice / (2 * positives * negatives);
}

/** The place that costs least, the first of several; `c` is what a miss costs, in false alarms. */
export function cheapest({ found, alarms, positives }, c) {
  const costs = found.map((hits, k) => alarms[k] + c * (positives - hits));
  return costs.indexOf(Math.min(...costs));
}

/** The threshold that costs least if the probabilities are right (Elkan 2001, equation 2). */
export const calibrated = (c) => 1 / (1 + c);

/** A threshold on p that leads to a place, with as few digits as it takes. */
export function thresholdAt({ levels }, place) {
  const [low, high] = [sigmoid(levels[place + 1] ?? -Infinity), sigmoid(levels[place])];
  const middle = (low + high) / 2;
  for (let digits = 2; digits < 16; digits += 1) {
    const short = Number(middle.toFixed(digits));
    if (short > low && short < high) return short;
  }
  return middle;
}

/** A threshold from a pointer: three digits, and more towards 0 and 1, where the S-curve stretches. */
export function rounded(t) {
  const rest = Math.min(t, 1 - t);
  return rest > 0 ? Number(t.toFixed(Math.min(15, 3 + Math.max(0, Math.floor(-Math.log10(rest)))))) : Number(t > 0.5);
}
