// Loss and accuracy over the iterations, with curtains over what lies ahead of the playhead.
// Shapes move as a whole array, see plane.js.

import { roundAbove } from "../contours.js";
import { flags } from "../flags.js";
import { AXES, grouped } from "../record.js";
import { scaled, thickened, typeScale } from "../type.js";

const EVERY = 800; // ms between two drawings of the curves while moments change

export class Curves {
  /** @param {import("../protocol.js").Desk} desk */
  constructor(panel, desk) {
    const { Plotly, film, seek, signal } = desk;
    Object.assign(this, { Plotly, film, plot: document.createElement("div") });
    Object.assign(this.plot, { className: "curves", role: "img", ariaLabel: "Loss and accuracy over the iterations; a click goes to a moment" });
    this.plot.dataset.testid = "curves";
    panel.append(this.plot);
    this.plot.addEventListener("click", ({ clientX }) => {
      const { xaxis } = this.plot._fullLayout ?? {};
      if (!xaxis) return;
      const index = xaxis.p2l(clientX - this.plot.getBoundingClientRect().left - xaxis._offset);
      const clicked = Math.max(0, Math.min(index, xaxis.range[1]));
      seek(film.axis ? film.record.lastUntil(film.axis, clicked) : Math.round(clicked));
    });
    const axis = this.axisTitle(panel);
    axis.value = film.axis = Number(desk.chosen("axis", (text) => text in AXES) ?? 0);
    axis.addEventListener("input", () => {
      film.axis = Number(axis.value);
      desk.choose("axis", film.axis ? axis.value : "");
      desk.redraw();
    }, { signal });
  }

  /** The title below the axis, which can be chosen. */
  axisTitle(panel) {
    const [line, chooser] = [document.createElement("p"), document.createElement("select")];
    this.title = document.createElement("span");
    line.className = "axis";
    chooser.setAttribute("aria-label", "Along what the curves are drawn");
    chooser.dataset.testid = "axis";
    chooser.append(...AXES.map((name, axis) => new Option(name, axis)));
    line.append(this.title, chooser);
    panel.append(line);
    return chooser;
  }

  setScene(scene) {
    this.base = scene.curves;
    this.drawn = null; // what was drawn last, and when
  }

  show({ index }) {
    if (this.isOutdated()) this.draw(index);
    else if (index !== this.index) this.Plotly.relayout(this.plot, { shapes: this.moved(this.plot.layout.shapes, index) });
    this.index = index;
    this.nameShapes();
  }

  /** New moments are drawn about once a second, and at once where a branch has made them others. */
  isOutdated() {
    const { drawn, film } = this;
    if (!drawn || drawn.cuts !== film.cuts || drawn.span !== film.span || drawn.axis !== film.axis || drawn.isFirst !== (film.furthest === 0)) return true;
    const hasNews = drawn.arrivals !== film.arrivals || drawn.ghosts !== film.ghosts.edition;
    return hasNews && (!film.moving || performance.now() - drawn.when >= EVERY);
  }

  draw(index) {
    const { film, base: { data, layout } } = this;
    const { record, marks, state: { target }, arrivals, cuts, axis, ghosts } = film;
    const breaks = marks.filter((mark) => mark.breaks).map(({ iteration }) => iteration);
    const curves = data.map((trace) => ({ ...trace, ...this.curve(record, trace, trace.meta.column.endsWith("loss") ? breaks : []) }));
    const [span, low] = [this.span(index), lowest(curves) < 0.45 ? 0 : 0.45];
    const traces = [...ghosts.all.flatMap((ghost) => this.ghostCurves(ghost)), ...curves, ...flags(film, span, low)];
    const shapes = this.moved(layout.shapes, index).map((shape) => {
      if (shape.name === "target") return { ...shape, y0: target, y1: target };
      return isCurtain(shape) ? { ...shape, x1: span } : shape;
    });
    const annotations = layout.annotations.map((note) => (note.name === "title of target" ? { ...note, text: `<b>target ${target}</b>` } : note));
    this.title.textContent = AXES[axis];
    const isFirst = film.furthest === 0; // nothing to see yet but the axes
    const place = (iteration) => record.along(axis, Math.min(iteration, record.length - 1));
    this.scale = typeScale();
    this.Plotly.react(this.plot, thickened(traces, this.scale), scaled({
      ...layout,
      shapes: [...shapes, ...marks.flatMap(({ iteration }) => markLines(place(iteration), layout))],
      annotations: [...annotations, ...grouped(marks, span, place).map((group) => markNumber(group, place(group.iteration), span)), ...(isFirst ? HINTS : [])],
      xaxis: { ...layout.xaxis, range: [0, span], title: { text: "" } },
      yaxis2: { ...layout.yaxis2, range: [low, 1.04] },
    }), CONFIG);
    this.drawn = { arrivals, cuts, span: film.span, axis, isFirst, ghosts: ghosts.edition, when: performance.now() };
  }

  /** Points of a trace along the axis that is shown. */
  curve(record, { meta: { column }, hovertemplate }, breaks) {
    const { axis } = this.film;
    const { x, y } = record.curve(column, undefined, breaks);
    return { x: axis ? x.map((index) => record.along(axis, index)) : x, y, hovertemplate: axis ? hovertemplate.replace(/iteration|%\{x\}/g, (part) => (part === "iteration" ? SINGULAR[axis] : "%{x:.4~g}")) : hovertemplate };
  }

  /** Loss and accuracy of a pinned run, thin, in its own look. */
  ghostCurves({ record, label, look: { colour, dash } }) {
    const ofTraining = this.base.data.filter(({ meta: { column } }) => ["loss", "accuracy"].includes(column));
    return ofTraining.map((trace) => {
      const curve = this.curve(record, trace, []);
      return { ...trace, ...curve, name: label, line: { width: 2, color: colour, dash: dash.map((px) => `${px}px`).join(",") }, hovertemplate: `%{fullData.name}<br>${curve.hovertemplate}` };
    });
  }

  /** How far the curves are seen. A race is over with its last iteration; along another axis some other run
   * may come last, and is seen whole then. */
  front(index) {
    const { film, film: { record, axis } } = this;
    const ends = axis && film.isOverAt(index) ? film.ghosts.all.filter(({ ended }) => ended) : [];
    return Math.max(record.along(axis, index), ...ends.map((ghost) => ghost.record.along(axis, ghost.record.length - 1)));
  }

  span(index) {
    const { film } = this;
    if (film.isOverAt(index) || film.isOverAt(film.furthest)) return Math.max(this.front(film.length - 1), film.axis ? 1e-3 : 1);
    return film.axis ? roundAbove(Math.max(film.record.along(film.axis, film.furthest), LEAST_SPAN[film.axis])) : film.span;
  }

  moved(shapes, index) {
    const x0 = this.front(index);
    return shapes.map((shape) => (isCurtain(shape) ? { ...shape, x0 } : shape));
  }

  /** The curtains have the page's own colour, which only the stylesheet knows. */
  nameShapes() {
    for (const path of this.plot.querySelectorAll(".shapelayer path[data-index]")) {
      path.classList.toggle("curtain", isCurtain(this.plot.layout.shapes[path.dataset.index]));
    }
  }

  resize() {
    if (this.scale !== typeScale()) this.drawn = null;
    if (!this.plot._fullLayout || !this.plot.clientWidth) return;
    this.Plotly.Plots.resize(this.plot).then(() => this.nameShapes());
  }
}

// A stray drag must not take the axes along.
const CONFIG = { displayModeBar: false, showTips: false, scrollZoom: false, doubleClick: false };
const HINTS = [["Play: the loss of each iteration", 0.78], ["and how many points are right", 0.22]].map(([text, y]) => ({
  text, x: 0.5, y, xref: "paper", yref: "paper", showarrow: false, font: { size: 16 },
}));
const EDGE = 0.03; // of the span: a number in the middle of its mark would pass the plot's edge
const SINGULAR = ["iteration", "evaluation", "millisecond"];
const LEAST_SPAN = [200, 200, 5]; // of each axis, so that its numbers need not run from the start
const isCurtain = ({ name }) => Boolean(name?.startsWith("curtain"));

/** The least accuracy that any curve shows. */
function lowest(traces) {
  const accuracies = traces.filter(({ meta }) => meta.column.endsWith("accuracy"));
  return accuracies.reduce((least, { y }) => y.reduce((low, value) => Math.min(low, value), least), 1);
}

/** One in each panel: between them stand words. */
function markLines(x, { yaxis, yaxis2 }) {
  return [yaxis, yaxis2].map(({ domain: [y0, y1] }) => ({
    type: "line", xref: "x", yref: "paper", x0: x, x1: x, y0, y1, line: { width: 2, dash: "dot", color: "#888" },
  }));
}

/** A number alone: the words stand in the status line, and beside the pointer. */
function markNumber({ text, labels }, x, span) {
  const isAtEnd = x > (1 - EDGE) * span;
  return {
    text: `<b>${text}</b>`, hovertext: labels.join("<br>"), xref: "x", yref: "paper", x, y: 1, yanchor: "bottom", xanchor: isAtEnd ? "right" : "center", showarrow: false, font: { size: 14 },
  };
}
