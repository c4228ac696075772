// Flags on the curve of accuracy, where each run passes the target: as traces, below the curtain. Pure.

const LANE = 0.17; // of the panel's height: so far below each other stand the names
const LEFT = 0.6; // of the span: beyond, a name stands on the left of its flag

const MILLISECONDS = 2; // as in AXES

/** @param {import("./film.js").Film} film
 * @param {number} low least accuracy of the panel */
export function flags({ record, axis, ghosts, state: { passed, label } }, span, low) {
  const own = passed === null ? [] : [{ record, passed, label: label || "this run" }];
  const runs = [...own, ...ghosts.all.filter((ghost) => ghost.passed !== null && ghost.record.length > ghost.passed)];
  return runs.map(({ record: of, passed: at, label, look }, k) => {
    const x = of.along(axis, at);
    const where = axis === MILLISECONDS ? `${x.toFixed(1)} ms` : x.toLocaleString("en");
    return {
      type: "scatter", mode: "lines+text", name: "flag", x: [x, x], y: [1, 1 - (1 - low) * LANE * (k + 1)], yaxis: "y2", hoverinfo: "skip", cliponaxis: false,
      text: ["", ` <b>${label}</b> ${where} `], textposition: x > LEFT * span ? "middle left" : "middle right",
      line: { width: 2, color: look?.colour ?? "#888888" },
    };
  });
}
