// What is said of the map of the rates. No DOM here.

const RUNNING = -1;
const NOT_REACHED = -2;
const DIVERGED = -3;
const BANDS = [10, 30, 100, 300, 1000];

const count = (number) => number.toLocaleString("en");

/** The upper ends of the shades: rising, and the last is all that the runs are given. */
export function bandsOf(budget) {
  return [...BANDS.filter((end) => end < budget), budget];
}

export function bandOf(iterations, budget) {
  return bandsOf(budget).findIndex((end) => iterations <= end);
}

/** What became of the run of one cell. */
export function cellWords({ rates, momenta, values, budget }, [row, column]) {
  const iterations = values[row * rates.length + column];
  const outcomes = { [RUNNING]: "still running", [NOT_REACHED]: `not reached in ${count(budget)}`, [DIVERGED]: "diverged" };
  return `rate ${rates[column]}, momentum ${momenta[row]}: ${outcomes[iterations] ?? `${count(iterations)} iterations to the target`}`;
}

export function isWhole({ values }) {
  return !values.includes(RUNNING);
}

/** How far the map is filled, then the run that takes fewest iterations: of several, the first from below. */
export function sumOf(map) {
  const { values, rates, done, budget } = map;
  if (!isWhole(map)) return `Training ${values.length} runs: iteration ${count(done)} of ${count(budget)} …`;
  const fewest = values.reduce((least, iterations) => (iterations >= 0 && iterations < least ? iterations : least), Infinity);
  const at = values.indexOf(fewest);
  return at < 0 ? "No run reaches the target" : `Fewest: ${cellWords(map, [Math.floor(at / rates.length), at % rates.length])}`;
}

/** What each colour is: the shades of `bandsOf`, then the two that are no number of iterations. */
export function legendOf({ budget, penalised }) {
  const loss = penalised ? "loss + penalty end above start" : "the loss ends above its start";
  return [...bandsOf(budget).map((end) => `≤ ${count(end)}`), "not reached", `diverged: ${loss}`];
}

export function captionOf({ points, of_points: all, limits, rates, at_minimum: atMinimum }) {
  const sample = points < all ? `The runs see ${count(points)} of ${count(all)} points. ` : "";
  const meaning = atMinimum
    ? "Beyond the limit no run comes to rest at the minimum; λ is the largest curvature there."
    : "No minimum: λ is the largest curvature at the initial weights; further out the limit rises.";
  const beyond = limits?.every((limit) => limit > rates.at(-1)) ? ` It lies beyond the map, at rate ${Number(limits[0].toPrecision(2))}.` : "";
  return `Click a cell to play its run. ${sample}${limits ? meaning + beyond : "No limit is known here: without zero_grad the gradients add up."}`;
}
