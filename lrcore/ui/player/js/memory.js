// What the page's address says of the player, beside the settings: the changes of the run (`changes`),
// the pinned runs (`pins`), the playhead (`at`), the speed (`speed`), and what the views keep (`view`,
// `t`). Whether it plays is kept in its tab, and the speed and the views' choices too.
import { keepOneEntryAPage } from "./entries.js";
import { FASTEST, SPEEDS } from "./record.js";

const KEY = "lrcore";
const UNDONE = "lrcore.undone";
const CHANGES = "changes";
const PINS = "pins";
const PLACE = "at";
const SPEED = "speed";
const DECK = ["deck", "page"];
const CHOICES = ["view", "t", "beat", "tilt", "slice", "plane", "axis", "lecture", "show"]; // ADD A CHOICE OF A VIEW HERE
export const OF_HALL = ["lecture", "show"]; // of these: they hold for a whole deck
const USUAL_SPEED = "60";
const KNOWN_SPEEDS = [...SPEEDS.map(String), FASTEST];
// Signs that may stand in a query as they are, and are easier to read so.
const READABLE = { "%3A": ":", "%3B": ";", "%3D": "=", "%2C": ",", "%7E": "~" };

export class Memory {
  /** @param {Window} window its location, its history, its document, and its tab's storage */
  constructor({ location, history, sessionStorage, document }) {
    Object.assign(this, { location, history, storage: sessionStorage });
    keepOneEntryAPage({ location, history, document });
    const { settings, playing, speed } = this.read();
    this.playing = Boolean(playing) && settings === this.settings; // whether to play on from there
    this.speed = [this.query.get(SPEED), speed, USUAL_SPEED].find((one) => KNOWN_SPEEDS.includes(one)); // to begin with
    this.told = { [CHANGES]: this.query.get(CHANGES) ?? "", [PINS]: this.query.get(PINS) ?? "" };
    this.wanted = {}; // the settings of the run, once Python has set some, and not the controls
    this.lent = new Set(); // keys of them that stand in the address by our hand
    this.choices = {}; // those that differ from the default
  }

  get query() {
    return new URLSearchParams(this.location.search);
  }

  /** The address but for what is shown, and how: what was kept for another run is of no use. */
  get settings() {
    const { query } = this;
    for (const key of [PINS, PLACE, SPEED, ...DECK, ...CHOICES]) query.delete(key);
    return query.toString();
  }

  read(key = KEY) {
    try {
      return JSON.parse(this.storage.getItem(key)) ?? {};
    } catch {
      return {}; // someone else's words, or a browser that keeps nothing
    }
  }

  /** What was chosen in a view, by the address or else in this tab, which is kept from then on; undefined
   * where nothing can be used.
   * @param {(text: string) => boolean} isKnown */
  chosen(key, isKnown) {
    const { query } = this;
    const ofTab = query.has("deck") && !OF_HALL.includes(key) ? undefined : this.read()[key]; // a page of a deck says all
    const found = [query.get(key), ofTab].find((text) => typeof text === "string" && isKnown(text));
    if (found !== undefined) this.choose(key, found);
    return found;
  }

  /** Keep what is chosen in a view, with the playhead; the default is the empty text. */
  choose(key, text) {
    if (text) this.choices[key] = text;
    else delete this.choices[key];
  }

  /** How an address says what is shown. */
  said(index, speed) {
    const choices = CHOICES.map((key) => [key, this.choices[key] ?? ""]);
    return { ...this.told, ...this.owed, [PLACE]: index ? String(index) : "", [SPEED]: usual(speed), ...Object.fromEntries(choices) };
  }

  /** The whole address of a moment of this run, shown at a speed. */
  address(index, speed) {
    return this.addressWith(this.said(index, speed));
  }

  /** The page's address where some keys say something else; one that says nothing is left out. */
  addressWith(said) {
    const { query, location } = this;
    for (const [key, value] of Object.entries(said)) {
      if (value === "") query.delete(key);
      else query.set(key, value);
    }
    return addressOf(location, query);
  }

  /** Python says which changes the run has had, and which runs are pinned: this stands in the address at
   * once, as the settings do. */
  takeTold({ changes, pins, settings }) {
    this.told = { [CHANGES]: changes, [PINS]: pins };
    this.wanted = settings;
    this.write({ ...this.told, ...this.owed });
  }

  /** What of the settings is missing in the address. Where Python has set them, Streamlit may lose those
   * of controls that it draws for the first time. What stands there is the user's: a slider may have been
   * moved since. */
  get owed() {
    const { query, wanted, lent } = this;
    for (const key of Object.keys(wanted)) if (!query.has(key)) lent.add(key);
    return Object.fromEntries(Array.from(lent, (key) => [key, wanted[key] ?? ""]));
  }

  /** Have the address say what a link says, and forget what was said of the run before.
   * @param {URLSearchParams} link */
  turn(link) {
    this.told = { [CHANGES]: link.get(CHANGES) ?? "", [PINS]: link.get(PINS) ?? "" };
    this.wanted = {};
    this.lent.clear();
    const here = this.query;
    for (const key of OF_HALL) if (here.has(key)) link.set(key, here.get(key));
    for (const key of CHOICES) if (!OF_HALL.includes(key)) delete this.choices[key];
    this.history.replaceState(this.history.state, "", addressOf(this.location, link));
  }

  forgetDeck() {
    this.write(Object.fromEntries(DECK.map((key) => [key, ""])));
  }

  keep(index, speed, playing) {
    this.playing = false;
    this.write(this.said(index, speed));
    const kept = JSON.stringify({ settings: this.settings, playing, speed: String(speed), ...this.choices });
    if (kept === this.kept) return;
    this.kept = kept;
    this.store(KEY, kept);
  }

  /** What is yet to be done, for the stage that takes the place of this one: after a dropped connection
   * Streamlit may take it down and put up another. */
  leave(undone) {
    this.store(UNDONE, JSON.stringify(undone));
  }

  /** What the stage before has left, once. */
  takeLeft() {
    const left = this.read(UNDONE);
    this.store(UNDONE, "{}");
    return left;
  }

  store(key, text) {
    try {
      this.storage.setItem(key, text);
    } catch {
      this.kept = null; // a browser that keeps nothing
    }
  }

  /** Have the page's own address say so; Streamlit may write the same with other signs. */
  write(said) {
    const { query } = this;
    if (Object.entries(said).every(([key, value]) => (query.get(key) ?? "") === value)) return;
    this.history.replaceState(this.history.state, "", this.addressWith(said));
  }
}

/** An address, with signs that are easy to read left as they are. */
export function addressOf({ origin, pathname }, query) {
  const search = query.toString().replace(/%3A|%3B|%3D|%2C|%7E/g, (sign) => READABLE[sign]);
  return `${origin}${pathname}${search && `?${search}`}`;
}

/** How an address says a speed. */
function usual(speed) {
  return String(speed) === USUAL_SPEED ? "" : String(speed);
}
