// Numbers and words of one moment, written so that nothing moves when they change length.

export function fixed(value, digits) {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "nan" : value > 0 ? "∞" : "−∞";
  const text = Math.abs(value) >= 1e5 ? value.toExponential(2) : value.toFixed(digits);
  return text.replace("-", "−");
}

/** Fill an element where it says something else: the same words once more would lay it out afresh. */
export function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** A share of points; a dash where there are none to take it of. */
export function share(value, digits) {
  return Number.isNaN(value) ? "–" : fixed(value, digits);
}

const LONGEST = 9; // terms that fit on a line; of more, the middle is left out

/** Which weights of `count` (the bias last) an equation shows; null stands for those left out. */
export function shownTerms(count) {
  const all = Array.from({ length: count }, (_, k) => k);
  return count - 1 > LONGEST ? [...all.slice(0, LONGEST - 2), null, count - 1] : all;
}

/** The sign and the size of one term; a first term has no plus. */
export function termTexts(value, digits, first) {
  return [value < 0 ? "−" : first ? "" : "+", fixed(Math.abs(value), digits)];
}

/** A name short enough for a line. */
export function shortened(name, most = 20) {
  return name.length > most ? `${name.slice(0, most - 1)}…` : name;
}

/** What the player is doing, in one sentence or two; a story says what to watch. `mark` is the last
 * change of settings before the moment, `opensAt` the moment that a page of a deck begins with. */
export function sentenceFor({ problem, ended, sentence, atEnd, mode, late, index, limits, story, mark, again, race = "", notice = "", isMasked = false, inLecture = false, opensAt = 0 }) {
  if (notice) return notice;
  if (isMasked) return story;
  if (problem) return problem;
  if (ended && atEnd) return [sentence, race, again && `Play starts again with ${again}.`].filter(Boolean).join(" ");
  if (late) return "Waiting for Python …";
  const warning = limits?.warning ?? "";
  const change = mark ? `${inLecture ? `Iteration ${mark.iteration}` : mark.number}: ${mark.label}.` : "";
  const joined = (...parts) => parts.filter(Boolean).join(" ");
  if (mode === "seeking") return joined("Training to the end …", warning);
  if (mode === "playing") return joined(change || story || "Playing.", warning);
  if (index > 0 && index !== opensAt) return joined(`Paused at iteration ${index}.`, change, warning);
  return joined(story, warning) || "Ready: press Play or the space bar, or drag the boundary.";
}
