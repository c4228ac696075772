// One step in beats, beside its code. A beat is a value: everything shown is a function of the moment
// and the beat.
import { largest, neighbour, unpacked, vectorsAt } from "../beats.js";
import { cleared } from "../marks.js";
import { memories, movement, pulls, sCurve } from "../pictures.js";
import { fixed } from "../readouts.js";
import { paintBeat } from "./step/inplane.js";

const A_BEAT = 1200; // ms, in slow motion
const A_MOVE = 500; // ms that the boundary takes to its next place
const WORST = 10;
const MEMORIES = new Set(["m", "v", "correction"]);
const NEAR = 20; // px from a point that the pointer means

export class Step {
  /** @param {import("../protocol.js").Desk} desk */
  constructor(panel, desk) {
    Object.assign(this, { desk, step: null, chosen: null, timer: 0, arrived: -Infinity });
    this.beat = Number(desk.chosen("beat", (text) => /^\d{1,2}$/.test(text)) ?? 0);
    const made = (tag, className, testid, parent = panel) => {
      const part = parent.appendChild(Object.assign(document.createElement(tag), { className }));
      if (testid) part.dataset.testid = testid;
      return part;
    };
    this.strip = made("div", "beats");
    Object.assign(this.strip, { role: "group", ariaLabel: "Beats of one step" });
    this.sentence = made("p", "sentence", "beat");
    this.code = made("ol", "code");
    const below = made("div", "below");
    this.vectors = made("div", "vectors", "vectors", below);
    this.canvas = made("div", "picture", "picture", below).appendChild(document.createElement("canvas"));
    Object.assign(this.canvas, { role: "img", ariaLabel: "What this beat does" });
    desk.plane.root.addEventListener("pointermove", (event) => this.point(event), { signal: desk.signal });
    desk.signal.addEventListener("abort", () => this.stop());
  }

  /** Keys: the stage shows this view first. */
  get actions() {
    return { "next beat": () => this.go(1), "previous beat": () => this.go(-1), "slow motion": () => this.toggle() };
  }

  setScene(scene) {
    this.scene = { ...scene, colours: this.desk.plane.colours };
    this.step = null;
  }

  wants({ index }) {
    return this.desk.film.moving ? {} : { step: [index] };
  }

  take(name, value) {
    if (name !== "step") return;
    this.step = unpacked(value);
    this.said = null;
  }

  // Going from beat to beat

  go(by) {
    this.stop();
    this.move(by);
  }

  move(by) {
    const { step, beat, desk } = this;
    if (!step) return;
    const to = neighbour(step.moment, Math.min(beat, step.beats.length - 1), by, step.beats.length);
    this.choose(to.beat);
    if (to.moment !== step.moment) desk.seek(to.moment);
  }

  choose(beat) {
    this.beat = beat;
    this.arrived = performance.now();
    this.desk.choose("beat", beat && Number.isFinite(beat) ? String(beat) : "");
    this.desk.redraw();
  }

  toggle() {
    if (this.timer) return this.stop();
    this.timer = setInterval(() => (this.desk.film.moving ? this.stop() : this.move(1)), A_BEAT);
    return this.desk.redraw();
  }

  stop() {
    clearInterval(this.timer);
    this.timer = 0;
    this.desk.redraw();
  }

  /** A beat in the address means that this view is open. */
  leave() {
    this.stop();
    this.desk.choose("beat", "");
  }

  enter() {
    this.choose(this.beat);
  }

  // Drawing

  show({ index, scores }) {
    const { step, desk: { film } } = this;
    const known = step && step.moment === index && !film.moving;
    this.isKnown = known;
    if (known) this.beat = Math.min(this.beat, step.beats.length - 1);
    this.showWords(known);
    if (!step) return;
    this.showVectors(known);
    this.draw(known, scores);
    if (known && this.progress < 1) this.desk.redraw();
  }

  /** How far the boundary has come on its way, from 0 to 1. */
  get progress() {
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return 1;
    return Math.min(1, (performance.now() - this.arrived) / A_MOVE);
  }

  get name() {
    return this.isKnown ? this.step.beats[this.beat].name : "";
  }

  showWords(known) {
    const { step, beat, timer } = this;
    const said = String([known, this.desk.film.moving, beat, Boolean(timer)]);
    if (said === this.said) return;
    this.said = said;
    this.strip.replaceChildren(
      this.button("‹", "Previous beat (,)", () => this.go(-1)),
      ...(step?.beats ?? []).map(({ name }, k) => this.beatButton(name, k, known && k === beat)),
      this.button("›", "Next beat (.)", () => this.go(1)),
      this.button(timer ? "❚❚" : "▶\uFE0E", "Slow motion, 1.2 s a beat (S)", () => this.toggle()),
    );
    const waiting = this.desk.film.moving ? "Pause to see this step in beats, or press S for slow motion." : "Looking at this step …";
    this.sentence.textContent = known ? `${beat + 1}/${step.beats.length} ${step.beats[beat].name}: ${step.beats[beat].sentence}` : waiting;
    this.code.replaceChildren(...(step?.lines ?? []).map((line) => this.line(line, known)));
    const lit = this.code.querySelector("[aria-current]");
    if (lit) this.code.scrollTop = lit.offsetTop - this.code.offsetTop - this.code.clientHeight / 2;
  }

  button(text, title, act) {
    const made = Object.assign(document.createElement("button"), { type: "button", textContent: text, title, ariaLabel: title });
    made.addEventListener("click", act);
    return made;
  }

  beatButton(name, k, isNow) {
    const made = this.button(name, `Beat ${k + 1}: ${name}`, () => { this.stop(); this.choose(k); });
    if (isNow) made.setAttribute("aria-current", "step");
    return made;
  }

  line({ text, depth, beat, value }, known) {
    const made = Object.assign(document.createElement("li"), { textContent: "  ".repeat(depth) + text });
    made.dataset.testid = "line";
    if (known && beat === this.beat) made.setAttribute("aria-current", "true");
    const isDone = known && value && beat <= this.beat;
    if (isDone) made.append(Object.assign(document.createElement("span"), { textContent: `  # ${value}` }));
    return made;
  }

  /** A row of bars for each vector, longest where it is largest. */
  showVectors(known) {
    const { step } = this;
    const rows = known ? vectorsAt(step, this.beat) : [];
    const shown = JSON.stringify(rows);
    if (shown === this.barsShown) return;
    this.barsShown = shown;
    const shownNames = step.names.length > 4 ? [0, 1, step.names.length - 1] : step.names.keys();
    const columns = [...shownNames];
    this.vectors.style.setProperty("--columns", columns.length);
    const head = rows.length ? ["", ...columns.map((k) => step.names[k])].map((text) => this.cell("i", text, true)) : [];
    this.vectors.replaceChildren(...head, ...rows.flatMap(({ name, values, most, isNow }) => [
      this.cell("b", name, isNow),
      ...columns.map((k) => this.bar(`${name}, ${step.names[k]}: ${fixed(values[k], 4)}`, values[k] / (most || 1), isNow)),
    ]));
  }

  cell(tag, text, isNow) {
    return Object.assign(document.createElement(tag), { textContent: text, className: isNow ? "now" : "" });
  }

  bar(text, share, isNow) {
    const made = this.cell("span", "", isNow);
    Object.assign(made, { role: "img", ariaLabel: text, title: text });
    made.style.setProperty("--share", Math.abs(share).toFixed(4));
    made.classList.add(share < 0 ? "less" : "more");
    made.append(document.createElement("b"));
    return made;
  }

  /** While it plays there is nothing to draw, and to ask for a size would lay the page out each frame. */
  draw(known, scores) {
    if (!known && !this.isDrawn) return;
    this.isDrawn = known;
    const { clientWidth: width, clientHeight: height } = this.canvas.parentElement;
    const context = cleared(this.canvas, width, height);
    if (!known) return;
    const ink = getComputedStyle(this.canvas).color;
    const { scene, step, name } = this;
    const given = { width, height, ink, scene, step, scores, beat: this.beat };
    if (["batch", "zero_grad", "forward", "loss"].includes(name)) {
      context.globalAlpha = ["forward", "loss"].includes(name) ? 1 : 0.35;
      sCurve(context, { ...given, worst: name === "loss" ? this.worst : null });
    } else if (name === "backward") pulls(context, given);
    else if (MEMORIES.has(name)) memories(context, given);
    else movement(context, { ...given, isStep: name === "step" });
  }

  get worst() {
    return largest(this.step.losses, WORST);
  }

  // In the plane

  onPlane() {
    const { isKnown, step, name } = this;
    if (!isKnown) return null;
    const guest = { lines: [], paint: (...given) => this.paint(...given) };
    if (step.beats[0].name === "batch") guest.lit = (k) => !Number.isNaN(step.losses[k]);
    if (name === "step") {
      const far = this.progress;
      guest.lines.push({ className: "next", weights: step.before.map((value, k) => value + far * (step.after[k] - value)) });
    }
    return guest;
  }

  paint(context, toX, toY) {
    const { desk: { plane: { points } }, step, name, chosen } = this;
    const place = (k) => [toX(points[2 * k]), toY(points[2 * k + 1])];
    const ink = getComputedStyle(this.canvas).color;
    const ground = getComputedStyle(this.canvas.closest(".stApp") ?? document.body).backgroundColor;
    paintBeat(context, { step, name, place, ink, ground, chosen, worst: this.worst });
  }

  /** The point under the pointer is the one whose numbers are told. */
  point(event) {
    const { desk: { plane } } = this;
    const at = this.isKnown ? plane.pointAt(event) : null;
    const { scale } = at ? plane.state() : { scale: [1, 1] };
    const distance = (k) => Math.hypot((plane.points[2 * k] - at[0]) * scale[0], (plane.points[2 * k + 1] - at[1]) * scale[1]);
    const nearest = at ? largest(Float32Array.from(plane.labels, (_, k) => -distance(k)), 1)[0] : undefined;
    const chosen = nearest !== undefined && distance(nearest) < NEAR ? nearest : null;
    if (chosen === this.chosen) return;
    this.chosen = chosen;
    this.desk.redraw();
  }

  resize() {
    this.desk.redraw();
  }

  say({ index }) {
    return this.isKnown ? `Step after iteration ${index}. ${this.sentence.textContent}` : "";
  }
}
