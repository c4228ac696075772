// From score to decision: the S-curve, one threshold with four handles, and the errors that it makes.
// A frame sorts and counts the drawn points: 2,000 of them take less than a millisecond.
import { Chart } from "../chart.js";
import { logits, rgb } from "../field.js";
import { valuesAt } from "../grip.js";
import { Knob } from "../knob.js";
import { auc, confusion, logit, placeAt, ranked, rounded, shares, sigmoid, thresholdAt } from "../ranking.js";
import { fixed, share, write } from "../readouts.js";
import { decode } from "../record.js";
import { drawRoc, drawShares, drawSigmoid, nearestPlace } from "./sigmoid/curves.js";
import { Errors } from "./sigmoid/errors.js";

const USUAL = 0.5; // what the boundary stands for, and what the target asks for
const LOOK = 1000; // ms until size and colour are read from the page again
const isThreshold = (text) => text.trim() !== "" && Number(text) >= 0 && Number(text) <= 1;
// What stands in the corners of the plots that their lines leave free.
const THRESHOLD = '<p class="corner high">threshold <b data-testid="threshold"></b></p>';
const SETS = '<div class="corner sets" role="group" aria-label="Which points are counted"><button type="button" data-testid="set-training">Training</button><button type="button" data-testid="set-test">Test</button></div>';
const AUC = '<p class="corner">AUC <b data-testid="auc"></b></p>';
const LEGEND = '<p class="legend"><span>precision</span><span>recall</span><span>F1</span></p>';

export class Sigmoid {
  /** @param {import("../protocol.js").Desk} desk */
  constructor(panel, desk) {
    Object.assign(this, { desk, panel, lit: null, ofTests: false, measured: -Infinity });
    this.t = Number(desk.chosen("t", isThreshold) ?? USUAL);
    this.part = (name) => panel.querySelector(`[data-testid="${name}"]`);
    this.buildCharts();
    this.buildKnobs();
    this.errors = new Errors(panel, { light: (cell) => this.light(cell), take: (t) => this.move(t), redraw: desk.redraw }, desk.signal);
    [this.remark, this.sample] = ["remark", "sample"].map((className) => panel.appendChild(Object.assign(document.createElement("p"), { className })));
    for (const [name, ofTests] of [["set-training", false], ["set-test", true]]) {
      this.part(name).addEventListener("click", () => this.count(ofTests), { signal: desk.signal });
    }
    this.move(this.t);
  }

  buildCharts() {
    const pair = document.createElement("div");
    pair.className = "pair";
    this.curve = new Chart(this.panel, { name: "s-curve", label: "The S-curve with each point: logit across, probability upwards", x: "logit", y: "p" });
    this.panel.append(pair);
    this.roc = new Chart(pair, { name: "roc", label: "ROC curve: recall (true positive rate) against false positive rate; that of the first moment in grey", x: "false positive rate", y: "recall" });
    this.shares = new Chart(pair, { name: "shares", label: "Precision, recall and F1 against the threshold", x: "t", y: "" });
    for (const [chart, corner] of [[this.curve, THRESHOLD + SETS], [this.roc, AUC], [this.shares, LEGEND]]) chart.root.insertAdjacentHTML("beforeend", corner);
    const sizes = new ResizeObserver(() => {
      this.measure();
      this.desk.redraw();
    });
    for (const chart of [this.curve, this.roc, this.shares]) sizes.observe(chart.root);
    this.desk.signal.addEventListener("abort", () => sizes.disconnect());
  }

  measure() {
    this.measured = performance.now();
    for (const chart of [this.curve, this.roc, this.shares]) chart.resize();
  }

  buildKnobs() {
    const { curve, roc, shares: chart, desk: { plane, signal } } = this;
    const shared = { read: () => this.t, take: (t) => this.move(t) };
    const inPlane = (event) => {
      const point = plane.pointAt(event); // null beyond the axes
      return point && rounded(sigmoid(valuesAt(plane.grid, plane.z, 1, point)[0]));
    };
    const onRoc = (event) => {
      const { ranking } = this;
      const isCurve = ranking?.positives && ranking.negatives;
      return isCurve ? thresholdAt(ranking, nearestPlace(ranking, roc.at(event))) : null;
    };
    this.knobs = {
      curve: new Knob({ name: "Threshold on the S-curve", ...shared, find: (event) => rounded(sigmoid(curve.at(event)[0])) }, signal, curve),
      roc: new Knob({ name: "Threshold on the ROC curve", ...shared, find: onRoc }, signal, roc),
      shares: new Knob({ name: "Threshold under precision, recall and F1", ...shared, find: (event) => rounded(chart.at(event)[0]) }, signal, chart),
      plane: new Knob({ name: "Threshold in the plane", ...shared, find: inPlane }, signal),
    };
    this.knobs.plane.element.classList.add("tag");
  }

  // What can be chosen

  /** Set the threshold, which all handles share. */
  move(t) {
    this.t = t;
    this.desk.choose("t", t === USUAL ? "" : String(t));
    this.desk.redraw();
  }

  /** Whether the test points are counted, or the others. */
  count(ofTests) {
    this.ofTests = ofTests;
    this.which = this.scene.labels.map((_, k) => k).filter((k) => this.scene.tests[k] === ofTests);
    this.part("set-training").ariaPressed = !ofTests;
    this.part("set-test").ariaPressed = ofTests;
    this.first = null;
    this.desk.redraw();
  }

  /** Light the points of a cell of the matrix in the plane; null lights all. */
  light(cell) {
    this.lit = cell;
    this.desk.redraw();
  }

  // Moments

  setScene(scene) {
    const { labels, tests, note } = scene;
    const anyTests = tests.includes(true);
    this.scene = { labels, tests, note, colours: scene.colours.map(rgb) };
    this.features = decode(scene.features);
    this.errors.setScene(scene);
    this.part("set-test").parentNode.hidden = !anyTests;
    this.count(this.ofTests && anyTests);
  }

  show({ scores }) {
    const { t, scene: { labels }, which } = this;
    if (performance.now() - this.measured > LOOK) this.measure(); // the theme may have changed
    this.ranking = ranked(scores, labels, which);
    this.level = logit(t);
    this.scores = scores;
    const wrong = Array.from(labels.keys()).filter((k) => (scores[k] >= this.level ? 1 : 0) !== labels[k]);
    const places = {
      curve: drawSigmoid(this.curve, scores, this.scene, wrong, t),
      roc: drawRoc(this.roc, this.ranking, this.rankingAtStart(), t),
      shares: drawShares(this.shares, this.ranking, t),
    };
    for (const [name, [x, y]] of Object.entries(places)) this.knobs[name].place(x, y);
    this.writeNumbers();
  }

  /** The ranking of the first moment, which only another run has other weights for. */
  rankingAtStart() {
    const { film } = this.desk;
    if (this.first?.cuts !== film.cuts) {
      const scores = logits(this.features, film.record.moment(0).weights);
      this.first = { cuts: film.cuts, ranking: ranked(scores, this.scene.labels, this.which) };
    }
    return this.first.ranking;
  }

  writeNumbers() {
    const { t, ranking } = this;
    write(this.part("threshold"), fixed(t, 3));
    write(this.part("auc"), ranking ? share(auc(ranking), 4) : "–");
    this.panel.classList.toggle("uncounted", !ranking);
    this.counts = ranking && confusion(ranking, placeAt(ranking, this.level));
    if (ranking) this.errors.show(this.counts, shares(this.counts), ranking);
    for (const knob of Object.values(this.knobs)) knob.say(t, `t = ${fixed(t, 3)}. ${this.summary()}`);
    write(this.knobs.plane.element, `t ${fixed(t, 2)}`);
    const isUsual = t === USUAL || !ranking;
    write(this.remark, isUsual ? "" : `The target asks for accuracy at t = 0.5; at this t it is ${share(shares(this.counts).accuracy, 4)}.`);
    write(this.sample, this.scene.note && ranking ? `Counted: the drawn points alone, ${ranking.negatives} and ${ranking.positives} of the classes.` : "");
  }

  summary() {
    const { counts } = this;
    return counts ? `${counts.tp} of ${counts.tp + counts.fn} are found, ${counts.fp} false alarms.` : "The scores are no numbers.";
  }

  say({ index }) {
    return `Iteration ${index}, threshold ${fixed(this.t, 3)}: ${this.summary()}`;
  }

  onPlane() {
    const { lit, scores, level, scene: { labels, tests }, ofTests } = this;
    const isLit = (k) => labels[k] === lit.label && (scores[k] >= level ? 1 : 0) === lit.called && tests[k] === ofTests;
    return { level, lines: [{ className: "threshold", level, handle: this.knobs.plane.element }], ...(lit && { lit: isLit }) };
  }
}
