// The dialog of a race: who takes part, the rates that each has tried, and the start.
import { Modal } from "./modal.js";

const [FEWEST, MOST] = [2, 4];
const USUAL = [0, 1, 5]; // SGD, Adam, LBFGS by their places in the list

export class Race {
  /** @param {HTMLDialogElement} dialog
   * @param {{ask: () => void, start: (card: number) => void}} ways */
  constructor(dialog, ways, signal) {
    Object.assign(this, { ways, card: 0, asked: null });
    this.modal = new Modal(dialog, () => this.forget(), signal);
    const part = (name) => dialog.querySelector(name);
    [this.entrants, this.fair, this.table, this.words, this.button] = [".entrants", ".fair input", "table", ".words", ".go"].map(part);
    for (const box of [this.entrants, this.fair]) box.addEventListener("input", () => this.forget(), { signal });
    this.button.addEventListener("click", () => this.go(), { signal });
  }

  setScene({ optimizers }) {
    if (String(optimizers) === this.titles) return;
    this.titles = String(optimizers);
    this.entrants.replaceChildren(...optimizers.map((title, k) => {
      const [label, box] = [document.createElement("label"), document.createElement("input")];
      Object.assign(box, { type: "checkbox", value: k, checked: USUAL.includes(k) });
      label.append(box, ` ${title}`);
      return label;
    }));
  }

  show() {}

  /** @param {MouseEvent} click */
  open(click) {
    this.modal.open(click);
    this.forget();
  }

  /** Another race than the one that is prepared. */
  forget() {
    this.asked = null;
    this.found = null;
    this.describe();
  }

  get chosen() {
    return Array.from(this.entrants.querySelectorAll(":checked"), ({ value }) => Number(value));
  }

  /** Prepare the race; or start it, once its ladder has been seen. */
  go() {
    if (this.isReady) return this.start();
    this.card += 1;
    this.ask(-1);
    return this.describe();
  }

  ask(known) {
    this.asked = [this.card, known, Number(this.fair.checked), ...this.chosen];
    this.ways.ask();
  }

  get isReady() {
    return Boolean(this.found) && this.found.done === this.found.of;
  }

  start() {
    this.ways.start(this.card);
    this.modal.close();
  }

  wants() {
    return this.asked && { race: this.asked };
  }

  take(name, found) {
    if (name !== "race" || !this.asked || found.card !== this.card) return;
    this.found = found;
    if (!this.isReady) this.ask(found.done);
    else if (!this.fair.checked) return this.start(); // there is no ladder to look at
    else this.asked = null;
    this.describe();
  }

  describe() {
    const { found, chosen, button, words } = this;
    const fits = chosen.length >= FEWEST && chosen.length <= MOST;
    button.disabled = !fits || Boolean(this.asked);
    button.textContent = this.isReady ? "Start the race" : this.asked ? `Training … ${found ? `${found.done} of ${found.of}` : ""}` : this.fair.checked ? "Find the best rates" : "Start the race";
    words.textContent = !fits ? `Choose ${FEWEST} to ${MOST} optimisers.` : found?.lanes[0].ladder.length ? `Iterations to the target at each learning rate, of at most ${found.budget.toLocaleString("en")}; –: not reached. The framed rate races.` : "Same data, same start, same mini-batches, one playhead.";
    this.table.replaceChildren(...(found ? rowsOf(found.lanes) : []));
  }
}

/** A row for each optimiser, a column for each rate. */
function rowsOf(lanes) {
  const longest = lanes.reduce((one, { ladder }) => (ladder.length > one.length ? ladder : one), []);
  if (!longest.length) return [];
  const head = row("th", ["rate", ...longest.map(({ rate }) => String(rate))]);
  return [head, ...lanes.map(({ title, ladder, best }) => {
    const line = row("td", [title, ...longest.map((_, k) => (!ladder[k] ? "" : ladder[k].passed === null ? "–" : ladder[k].passed.toLocaleString("en")))]);
    if (best !== null) line.children[best + 1].className = "best";
    return line;
  })];
}

function row(tag, texts) {
  const line = document.createElement("tr");
  line.append(...texts.map((textContent, k) => Object.assign(document.createElement(k ? tag : "th"), { textContent, scope: k ? "" : "row" })));
  return line;
}
