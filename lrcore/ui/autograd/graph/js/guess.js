// Predict, then reveal: the next value is asked for before it is shown.
import { made } from "./dom.js";

export class Guess {
  /** @param {() => void} reveal shows the next step */
  constructor({ guess, verdict, predict }, reveal, signal) {
    Object.assign(this, { root: guess, verdict, button: predict, reveal, isOn: false, ask: null });
    this.field = guess.querySelector("input");
    guess.querySelector("form").addEventListener("submit", (event) => {
      event.preventDefault();
      if (this.field.value.trim()) this.check(this.field.value);
    }, { signal });
  }

  toggle() {
    this.isOn = !this.isOn;
    this.button.ariaPressed = String(this.isOn);
    if (!this.isOn) this.close();
  }

  /** Whether the question is asked now: a second wish for the step shows it without an answer. */
  asks(ask) {
    if (!this.isOn || !ask || this.ask === ask) return false;
    this.ask = ask;
    this.root.hidden = false;
    this.verdict.textContent = "";
    this.field.value = "";
    this.root.querySelector("p").textContent = ask.question;
    this.root.querySelector(".choices").replaceChildren(...ask.choices.map((choice) => made("button", { type: "button", textContent: choice, onclick: () => this.check(choice) })));
    return true;
  }

  check(given) {
    const { question, answer } = this.ask;
    const isRight = same(given, answer);
    this.reveal();
    this.verdict.textContent = isRight ? `Right: ${question.replace("?", answer)}` : `Not ${given}: ${question.replace("?", answer)}`;
    this.verdict.className = `verdict ${isRight ? "right" : "wrong"}`;
  }

  close() {
    this.ask = null;
    this.root.hidden = true;
    this.verdict.textContent = "";
  }
}

/** Whether a person has typed the shown number, however it is written. */
export function same(given, answer) {
  const plain = (text) => text.trim().toLowerCase().replace("−", "-").replace(",", ".");
  return plain(given) === plain(answer) || (plain(given) !== "" && Number(plain(given)) === Number(plain(answer)));
}
