// What the buttons below the plane do, and the keys that stand for them.

import { MOST_GHOSTS } from "./ghosts.js";

export const REPORT = 150; // ms after a pause until Python is told where the playhead rests

export class Transport {
  /** @param {import("./stage.js").Stage} stage whose film, playhead and link it moves */
  constructor(stage) {
    const { film, playhead, link, hand } = stage;
    Object.assign(this, { stage, film, playhead, link, hand });
  }

  get actions() {
    const { playhead } = this;
    return {
      play: () => this.toggle(),
      step: () => this.seek(playhead.here + 1),
      back: () => this.seek(playhead.here - 1),
      start: () => this.seek(0),
      end: () => this.act(() => playhead.seekEnd()),
      reset: () => this.reset(),
      undo: () => this.undo(),
      "pin or predict": () => this.pin(),
      seek: (index) => this.seek(index),
      speed: (speed) => { playhead.speed = speed; },
    };
  }

  /** There is nothing to move while the boundary is in the hand. */
  act(move) {
    this.film.forgive();
    if (!this.film.record || this.hand.held) return;
    move();
    this.stage.askIfNeeded();
  }

  toggle() {
    const { film, playhead } = this;
    const isOver = film.ended && playhead.index === film.length - 1;
    if (!playhead.moving && isOver && film.state.again) return this.again();
    if (!playhead.moving) return this.act(() => playhead.play(film.length, film.ended));
    playhead.pause();
    return this.rest();
  }

  /** The playhead has come to rest: show its moment whole, and tell Python where. */
  rest() {
    this.stage.stale = true;
    this.link.askIn(REPORT);
  }

  seek(index) {
    this.act(() => {
      this.playhead.seek(index, this.film.length, this.film.ended);
      this.rest();
    });
  }

  /** Play from the start under settings that have changed since the run ended. */
  again() {
    this.begin("Restart");
  }

  /** Play from the start, or from another moment, what a command makes of the run. */
  begin(command, fields, at = 0) {
    if (!this.film.record || this.hand.held) return;
    this.film.forgive();
    this.film.restart(at);
    this.playhead.seek(at, at + 1, false);
    this.playhead.play(at + 1, false);
    this.command(command, fields);
  }

  /** Bring back the run from before the boundary was dragged. */
  undo() {
    if (this.film.state?.undo && !this.link.commands.length) this.command("Undo");
  }

  reset() {
    this.seek(0);
    const { marks, link, state } = this.film;
    if (marks.length || link.changes || state?.again) this.command("Restart");
  }

  /** Keep the run to compare others with. */
  pin() {
    const { film } = this;
    if (film.record && film.ghosts.all.length < MOST_GHOSTS) this.command("Pin");
  }

  command(name, fields) {
    this.link.command(name, fields);
    this.link.ask(this.stage.wants);
  }
}
