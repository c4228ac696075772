// Leaving the page by a link: it is followed once Python knows where the playhead is, as another page may
// show that moment, and this one returns to it. From then on, and after the browser's Back, nothing is
// asked: a question says which page it comes from, and Streamlit would draw that one.
import { leadsAway } from "./entries.js";

const PATIENT = 500; // ms that a link waits for that

export class Departure {
  /** @param {import("./stage.js").Stage} stage whose playhead is to be known
   * @param {AddEventListenerOptions} options of a listener to all clicks */
  constructor(stage, options) {
    Object.assign(this, { stage, way: null, home: location.pathname });
    document.addEventListener("click", (event) => this.leave(event), options);
    window.addEventListener("popstate", () => this.led(), options);
  }

  /** The browser's buttons have led somewhere. */
  led() {
    const { stage: { link }, home } = this;
    if (location.pathname === home) link.stay();
    else link.leave();
  }

  leave(event) {
    const { stage: { link, playhead, wants } } = this;
    const way = event.target.closest("a[href]");
    if (!leadsAway(way, event)) return;
    if (this.way || !link.untold) return link.leave();
    event.preventDefault();
    event.stopImmediatePropagation();
    this.way = way;
    if (playhead.moving) playhead.pause();
    link.report(wants);
    setTimeout(() => this.follow(), PATIENT);
  }

  /** An answer has come. */
  answered() {
    if (this.way && !this.stage.link.asked) setTimeout(() => this.follow(), 0);
  }

  /** Streamlit may have drawn the link anew meanwhile. */
  follow() {
    const { way } = this;
    const drawn = way?.isConnected ? way : [...document.links].find(({ href }) => href === way?.href);
    drawn?.click();
    this.way = null;
  }
}
