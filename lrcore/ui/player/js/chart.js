// A small plot on a canvas: axes that fit a corner of the page, and lines. One drawing is a frame's work.
import { cleared } from "./marks.js";
import { letters, typeScale } from "./type.js";

const LETTERS = 0.9; // of the page's type
const MARGIN = { left: 1.35, right: 0.6, top: 0.5, bottom: 1.25 }; // in the page's type

export class Chart {
  /** @param {{name: string, label: string, x: string, y: string}} words its test id, its name, its axes' names */
  constructor(parent, { name, label, x, y }) {
    this.names = { x, y };
    this.root = document.createElement("div");
    [this.axes, this.canvas] = [0, 1].map(() => document.createElement("canvas"));
    this.root.className = `chart ${name}`;
    this.root.dataset.testid = name;
    Object.assign(this.canvas, { role: "img", ariaLabel: label });
    this.axes.setAttribute("aria-hidden", "true");
    this.root.append(this.axes, this.canvas);
    parent.append(this.root);
  }

  /** Read size and colour from the page: in a frame that would lay it out once more. */
  resize() {
    const em = 16 * typeScale();
    const { clientWidth: width, clientHeight: height } = this.root;
    this.ink = getComputedStyle(this.root).color;
    this.font = `${letters(LETTERS)}px ${getComputedStyle(this.root).fontFamily}`;
    Object.assign(this, { em, width, height, left: MARGIN.left * em, top: MARGIN.top * em });
    this.right = width - MARGIN.right * em;
    this.bottom = height - MARGIN.bottom * em;
  }

  /** Empty it, with axes from their first tick to their last. They have a canvas of their own: to write
   * on one, the browser works out the page's style (5 ms). */
  begin(xs, ys) {
    if (!this.width) this.resize();
    const { width, height, ink, font } = this;
    this.ends = { x: [xs[0], xs.at(-1)], y: [ys[0], ys.at(-1)] };
    const looks = [xs, ys, width, height, ink, font].join();
    if (looks !== this.looks) this.drawAxes(xs, ys);
    this.looks = looks;
    this.context = cleared(this.canvas, width, height);
  }

  drawAxes(xs, ys) {
    const { left, top, bottom, right, em, names } = this;
    const context = cleared(this.axes, this.width, this.height);
    this.context = context;
    Object.assign(context, { font: this.font, fillStyle: this.ink, textBaseline: "alphabetic", textAlign: "center" });
    for (const x of xs) context.fillText(`${x}`.replace("-", "−"), this.toX(x), bottom + em);
    context.fillText(names.x, (this.toX(xs.at(-2)) + right) / 2, bottom + em);
    Object.assign(context, { textAlign: "right", textBaseline: "middle" });
    for (const y of ys) context.fillText(`${y}`, left - 0.3 * em, this.toY(y));
    this.nameUpwards(left - 0.6 * em, (this.toY(ys.at(-2)) + top) / 2);
    for (const x of xs) this.line([x, x], ys, { alpha: 0.15, width: 1 });
    for (const y of ys) this.line([xs[0], xs.at(-1)], [y, y], { alpha: 0.15, width: 1 });
  }

  /** Names stand between the last two ticks of their axis, where they take no room. */
  nameUpwards(x, y) {
    const { context, names } = this;
    context.save();
    context.translate(x, y);
    if (names.y.length > 1) context.rotate(-Math.PI / 2);
    context.textAlign = "center";
    context.fillText(names.y, 0, 0);
    context.restore();
  }

  toX(x) {
    const [low, high] = this.ends.x;
    return this.left + ((x - low) / (high - low)) * (this.right - this.left);
  }

  toY(y) {
    const [low, high] = this.ends.y;
    return this.bottom - ((y - low) / (high - low)) * (this.bottom - this.top);
  }

  /** Where a pointer is, in units of the axes and within them. */
  at({ clientX, clientY }) {
    const { left, top } = this.root.getBoundingClientRect();
    const within = (share, [low, high]) => low + Math.max(0, Math.min(1, share)) * (high - low);
    return [
      within((clientX - left - this.left) / (this.right - this.left), this.ends.x),
      within((this.bottom - clientY + top) / (this.bottom - this.top), this.ends.y),
    ];
  }

  /** A line through points; one that is no number interrupts it. */
  line(xs, ys, { width = 2, dash = [], alpha = 1 } = {}) {
    const { context } = this;
    Object.assign(context, { strokeStyle: this.ink, globalAlpha: alpha, lineWidth: width });
    context.setLineDash(dash);
    context.beginPath();
    let isDown = false;
    xs.forEach((x, k) => {
      if (Number.isNaN(ys[k])) isDown = false;
      else if (isDown) context.lineTo(this.toX(x), this.toY(ys[k]));
      else context.moveTo(this.toX(x), this.toY(ys[k]));
      isDown = !Number.isNaN(ys[k]);
    });
    context.stroke();
    context.setLineDash([]);
    context.globalAlpha = 1;
  }
}
