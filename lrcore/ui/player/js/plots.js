// The plane with its points and boundary, and the two curves: all that Plotly and the canvas draw.
// Shapes move as a whole array: Plotly then draws them alone (0.4 ms), where a path to one attribute
// makes it draw the plot afresh (20 ms).
import { decode } from "./record.js";
import { levelPath, logits, rgb, tint } from "./field.js";

const TINT = 88; // of 255, so that points and lines stay clearest
const CONFIG = { displaylogo: false, scrollZoom: true, modeBarButtonsToRemove: ["select2d", "lasso2d", "toImage"] };

export class Plane {
  constructor(Plotly, root, onView) {
    this.Plotly = Plotly;
    this.root = root;
    this.canvas = root.querySelector("canvas");
    this.plot = root.querySelector(".scatter");
    this.onView = onView;
    this.tile = document.createElement("canvas");
    this.weights = null;
  }

  setScene(scene) {
    this.levels = scene.levels;
    this.shading = scene.shading;
    this.colours = scene.colours.map(rgb);
    this.points = decode(scene.points);
    this.features = decode(scene.features);
    this.traces = scene.traces; // of each point; an odd one holds class 1
    this.root.querySelector(".note").textContent = scene.note;
    this.setGrid(scene.grid);
    const { data, layout } = scene.scatter;
    // Two quick clicks are two points there, and leave the axes alone.
    const doubleClick = scene.placing ? false : "reset+autosize";
    this.Plotly.react(this.plot, data, layout, { ...CONFIG, doubleClick });
    this.keepZoom(scene.grid.view);
    if (this.listening) return;
    this.listening = true;
    this.plot.on("plotly_afterplot", () => this.paint());
    this.plot.on("plotly_relayout", (change) => this.viewChanged(change));
    this.plot.on("plotly_relayouting", () => this.paint());
  }

  /** Axes that were zoomed stay so over new points of the same frame: the grid must follow. */
  keepZoom(view) {
    const now = this.axes();
    if (now.some((end, k) => Math.abs(end - view[k]) > 1e-6 * Math.abs(view[1] - view[0]))) this.onView(now);
  }

  axes() {
    const { xaxis, yaxis } = this.plot._fullLayout;
    return [...xaxis.range, ...yaxis.range].map(Number);
  }

  /** Where the pointer is in the plane; null outside of the axes. */
  pointAt({ clientX, clientY }) {
    if (!this.weights) return null;
    const { left, top } = this.plot.getBoundingClientRect();
    const { xaxis, yaxis } = this.plot._fullLayout;
    const [px, py] = [clientX - left - xaxis._offset, clientY - top - yaxis._offset];
    if (px < 0 || py < 0 || px > xaxis._length || py > yaxis._length) return null;
    return [xaxis.p2l(px), yaxis.p2l(py)];
  }

  /** What the grip on the boundary depends on; scale is px for a unit of each axis. */
  state() {
    const { weights, grid, z } = this;
    const { xaxis, yaxis } = this.plot._fullLayout;
    const axes = this.axes();
    const scale = [xaxis._length / (axes[1] - axes[0]), yaxis._length / (axes[3] - axes[2])];
    return { weights, grid, z, axes, scale };
  }

  setGrid({ view, size, features }) {
    this.grid = { view, size, features: decode(features) };
    this.tile.width = size;
    this.tile.height = size;
    this.image = new ImageData(size, size);
    if (this.weights) this.draw(this.weights);
  }

  viewChanged(change) {
    if (!Object.keys(change).some((key) => key.startsWith("xaxis") || key.startsWith("yaxis") || key === "autosize")) return;
    this.paint();
    this.onView(this.axes());
  }

  draw(weights) {
    this.weights = weights;
    const { size, view, features } = this.grid;
    this.z = logits(features, weights, this.z);
    const finite = weights.every(Number.isFinite);
    const shapes = this.plot.layout.shapes.map((shape, k) => ({
      ...shape,
      path: finite ? levelPath(this.z, size, view, this.levels[k]) : "M0,0",
    }));
    this.Plotly.relayout(this.plot, { shapes });
    tint(this.z, size, this.image.data, this.colours, this.shading, TINT);
    this.tile.getContext("2d").putImageData(this.image, 0, 0);
    this.paint();
  }

  /** Copy tint and marks of misclassified points to where the axes are now. */
  paint() {
    const layout = this.plot._fullLayout;
    if (!layout || !this.weights) return;
    const scale = window.devicePixelRatio || 1;
    const [width, height] = [Math.round(layout.width * scale), Math.round(layout.height * scale)];
    if (this.canvas.width !== width || this.canvas.height !== height) {
      Object.assign(this.canvas, { width, height });
      Object.assign(this.canvas.style, { width: `${layout.width}px`, height: `${layout.height}px` });
    }
    const { xaxis, yaxis } = layout;
    const toX = (x) => xaxis._offset + xaxis.l2p(x);
    const toY = (y) => yaxis._offset + yaxis.l2p(y);
    const context = this.canvas.getContext("2d");
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.clearRect(0, 0, layout.width, layout.height);
    context.save();
    context.beginPath();
    context.rect(xaxis._offset, yaxis._offset, xaxis._length, yaxis._length);
    context.clip();
    const [x0, x1, y0, y1] = this.grid.view;
    const half = 0.5 / (this.grid.size - 1); // a corner of the grid is the middle of its pixel
    const [dx, dy] = [(x1 - x0) * half, (y1 - y0) * half];
    context.imageSmoothingEnabled = true;
    const [left, top] = [toX(x0 - dx), toY(y1 + dy)];
    context.drawImage(this.tile, left, top, toX(x1 + dx) - left, toY(y0 - dy) - top);
    this.ringMistakes(context, toX, toY);
    context.restore();
  }

  ringMistakes(context, toX, toY) {
    this.scores = logits(this.features, this.weights, this.scores);
    const { points, scores, traces } = this;
    const shown = this.plot._fullData.map(({ visible }) => visible === true);
    const { size } = this.plot._fullData[0].marker;
    context.strokeStyle = getComputedStyle(this.root).color;
    context.lineWidth = 2;
    context.beginPath();
    for (let i = 0; i < traces.length; i += 1) {
      if ((scores[i] >= 0 ? 1 : 0) === traces[i] % 2 || !shown[traces[i]]) continue;
      const [x, y] = [toX(points[2 * i]), toY(points[2 * i + 1])];
      context.moveTo(x + size, y);
      context.arc(x, y, size, 0, 2 * Math.PI);
    }
    context.stroke();
  }
}

export class Curves {
  constructor(Plotly, plot) {
    this.Plotly = Plotly;
    this.plot = plot;
  }

  setScene(scene) {
    this.base = scene.curves;
  }

  /** Draw the curves afresh: when moments have arrived, about once a second. */
  draw(record, { span, marks, target, at }) {
    const { data, layout } = this.base;
    const shapes = layout.shapes.map((shape) => ({ ...shape }));
    const annotations = layout.annotations.map((note) => ({ ...note }));
    Object.assign(shapes[0], { x0: at, x1: span });
    Object.assign(shapes[1], { x0: at, x1: span });
    Object.assign(shapes[2], { y0: target, y1: target });
    annotations[2].text = `<b>target ${target}</b>`;
    for (const { iteration, label } of marks) {
      shapes.push({ type: "line", xref: "x", yref: "paper", x0: iteration, x1: iteration, y0: 0, y1: 1, line: { width: 2, dash: "dot", color: "#888" } });
      const right = iteration > span / 2;
      annotations.push({ text: label, xref: "x", yref: "paper", x: iteration, y: 1, yanchor: "top", xanchor: right ? "right" : "left", showarrow: false, font: { size: 14 } });
    }
    const traces = data.map((trace, k) => ({ ...trace, ...record.curve(record.dimension + 1 + k) }));
    const accuracies = traces.filter((_, k) => k % 2 === 1).flatMap(({ y }) => y);
    const low = accuracies.reduce((least, y) => Math.min(least, y), 1);
    this.Plotly.react(this.plot, traces, {
      ...layout,
      shapes,
      annotations,
      xaxis: { ...layout.xaxis, range: [0, span] },
      yaxis2: { ...layout.yaxis2, range: [low < 0.45 ? 0 : 0.45, 1.04] },
    }, { displayModeBar: false });
  }

  moveTo(at) {
    if (!this.plot._fullLayout) return;
    const shapes = this.plot.layout.shapes.map((shape, k) => (k < 2 ? { ...shape, x0: at } : shape));
    this.Plotly.relayout(this.plot, { shapes });
  }
}
