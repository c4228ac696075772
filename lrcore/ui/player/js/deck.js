// A deck: pages in an order, each a run to show. The address names the deck and the page; next and previous
// bring the settings of another page into this one.
import { Draft, decoded, storage } from "./own_deck.js";

export class Deck {
  /** @param {HTMLElement} root where its place is shown
   * @param {{memory: import("./memory.js").Memory, turn: (link: URLSearchParams) => void, ask: () => void, say: (sentence: string) => void, changed: () => void}} ways */
  constructor(root, ways, signal) {
    Object.assign(this, { root, ways, found: null, all: null, opensAt: 0 });
    this.draft = new Draft(storage());
    const { memory } = ways;
    [this.name, this.page] = [memory.query.get("deck") ?? "", Math.trunc(Number(memory.query.get("page"))) || 1];
    [this.back, this.place, this.next] = [".back", ".place", ".next"].map((part) => root.querySelector(part));
    this.back.addEventListener("click", () => this.go(-1), { signal });
    this.next.addEventListener("click", () => this.go(1), { signal });
    if (this.name.startsWith("~")) decoded(this.name).then((deck) => this.open(deck));
  }

  /** The pages of all decks, if they are needed and not known yet. */
  wants() {
    const isNeeded = this.isWanted || (this.name && !this.name.startsWith("~"));
    return isNeeded && !this.all ? { decks: [1] } : null;
  }

  take(name, decks) {
    if (name !== "decks") return;
    this.all = decks;
    if (!this.name.startsWith("~")) this.open(decks.find((deck) => deck.name === this.name) ?? null);
  }

  open(deck) {
    this.found = deck;
    if (!deck && this.name) {
      this.ways.say("The link names a deck that is not here: the page goes on without it.");
      this.ways.memory.forgetDeck();
      this.name = "";
    }
    this.show();
  }

  /** Whether its pages have yet to come, and what they ask: until then nothing is said of the run. */
  get isComing() {
    return Boolean(this.name) && !this.found;
  }

  get shown() {
    const { found, page } = this;
    return found?.pages[page - 1] ?? null;
  }

  /** What the page of the deck says of the run: what to watch, and what to press before it plays. A page of
   * the lecturer's own says it always; a story no longer where its settings have been changed.
   * @param {string} story what Python says to watch */
  sentence(story, begins) {
    const { shown } = this;
    if (!shown || !(this.name.startsWith("~") || shown.watch === story)) return story;
    return [shown.watch, begins && shown.press].filter(Boolean).join(" ");
  }

  show() {
    const { found, page, root, place, back, next } = this;
    root.hidden = !found;
    if (!found) return;
    this.page = Math.max(1, Math.min(page, found.pages.length));
    place.textContent = `${this.page} of ${found.pages.length}`;
    root.title = found.title;
    back.disabled = this.page === 1;
    next.disabled = this.page === found.pages.length;
    this.opensAt = Number(new URLSearchParams(this.shown.link).get("at")) || 0;
    this.ways.changed();
  }

  /** Go to a page of a deck that is known by its name. */
  openAt(name, page) {
    this.name = name;
    this.found = this.all.find((deck) => deck.name === name);
    this.page = page;
    this.go(0);
  }

  get actions() {
    return this.found && { "next page": () => this.go(1), "previous page": () => this.go(-1) };
  }

  go(by) {
    const page = this.page + by;
    if (!this.found?.pages[page - 1]) return;
    this.page = page;
    this.show();
    this.ways.turn(pageLink(this.name, page, this.shown));
  }

  /** Put what is shown now into the lecturer's own deck.
   * @param {import("./own_deck.js").Page} page @returns {string} a sentence that says so */
  add(page) {
    const count = this.draft.add(page);
    return count ? `Page ${count} of your own deck: see Stories.` : "Not added: your own deck is full, or the browser keeps nothing.";
  }
}

/** What a link says to open a page of a deck, from 1 on. */
export function pageLink(name, page, { link }) {
  const query = new URLSearchParams(link);
  query.set("deck", name);
  query.set("page", page);
  return query;
}
