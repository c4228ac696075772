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

/** The model's equation with the numbers of one moment, as HTML. */
export function equation(weights, names) {
  const digits = names.length > 5 ? 2 : 3;
  const terms = Array.from(weights, (value, k) => term(value, digits, k < names.length ? ` <i>${names[k]}</i>` : "", k === 0));
  return `<i>p</i>(class 1) = <i>σ</i>( ${terms.join(" ")} )`;
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
  return `${story} ${warning}`.trim() || "Ready: press Play, or the space bar.";
}
