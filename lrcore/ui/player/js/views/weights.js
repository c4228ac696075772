// The run in the space of its weights: the loss as a map, the path on it, and the line as a dot.
import { Landscape, pathMoments } from "../landscape.js";
import { fixed } from "../readouts.js";
import { WeightsHand } from "../weights_hand.js";
import { WeightsMap, subscript } from "../weights_map.js";
import { bendOf, captionOf, legendOf } from "../weights_words.js";

const PRINCIPAL = -1; // as in weights.py
const LARGEST = 1e6; // beyond, Python draws nothing
const PATIENCE = 5000; // ms until a map is asked for anew that has not come
const EVERY = 300; // ms between two slices while b moves
const TILT = 5; // degrees for a press of [ or ]
const HTML = `<div class="map"><canvas data-testid="weights-map" role="img" aria-label="The loss over the weights, with the path of the run"></canvas>
  <i class="dot" role="slider" tabindex="0" aria-label="The weights; arrow keys move them"><b></b></i><p class="beside" aria-hidden="true"></p></div>
<div class="tools"><select data-testid="weights-first" aria-label="Across"></select><select data-testid="weights-second" aria-label="Upwards"></select>
  <label><input type="checkbox" data-testid="weights-slice"> at this <i>b</i></label>
  <label title="Tilt the map ([ and ])">tilt <input type="range" data-testid="weights-tilt" aria-label="Tilt" min="0" max="60" step="1" value="0"></label></div>
<p class="caption" data-testid="weights-caption"></p>`;

export class Weights {
  /** @param {import("../protocol.js").Desk} desk */
  constructor(panel, desk) {
    panel.innerHTML = HTML;
    const part = (name) => panel.querySelector(name);
    const [first, second] = panel.querySelectorAll("select");
    Object.assign(this, { panel, desk, first, second, dot: part(".dot"), beside: part(".beside"), caption: part(".caption"), sliced: part("[type=checkbox]"), slider: part("[type=range]") });
    this.map = new WeightsMap(part(".map"));
    this.sizes = new ResizeObserver(() => this.resize());
    this.sizes.observe(this.map.root);
    desk.signal.addEventListener("abort", () => this.sizes.disconnect());
    this.serial = 0; // counts questions: Python takes each for another
    this.landscape = null;
    this.slider.value = desk.chosen("tilt", isTilt) ?? 0;
    desk.chosen("plane", Boolean); // read once there are weights: the address is to keep it until then
    this.sliced.checked = desk.chosen("slice", (text) => text === "true") !== undefined;
    for (const control of [first, second, this.sliced, this.slider]) control.addEventListener("input", () => this.keep(), { signal: desk.signal });
    this.hand = new WeightsHand(this.map.root, this.dot, {
      mayGrab: () => Boolean(this.landscape) && desk.mayGrab(),
      onHover: (place) => this.hover(place),
      onDrag: desk.drag,
      onDrop: desk.drop,
      weights: () => Array.from(this.moment.weights),
      dotAt: () => this.dotAt ?? [Infinity, 0],
      landscape: () => this.landscape,
      placeAt: (px) => this.landscape && this.map.projection?.toPlace(px, this.landscape),
      nearest: (px) => this.map.projection.nearest(px, this.landscape),
    }, desk.signal);
  }

  setScene(scene) {
    const names = [...scene.terms.map((term, k) => `${subscript(`w${k}`)} (${term})`), "b"];
    const many = scene.terms.length > 2;
    if (scene.points !== this.points || names.length !== this.first.length - 1) {
      this.landscape = null;
      this.first.replaceChildren(new Option("main directions", PRINCIPAL), ...names.map((name, k) => new Option(name, k)));
      this.second.replaceChildren(...names.map((name, k) => new Option(name, k)));
      const [across, upwards] = this.desk.chosen("plane", (text) => isPlane(text, names.length))?.split("-") ?? usual(many);
      Object.assign(this.first, { value: many ? across : 0, hidden: !many });
      this.second.value = many ? upwards : 1;
      this.keep();
    }
    Object.assign(this, { scene, points: scene.points, asked: null, arrows: null });
    this.resize();
  }

  /** Have the link say what is chosen. */
  keep() {
    const { first, second, sliced, slider, desk } = this;
    desk.choose("tilt", slider.valueAsNumber ? slider.value : "");
    desk.choose("slice", sliced.checked ? "true" : "");
    desk.choose("plane", Number(first.value) === PRINCIPAL || first.hidden ? "" : `${first.value}-${second.value}`);
    desk.redraw();
  }

  /** Keys: the stage shows this view first. */
  get actions() {
    return { flatter: () => this.tiltBy(-TILT), steeper: () => this.tiltBy(TILT) };
  }

  /** The map has another size: of the window, or because the words below it grew. */
  resize() {
    this.map.look = null;
    this.desk.redraw();
  }

  tiltBy(degrees) {
    this.slider.valueAsNumber += degrees;
    this.keep();
  }

  hover(place) {
    this.ghost = place && !this.desk.film.moving ? this.landscape.weightsAt(place) : null;
    this.beside.hidden = !this.ghost;
    this.desk.redraw();
    if (!this.ghost) return;
    const [x, y] = this.map.projection.toScreen(place, this.landscape.heightAt(place));
    this.beside.textContent = `${this.landscape.penalised ? "loss + penalty" : "loss"} ${fixed(this.landscape.lossAt(place), 3)}`;
    this.beside.style.transform = `translate(${Math.min(x, this.map.look.width - 6 * this.map.look.em)}px, ${y}px)`;
  }

  // Questions

  /** Which map is wanted, but for the weights it goes through. */
  get choice() {
    const { first, second, sliced, map } = this;
    if (first.value === second.value) second.value = Number(first.value === "0"); // one weight makes no plane
    return [Number(sliced.checked), Number(first.value), Number(second.value), map.aspect];
  }

  /** Ask for another map where this one is of other settings, or does not hold the dot. */
  keepUp(moment) {
    const { index, weights } = moment;
    const { film } = this.desk;
    const now = performance.now();
    const of = String([this.choice, film.cuts, film.markAt(index)?.number]);
    const waits = this.asked && this.asked.taken === false && now - this.asked.when < PATIENCE;
    if (this.asked?.of === of && (waits || !this.isLeft(moment, now))) return;
    this.serial += 1;
    // By the time the map comes, the dot has moved on.
    const until = film.moving ? film.length - 1 : index;
    this.asked = { of, index, when: now, taken: false, numbers: [...this.choice, this.serial, index, until, ...weights] };
  }

  isLeft({ index, weights }, now) {
    const { landscape, asked, desk: { film } } = this;
    if (!asked.taken) return true;
    const isInside = (one) => landscape.contains(landscape.place(one));
    if (!isInside(weights)) return true;
    // Playing faster than a map is made, the dot would leave it: what Python has sent ahead tells.
    if (film.moving && !isInside(film.record.moment(film.length - 1).weights)) return now - asked.when > EVERY;
    // While it plays, only these are watched; and a path with holes is asked for once.
    if (!film.moving && asked.index !== index && !pathMoments(index).every((k) => isInside(film.record.moment(k).weights))) return true;
    const away = landscape.distance(weights) > 1e-4 * Math.max(1, Math.hypot(...weights));
    return away && now - asked.when > EVERY && (!film.moving || weights.length === 3);
  }

  wants({ index }) {
    const { asked } = this;
    const arrows = asked?.taken && this.arrowsAt(index);
    return { ...(asked && { landscape: asked.numbers }), ...(arrows && { arrows }) };
  }

  /** The question for the arrows; null while it plays, and off the run. */
  arrowsAt(index) {
    const { landscape, onRun, desk: { film } } = this;
    return landscape && onRun && !film.moving ? [film.cuts, index, Number(!landscape.b), ...landscape.directions] : null;
  }

  take(name, value) {
    if (name === "landscape") {
      this.landscape = new Landscape(value);
      if (this.asked) this.asked.taken = true;
    }
    if (name === "arrows") this.arrows = value;
  }

  // Frames

  show(moment) {
    const { desk: { film }, map, slider } = this;
    this.moment = moment;
    if (film.moving && this.ghost) this.hover(null);
    const { index, weights } = moment;
    const drawable = weights.every((value) => Math.abs(value) < LARGEST) && this.scene.labels.length > 0;
    // Sizes and colours are slow to read. What the page's theme is shows at rest.
    if (!film.moving || !map.look) map.measure();
    if (drawable) this.keepUp(moment);
    this.panel.classList.toggle("empty", !drawable || !this.landscape);
    this.onRun = film.record.moment(index).weights.every((value, k) => value === weights[k]);
    const arrows = this.arrows && String(this.arrows.question) === String(this.arrowsAt(index)) ? this.arrows : null;
    this.describe(drawable, arrows);
    if (!drawable || !this.landscape) return;
    const tilt = slider.valueAsNumber;
    const at = map.draw({ landscape: this.landscape, tilt, record: film.record, index, weights, arrows, ghosts: moment.ghosts });
    this.put(at, weights);
  }

  put([x, y], weights) {
    const { dot, landscape, dotAt } = this;
    this.dotAt = [x, y];
    if (dotAt?.[0] !== x || dotAt[1] !== y) dot.style.transform = `translate(${x}px, ${y}px)`;
    dot.classList.toggle("outside", !landscape.contains(landscape.place(weights)));
    if (this.desk.film.moving) return;
    const [u, v] = landscape.place(weights).map((value) => fixed(value, 3));
    dot.setAttribute("aria-valuenow", landscape.place(weights)[0]);
    dot.setAttribute("aria-valuetext", `${landscape.names[0]} ${u}, ${landscape.names[1]} ${v}`);
  }

  /** Words cost a layout: they change at rest, or when a map has come. */
  describe(drawable, arrows) {
    const { landscape } = this;
    const isSlice = landscape && !landscape.b;
    const none = this.scene.labels.length ? "The weights have left every map." : "There is no loss without points.";
    const parts = !drawable ? [none] : !landscape ? ["Computing the loss around these weights …"] : [
      captionOf(landscape), ...(arrows ? [...legendOf(arrows, landscape), bendOf(arrows)] : [])];
    const said = String(parts);
    if (said === this.said) return;
    this.said = said;
    this.caption.replaceChildren(...parts.flatMap((part) => (Array.isArray(part) ? [keyOf(...part), " "] : [part, " "])));
    this.second.hidden = this.first.hidden || Number(this.first.value) === PRINCIPAL;
    this.sliced.disabled = Boolean(landscape) && isSlice && !this.sliced.checked;
  }

  onPlane() {
    return this.ghost ? { lines: [{ className: "ghost", weights: this.ghost }] } : null;
  }

  say({ index, weights }) {
    const { landscape } = this;
    if (!landscape?.contains(landscape.place(weights))) return "";
    return `At iteration ${index} the dot of the weights is at ${this.dot.getAttribute("aria-valuetext")}. ${captionOf(landscape)}`;
  }
}

const isTilt = (text) => /^\d{1,2}$/.test(text) && Number(text) <= 60;
const usual = (many) => [many ? PRINCIPAL : 0, 1];

/** Two different weights of those that there are, by number. */
function isPlane(text, count) {
  const [first, second, ...more] = text.split("-").map((part) => (/^\d{1,2}$/.test(part) ? Number(part) : NaN));
  return !more.length && first < count && second < count && first !== second;
}

/** A word in the colour of its arrow. */
function keyOf(kind, text) {
  return Object.assign(document.createElement("span"), { className: `key ${kind}`, textContent: text });
}
