// Predict, then watch: a page of a deck asks before it plays. Until the answer is revealed, what lies ahead
// is masked: the curves, the timeline, and all words that would tell.

export class Predict {
  /** @param {HTMLElement} root of the question
   * @param {{deck: import("./deck.js").Deck, stage: HTMLElement, ask: () => void, play: () => void}} ways */
  constructor(root, ways, signal) {
    Object.assign(this, { root, ways, key: "", revealed: new Set(), right: {} });
    [this.text, this.answers, this.button] = ["h2", "ol", "button.go"].map((part) => root.querySelector(part));
    this.button.addEventListener("click", () => this.reveal(), { signal });
  }

  /** Whether what lies ahead may not be seen. */
  get isMasked() {
    return Boolean(this.question) && !this.revealed.has(this.key);
  }

  /** The deck has been opened, or turned to another page. */
  update() {
    const { deck, stage } = this.ways;
    this.key = `${deck.name} ${deck.page}`;
    this.question = deck.shown?.question ?? null;
    this.chosen = null;
    this.isDue = false;
    stage.classList.toggle("masked", this.isMasked);
    this.root.hidden = !this.isMasked;
    for (const part of stage.querySelectorAll(".transport > *, .track input")) part.disabled = this.isMasked;
    if (!this.isMasked) return;
    this.text.textContent = this.question.text;
    this.answers.replaceChildren(...this.question.answers.map((answer, k) => {
      const [item, button] = [document.createElement("li"), document.createElement("button")];
      Object.assign(button, { type: "button", textContent: `${letter(k)}: ${answer}` });
      button.setAttribute("aria-pressed", "false");
      button.addEventListener("click", () => this.choose(k));
      item.append(button);
      return item;
    }));
    this.button.textContent = "Reveal";
  }

  choose(k) {
    this.chosen = k;
    this.answers.querySelectorAll("button").forEach((button, at) => button.setAttribute("aria-pressed", at === k));
  }

  /** Which answer is right is found on the story's own run, while the class thinks. */
  wants() {
    const { deck } = this.ways;
    const place = deck.all?.findIndex(({ name }) => name === deck.name);
    return this.isMasked && !(this.key in this.right) && place >= 0 ? { answer: [place, deck.page] } : null;
  }

  take(name, found) {
    if (name !== "answer") return;
    const { deck } = this.ways;
    this.right[`${deck.all[found.deck].name} ${found.page}`] = found.right;
    if (this.isDue) this.reveal();
  }

  reveal() {
    if (!this.isMasked) return;
    if (!(this.key in this.right)) {
      this.isDue = true;
      this.button.textContent = "Looking …";
      this.ways.ask();
      return;
    }
    const { question, chosen } = this;
    const right = this.right[this.key];
    const verdict = chosen === null ? "" : chosen === right ? " As you said." : ` You said ${letter(chosen)}.`;
    this.revealed.add(this.key);
    this.update();
    this.told = { key: this.key, sentence: `${question.text} ${letter(right)}: ${question.answers[right]}.${verdict}` };
    this.ways.play();
  }

  /** What the status line says in place of the story's own sentence. */
  sentence(story) {
    if (this.isMasked) return "What do you expect? Answer, then press Reveal.";
    return this.told?.key === this.key ? this.told.sentence : story;
  }
}

function letter(k) {
  return "ABCD"[k];
}
