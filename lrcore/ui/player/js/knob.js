// A handle of the threshold: dragged by mouse or finger, moved by keys. All handles move the same number.

const STEPS = { ArrowRight: 0.01, ArrowUp: 0.01, ArrowLeft: -0.01, ArrowDown: -0.01, PageUp: 0.1, PageDown: -0.1, Home: -1, End: 1 };

export class Knob {
  /** @param {{name: string, read: () => number, take: (t: number) => void, find: (event: PointerEvent) => ?number}} what
   *   its name, the present threshold, where a new one goes, and the threshold under a pointer, null where there is none
   * @param {import("./chart.js").Chart} [chart] the plot it stands on: a press there moves it too */
  constructor({ name, read, take, find }, signal, chart) {
    this.element = Object.assign(document.createElement("i"), { className: "knob", tabIndex: 0, role: "slider", ariaLabel: name, ariaValueMin: "0", ariaValueMax: "1" });
    Object.assign(this, { read, take, find });
    chart?.root.append(this.element);
    for (const field of chart ? [chart.canvas, this.element] : [this.element]) {
      field.addEventListener("pointerdown", (event) => this.down(event, field), { signal });
      field.addEventListener("pointermove", (event) => { if (field.hasPointerCapture(event.pointerId)) this.move(event); }, { signal });
    }
    this.element.addEventListener("keydown", (event) => this.key(event), { signal });
  }

  down(event, field) {
    if (event.button !== 0) return;
    event.preventDefault();
    field.setPointerCapture(event.pointerId);
    this.element.focus({ preventScroll: true });
    // A press on the handle is not yet a movement: it may have been touched off its middle.
    if (field !== this.element) this.move(event);
  }

  move(event) {
    const t = this.find(event);
    if (t !== null) this.take(t);
  }

  key(event) {
    const step = STEPS[event.key];
    if (!step || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const t = this.read() + step; // a quick key comes before the frame
    this.take(Math.max(0, Math.min(1, Number(t.toFixed(3)))));
  }

  /** @param {string} text what the threshold means here, for those who do not see it */
  say(t, text) {
    if (text === this.element.ariaValueText) return;
    Object.assign(this.element, { ariaValueNow: String(t), ariaValueText: text });
  }

  /** Stand at px of the parent; nowhere where these are no numbers. */
  place(x, y) {
    const isSomewhere = Number.isFinite(x) && Number.isFinite(y);
    this.element.style.visibility = isSomewhere ? "visible" : "hidden";
    if (isSomewhere) this.element.style.transform = `translate(${x}px, ${y}px)`;
  }
}
