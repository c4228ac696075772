// What Python has told of a run: its record and how it stands. All views may read it. No DOM here.
import { Ghosts } from "./ghosts.js";
import { Record, decode, spanFor } from "./record.js";

export class Film {
  constructor() {
    this.record = null; // until the first answer
    this.scene = null;
    this.state = null;
    this.marks = [];
    this.link = { changes: "", pins: "", settings: {} }; // what Python says that a link says
    this.ghosts = new Ghosts();
    this.axis = 0; // along which the ghosts keep up, see AXES
    this.arrivals = 0; // counts answers that brought moments
    this.cuts = 0; // counts branches, after which moments are others
    this.moving = false; // whether the next frame shows another moment
    this.furthest = 0; // the latest moment of this run that was on screen
  }

  get length() {
    return this.record?.length ?? 0;
  }

  get ended() {
    return this.state?.ended ?? false;
  }

  /** Where axes and timeline end. */
  get span() {
    return spanFor(this.furthest, this.length, this.ended);
  }

  /** @param {import("./protocol.js").Scene} scene */
  begin(scene) {
    this.scene = scene;
    this.furthest = 0;
    this.record = new Record(scene.terms.length, scene.columns);
  }

  /** Take an answer to a run that has begun. `cut`: its moments replace those we have.
   * @returns {?number} how many moments it brings; null where some before them are missing */
  take({ first, rows, state, marks, ghosts, changes, pins, settings }, cut) {
    const values = decode(rows);
    const count = values.length / this.record.width;
    const news = cut || first + count > this.length;
    if (news && !this.record.put(first, values)) return null;
    this.ghosts.take(ghosts);
    this.link = { changes, pins, settings };
    Object.assign(this, { state, marks, arrivals: this.arrivals + news, cuts: this.cuts + cut });
    return news ? count : 0;
  }

  /** Whether ghosts are missing moments that the run has. */
  get lacksGhosts() {
    return this.record !== null && this.ghosts.lag(this.record, this.axis);
  }

  /** Whether a moment is the last that there will be. */
  isOverAt(index) {
    return this.ended && index === this.length - 1;
  }

  /** The moments of the ghosts that go with one of the run. */
  ghostsAt(index) {
    return this.ghosts.at(this.record, index, this.axis);
  }

  /** Keep the moments up to this one: the others are to come once more, under other settings. */
  restart(at) {
    this.record.put(at + 1, []);
    this.state = { ...this.state, ended: false, again: "" };
    this.furthest = at;
  }

  /** A moment is on screen. */
  seen(index) {
    this.furthest = Math.max(this.furthest, index);
  }

  /** The number and the words of the last change at or before a moment; null before the first. */
  markAt(index) {
    const number = this.marks.filter(({ iteration }) => iteration <= index).length;
    return number ? { number, ...this.marks[number - 1] } : null;
  }

  /** A gesture of the user tries again after a problem. */
  forgive() {
    if (this.state) this.state = { ...this.state, problem: null };
  }
}
