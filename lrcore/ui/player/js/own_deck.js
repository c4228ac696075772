// A lecturer's own deck: as it stands in links, in files, and in the browser while it is edited. No DOM.
// What comes from a link or a file is a stranger's: it is a deck of known size, or it is none.

/** @typedef {{title: string, watch: string, press: string, link: string}} Page link: a query, without "?"
 * @typedef {{title: string, pages: Page[]}} Deck */

const MOST_PAGES = 60;
const MOST_SIGNS = 200;
const MOST_LINK = 4_000;
const MOST_BYTES = 1_000_000; // of JSON: more than any deck of that size takes
const MARK = "~"; // in front of a deck in a link; the others are called by a name
const KEY = "lrcore-deck";
const OWN_KEYS = ["deck", "page"]; // which the page of a deck is opened with: they are no settings

/** The deck in a text of JSON, such as that of a file; null where there is none. */
export function parsed(text) {
  try {
    const deck = text.length <= MOST_BYTES ? checked(JSON.parse(text)) : null;
    return deck?.pages.length ? deck : null;
  } catch {
    return null;
  }
}

/** What a deck is called in links. @param {Deck} deck */
export async function encoded(deck) {
  const bytes = await through(new CompressionStream("deflate-raw"), new TextEncoder().encode(JSON.stringify(deck)), Infinity);
  return MARK + btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join("")).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

/** The deck that a link calls so; null where it is none. @returns {Promise<Deck | null>} */
export async function decoded(text) {
  if (!text.startsWith(MARK) || text.length > MOST_BYTES) return null;
  try {
    const packed = Uint8Array.from(atob(text.slice(MARK.length).replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
    const bytes = await through(new DecompressionStream("deflate-raw"), packed, MOST_BYTES);
    return parsed(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return null;
  }
}

/** All bytes that a stream makes of some. A short text may hold a very long one, so it stops at `most`.
 * @throws {RangeError} there are more */
async function through(stream, bytes, most) {
  const reader = new Blob([bytes]).stream().pipeThrough(stream).getReader();
  const parts = [];
  let size = 0;
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    parts.push(part.value);
    size += part.value.length;
    if (size > most) {
      await reader.cancel();
      throw new RangeError("longer than a deck");
    }
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

/** @returns {Deck | null} a deck within its bounds, with nothing in it that belongs to none */
function checked(value) {
  if (!Array.isArray(value?.pages) || !value.pages.every((page) => typeof page?.link === "string")) return null;
  const pages = value.pages.slice(0, MOST_PAGES).map(({ title, watch, press, link }) => ({ title: short(title), watch: short(watch), press: short(press), link: settings(link) }));
  return { title: short(value.title), pages };
}

function short(text) {
  return typeof text === "string" ? Array.from(text.slice(0, 2 * MOST_SIGNS).replace(/\s/g, " ")).slice(0, MOST_SIGNS).join("") : "";
}

/** A query of settings; of one that is too long, those that come first. */
function settings(link) {
  const query = new URLSearchParams(link.slice(0, MOST_LINK));
  for (const key of OWN_KEYS) query.delete(key);
  while (query.toString().length > MOST_LINK) query.delete(Array.from(query.keys()).pop());
  return query.toString();
}

/** Pages of which one has moved so many places, or with 0 is gone. @param {Page[]} pages */
export function moved(pages, at, way) {
  const others = pages.toSpliced(at, 1);
  return way ? others.toSpliced(at + way, 0, pages[at]) : others;
}

/** Where a browser keeps a deck; it may refuse even to say that it keeps nothing. */
export function storage() {
  try {
    return localStorage;
  } catch {
    return null;
  }
}

/** The deck that this browser keeps. */
export class Draft {
  /** @param {Storage | null} storage */
  constructor(storage) {
    this.storage = storage;
  }

  /** @returns {Deck} without pages where nothing can be read */
  read() {
    let deck = null;
    try {
      deck = checked(JSON.parse(this.storage.getItem(KEY)));
    } catch {
      // someone else's words, or a browser that keeps nothing
    }
    return deck ?? { title: "", pages: [] };
  }

  /** @param {Deck} deck @returns {boolean} whether the browser has kept it */
  write(deck) {
    try {
      this.storage.setItem(KEY, JSON.stringify(checked(deck)));
      return true;
    } catch {
      return false;
    }
  }

  /** @param {Page} page @returns {number} how many pages there are with it; 0 where it could not be added */
  add(page) {
    const { title, pages } = this.read();
    const more = [...pages, page];
    return more.length <= MOST_PAGES && this.write({ title, pages: more }) ? more.length : 0;
  }
}
