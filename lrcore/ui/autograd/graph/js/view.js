// The window onto a graph: zoom and pan, and it follows the step where the graph is larger.

const LARGEST = 1.5; // a small graph grows to fill its column, up to this
const ZOOM = 1.25;
const NEAR = 24; // pixels kept free around what a step is about

export class View {
  constructor(window, picture, signal) {
    // To ask the window for its place would have it lay out the whole graph at every step.
    Object.assign(this, { window, picture, own: 1, usual: 1, room: { width: 0, height: 0 }, at: { left: 0, top: 0 } });
    window.addEventListener("scroll", () => { this.at = { left: window.scrollLeft, top: window.scrollTop }; }, { signal, passive: true });
    window.addEventListener("wheel", (event) => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      this.zoom(event.deltaY < 0 ? 1.1 : 1 / 1.1, event.clientX, event.clientY);
    }, { signal, passive: false });
    window.addEventListener("pointerdown", (event) => this.drag(event, signal), { signal });
  }

  get fitting() {
    const { width, height } = this.picture.size;
    return Math.min(this.room.width / width, this.room.height / height);
  }

  get scale() {
    return this.own * Math.max(this.usual, Math.min(this.fitting, LARGEST * this.usual));
  }

  resize() {
    const { picture: { svg, size }, window } = this;
    this.room = { width: window.clientWidth, height: window.clientHeight };
    this.usual = parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;
    svg.style.width = `${size.width * this.scale}px`;
    svg.style.height = `${size.height * this.scale}px`;
  }

  zoom(by, x, y) {
    const { left, top, width, height } = this.window.getBoundingClientRect();
    const [dx, dy] = [(x ?? left + width / 2) - left, (y ?? top + height / 2) - top];
    const [u, v] = [(this.at.left + dx) / this.scale, (this.at.top + dy) / this.scale];
    this.own = Math.max(0.02, Math.min(4, this.own * by));
    this.resize();
    this.window.scrollTo(u * this.scale - dx, v * this.scale - dy);
  }

  in() {
    this.zoom(ZOOM);
  }

  out() {
    this.zoom(1 / ZOOM);
  }

  /** The whole graph; and back to readable text. */
  fit() {
    const whole = this.fitting / (this.scale / this.own);
    this.own = this.own === 1 && whole < 1 ? whole : 1;
    this.resize();
  }

  follow(ids) {
    const area = this.picture.around(ids);
    if (!area) return;
    const { window, picture: { size }, scale, room, at } = this;
    const next = (now, visible, whole, low, high) => {
      if (whole <= visible) return 0;
      const [from, to] = [low * scale - NEAR, high * scale + NEAR];
      if (from >= now && to <= now + visible) return now;
      return to - from > visible ? from : (from + to - visible) / 2;
    };
    const left = next(at.left, room.width, size.width * scale, area.left, area.right);
    const top = next(at.top, room.height, size.height * scale, area.top, area.bottom);
    if (left === at.left && top === at.top) return;
    this.at = { left, top };
    requestAnimationFrame(() => window.scrollTo(this.at.left, this.at.top));
  }

  drag(event, signal) {
    if (event.pointerType !== "mouse" || event.button) return;
    const { window } = this;
    const [x, y, left, top] = [event.clientX, event.clientY, window.scrollLeft, window.scrollTop];
    const stop = new AbortController();
    const options = { signal: AbortSignal.any([signal, stop.signal]) };
    document.addEventListener("pointermove", (now) => window.scrollTo(left + x - now.clientX, top + y - now.clientY), options);
    for (const type of ["pointerup", "pointercancel"]) document.addEventListener(type, () => stop.abort(), options);
  }
}
