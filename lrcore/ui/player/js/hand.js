// The hand on the plane: drags the boundary, places points. What it does becomes commands.
export class Hand {
  /** @param {boolean} isRecorded nothing can be changed */
  constructor(film, playhead, link, isRecorded = false) {
    Object.assign(this, { film, playhead, link, isRecorded });
    // The boundary under the pointer: {weights, measured, dropped, late}; late: not yet measured there.
    this.held = null;
  }

  mayGrab() {
    return !this.isRecorded && this.film.record !== null && !this.playhead.moving && !this.held?.dropped;
  }

  /** What Python shall measure. */
  get wants() {
    return this.held && !this.held.dropped ? { probe: this.held.weights } : {};
  }

  take(name, value) {
    if (name !== "probe" || !this.held) return;
    const late = value.weights.some((weight, k) => weight !== this.held.weights[k]);
    Object.assign(this.held, { measured: value.measured, late });
  }

  drag(weights) {
    this.playhead.hold();
    this.held = { weights, measured: this.held?.measured ?? null, dropped: false, late: true };
  }

  /** Training is to start from these weights; where the pointer hardly moved there are none. */
  drop(weights) {
    if (!weights) return this.letGo();
    this.held = { ...this.held, weights, dropped: true };
    return this.link.command("StartFrom", { weights });
  }

  letGo() {
    this.held = null;
    this.playhead.pause();
  }

  /** Where Python has taken the weights and no new run has come of it, the old one goes on. */
  letGoIfRefused() {
    if (this.held?.dropped && !this.link.commands.length) this.letGo();
  }

  place(point) {
    if (this.film.scene?.placing) this.link.command("Place", { points: [point.map((value) => Number(value.toPrecision(4)))] });
  }
}
