// Where the film stands. Pure: no DOM, no clock of its own.
import { FASTEST, movesFor } from "./record.js";

const AT_ONCE = 1e9; // moments a second: a playhead that seeks the end is wherever Python has come to
const LEAST_RATE = 0.06; // moments a ms, "as fast as it goes" before any rate is known

export class Playhead {
  constructor() {
    this.state = "paused"; // or "playing", "seeking" the end, "dragging" the boundary
    this.speed = 60; // moments a second, or FASTEST
    this.rate = 0; // moments a ms that arrive, to show them evenly "as fast as it goes"
    this.rewind();
  }

  /** Go to the start of a new run, or to a moment of it when that arrives. */
  rewind(awaited = null) {
    this.position = 0; // where the playhead ideally is, between moments
    this.index = -1; // the moment on screen
    this.awaited = awaited; // a moment to show when it arrives
    this.finished = null; // how it moved until the run ended, if the user has done nothing since
    if (this.state !== "playing") this.state = "paused";
  }

  get moving() {
    return this.state === "playing" || this.state === "seeking";
  }

  /** Moments a second that it moves on by. */
  get pace() {
    if (!this.moving) return 0;
    if (this.state === "seeking") return AT_ONCE;
    return this.speed === FASTEST ? 1000 * this.msRate : this.speed;
  }

  get msRate() {
    return this.speed === FASTEST ? Math.max(this.rate, LEAST_RATE) : this.speed / 1000;
  }

  /** The moment to step from: quick steps may come within one frame, or before their moment. */
  get here() {
    return this.awaited ?? Math.max(0, this.moving ? this.index : Math.floor(this.position));
  }

  play(length, ended) {
    if (ended && this.index >= length - 1) this.rewind();
    this.awaited = null;
    this.playOn();
  }

  /** Play from the moment that is awaited, once it is there. */
  playOn() {
    this.state = "playing";
  }

  pause() {
    this.state = "paused";
    this.finished = null;
    this.position = Math.max(0, this.index);
  }

  /** Show one moment; one that is not there yet is awaited. */
  seek(index, length, ended) {
    this.pause();
    this.awaited = index > length - 1 && !ended ? index : null;
    this.position = Math.max(0, Math.min(index, length - 1));
  }

  seekEnd() {
    this.pause();
    this.awaited = null;
    this.state = "seeking";
  }

  /** Stand still while the boundary is dragged. */
  hold() {
    this.pause();
    this.state = "dragging";
  }

  /** So many moments have come, `now` in ms. */
  arrived(count, now) {
    const rate = count / Math.max(20, Math.min(1000, now - (this.lastArrival ?? now - 100)));
    this.rate = this.rate ? (this.rate + rate) / 2 : rate;
    this.lastArrival = now;
  }

  /** Moments beyond `length` are no more. The one that was looked at is shown again when it has come under the new
   * settings, or the end of the run if that is sooner. */
  clip(length) {
    if (this.position <= length - 1) return;
    if (this.state === "paused") this.awaited ??= this.position;
    this.position = length - 1;
  }

  /** The moment that this frame shows, `ms` after the last one. */
  tick(ms, length, ended) {
    const last = length - 1;
    this.settle(last, ended);
    this.index = this.next(ms, last, ended);
    if (this.moving && ended && this.index === last) this.finish();
    return this.index;
  }

  finish() {
    const { state } = this;
    this.pause();
    this.finished = state;
  }

  /** A change has come. If it was said before the end, the run is another, and it moves on as it did. */
  moveOn() {
    if (this.finished) this.state = this.finished;
    this.finished = null;
  }

  settle(last, ended) {
    if (this.awaited === null || (this.awaited > last && !ended)) return;
    this.position = Math.min(this.awaited, last);
    this.awaited = null;
  }

  next(ms, last, ended) {
    if (this.state === "dragging") return Math.max(0, Math.min(last, this.index));
    if (this.state === "seeking") this.position = last;
    // The first frame of a run shows where it starts, also while it plays; and it plays on from
    // where it was, once that is there.
    if (this.state !== "playing" || this.index < 0 || this.awaited !== null) return Math.min(last, Math.floor(this.position));
    this.position = Math.min(last, this.position + this.msRate * ms);
    const next = Math.min(last, this.index + movesFor(this.position - this.index));
    return this.position === last && ended && last - next < 2 ? last : next;
  }
}
