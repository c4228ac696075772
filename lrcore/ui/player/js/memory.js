// Where the playhead stands, kept in the page's address (`at`), and whether it plays, kept in its tab.
const KEY = "lrcore";
const PLACE = "at";

export class Memory {
  /** @param {Window} window its location, its history, and its tab's storage */
  constructor({ location, history, sessionStorage }) {
    Object.assign(this, { location, history, storage: sessionStorage });
    const { settings, playing } = this.read();
    this.playing = Boolean(playing) && settings === this.settings; // whether to play on from there
  }

  /** The address but for the playhead: what was kept for other settings is of no use. */
  get settings() {
    const query = new URLSearchParams(this.location.search);
    query.delete(PLACE);
    return query.toString();
  }

  read() {
    try {
      return JSON.parse(this.storage.getItem(KEY)) ?? {};
    } catch {
      return {}; // someone else's words, or a browser that keeps nothing
    }
  }

  keep(index, playing) {
    this.playing = false;
    const query = new URLSearchParams(this.location.search);
    if (Number(query.get(PLACE) ?? 0) !== index) {
      if (index) query.set(PLACE, index);
      else query.delete(PLACE);
      const search = query.toString();
      this.history.replaceState(this.history.state, "", search ? `?${search}` : this.location.pathname);
    }
    const said = JSON.stringify({ settings: this.settings, playing });
    if (said === this.said) return;
    this.said = said;
    try {
      this.storage.setItem(KEY, said);
    } catch {
      this.said = null; // a browser that keeps nothing
    }
  }
}
