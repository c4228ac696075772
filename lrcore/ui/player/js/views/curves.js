// Loss and accuracy over the iterations, with curtains over what lies ahead of the playhead.
// Shapes move as a whole array, see plane.js.

import { grouped } from "../record.js";
import { scaled } from "../type.js";

const EVERY = 800; // ms between two drawings of the curves while moments change

export class Curves {
  /** @param {import("../protocol.js").Desk} desk */
  constructor(panel, { Plotly, film, seek }) {
    Object.assign(this, { Plotly, film, plot: document.createElement("div") });
    Object.assign(this.plot, { className: "curves", role: "img", ariaLabel: "Loss and accuracy over the iterations; a click goes to a moment" });
    this.plot.dataset.testid = "curves";
    panel.append(this.plot);
    this.plot.addEventListener("click", ({ clientX }) => {
      const { xaxis } = this.plot._fullLayout ?? {};
      if (!xaxis) return;
      const index = xaxis.p2l(clientX - this.plot.getBoundingClientRect().left - xaxis._offset);
      seek(Math.round(Math.max(0, Math.min(index, xaxis.range[1]))));
    });
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
    if (!drawn || drawn.cuts !== film.cuts || drawn.span !== film.span || drawn.isFirst !== (film.furthest === 0)) return true;
    const hasNews = drawn.arrivals !== film.arrivals || drawn.ghosts !== film.ghosts.edition;
    return hasNews && (!film.moving || performance.now() - drawn.when >= EVERY);
  }

  draw(index) {
    const { film: { record, marks, span, state: { target }, arrivals, cuts }, base: { data, layout } } = this;
    const breaks = marks.filter((mark) => mark.breaks).map(({ iteration }) => iteration);
    const own = data.map((trace) => ({ ...trace, ...record.curve(trace.meta.column, undefined, trace.meta.column.endsWith("loss") ? breaks : []) }));
    const traces = [...this.film.ghosts.all.flatMap((ghost) => ghostCurves(ghost, data)), ...own];
    const shapes = this.moved(layout.shapes, index).map((shape) => {
      if (shape.name === "target") return { ...shape, y0: target, y1: target };
      return isCurtain(shape) ? { ...shape, x1: span } : shape;
    });
    const annotations = layout.annotations.map((note) => (note.name === "title of target" ? { ...note, text: `<b>target ${target}</b>` } : note));
    const isFirst = this.film.furthest === 0; // nothing to see yet but the axes
    this.Plotly.react(this.plot, traces, scaled({
      ...layout,
      shapes: [...shapes, ...marks.flatMap((mark) => markLines(mark, layout))],
      annotations: [...annotations, ...grouped(marks, span).map((group) => markNumber(group, span)), ...(isFirst ? HINTS : [])],
      xaxis: { ...layout.xaxis, range: [0, span] },
      yaxis2: { ...layout.yaxis2, range: [lowest(traces) < 0.45 ? 0 : 0.45, 1.04] },
    }), CONFIG);
    this.drawn = { arrivals, cuts, span, isFirst, ghosts: this.film.ghosts.edition, when: performance.now() };
  }

  moved(shapes, index) {
    return shapes.map((shape) => (isCurtain(shape) ? { ...shape, x0: index } : shape));
  }

  /** The curtains have the page's own colour, which only the stylesheet knows. */
  nameShapes() {
    for (const path of this.plot.querySelectorAll(".shapelayer path[data-index]")) {
      path.classList.toggle("curtain", isCurtain(this.plot.layout.shapes[path.dataset.index]));
    }
  }

  resize() {
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
const isCurtain = ({ name }) => Boolean(name?.startsWith("curtain"));

/** The least accuracy that any curve shows. */
function lowest(traces) {
  const accuracies = traces.filter(({ meta }) => meta.column.endsWith("accuracy"));
  return accuracies.reduce((least, { y }) => y.reduce((low, value) => Math.min(low, value), least), 1);
}

/** Loss and accuracy of a pinned run, thin, in its own look. */
function ghostCurves({ record, label, look: { colour, dash } }, data) {
  const ofTraining = data.filter(({ meta: { column } }) => ["loss", "accuracy"].includes(column));
  return ofTraining.map((trace) => ({
    ...trace, ...record.curve(trace.meta.column), name: label, line: { width: 2, color: colour, dash: dash.map((px) => `${px}px`).join(",") },
    hovertemplate: `%{fullData.name}<br>${trace.hovertemplate}`,
  }));
}

/** One in each panel: between them stand words. */
function markLines({ iteration }, { yaxis, yaxis2 }) {
  return [yaxis, yaxis2].map(({ domain: [y0, y1] }) => ({
    type: "line", xref: "x", yref: "paper", x0: iteration, x1: iteration, y0, y1, line: { width: 2, dash: "dot", color: "#888" },
  }));
}

/** A number alone: the words stand in the status line, and beside the pointer. */
function markNumber({ iteration, text, labels }, span) {
  const isAtEnd = iteration > (1 - EDGE) * span;
  return {
    text: `<b>${text}</b>`, hovertext: labels.join("<br>"), xref: "x", yref: "paper", x: iteration, y: 1, yanchor: "bottom", xanchor: isAtEnd ? "right" : "center", showarrow: false, font: { size: 14 },
  };
}
