// Draws the map of the rates: a colour for each run, theory's limit over them, and the present run.
import { cleared } from "./marks.js";
import { bandOf, bandsOf } from "./rates_words.js";
import { letters, typeScale } from "./type.js";

const SHADES = ["#fde725", "#90d743", "#35b779", "#21918c", "#31688e", "#443983"]; // viridis: light is fast
const NOT_REACHED = "#9a9a9a";
const DIVERGED = "#000000";
const TICKS = { rates: [0.001, 0.01, 0.1, 1, 10], momenta: [0, 0.3, 0.6, 0.9] };

/** In the order of `legendOf`. */
export function colours(budget) {
  return [...SHADES.slice(0, bandsOf(budget).length), NOT_REACHED, DIVERGED];
}

/** Where a run lies on the map, in cells: [row, column]; between two of them, or beyond all. */
export function placeOf({ rates, momenta }, rate, momentum) {
  return [among(momentum, momenta), among(Math.log(rate), rates.map(Math.log))];
}

/** Where a value lies among rising values, in steps from the first; beyond them, on the line of the last two. */
function among(value, values) {
  const above = values.findIndex((one) => one >= value);
  const k = above < 0 ? values.length - 1 : Math.max(1, above);
  return k - 1 + (value - values[k - 1]) / (values[k] - values[k - 1]);
}

export class RatesMap {
  constructor(root) {
    this.root = root;
    this.canvas = root.querySelector("canvas");
  }

  /** Read size and colours from the page. */
  measure() {
    const { clientWidth: width, clientHeight: height } = this.root;
    const { color, backgroundColor, fontFamily } = getComputedStyle(this.root);
    const em = 16 * typeScale();
    this.look = { width, height, em, ink: color, background: backgroundColor, font: `${letters(0.9)}px ${fontFamily}` };
    this.box = { left: 2 * em, top: 1.5 * em, width: width - 2.3 * em, height: height - 3.1 * em };
  }

  /** Px of the middle of a cell; rows count from below. */
  px([row, column], { momenta, rates }) {
    const { left, top, width, height } = this.box;
    return [left + ((column + 0.5) / rates.length) * width, top + height - ((row + 0.5) / momenta.length) * height];
  }

  /** The cell at px of the map, null beside it. */
  cellAt([x, y], { momenta, rates }) {
    const { left, top, width, height } = this.box;
    const [column, row] = [Math.floor((rates.length * (x - left)) / width), Math.floor((momenta.length * (top + height - y)) / height)];
    return column >= 0 && column < rates.length && row >= 0 && row < momenta.length ? [row, column] : null;
  }

  /** @param {import("./protocol.js").Rates & {values: Float32Array}} map */
  draw(map) {
    const context = cleared(this.canvas, this.look.width, this.look.height);
    this.cells(context, map);
    this.axes(context, map);
    const { left, top, width, height } = this.box;
    context.save();
    context.beginPath();
    context.rect(left, top, width, height);
    context.clip();
    if (map.limits) this.limit(context, map);
    if (map.here) this.ring(context, map);
    context.restore();
    Object.assign(this.canvas.dataset, { box: [left, top, width, height] }); // what is where, for whoever reads the picture
  }

  cells(context, map) {
    const { rates, momenta, values, budget } = map;
    const [width, height] = [this.box.width / rates.length, this.box.height / momenta.length];
    values.forEach((iterations, k) => {
      const [x, y] = this.px([Math.floor(k / rates.length), k % rates.length], map);
      context.fillStyle = iterations >= 0 ? SHADES[bandOf(iterations, budget)] : { "-2": NOT_REACHED, "-3": DIVERGED }[iterations] ?? "#8882";
      context.fillRect(x - width / 2, y - height / 2, width + 0.5, height + 0.5);
      if (iterations === -3) this.cross(context, x, y, Math.min(width, height) / 4);
    });
  }

  /** Black cells are told from a dark page. */
  cross(context, x, y, arm) {
    Object.assign(context, { strokeStyle: "#aaaaaa", lineWidth: 1 });
    context.beginPath();
    for (const [dx, dy] of [[1, 1], [1, -1]]) {
      context.moveTo(x - arm * dx, y - arm * dy);
      context.lineTo(x + arm * dx, y + arm * dy);
    }
    context.stroke();
  }

  axes(context, map) {
    const { box: { left, top, width, height }, look: { ink, font, em } } = this;
    Object.assign(context, { fillStyle: ink, font, textAlign: "center", textBaseline: "top" });
    const at = (rate, momentum) => this.px(placeOf(map, rate, momentum), map);
    const x = (rate) => at(rate, 0)[0];
    for (const rate of TICKS.rates) context.fillText(String(rate), Math.min(x(rate), left + width - 0.5 * em), top + height + 0.3 * em);
    context.fillText("rate", (x(1) + x(10)) / 2, top + height + 0.3 * em);
    Object.assign(context, { textAlign: "right", textBaseline: "middle" });
    for (const momentum of TICKS.momenta) context.fillText(String(momentum), left - 0.3 * em, at(1, momentum)[1]);
    context.textAlign = "left";
    context.fillText("momentum", 0, top - 0.75 * em);
  }

  limit(context, map) {
    const { box: { left, top, height }, look: { em, font } } = this;
    const points = map.limits.map((rate, row) => this.px(placeOf(map, rate, map.momenta[row]), map));
    const line = [[points[0][0], top + height], ...points, [points.at(-1)[0], top]];
    this.haloed(context, () => {
      context.beginPath();
      for (const point of line) context.lineTo(...point);
      context.stroke();
    });
    const name = map.nesterov ? "limit 2(1 + m)/((1 + 2m)λ)" : "limit 2(1 + m)/λ";
    Object.assign(context, { font, textBaseline: "middle" });
    const fits = points[2][0] - left > context.measureText(name).width + em;
    context.textAlign = fits ? "right" : "left";
    const at = [points[2][0] + (fits ? -0.5 : 0.5) * em, points[2][1]];
    this.haloed(context, (isHalo) => (isHalo ? context.strokeText(name, ...at) : context.fillText(name, ...at)));
  }

  ring(context, map) {
    const at = this.px(placeOf(map, ...map.here), map);
    this.haloed(context, () => {
      context.beginPath();
      context.arc(...at, 0.5 * this.look.em, 0, 2 * Math.PI);
      context.stroke();
    });
  }

  /** In ink on a broad line of the background: seen on every colour. */
  haloed(context, paint) {
    const { ink, background, em } = this.look;
    Object.assign(context, { strokeStyle: background, lineWidth: em / 2.5, lineJoin: "round" });
    paint(true);
    Object.assign(context, { strokeStyle: ink, fillStyle: ink, lineWidth: em / 6 });
    paint(false);
  }
}
