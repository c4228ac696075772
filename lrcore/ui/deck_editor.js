// The lecturer's own deck on the page "Stories": its pages in order, with words to edit, as a link and as a file.
import { copyOnClick } from "./copy.js";
import { decoded, Draft, encoded, moved, parsed, storage } from "./own_deck.js";
import { save } from "./save.js";

const FILE = { name: "deck.json", type: "application/json" };
const FIELDS = { title: "Title", watch: "What to watch", press: "What to press" };
const NOT_KEPT = "This browser keeps nothing: save the file before you leave.";
const LONGEST = 60_000; // signs of a deck in an address that the server takes
const TOO_LONG = "This deck is too long for a link: save it as a file.";
const LARGEST = 2_000_000; // bytes of a file that are read: more than any deck has
const NO_DECK = "holds no deck. Yours is as it was.";

export async function prepare() {
  return (parent) => new DeckEditor(parent.querySelector(".deck-editor"));
}

class DeckEditor {
  constructor(root) {
    Object.assign(this, { root, stop: new AbortController(), draft: new Draft(storage()), serial: 0 });
    const part = (selector) => root.querySelector(selector);
    this.parts = { title: part(".title"), play: part(".play"), copy: part(".copy-deck"), save: part(".save"), undo: part(".undo"), told: part(".told"), empty: part(".empty"), pages: part(".pages"), file: part("[type=file]"), offer: part(".offer") };
    this.deck = this.draft.read();
    this.listen();
    this.draw();
    this.offer();
  }

  // What it shows is the browser's: Python has nothing to say.
  receive() {}

  destroy() {
    this.stop.abort();
  }

  listen() {
    const { parts, root } = this;
    const on = (element, name, act) => element.addEventListener(name, act, { signal: this.stop.signal });
    on(parts.title, "input", () => this.keep({ ...this.deck, title: parts.title.value }));
    on(parts.save, "click", () => save(JSON.stringify(this.deck, null, 2), FILE));
    on(root.querySelector(".open"), "click", () => parts.file.click());
    on(parts.file, "change", () => this.open(parts.file.files[0]));
    on(parts.undo, "click", () => this.change(this.before, "As it was before."));
    // A page that another tab adds.
    on(window, "storage", () => {
      const deck = this.draft.read();
      if (same(deck, this.deck)) return;
      this.deck = deck;
      this.draw();
    });
    copyOnClick(parts.copy, () => new URL(parts.play.getAttribute("href"), document.baseURI).href, this.stop.signal);
  }

  /** Offer the deck that the address of the page holds. */
  async offer() {
    const { offer } = this.parts;
    const text = new URLSearchParams(location.search).get("deck");
    if (!text?.startsWith("~")) return;
    const deck = await decoded(text);
    if (!deck) return this.say(`The link ${NO_DECK}`);
    if (same(deck, this.deck)) return;
    offer.hidden = false;
    offer.querySelector("span").textContent = `The link holds ${named(deck)}.`;
    offer.querySelector(".take").addEventListener("click", () => {
      offer.hidden = true;
      this.change(deck, "This is the deck of the link.");
    }, { signal: this.stop.signal });
  }

  async open(file) {
    if (!file) return;
    const deck = await file.slice(0, LARGEST).text().then(parsed, () => null);
    this.parts.file.value = ""; // the same file may be opened again
    if (deck) this.change(deck, `${file.name} holds ${named(deck)}.`);
    else this.say(`${file.name} ${NO_DECK}`);
  }

  /** Another deck, or other pages: what was there can be brought back. */
  change(deck, words) {
    this.before = this.deck;
    this.parts.undo.hidden = false;
    this.write(deck);
    this.draw();
    if (this.isKept) this.say(words);
  }

  /** Other words: the fields show them already. */
  keep(deck) {
    this.write(deck);
    this.link();
  }

  write(deck) {
    this.deck = deck;
    this.isKept = this.draft.write(deck);
    if (!this.isKept) this.say(NOT_KEPT);
  }

  say(words) {
    this.parts.told.textContent = words;
  }

  draw() {
    const { deck: { title, pages }, parts } = this;
    parts.title.value = title;
    parts.empty.hidden = pages.length > 0;
    for (const part of [parts.play, parts.copy, parts.save]) part.hidden = pages.length === 0;
    parts.pages.replaceChildren(...pages.map((page, at) => this.row(page, at)));
    this.link();
  }

  row(page, at) {
    const row = document.createElement("li");
    const number = Object.assign(document.createElement("a"), { className: "number", textContent: at + 1, title: `Open page ${at + 1}` });
    const fields = Object.entries(FIELDS).map(([key, name]) => {
      const field = Object.assign(document.createElement("input"), { type: "text", className: key, maxLength: 200, placeholder: name, value: page[key] });
      field.setAttribute("aria-label", `${name}, page ${at + 1}`);
      field.addEventListener("input", () => {
        this.keep({ ...this.deck, pages: this.deck.pages.with(at, { ...this.deck.pages[at], [key]: field.value }) });
      });
      return field;
    });
    row.append(number, ...fields, this.button("↑", "up", at, -1), this.button("↓", "down", at, 1), this.button("×", "remove", at, 0));
    return row;
  }

  /** @param {number} way how many places a page moves; 0 removes it */
  button(sign, name, at, way) {
    const { pages } = this.deck;
    const button = Object.assign(document.createElement("button"), { type: "button", className: name, textContent: sign, disabled: way !== 0 && !pages[at + way] });
    button.setAttribute("aria-label", way ? `Move page ${at + 1} ${name}` : `Remove page ${at + 1}`);
    button.addEventListener("click", () => {
      this.change({ ...this.deck, pages: moved(this.deck.pages, at, way) }, way ? `Page ${at + 1} is page ${at + way + 1} now.` : `Page ${at + 1} is gone.`);
      this.focus(name, way ? at + way : at);
    });
    return button;
  }

  /** Keep the keyboard where it was, though all rows are new. */
  focus(name, at) {
    const row = this.parts.pages.children[Math.min(at, this.deck.pages.length - 1)];
    const buttons = row ? [row.querySelector(`.${name}`), ...row.querySelectorAll("button")] : [this.root.querySelector(".open")];
    buttons.find((button) => !button.disabled).focus();
  }

  /** Have each link hold the deck as it is now. */
  async link() {
    const serial = (this.serial += 1);
    const { deck } = this;
    const text = await encoded(deck);
    if (serial !== this.serial) return;
    if (text.length > LONGEST) this.say(TOO_LONG);
    const address = (at) => `./?deck=${text}&page=${at + 1}&${deck.pages[at].link}`;
    this.parts.pages.querySelectorAll(".number").forEach((number, at) => { number.href = address(at); });
    if (deck.pages.length) this.parts.play.href = address(0);
  }
}

function same(one, other) {
  return JSON.stringify(one) === JSON.stringify(other);
}

function named({ title, pages }) {
  return `${title ? `“${title}”` : "a deck"}, ${pages.length} ${pages.length === 1 ? "page" : "pages"}`;
}
