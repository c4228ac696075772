// The coach: a sentence of Python's about the moment at which the page rests, and what to do about it.
import { write } from "../readouts.js";

const RESTED = 300; // ms: who steps or scrubs on is not held up by a question for each moment

export class Coach {
  /** @param {import("../protocol.js").Desk} desk */
  constructor(root, desk) {
    Object.assign(this, { desk, root, said: null, question: null });
    this.place = root.querySelector(".coach");
    [this.words] = this.place.children;
    [this.way, this.attempt] = this.place.querySelectorAll("button");
    this.status = root.querySelector(".status");
    this.way.addEventListener("click", () => desk.seek(this.said.show), { signal: desk.signal });
    this.attempt.addEventListener("click", () => desk.begin("Try", { moment: this.question[0] }, this.said.at), { signal: desk.signal });
  }

  setScene() {
    Object.assign(this, { question: null, said: null, last: null });
  }

  /** Another moment, branch or end is another question; while the page moves there is none. */
  ask({ index }) {
    const { film } = this.desk;
    const isTold = film.state.since !== null && film.isOverAt(index); // the end says its cause, and leads to its beginning
    const isBusy = film.moving || isTold || film.state.problem || film.state.again || film.state.race[film.axis];
    const asked = isBusy ? null : [index, film.cuts, Number(film.isOverAt(index))];
    if (String(asked) === String(this.question)) return;
    const isKnown = String(this.last?.question) === String(asked);
    Object.assign(this, { question: asked, said: isKnown ? this.last : null, since: performance.now() });
    this.desk.redraw();
  }

  wants(moment) {
    this.ask(moment);
    const isAsked = this.question && performance.now() - this.since > RESTED && !this.root.classList.contains("recorded");
    return isAsked ? { coach: this.question } : null;
  }

  take(name, value) {
    if (name !== "coach") return;
    this.last = value; // Python is not asked for it once more
    if (String(value.question) === String(this.question)) this.said = value;
  }

  show(moment) {
    this.ask(moment);
    const { said, place, way, attempt } = this;
    place.hidden = !said;
    place.parentElement.classList.toggle("coached", Boolean(said));
    this.status.classList.toggle("over", this.desk.film.isOverAt(moment.index));
    write(this.words, said?.sentence ?? "");
    if (!said) return;
    way.hidden = said.show === null || said.show === moment.index;
    way.title = `Go to iteration ${said.show}`;
    attempt.hidden = !said.label;
    write(attempt, `Try ${said.label}`);
    attempt.title = said.sets;
  }
}
