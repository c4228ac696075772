// Leaving the page by a link: it is followed once Python knows where the playhead is, as another page may
// show that moment, and this one returns to it. From then on, and after the browser's Back, nothing is
// asked: a question says which page it comes from, and Streamlit would draw that one. Streamlit sends what
// it is given a moment later; so the last question must be on its way before it is told of the other page.
import { leadsAway } from "./entries.js";

const PATIENT = 500; // ms that a link waits for an answer

export class Departure {
  /** @param {import("./stage.js").Stage} stage whose playhead is to be known
   * @param {AddEventListenerOptions} options of a listener to all clicks */
  constructor(stage, options) {
    Object.assign(this, { stage, way: null });
    document.addEventListener("click", (event) => this.leave(event), options);
    // The browser's buttons: each page has one entry, so they lead to another.
    window.addEventListener("popstate", ({ isTrusted }) => isTrusted && stage.link.leave(), options);
  }

  leave(event) {
    const { stage: { link, playhead, wants } } = this;
    const way = event.target.closest("a[href]");
    if (!leadsAway(way, event) || this.way === way) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    this.way = way;
    if (playhead.moving) playhead.pause();
    if (!link.untold) return this.goSoon();
    link.report(wants);
    setTimeout(() => this.way && this.goSoon(), PATIENT);
  }

  /** An answer has come. */
  answered() {
    if (this.way && !this.stage.link.asked) this.goSoon();
  }

  goSoon() {
    this.stage.link.leave();
    afterSending(() => this.follow());
  }

  /** Streamlit may have drawn the link anew meanwhile. */
  follow() {
    const { way } = this;
    if (!way) return;
    const drawn = way.isConnected ? way : [...document.links].find(({ href }) => href === way.href);
    this.way = drawn; // so that this click is let through
    drawn?.click();
    this.way = null;
  }
}

/** Call when what was to be sent has been. */
function afterSending(act) {
  requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(act, 0)));
}
