// The confusion matrix as four rectangles, the formulas with their numbers, and what errors cost.
import { calibrated, cheapest, thresholdAt } from "../../ranking.js";
import { fixed, share, shortened, write } from "../../readouts.js";

// By rows of truth and columns of what the points are called.
const CELLS = [
  { name: "tn", short: "TN", word: "right", long: "true negatives", label: 0, called: 0 },
  { name: "fp", short: "FP", word: "false alarms", long: "false positives", label: 0, called: 1 },
  { name: "fn", short: "FN", word: "misses", long: "false negatives", label: 1, called: 0 },
  { name: "tp", short: "TP", word: "hits", long: "true positives", label: 1, called: 1 },
];
const COSTS = [1 / 20, 1 / 10, 1 / 5, 1 / 3, 1 / 2, 1, 2, 3, 5, 10, 20];
const HTML = `
  <div class="errors"><div class="matrix" role="group" aria-label="Confusion matrix"><i></i><span></span><span></span></div>
  <div class="formulas">
    <p><b>precision</b> <b data-testid="precision"></b><br><span class="symbols">TP/(TP+FP) = </span><span class="sum-precision"></span></p>
    <p><b>recall</b> <b data-testid="recall"></b><br><span class="symbols">TP/(TP+FN) = </span><span class="sum-recall"></span></p>
    <p><b>F1</b> <b data-testid="f1"></b></p>
  </div></div>
  <p class="cost"><label>A miss costs <input type="range" min="0" max="10" step="1" value="5" data-testid="cost"></label> <output></output></p>
  <p class="cost">Cheapest t <span class="symbols">here</span> <button type="button" data-testid="cheapest"></button> calibrated <span class="symbols">1/(1+c)</span> <button type="button" data-testid="calibrated"></button></p>`;

export class Errors {
  /** @param {{light: (cell: ?{label: number, called: number}) => void, take: (t: number) => void, redraw: () => void}} acts */
  constructor(parent, acts, signal) {
    parent.insertAdjacentHTML("beforeend", HTML);
    this.part = (selector) => parent.querySelector(selector);
    this.acts = acts;
    this.matrix = this.part(".matrix");
    this.cells = CELLS.map((cell) => this.made(cell, signal));
    this.cost = this.part('[data-testid="cost"]');
    this.cost.addEventListener("input", acts.redraw, { signal });
    for (const name of ["cheapest", "calibrated"]) {
      this.part(`[data-testid="${name}"]`).addEventListener("click", () => acts.take(this[name]), { signal });
    }
  }

  made(cell, signal) {
    if (cell.called === 0) this.matrix.append(document.createElement("span"));
    const button = Object.assign(document.createElement("button"), { type: "button", className: cell.name });
    const [area, number, short, word] = ["i", "b", "span", "span"].map((tag) => button.appendChild(document.createElement(tag)));
    [short.textContent, word.textContent] = [` ${cell.short}`, cell.word];
    word.className = "word";
    button.dataset.testid = cell.name;
    const listen = (types, given) => types.forEach((type) => button.addEventListener(type, () => this.acts.light(given), { signal }));
    listen(["pointerenter", "focus"], cell);
    listen(["pointerleave", "blur"], null);
    this.matrix.append(button);
    return { ...cell, button, area, number };
  }

  setScene({ classes, colours }) {
    const names = classes.map((name) => shortened(name, 10));
    const headings = [...this.matrix.querySelectorAll(":scope > span")];
    const words = [`called ${names[0]}`, `called ${names[1]}`, `is ${names[0]}`, `is ${names[1]}`];
    headings.forEach((heading, k) => { heading.textContent = words[k]; });
    this.classes = names;
    for (const { area, label } of this.cells) area.style.background = colours[label];
  }

  get c() {
    return COSTS[this.cost.value];
  }

  /** @param counts of the confusion @param ranking of the points */
  show(counts, values, ranking) {
    const { tp, fp, fn } = counts;
    const most = Math.max(1, ranking.positives, ranking.negatives);
    for (const { name, long, label, called, button, area, number } of this.cells) {
      const side = `${100 * Math.sqrt(counts[name] / most)}%`; // so that the area is the count
      Object.assign(area.style, { width: side, height: side });
      write(number, String(counts[name]));
      button.ariaLabel = `${long}: ${counts[name]} points of ${this.classes[label]} are called ${this.classes[called]}`;
    }
    for (const name of ["precision", "recall", "f1"]) write(this.part(`[data-testid="${name}"]`), share(values[name], 3));
    write(this.part(".sum-precision"), `${tp}/(${tp}+${fp})`);
    write(this.part(".sum-recall"), `${tp}/(${tp}+${fn})`);
    this.showCost(ranking);
  }

  showCost(ranking) {
    const { c } = this;
    this.cheapest = thresholdAt(ranking, cheapest(ranking, c));
    this.calibrated = calibrated(c);
    const words = c > 1 ? `c = ${c} false alarms` : `c = ${c < 1 ? `1/${Math.round(1 / c)}` : 1} false alarm`;
    write(this.part("output"), words);
    this.cost.ariaValueText = `A miss costs ${words}`;
    for (const name of ["cheapest", "calibrated"]) write(this.part(`[data-testid="${name}"]`), fixed(this[name], 3));
  }
}
