// What the visible view shows in the plane: lines, lit points, drawings. It lies above the plot, is as
// large as its axes, and stands beside the plane in the document, so that a press on a handle here is
// none on the boundary.
import { levelPath, logits, pointAlong } from "./field.js";
import { cleared, drawPoints } from "./marks.js";

const SVG = "http://www.w3.org/2000/svg";
const HANDLE = 0.2; // of a line's length from its lower end, where its handle stands

export class Overlay {
  constructor(root, plane) {
    Object.assign(this, { plane, root: root.querySelector(".overlay"), guest: null });
    this.svg = this.root.querySelector("svg");
    this.canvas = this.root.querySelector("canvas");
    this.paths = [];
    this.handles = [];
    this.drawn = ""; // axes and size that were drawn last
  }

  /** @param {?import("./protocol.js").Guest} guest */
  show(guest) {
    if (!guest && !this.guest) return;
    this.guest = guest;
    this.plane.setLevel(guest?.level ?? 0);
    this.draw();
  }

  /** The axes may have been moved or resized since. */
  follow() {
    if (this.guest && this.drawn !== this.place()) this.draw();
  }

  place() {
    const { xaxis, yaxis } = this.plane.plot._fullLayout;
    return String([xaxis._offset, yaxis._offset, xaxis._length, yaxis._length, ...xaxis.range, ...yaxis.range]);
  }

  draw() {
    const { guest, plane: { plot: { _fullLayout: { xaxis, yaxis } } } } = this;
    this.plane.root.classList.toggle("dimmed", Boolean(guest?.lit));
    this.drawn = this.place();
    this.drawLines(guest?.lines ?? [], xaxis, yaxis);
    const box = { left: xaxis._offset, top: yaxis._offset, width: xaxis._length, height: yaxis._length };
    for (const [name, px] of Object.entries(box)) this.root.style[name] = `${px}px`;
    const context = cleared(this.canvas, box.width, box.height);
    const toX = (x) => xaxis.l2p(x);
    const toY = (y) => yaxis.l2p(y);
    if (guest?.lit) this.light(context, guest.lit, toX, toY);
    guest?.paint?.(context, toX, toY);
  }

  drawLines(lines, xaxis, yaxis) {
    while (this.paths.length < lines.length) this.paths.push(this.svg.appendChild(document.createElementNS(SVG, "path")));
    while (this.paths.length > lines.length) this.paths.pop().remove();
    const handles = lines.map(({ handle }) => handle).filter(Boolean);
    for (const handle of this.handles) if (!handles.includes(handle)) handle.remove();
    this.handles = handles;
    lines.forEach((line, k) => this.drawLine(line, this.paths[k], xaxis, yaxis));
  }

  drawLine({ className, weights, level = 0, handle }, path, xaxis, yaxis) {
    const { z, grid: { view: [x0, x1, y0, y1], size, features } } = this.plane;
    const box = [xaxis.l2p(x0), xaxis.l2p(x1), yaxis.l2p(y0), yaxis.l2p(y1)];
    path.setAttribute("class", className);
    const drawn = levelPath(weights ? logits(features, weights) : z, size, box, level);
    path.setAttribute("d", drawn);
    if (handle) this.put(handle, pointAlong(drawn, HANDLE));
  }

  put(handle, point) {
    if (handle.parentNode !== this.root) this.root.append(handle);
    handle.style.visibility = point ? "visible" : "hidden";
    if (point) handle.style.transform = `translate(${point[0]}px, ${point[1]}px)`;
  }

  light(context, lit, toX, toY) {
    const { points, labels, plot } = this.plane;
    const { size } = plot._fullData.find(({ meta }) => meta.label === 0).marker;
    const which = Array.from(labels.keys()).filter(lit);
    drawPoints(context, this.plane, which, (k) => [toX(points[2 * k]), toY(points[2 * k + 1])], size / 2);
  }
}
