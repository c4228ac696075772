// The hand on the map of the weights: drags the dot, by pointer or by arrow keys, and hovers.

const NEAR = 14; // px from the dot; a finger is thicker
const NEAR_A_FINGER = 28;
const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowDown: [0, -1], ArrowUp: [0, 1] };
const STEP = 1 / 60; // of the window, for a key
const REST = 400; // ms after the last key until the dot counts as let go: several presses are one drag

export class WeightsHand {
  /** @param {HTMLElement} map
   * @param {HTMLElement} dot has the focus for the keys
   * @param {{mayGrab: Function, onHover: Function, onDrag: Function, onDrop: Function, weights: () => number[], dotAt: () => number[], landscape: () => object, placeAt: (px: number[]) => ?number[], nearest: (px: number[]) => number[]}} ways */
  constructor(map, dot, ways, signal) {
    Object.assign(this, { map, dot, ways, grabbed: false, weights: null });
    const listen = (target, type, act) => target.addEventListener(type, act.bind(this), { signal });
    listen(map, "pointerdown", this.down);
    listen(map, "pointermove", this.move);
    listen(map, "pointerup", this.up);
    listen(map, "pointercancel", this.up);
    listen(map, "pointerleave", () => ways.onHover(null));
    map.addEventListener("touchstart", (event) => { if (this.grabbed) event.preventDefault(); }, { signal, passive: false });
    listen(dot, "keydown", this.keyDown);
    listen(dot, "blur", this.drop);
    signal.addEventListener("abort", () => clearTimeout(this.rest));
  }

  px({ clientX, clientY }) {
    const { left, top } = this.map.getBoundingClientRect();
    return [clientX - left, clientY - top];
  }

  isNear(event) {
    const [x, y] = this.px(event);
    const [dotX, dotY] = this.ways.dotAt();
    return this.ways.mayGrab() && Math.hypot(x - dotX, y - dotY) < (event.pointerType === "touch" ? NEAR_A_FINGER : NEAR);
  }

  down(event) {
    if (event.button !== 0 || !this.isNear(event)) return;
    event.preventDefault();
    this.dot.focus({ preventScroll: true, focusVisible: false });
    this.map.setPointerCapture(event.pointerId);
    this.grabbed = true;
    this.weights = null;
    this.start = this.px(event);
    this.ways.onHover(null);
  }

  move(event) {
    if (!this.grabbed) {
      this.map.classList.toggle("near", !event.buttons && this.isNear(event));
      return event.pointerType === "mouse" && this.ways.onHover(this.ways.placeAt(this.px(event)));
    }
    const [x, y] = this.px(event);
    if (!this.weights && Math.hypot(x - this.start[0], y - this.start[1]) < 3) return undefined;
    return this.drag(this.ways.nearest([x, y]));
  }

  up() {
    this.grabbed = false;
    this.drop();
  }

  drag(place) {
    this.weights = this.ways.landscape().weightsAt(place).map((value) => Number(value.toPrecision(6)));
    this.ways.onDrag(this.weights);
  }

  /** Play is to go on from where the dot is let go. */
  drop() {
    clearTimeout(this.rest);
    if (this.grabbed) return;
    if (this.weights) this.ways.onDrop(this.weights);
    this.weights = null;
  }

  keyDown(event) {
    const way = KEYS[event.key];
    const landscape = this.ways.landscape();
    if (!way || !landscape || !this.ways.mayGrab()) return;
    event.preventDefault();
    const [u0, u1, v0, v1] = landscape.window;
    const [u, v] = landscape.place(this.weights ?? this.ways.weights());
    const step = event.shiftKey ? 5 * STEP : STEP;
    this.drag(landscape.clamped([u + way[0] * step * (u1 - u0), v + way[1] * step * (v1 - v0)]));
    clearTimeout(this.rest);
    this.rest = setTimeout(() => this.drop(), REST);
  }
}
