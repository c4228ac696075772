// Numbers and words of one moment, written so that nothing moves when they change length.

export function fixed(value, digits) {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "nan" : value > 0 ? "∞" : "−∞";
  const text = Math.abs(value) >= 1e5 ? value.toExponential(2) : value.toFixed(digits);
  return text.replace("-", "−");
}

function term(value, digits, factor, first) {
  const sign = value < 0 ? "−" : first ? "" : "+";
  const number = `<span class="number">${fixed(Math.abs(value), digits)}</span>`;
  return `<span class="sign">${sign}</span>${number}${factor}`;
}

const ENTITIES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Text from a file may hold anything: as HTML it stays text. */
export function escaped(text) {
  return text.replace(/[&<>"]/g, (character) => ENTITIES[character]);
}

const LONGEST = 9; // terms that fit on a line; of more, the middle is left out

/** The model's equation with the numbers of one moment, as HTML. */
export function equation(weights, { terms, classes }) {
  const digits = terms.length > 5 ? 2 : 3;
  const factors = [...terms.map((name) => ` <i>${name}</i>`), ""];
  const parts = factors.map((factor, k) => term(weights[k], digits, factor, k === 0));
  if (terms.length > LONGEST) parts.splice(LONGEST - 2, terms.length - LONGEST + 1, "+ … ");
  const name = classes[1].length > 20 ? `${classes[1].slice(0, 19)}…` : classes[1];
  return `<i>p</i>(${escaped(name)}) = <i>σ</i>( ${parts.join(" ")} )`;
}

/** What the player is doing, in one sentence or two; a story says what to watch. */
export function sentenceFor({ problem, ended, sentence, atEnd, playing, seekingEnd, starved, shown, outlook, story }) {
  if (problem) return problem;
  if (ended && atEnd) return sentence;
  if (starved) return "Waiting for Python …";
  const warning = outlook?.warning ?? "";
  if (seekingEnd) return `Training to the end … ${warning}`;
  if (playing) return `${story || "Playing."} ${warning}`.trim();
  if (shown > 0) return `Paused at iteration ${shown}. ${warning}`.trim();
  return `${story} ${warning}`.trim() || "Ready: press Play or the space bar, or drag the boundary.";
}
