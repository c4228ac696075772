// The pinned runs above the views: what each is called; and beside the numbers, how these differ from
// those of the first, the baseline.
import { MOST_GHOSTS, differences } from "../ghosts.js";
import { shortened, write } from "../readouts.js";

const SVG = "http://www.w3.org/2000/svg";
const LONGEST = 28;
const ELSEWHERE = { data: "other data: in the curves alone", features: "other features: in the curves alone" };

export class Pins {
  /** @param {{film: import("../film.js").Film, pin: () => void, remove: (number: number) => void, signal: AbortSignal}} desk */
  constructor(root, desk) {
    this.root = root.querySelector(".pins");
    this.list = this.root.querySelector("ul");
    this.differences = Array.from(root.querySelectorAll(".numbers [data-of]"), (part) => [part.dataset.of, part]);
    this.button = root.querySelector('[data-testid="pin"]');
    this.button.addEventListener("click", desk.pin, { signal: desk.signal });
    this.desk = desk;
    this.named = ""; // a button that were made anew would lose the press of a finger
  }

  setScene() {}

  show(moment) {
    const ghosts = this.desk.film.ghosts.all;
    const named = JSON.stringify(ghosts.map(({ number, label, elsewhere }) => [number, label, elsewhere]));
    if (named !== this.named) this.name(ghosts);
    this.named = named;
    const [baseline] = moment.ghosts;
    const isOfSamePoints = baseline && baseline.elsewhere !== "data" && moment.measured && !moment.late;
    const said = isOfSamePoints ? differences(moment, baseline) : {};
    for (const [name, part] of this.differences) {
      write(part, said[name] ?? "");
      part.title = baseline ? `to the baseline, ${baseline.label}` : "";
    }
  }

  name(ghosts) {
    this.root.hidden = !ghosts.length;
    this.button.disabled = ghosts.length === MOST_GHOSTS;
    this.list.replaceChildren(...ghosts.map((ghost, k) => this.chip(ghost, k === 0 ? "baseline" : "")));
  }

  chip({ number, label, elsewhere, look }, role) {
    const chip = document.createElement("li");
    const name = Object.assign(document.createElement("span"), { textContent: shortened(label, LONGEST), title: label });
    const notes = [role, ELSEWHERE[elsewhere]].filter(Boolean).map((text) => Object.assign(document.createElement("small"), { textContent: text }));
    const remove = Object.assign(document.createElement("button"), { type: "button", textContent: "×", title: "Remove this pin", ariaLabel: `Remove the pin ${label}` });
    remove.addEventListener("click", () => this.desk.remove(number));
    chip.append(sample(look), name, ...notes, remove);
    return chip;
  }
}

/** A piece of a run's line. */
function sample({ colour, dash }) {
  const svg = document.createElementNS(SVG, "svg");
  const line = document.createElementNS(SVG, "path");
  for (const [name, value] of Object.entries({ viewBox: "0 0 32 8", "aria-hidden": "true" })) svg.setAttribute(name, value);
  for (const [name, value] of Object.entries({ d: "M0 4h32", stroke: colour, "stroke-width": 3, "stroke-dasharray": dash.join(" ") })) line.setAttribute(name, value);
  svg.append(line);
  return svg;
}
