// Learning rate against momentum: a map of whole runs of this data, each of which a click plays.
import { RatesMap, colours, placeOf } from "../rates_map.js";
import { captionOf, cellWords, isWhole, legendOf, sumOf } from "../rates_words.js";
import { write } from "../readouts.js";
import { decode } from "../record.js";

const EVERY = { moving: 700, atRest: 200 }; // ms between two looks at a map that fills: each costs a frame or two
const LONGEST = 4000; // ms, where many pages wait for their turn and there is nothing new
const KEYS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowDown: [-1, 0], ArrowUp: [1, 0] };
const HTML = `<div class="map"><canvas data-testid="rates-map" role="img" aria-label="Runs by learning rate, across, and momentum, upwards: how many iterations each takes to the target"></canvas>
  <i class="cell" data-testid="rates-cell" role="slider" tabindex="0" aria-label="A run of the map; arrow keys choose one, Enter plays it" aria-valuemin="0"></i></div>
<p class="said" data-testid="rates-said"></p><p class="scale" data-testid="rates-scale"></p><p class="caption" data-testid="rates-caption"></p>`;

export class Rates {
  /** @param {import("../protocol.js").Desk} desk */
  constructor(panel, desk) {
    panel.innerHTML = HTML;
    const [said, scale, caption] = panel.querySelectorAll("p");
    Object.assign(this, { panel, desk, said, scale, caption, cell: panel.querySelector(".cell"), edition: 0, look: 0, map: null });
    this.picture = new RatesMap(panel.querySelector(".map"));
    const sizes = new ResizeObserver(() => this.resize());
    sizes.observe(this.picture.root);
    desk.signal.addEventListener("abort", () => sizes.disconnect());
    this.listen(this.picture.root);
  }

  listen(root) {
    const listen = (target, type, act) => target.addEventListener(type, act, { signal: this.desk.signal });
    const under = ({ clientX, clientY }) => {
      const { left, top } = root.getBoundingClientRect();
      return this.map && this.picture.cellAt([clientX - left, clientY - top], this.map);
    };
    for (const type of ["pointerdown", "pointermove"]) listen(root, type, (event) => this.point(under(event)));
    listen(root, "pointerleave", () => this.point(null));
    listen(root, "click", (event) => this.play(under(event)));
    listen(this.cell, "focus", () => this.point(this.chosen));
    listen(this.cell, "blur", () => this.point(null));
    listen(this.cell, "keydown", (event) => this.key(event));
  }

  setScene(scene) {
    Object.assign(this, { scene, map: null, of: null });
    this.resize();
  }

  resize() {
    this.picture.look = null;
    this.desk.redraw();
  }

  // Questions

  /** A change of settings asks anew; a map that is not whole is looked at as it grows. */
  wants() {
    const { film } = this.desk;
    const of = String([film.cuts, film.state.again]);
    const isNew = of !== this.of;
    if (isNew) Object.assign(this, { of, edition: this.edition + 1, known: -1, pause: 0 });
    if (isNew || performance.now() > this.due) Object.assign(this, { question: [this.edition, this.look += 1], due: Infinity });
    return { rates: this.question };
  }

  take(name, value) {
    if (name !== "rates" || value.edition !== this.edition) return;
    const usual = this.desk.film.moving ? EVERY.moving : EVERY.atRest;
    this.pause = value.done > this.known ? usual : Math.min(LONGEST, 2 * (this.pause || usual));
    this.known = value.done;
    if (value.done >= 0) this.map = { ...value, values: decode(value.iterations) };
    const isDone = value.done >= 0 && isWhole(this.map);
    this.due = isDone ? Infinity : performance.now() + this.pause;
  }

  // The hand

  /** The cell that the keys move from: by default that of the present run. */
  get chosen() {
    const { map } = this;
    if (!map || this.last) return this.last;
    return this.within(placeOf(map, ...(map.here ?? [map.rates[0], 0])));
  }

  /** The nearest cell of the map. */
  within(place) {
    const ends = [this.map.momenta.length - 1, this.map.rates.length - 1];
    return place.map((at, k) => Math.max(0, Math.min(ends[k], Math.round(at))));
  }

  /** Say what became of the run of a cell; null says it of none. */
  point(cell) {
    this.pointed = cell;
    this.desk.redraw();
  }

  play(cell) {
    const { map, desk } = this;
    if (!map || !cell) return;
    this.last = cell;
    desk.begin("TryRates", { lr: map.rates[cell[1]], momentum: map.momenta[cell[0]] });
  }

  key(event) {
    const way = KEYS[event.key];
    if (!this.map || !(way || event.key === "Enter")) return;
    event.preventDefault();
    if (!way) return this.play(this.chosen);
    this.last = this.within(this.chosen.map((at, k) => at + way[k]));
    return this.point(this.last);
  }

  // Frames

  show() {
    const { map, picture, panel, desk: { film }, pointed } = this;
    panel.classList.toggle("empty", !map);
    if (!map) return this.write("", this.scene.labels.length ? "Training a run for each rate and momentum …" : "There are no runs without points.");
    if (!film.moving || !picture.look) picture.measure();
    const drawn = [map, ...Object.values(picture.look)];
    const isDrawn = this.drawn?.every((part, k) => part === drawn[k]);
    if (!isDrawn) picture.draw(map);
    if (isDrawn && pointed === this.marked) return undefined;
    Object.assign(this, { drawn, marked: pointed });
    this.mark(pointed);
    this.explain(map);
    return this.write(pointed ? cellWords(map, pointed) : sumOf(map), captionOf(map));
  }

  write(said, caption) {
    write(this.said, said);
    write(this.caption, caption);
  }

  /** Put the frame round a cell. */
  mark(cell) {
    const { map, picture: { box } } = this;
    const [x, y] = this.picture.px(cell ?? this.chosen, map);
    this.cell.classList.toggle("on", Boolean(cell));
    Object.assign(this.cell.style, { width: `${box.width / map.rates.length}px`, height: `${box.height / map.momenta.length}px`, transform: `translate(${x}px, ${y}px) translate(-50%, -50%)` });
    const [row, column] = this.chosen;
    Object.assign(this.cell, { ariaValueMax: String(map.values.length - 1), ariaValueNow: String(row * map.rates.length + column), ariaValueText: cellWords(map, this.chosen) });
  }

  explain(map) {
    const legend = legendOf(map);
    if (String(legend) === this.legend) return;
    this.legend = String(legend);
    const shades = colours(map.budget);
    this.scale.replaceChildren("iterations: ", ...legend.flatMap((text, k) => {
      const item = Object.assign(document.createElement("span"), { textContent: text });
      item.style.setProperty("--shade", shades[k]);
      return [item, " "];
    }));
  }

  say() {
    return this.map ? `${sumOf(this.map)}. ${captionOf(this.map)}` : "";
  }
}
