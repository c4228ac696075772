// What the view of the sigmoid draws: the S-curve with its points, ROC, and precision, recall and F1.
import { drawPoints, ring } from "../../marks.js";
import { confusion, logit, placeAt, shares, sigmoid } from "../../ranking.js";

const HALVES = [6, 8, 10, 15, 20, 30, 50, 100, 200, 500, 1000]; // of the axis of logits
const MANY = 1000; // points, from which on they are smaller
const DASHES = { precision: [], recall: [7, 4], f1: [2, 3] };
const SHARES = [0, 0.5, 1];

/** Half the axis of logits: it grows by steps, so that points move and not the axis. */
export function halfAxis(scores) {
  let most = 0;
  for (const score of scores) if (Math.abs(score) < Infinity) most = Math.max(most, Math.abs(score));
  return HALVES.find((half) => half >= most) ?? 10 ** Math.ceil(Math.log10(most));
}

/** @param {number[]} wrong indices of the points that the threshold misclassifies */
export function drawSigmoid(chart, scores, scene, wrong, t) {
  const half = halfAxis(scores);
  chart.begin([-half, 0, half], SHARES);
  const xs = Array.from({ length: 121 }, (_, k) => half * (k / 60 - 1));
  chart.line(xs, xs.map(sigmoid), { width: 1.5, alpha: 0.6 });
  const level = Math.max(-half, Math.min(half, logit(t)));
  chart.line([level, level], [0, 1]);
  chart.line([-half, half], [t, t], { width: 1, dash: [4, 4] });
  const { context, em, ink } = chart;
  const place = (k) => [chart.toX(Math.max(-half, Math.min(half, scores[k]))), chart.toY(sigmoid(scores[k]))];
  const radius = (scores.length > MANY ? 0.17 : 0.24) * em;
  const seen = apart(scores, scene, (score) => chart.toX(score));
  const isWrong = new Set(wrong);
  ring(context, seen.filter((k) => isWrong.has(k)), place, 1.8 * radius, ink); // below: where many crowd, their colours stay
  drawPoints(context, scene, seen, place, radius);
  return [chart.toX(level), chart.toY(t)];
}

/** Of the points of a kind that fall on the same half px, one: the curve looks as with all of them, and
 * thousands take a tenth of the time. */
function apart(scores, { labels, tests }, toX) {
  const seen = new Set();
  return Array.from(scores.keys()).filter((k) => {
    const key = 4 * Math.round(2 * toX(scores[k])) + 2 * labels[k] + tests[k];
    if (Number.isNaN(scores[k]) || seen.has(key)) return false;
    return seen.add(key);
  });
}

/** ROC curves, of the first moment in grey; returns where the threshold stands on the present one. */
export function drawRoc(chart, now, first, t) {
  chart.begin([0, 1], [0, 1]);
  chart.line([0, 1], [0, 1], { width: 1, alpha: 0.4, dash: [3, 3] });
  if (first) chart.line(...rates(first), { width: 2, alpha: 0.4 });
  if (!now) return [NaN, NaN];
  const [falses, trues] = rates(now);
  chart.line(falses, trues, { width: 2.5 });
  const place = placeAt(now, logit(t));
  return [chart.toX(falses[place]), chart.toY(trues[place])];
}

/** False and true positive rates of all places. */
export function rates({ found, alarms, positives, negatives }) {
  return [alarms.map((count) => count / negatives), found.map((count) => count / positives)];
}

/** The place on the ROC curve that is nearest to a point of its plot. */
export function nearestPlace(ranking, [x, y]) {
  const [falses, trues] = rates(ranking);
  const far = falses.map((fall, k) => Math.hypot(fall - x, trues[k] - y));
  return far.indexOf(Math.min(...far));
}

/** Precision, recall and F1 against the threshold, a value for each px. */
export function drawShares(chart, now, t) {
  chart.begin(SHARES, SHARES);
  chart.line([t, t], [0, 1]);
  const knob = [chart.toX(t), chart.toY(0)];
  if (!now) return knob;
  const count = Math.max(2, Math.round(chart.right - chart.left));
  const ts = Array.from({ length: count + 1 }, (_, k) => k / count);
  const values = ts.map((one) => shares(confusion(now, placeAt(now, logit(one)))));
  for (const [name, dash] of Object.entries(DASHES)) chart.line(ts, values.map((value) => value[name]), { dash });
  return knob;
}
