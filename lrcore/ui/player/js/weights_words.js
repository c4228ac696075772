// What stands below the map of the weights. No DOM here.
import { fixed } from "./readouts.js";

/** What the map shows, in a sentence or three.
 * @param {import("./protocol.js").Landscape} landscape */
export function captionOf(landscape) {
  const { penalised, points, of_points: all, convex, escape } = landscape;
  const count = points < all ? `${points.toLocaleString("en")} of ${all.toLocaleString("en")} points` : `these ${points.toLocaleString("en")} points`;
  const valley = escape ? "No minimum: the best lies at infinity." : convex ? "One valley, no local traps." : "There may be several valleys.";
  return `Loss${penalised ? " and penalty" : ""} of ${count}, ${planeOf(landscape)}. ${valley}`;
}

function planeOf({ share, moment, b, origin }) {
  if (share !== null) return `through iteration ${moment} along the path's main directions: shows ${Math.floor(100 * share)} % of the path`;
  const others = origin.length > 3 ? `the other weights as at iteration ${moment}` : "";
  const bias = b ? "at the best b for each place" : origin.length > 3 ? "" : `at b = ${fixed(origin.at(-1), 2)}`;
  return [bias, others].filter(Boolean).join(", ");
}

/** The arrows at the dot: what each is called, and how long it is in the map.
 * @param {import("./protocol.js").Arrows} arrows
 * @returns {[kind: string, text: string][]} */
export function legendOf({ gradient, decay, memory, step }, { axes }) {
  const size = (parts) => Math.hypot(...axes.map((axis) => axis.reduce((sum, part, k) => sum + part * parts[k], 0)));
  const length = (parts) => Number(size(parts).toPrecision(2)).toString();
  const added = [["decay", decay], ["memory", memory]].filter(([, parts]) => size(parts) > 1e-5 * size(step)); // the rest is rounding
  return [
    ["gradient", `−rate · gradient ${length(gradient)}`],
    ...added.map(([kind, parts]) => [kind, `${kind} ${length(parts)}`]),
    ["step", `step ${length(step)}`],
  ];
}

/** How the loss bends at the dot, and what rate that allows. */
export function bendOf({ roundness, rate, stable_rate: stable }) {
  const ratio = roundness === null ? "" : `Ellipse ${Number((1 / roundness).toPrecision(2))} : 1.`;
  if (stable === null) return ratio;
  return `${ratio} Stable up to rate ${Number(stable.toPrecision(3))}, now ${Number(rate.toPrecision(3))}.`;
}
