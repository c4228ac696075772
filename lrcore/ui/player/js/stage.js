// The stage: mounts the views, shows them one moment a frame, and turns gestures into questions.
import { tellWithControls } from "./controls.js";
import { copyOnClick } from "./copy.js";
import { Departure } from "./departure.js";
import { deskOf, pinningOf } from "./desk.js";
import { Dialogs } from "./dialogs.js";
import { logits } from "./field.js";
import { Film } from "./film.js";
import { Grip } from "./grip.js";
import { Hall } from "./hall.js";
import { Hand } from "./hand.js";
import { listenToKeys } from "./keys.js";
import { Link } from "./link.js";
import { Memory } from "./memory.js";
import { Overlay } from "./overlay.js";
import { Panel } from "./panel.js";
import { Playhead } from "./playhead.js";
import { loadPlotly } from "./plotly.js";
import { decode } from "./record.js";
import { Side } from "./side.js";
import { isAtWork } from "./streamlit.js";
import { REPORT, Transport } from "./transport.js";
import { Coach } from "./views/coach.js";
import { Numbers } from "./views/numbers.js";
import { Pins } from "./views/pins.js";
import { Plane } from "./views/plane.js";

const UNKNOWN = 300; // ms until Python is asked again for limits that it still computes
const LATE = 1000; // ms without an answer until the page says so
const LONGEST_FRAME = 250; // ms; a page that was hidden goes on where it was
/** Whether the user wants nothing to move that was not started here. */
const mayNotMove = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** @param {string} plotly its address */
export async function prepare(plotly) {
  const Plotly = await loadPlotly(new URL(plotly, document.baseURI).href);
  return (parent, trigger) => new Stage(parent, Plotly, (request) => trigger("ask", request));
}

export class Stage {
  /** @param {(request: import("./protocol.js").Request) => void} send the source of the answers
   * @param {Window} page what keeps the moment; in a recording (`replay.js`) nothing does */
  constructor(parent, Plotly, send, page = window) {
    this.root = parent.querySelector(".stage");
    this.root.classList.toggle("recorded", Boolean(page.isRecorded));
    this.film = new Film();
    this.playhead = new Playhead();
    this.link = new Link(send, this.film, this.playhead, isAtWork);
    this.memory = new Memory(page);
    this.hand = new Hand(this.film, this.playhead, this.link, page.isRecorded);
    this.transport = new Transport(this);
    this.plane = new Plane(this.root, Plotly);
    this.first = [this.plane, new Numbers(this.root)]; // the first frame after a change need not wait for the rest
    this.stale = true; // whether the moment must be drawn again
    this.hasFrame = false; // whether the present branch has been drawn
    this.stop = new AbortController();
    this.overlay = new Overlay(this.root, this.plane);
    this.Plotly = Plotly;
    this.pins = new Pins(this.root, pinningOf(this, this.stop.signal));
    this.coach = new Coach(this.root, deskOf(this, this.stop.signal));
    this.mountSide();
    this.hall = new Hall(this, this.stop.signal);
    this.listen(this.stop.signal);
    this.sizes = new ResizeObserver(() => this.views.forEach((view) => view.resize?.()));
    for (const part of [this.root, this.side.room]) this.sizes.observe(part);
    this.frame = requestAnimationFrame((now) => this.onFrame(now));
    this.clock = setInterval(() => {
      this.link.tellWhereItRests(REPORT);
      this.askIfNeeded();
      this.remember();
    }, 500);
  }

  /** The views beside the plane, as the address says; also when that is another page's. */
  mountSide() {
    this.side?.destroy();
    this.side = new Side(this.root, (signal) => deskOf(this, signal), this.overlay);
    this.views = [...this.first, this.pins, this.coach, this.side];
    if (this.film.scene) this.side.setScene(this.film.scene);
  }

  /** Type or room have changed: draw everything as large as it is now. */
  refit() {
    for (const view of this.views) view.resize?.();
    this.stale = true;
  }

  listen(signal) {
    const actions = {
      ...this.transport.actions,
      fit: () => this.plane.fit(),
    };
    this.panel = new Panel(this.root, actions, signal);
    this.panel.chooseSpeed(this.memory.speed);
    copyOnClick(this.panel.parts.copy, () => this.address, signal);
    this.dialogs = new Dialogs(this, this.panel.parts, signal);
    const byKey = { ...actions, faster: () => this.panel.changeSpeed(1), slower: () => this.panel.changeSpeed(-1) };
    listenToKeys(() => ({ ...byKey, ...this.side.actions, ...this.hall.actions() }), signal);
    const { hand } = this;
    new Grip(this.plane, {
      mayGrab: () => hand.mayGrab(),
      onDrag: (weights) => this.gesture(() => hand.drag(weights)),
      onDrop: (weights) => this.gesture(() => hand.drop(weights)),
      onClick: (point) => this.gesture(() => hand.place(point)),
    }, signal);
    const options = { signal, capture: true };
    this.departure = new Departure(this, options);
    tellWithControls(this, options);
    // What changes from now on was not said before the end.
    for (const type of ["pointerdown", "keydown"]) document.addEventListener(type, () => (this.playhead.finished = null), options);
  }

  /** Of this moment, as it is shown. */
  get address() {
    return this.memory.address(this.playhead.here, this.playhead.speed);
  }

  destroy() {
    this.memory.leave(this.link.undone);
    this.stop.abort();
    this.side.destroy();
    this.sizes.disconnect();
    cancelAnimationFrame(this.frame);
    clearInterval(this.clock);
  }

  // Questions and answers

  get wants() {
    return Object.assign({}, this.hand.wants, this.dialogs.wants(), this.hall.wants(), ...this.views.map((view) => (this.now && view.wants?.(this.now)) || {}));
  }

  askIfNeeded() {
    if (!document.hidden) this.link.askIfNeeded(this.wants);
  }

  /** @param {import("./protocol.js").Answer} answer */
  receive(answer) {
    const { film, link, playhead } = this;
    if (!link.version.run) link.adopt(this.memory.takeLeft(), answer);
    const isFirst = !film.scene;
    const owed = link.commands.length;
    const isNew = link.receive(answer);
    this.departure.answered();
    // The controls follow what a command or a button has done, once Python hears that we know of it.
    if ((isNew.run && !isFirst) || link.commands.length < owed) link.askIn(REPORT);
    if (isNew.film) film.ghosts.forget();
    if (isNew.run && !answer.scene) return this.askForAll(answer.at);
    if (isNew.run) this.begin(answer.scene, isNew.film ? this.playhead.here : answer.at);
    const count = film.take(answer, isNew.branch);
    if (count === null) return link.ask(this.wants);
    link.know(answer.version);
    this.memory.takeTold(film.link);
    if (isNew.branch) playhead.moveOn();
    playhead.clip(film.length);
    if (count && !isNew.run) playhead.arrived(count, performance.now());
    if (answer.state.problem) playhead.pause(); // and no word to Python, which would only try again
    this.hand.letGoIfRefused();
    for (const [name, value] of Object.entries(answer.got)) if (value) this.take(name, value);
    this.panel.showFilm(film, Math.max(0, playhead.index));
    this.hasFrame &&= !isNew.branch;
    this.stale ||= count > 0 || isNew.branch || film.ghosts.edition !== this.ghosts;
    this.ghosts = film.ghosts.edition;
    if (answer.state.waiting) return link.report(this.wants);
    if (!answer.state.limits) link.askIn(UNKNOWN);
    return this.askIfNeeded();
  }

  begin(scene, at) {
    this.film.begin(scene);
    this.features = decode(scene.features);
    this.hand.held = null;
    this.playhead.rewind(at || null);
    this.link.resume = 0;
    if (this.memory.playing && !mayNotMove()) this.playhead.playOn();
    this.root.classList.toggle("placing", scene.placing);
    this.root.classList.toggle("tested", scene.columns.length > 2);
    for (const view of [...this.views, this.dialogs]) view.setScene(scene);
  }

  /** Python has a run that we have not seen from its start; we go on where it was left. */
  askForAll(at) {
    this.film.record = null;
    this.link.forget(at);
    this.link.ask(this.hand.wants);
  }

  take(name, value) {
    for (const taker of [this.hand, this.dialogs, this.hall, ...this.views]) taker.take?.(name, value);
    this.stale = true;
  }

  /** Keep the playhead where F5, the browser's buttons and a copied address find it, once Python knows
   * it: whoever reads it there may leave the page at once, and Python says where to return to. */
  remember() {
    const known = this.film.record && (this.playhead.moving || !this.link.untold);
    if (known) this.memory.keep(this.playhead.here, this.playhead.speed, this.playhead.state === "playing");
  }

  // Gestures

  gesture(act) {
    act();
    this.stale = true;
    if (this.link.commands.length) this.link.ask(this.wants);
    else this.askIfNeeded();
  }

  // Frames

  onFrame(now) {
    this.frame = requestAnimationFrame((next) => this.onFrame(next));
    const { film, playhead } = this;
    if (!film.record) return;
    const elapsed = Math.min(LONGEST_FRAME, now - (this.lastFrame ?? now));
    this.lastFrame = now;
    const { index: before, moving } = playhead;
    const index = playhead.tick(elapsed, film.length, film.ended);
    if (moving && !playhead.moving) this.transport.rest();
    film.moving = playhead.moving;
    this.plane.offer(this.hand.mayGrab());
    if (index !== before || this.stale) this.show(index);
    this.overlay.follow();
    this.panel.showState({ ...film.state, ...this.hall.words(film.state), race: film.state.race[film.axis], mode: playhead.state, late: this.isLate(index), index, mark: film.markAt(index), atEnd: index === film.length - 1 });
    this.askIfNeeded();
  }

  /** A late answer matters only where there is nothing more to show. */
  isLate(index) {
    const { film, link, playhead: { moving, awaited } } = this;
    return link.waited > LATE && (!moving ? awaited !== null : index === film.length - 1);
  }

  show(index) {
    const views = this.hasFrame ? this.views : this.first;
    this.stale = !this.hasFrame;
    this.hasFrame = true;
    this.film.seen(index);
    const { weights, measured, late = false } = this.hand.held ?? this.film.record.moment(index);
    this.scores = logits(this.features, weights, this.scores);
    this.now = { index, weights, measured, scores: this.scores, late, ghosts: this.film.ghostsAt(index) };
    for (const view of views) view.show(this.now);
    this.hall.show(this.now);
    this.panel.showFilm(this.film, index);
    this.root.dataset.run = this.link.version.run;
    this.root.dataset.branch = this.link.version.branch;
  }
}
