// The player: plays the moments Python sends, asks for more, and turns gestures into questions.
import { FASTEST, Record, SPEEDS, decode, firstWantedAt, movesFor, runsShort, spanFor, wantedAt } from "./record.js";
import { Curves, Plane } from "./plots.js";
import { Panel } from "./panel.js";
import { Grip } from "./grip.js";
import { listenToKeys } from "./keys.js";

const PATIENCE = 1500; // ms until an unanswered question is asked again
const LEAVING = 2000; // ms that the page behind a clicked link may take to come
const CURVES_EVERY = 800; // ms between two drawings of the curves while playing

let plotly = null; // loads once, however many ask, unless it fails

export function loadPlotly(address) {
  plotly ??= new Promise((resolve, reject) => {
    const fail = () => {
      plotly = null;
      reject(new Error("Plotly was not served"));
    };
    const done = () => (window.Plotly ? resolve(window.Plotly) : fail());
    const script = Object.assign(document.createElement("script"), { src: address, onload: done, onerror: fail });
    document.head.append(script);
  });
  return plotly;
}

export class Stage {
  constructor(parent, Plotly, sendQuestion) {
    this.root = parent.querySelector(".stage");
    this.sendQuestion = sendQuestion;
    this.plane = new Plane(Plotly, this.root.querySelector(".plane"), (view) => this.askForView(view));
    this.curves = new Curves(Plotly, this.root.querySelector(".curves"));
    this.panel = new Panel(this.root);
    this.known = { run: 0, revision: 0, settings: 0 }; // what Python is told we know
    this.record = null;
    this.answer = null; // the latest, for its status
    this.asked = null; // the question under way
    this.seq = 0;
    this.view = null;
    this.restart = false;
    this.wanted = null; // a moment to show when it arrives
    this.resume = null; // the moment to return to in a run that goes on
    this.position = 0; // where the playhead ideally is, between moments
    this.shown = -1; // the moment on screen
    this.stale = false; // whether it must be drawn again
    this.playing = false;
    this.seekingEnd = false;
    this.dragged = null; // weights under the pointer, until a run starts from them
    this.clicks = []; // points placed that Python has not confirmed
    this.lastClick = 0;
    this.left = -Infinity; // when a link was clicked
    this.stop = new AbortController();
    this.wire();
  }

  wire() {
    const { signal } = this.stop;
    const { timeline, speed } = this.panel.parts;
    speed.append(...SPEEDS.map((n) => new Option(`${n.toLocaleString("en")} steps/s`, n)), new Option("as fast as it goes", FASTEST));
    speed.value = "60";
    speed.addEventListener("change", () => this.askIfNeeded(), { signal });
    const actions = {
      play: () => this.toggle(),
      step: () => this.seek(this.here + 1),
      back: () => this.seek(this.here - 1),
      start: () => this.seek(0),
      end: () => this.toEnd(),
      reset: () => this.reset(),
    };
    for (const [name, act] of Object.entries(actions)) this.panel.parts[name].addEventListener("click", act, { signal });
    timeline.addEventListener("input", () => this.seek(Number(timeline.value)), { signal });
    listenToKeys({ ...actions, faster: () => this.changeSpeed(1), slower: () => this.changeSpeed(-1) }, signal);
    new Grip(this.plane, {
      mayGrab: () => this.record && !this.playing && !this.seekingEnd && !this.dragged?.dropped,
      onDrag: (weights) => this.drag(weights, false),
      onDrop: (weights) => (weights ? this.drag(weights, true) : this.letGo()),
      onClick: (point) => this.place(point),
    }, signal);
    document.addEventListener("click", ({ target }) => {
      if (target.closest("a[href]")) this.left = performance.now();
    }, { signal, capture: true });
    this.sizes = new ResizeObserver(() => this.fit());
    for (const { plot } of [this.plane, this.curves]) this.sizes.observe(plot);
    this.frame = requestAnimationFrame((now) => this.onFrame(now));
    this.clock = setInterval(() => this.askIfNeeded(), 500);
  }

  fit() {
    for (const { Plotly, plot } of [this.plane, this.curves]) if (plot._fullLayout && plot.clientWidth) Plotly.Plots.resize(plot);
  }

  destroy() {
    this.stop.abort();
    this.sizes.disconnect();
    cancelAnimationFrame(this.frame);
    clearInterval(this.clock);
    clearTimeout(this.soon);
  }

  // Answers

  receive(answer) {
    const rows = decode(answer.rows);
    if (this.asked?.seq === answer.seq) Object.assign(this, { asked: null, restart: false, view: null });
    const newRun = !this.record || answer.run !== this.known.run;
    this.lastClick = Math.max(this.lastClick, answer.placed);
    this.clicks = this.clicks.filter(([number]) => number > answer.placed);
    if (newRun && !(answer.scene && answer.first === 0)) return this.forgetRun(answer.at);
    if (newRun) this.beginRun(answer);
    if (answer.grid) this.plane.setGrid(answer.grid);
    const branched = answer.revision !== this.known.revision;
    const count = rows.length / this.record.width;
    const news = branched || answer.first + count > this.record.length;
    if (news && !this.record.put(answer.first, rows)) return this.ask();
    const unplaced = !newRun && answer.settings !== this.known.settings;
    this.known = { run: answer.run, revision: answer.revision, settings: answer.settings };
    this.answer = answer;
    if (answer.outlook) this.panel.showOutlook(answer.outlook);
    else this.askSoon(300); // Python computes it after the first frame
    if (answer.problem) this.pause();
    if (branched) this.position = Math.min(this.position, this.record.length - 1);
    this.stale ||= branched;
    if (answer.probe && this.dragged) this.measured(answer.probe);
    if (news) this.measureRate(count);
    this.curvesDue ||= news;
    if (branched || newRun) this.curvesDrawn = null;
    return this.askIfNeeded(unplaced);
  }

  beginRun(answer) {
    this.record = new Record(answer.dimension, answer.width);
    this.scene = answer.scene;
    this.root.classList.toggle("placing", answer.scene.placing);
    this.root.classList.toggle("tested", answer.width > answer.dimension + 3);
    this.plane.setScene(answer.scene);
    this.curves.setScene(answer.scene);
    this.known = { run: answer.run, revision: answer.revision, settings: answer.settings };
    Object.assign(this, { position: 0, shown: -1, wanted: this.resume, resume: null });
    Object.assign(this, { seekingEnd: false, rate: 0, curvesDue: true, dragged: null });
  }

  /** Python has a run that we have not seen from its start: ask for all of it, and resume there. */
  forgetRun(at) {
    this.resume = at;
    this.record = null;
    this.known = { ...this.known, run: 0 };
    this.ask();
  }

  /** Moments that arrive a millisecond, to show them evenly "as fast as it goes". */
  measureRate(count) {
    const now = performance.now();
    const rate = count / Math.max(20, Math.min(1000, now - (this.lastRows ?? now - 100)));
    this.rate = this.rate ? (this.rate + rate) / 2 : rate;
    this.lastRows = now;
  }

  // Questions

  get speed() {
    return this.panel.parts.speed.value === FASTEST ? FASTEST : Number(this.panel.parts.speed.value);
  }

  /** The moment to step from: quick steps may come within one frame, or before their moment. */
  get here() {
    return this.wanted ?? (this.playing || this.seekingEnd ? this.shown : Math.floor(this.position));
  }

  get last() {
    return this.record.length - 1;
  }

  askIfNeeded(atOnce = false) {
    if (atOnce) return this.ask(firstWantedAt(this.speed));
    if (document.hidden || !this.record) return undefined;
    const late = this.asked && performance.now() - this.asked.when > PATIENCE;
    if (this.asked && !late) return undefined;
    const short = this.seekingEnd || (this.playing && runsShort(this.last - this.position, this.speed));
    if (late || (short && !this.answer.ended && !this.answer.problem)) this.ask();
    return undefined;
  }

  ask(want = null) {
    // A question would call the page back that the user is about to leave.
    if (performance.now() - this.left < LEAVING) return this.askSoon(LEAVING);
    this.seq += 1;
    this.asked = { seq: this.seq, when: performance.now() };
    const ahead = this.record ? Math.max(0, Math.floor(this.last - this.position)) : 0;
    const speed = this.seekingEnd ? FASTEST : this.speed;
    this.sendQuestion({
      seq: this.seq,
      ...this.known,
      first: this.record?.length ?? 0,
      want: want ?? (speed === FASTEST ? wantedAt(speed) : Math.max(1, wantedAt(speed) - ahead)),
      at: this.record ? Math.max(0, this.shown) : (this.resume ?? 0),
      restart: this.restart,
      scene: !this.record,
      view: this.view,
      probe: this.dragged?.weights ?? null,
      drop: this.dragged?.dropped ?? false,
      clicks: this.clicks,
    });
    return undefined;
  }

  askForView(view) {
    this.view = view;
    this.askSoon();
  }

  askSoon(wait = 150) {
    clearTimeout(this.soon);
    this.soon = setTimeout(() => this.ask(), wait);
  }

  // Gestures on the plane

  /** Show the boundary under the pointer; Python tells its loss and accuracy, and starts there. */
  drag(weights, dropped) {
    this.dragged = { weights, dropped };
    this.showNumbers(Float32Array.from(weights), []);
    if (dropped || !this.asked) this.ask();
  }

  /** A drag of hardly a pixel was none. */
  letGo() {
    this.dragged = null;
    this.stale = true;
  }

  measured({ weights, values }) {
    const { dragged } = this;
    this.showNumbers(Float32Array.from(dragged.weights), values);
    if (!dragged.dropped && String(weights) !== String(dragged.weights)) this.ask();
  }

  place(point) {
    if (!this.scene?.placing) return;
    this.lastClick += 1;
    this.clicks.push([this.lastClick, ...point.map((value) => Number(value.toPrecision(4)))]);
    this.ask();
  }

  // Transport

  toggle() {
    if (this.playing) return this.pause();
    if (!this.record) return undefined;
    this.forgive();
    if (this.answer.ended && this.shown >= this.last) this.position = 0;
    this.playing = true;
    this.seekingEnd = false;
    return this.askIfNeeded();
  }

  pause() {
    this.playing = false;
    this.seekingEnd = false;
    this.position = Math.max(0, this.shown);
    this.askSoon(); // the other page asks Python where the playhead is
  }

  seek(index) {
    if (!this.record) return;
    this.pause();
    this.forgive();
    if (index > this.last && !this.answer.ended) {
      this.ask();
      this.wanted = index;
    }
    this.position = Math.max(0, Math.min(index, this.last));
  }

  toEnd() {
    if (!this.record) return;
    this.pause();
    this.forgive();
    this.seekingEnd = true;
    this.askIfNeeded();
  }

  reset() {
    if (!this.record) return;
    this.seek(0);
    this.restart = this.answer.marks.length > 0;
    if (this.restart) this.ask();
  }

  /** A gesture of the user tries again after a problem. */
  forgive() {
    this.answer.problem = null;
    this.wanted = null;
  }

  changeSpeed(by) {
    const { speed } = this.panel.parts;
    speed.selectedIndex = Math.max(0, Math.min(speed.options.length - 1, speed.selectedIndex + by));
    this.askIfNeeded();
  }

  // Frames

  onFrame(now) {
    this.frame = requestAnimationFrame((next) => this.onFrame(next));
    if (!this.record) return;
    const elapsed = Math.min(250, now - (this.lastFrame ?? now));
    this.lastFrame = now;
    const index = this.nextMoment(elapsed);
    if (!this.dragged && (index !== this.shown || this.stale)) this.show(index);
    if ((this.playing || this.seekingEnd) && this.answer.ended && index === this.last) this.pause();
    const interval = this.playing || this.seekingEnd ? CURVES_EVERY : 0;
    if (this.curvesDue && now - (this.curvesDrawn ?? -Infinity) >= interval) this.drawCurves(now);
    this.showState();
    if (this.playing || this.seekingEnd) this.askIfNeeded();
  }

  /** The moment that this frame shows. */
  nextMoment(elapsed) {
    if (this.seekingEnd) this.position = this.last;
    if (this.wanted !== null && (this.wanted <= this.last || this.answer.ended)) {
      this.position = Math.min(this.wanted, this.last);
      this.wanted = null;
    }
    if (!this.playing) return Math.min(this.last, Math.floor(this.position));
    const rate = this.speed === FASTEST ? Math.max(this.rate, 0.06) : this.speed / 1000;
    this.position = Math.min(this.last, this.position + rate * elapsed);
    if (this.shown < 0) return Math.floor(this.position);
    const shown = Math.min(this.last, this.shown + movesFor(this.position - this.shown));
    return this.position === this.last && this.answer.ended && this.last - shown < 2 ? this.last : shown;
  }

  show(index) {
    this.shown = index;
    this.stale = false;
    const { weights, measured } = this.record.moment(index);
    this.curves.moveTo(index);
    this.showNumbers(weights, measured);
    this.panel.showIndex(index);
    this.root.dataset.run = this.known.run;
    this.root.dataset.revision = this.known.revision;
  }

  showNumbers(weights, measured) {
    this.plane.draw(weights);
    this.panel.showNumbers(weights, measured, this.scene);
  }

  drawCurves(now) {
    const { ended, marks, target } = this.answer;
    const span = spanFor(this.record.length, ended);
    this.curves.draw(this.record, { span, marks, target, at: Math.max(0, this.shown) });
    this.curvesDrawn = now;
    this.curvesDue = false;
    this.panel.showMarks(marks, span, Math.max(0, this.shown));
  }

  showState() {
    const starved = Boolean(this.asked) && performance.now() - this.asked.when > 1000;
    const { playing, seekingEnd, shown, answer } = this;
    this.panel.showState({ ...answer, playing, seekingEnd, starved, shown, atEnd: shown === this.last });
  }
}
