// The plane: points, tint, boundary, and rings round the misclassified points.
// Points are drawn once. What moves is a canvas below the plot, and Plotly's shapes, set as a whole
// array: Plotly then draws them alone (0.4 ms), where a path to one attribute makes it draw the plot
// afresh (20 ms), and a restyled heatmap or contour trace costs 42 ms. Hence our own marching squares.
import { levelPath, logits, rgb, tint } from "../field.js";
import { paintGhosts } from "../ghost_lines.js";
import { gripsOf } from "../grip.js";
import { cleared, ring } from "../marks.js";
import { logit } from "../ranking.js";
import { decode } from "../record.js";
import { scaled, thickened, typeScale } from "../type.js";

const TINT = 88; // of 255, so that points and lines stay clearest
const CONFIG = { displayModeBar: false, showTips: false, scrollZoom: true };
const NOWHERE = "M0,0";
const RING = 2; // px wide

export class Plane {
  constructor(root, Plotly) {
    this.Plotly = Plotly;
    this.root = root.querySelector(".plane");
    this.canvas = this.root.querySelector("canvas");
    this.plot = this.root.querySelector(".scatter");
    this.grips = this.root.querySelectorAll(".grip");
    this.tile = document.createElement("canvas");
    this.weights = null; // those on screen
    this.ghosts = [];
    this.level = 0; // the logit from which on points are called class 1
    this.graspable = false; // whether the boundary can be grabbed now
    this.root.querySelector(".fit").addEventListener("click", () => this.fit());
  }

  setScene(scene) {
    this.weights = null;
    this.levels = scene.levels;
    this.shading = scene.shading;
    this.colours = scene.colours.map(rgb);
    this.points = decode(scene.points);
    this.labels = scene.labels;
    this.tests = scene.tests;
    this.root.querySelector(".note").textContent = scene.note;
    this.setGrid(scene.grid);
    this.root.querySelector(".ramp").style.background = ramp(scene);
    this.figure = scene.scatter;
    // Two quick clicks are two points there, and leave the axes alone.
    this.config = { ...CONFIG, doubleClick: scene.placing ? false : "reset" };
    this.react();
    if (this.listening) return;
    this.listening = true;
    for (const event of ["plotly_afterplot", "plotly_relayouting", "plotly_relayout"]) this.plot.on(event, () => this.paint());
  }

  react() {
    this.scale = typeScale();
    // Plotly writes the axes of now into the layout that it is given.
    const layout = scaled(structuredClone(this.figure.layout), this.scale);
    this.Plotly.react(this.plot, thickened(this.figure.data, this.scale), layout, this.config);
  }

  /** Back to the axes that the data came with. */
  fit() {
    const { xaxis, yaxis } = this.figure.layout;
    this.Plotly.relayout(this.plot, { "xaxis.range": [...xaxis.range], "yaxis.range": [...yaxis.range] });
  }

  /** The boundary can be grabbed, or no longer. */
  offer(graspable) {
    if (graspable === this.graspable) return;
    this.graspable = graspable;
    this.placeGrips();
  }

  /** A view may call the points by another threshold: those are ringed that it gets wrong. */
  setLevel(level) {
    if (level === this.level) return;
    this.level = level;
    this.paint();
  }

  show({ weights, scores, ghosts }) {
    Object.assign(this, { weights, scores, ghosts });
    this.draw();
  }

  /** Axes that were zoomed need the features on a grid of their own. */
  wants() {
    const axes = this.axes();
    const { view } = this.grid;
    return axes.some((end, k) => Math.abs(end - view[k]) > 1e-6 * Math.abs(view[1] - view[0])) ? { grid: axes } : {};
  }

  take(name, grid) {
    if (name === "grid") this.setGrid(grid);
  }

  resize() {
    const { clientWidth, clientHeight } = this.plot;
    if (!this.plot._fullLayout || !clientWidth) return;
    const size = `${clientWidth} ${clientHeight} ${typeScale()}`;
    if (size === this.size) return; // something beside it has another size
    this.size = size;
    if (this.scale !== typeScale()) this.react();
    this.Plotly.Plots.resize(this.plot);
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
  }

  draw() {
    const { weights, grid: { size, view, features } } = this;
    this.z = logits(features, weights, this.z);
    const finite = weights.every(Number.isFinite);
    const shapes = this.plot.layout.shapes.map((shape) => {
      const drawn = finite && shape.name in this.levels;
      return { ...shape, path: drawn ? levelPath(this.z, size, view, this.levels[shape.name]) : NOWHERE };
    });
    this.Plotly.relayout(this.plot, { shapes });
    tint(this.z, size, this.image.data, this.colours, this.shading, TINT);
    this.tile.getContext("2d").putImageData(this.image, 0, 0);
    this.paint();
  }

  /** Copy tint and rings to where the axes are now. */
  paint() {
    const layout = this.plot._fullLayout;
    if (!layout || !this.weights) return;
    const { xaxis, yaxis } = layout;
    const toX = (x) => xaxis._offset + xaxis.l2p(x);
    const toY = (y) => yaxis._offset + yaxis.l2p(y);
    const context = cleared(this.canvas, layout.width, layout.height);
    context.save();
    context.beginPath();
    context.rect(xaxis._offset, yaxis._offset, xaxis._length, yaxis._length);
    context.clip();
    const [x0, x1, y0, y1] = this.grid.view;
    const half = 0.5 / (this.grid.size - 1); // a corner of the grid is the middle of its pixel
    const [dx, dy] = [(x1 - x0) * half, (y1 - y0) * half];
    const [left, top] = [toX(x0 - dx), toY(y1 + dy)];
    context.imageSmoothingEnabled = true;
    context.drawImage(this.tile, left, top, toX(x1 + dx) - left, toY(y0 - dy) - top);
    this.ringMistakes(context, toX, toY);
    if (this.ghosts.length) this.ghostLines(context, toX, toY, xaxis, yaxis);
    context.restore();
    this.placeGrips();
  }

  ghostLines(context, toX, toY, xaxis, yaxis) {
    const style = getComputedStyle(this.root);
    const [font, background] = [`600 ${16 * this.scale}px ${style.fontFamily}`, style.getPropertyValue("--st-background-color")];
    const look = { grid: this.grid, scale: this.scale, ink: style.color, background, font };
    const box = [xaxis._offset, yaxis._offset, xaxis._offset + xaxis._length, yaxis._offset + yaxis._length];
    paintGhosts(context, look, this.ghosts, toX, toY, box);
  }

  /** Handles at the middle and the ends of the boundary, where it can be grabbed. */
  placeGrips() {
    const places = this.graspable && this.weights ? gripsOf(this.state()) : [];
    const { xaxis, yaxis } = this.plot._fullLayout;
    this.grips.forEach((grip, k) => {
      grip.style.visibility = places[k] ? "visible" : "hidden";
      if (!places[k]) return;
      const [x, y] = places[k];
      grip.style.transform = `translate(${xaxis._offset + xaxis.l2p(x)}px, ${yaxis._offset + yaxis.l2p(y)}px)`;
    });
  }

  ringMistakes(context, toX, toY) {
    const { points, scores, labels, tests, plot: { _fullData: traces } } = this;
    const hidden = new Set(traces.filter(({ visible }) => visible !== true).map(({ meta }) => `${meta.label} ${meta.test}`));
    const { size } = traces.find(({ meta }) => meta.label === 0).marker;
    const wrong = labels.map((_, i) => i).filter((i) => {
      const isRight = (scores[i] >= this.level ? 1 : 0) === labels[i];
      return !isRight && !(hidden.size && hidden.has(`${labels[i]} ${tests[i]}`));
    });
    ring(context, wrong, (i) => [toX(points[2 * i]), toY(points[2 * i + 1])], size, getComputedStyle(this.root).color, RING * this.scale);
  }
}

/** p from 0 to 1 in the colours of the tint, as a CSS gradient. */
function ramp({ colours, shading: { limit, strength } }) {
  const steps = Array.from({ length: 21 }, (_, k) => k / 20);
  const stops = steps.map((p) => {
    const size = Math.min(limit, Math.abs(logit(p)));
    const alpha = (TINT / 255) * strength[Math.round((size / limit) * (strength.length - 1))];
    return `rgb(${rgb(colours[p < 0.5 ? 0 : 1]).join(" ")} / ${alpha.toFixed(3)})`;
  });
  return `linear-gradient(to right, ${stops.join(", ")})`;
}
