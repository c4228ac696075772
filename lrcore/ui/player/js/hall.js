// What a hall needs: lecture mode and its dialog, the deck and its questions, pen, sound, and words to hear.
import { Compose } from "./compose.js";
import { Deck } from "./deck.js";
import { isPenKey } from "./keys.js";
import { Lecture } from "./lecture.js";
import { OF_HALL } from "./memory.js";
import { Pen } from "./pen.js";
import { Predict } from "./predict.js";
import { Sound } from "./sound.js";
import { sentenceOf } from "./spoken.js";

const MASKED = { step: null, back: null, play: null, end: null, start: null }; // keys that would tell the answer
const TOLD = 4000; // ms that the status line says what a key has done

export class Hall {
  /** @param {import("./stage.js").Stage} stage */
  constructor(stage, signal) {
    const { root, memory, side } = stage;
    Object.assign(this, { stage, notice: "", sound: new Sound() });
    const part = (testid) => root.querySelector(`[data-testid="${testid}"]`);
    const ask = () => stage.askIfNeeded();
    this.lecture = new Lecture({
      chosen: (key, isKnown) => (root.classList.contains("recorded") ? undefined : memory.chosen(key, isKnown)),
      choose: (key, text) => memory.choose(key, text),
    }, () => stage.refit());
    this.deck = new Deck(part("deck"), { memory, turn: (link) => this.turn(link), ask, say: (sentence) => this.say(sentence), changed: () => this.predict.update() }, signal);
    this.predict = new Predict(part("predict"), { deck: this.deck, stage: root, ask, play: () => stage.transport.toggle() }, signal);
    this.compose = new Compose(part("compose"), { lecture: this.lecture, deck: this.deck, parts: side.parts, side: () => stage.side, address: () => stage.address, ask, open: (name, page) => this.deck.openAt(name, page) }, signal);
    this.pen = new Pen((event) => isPenKey(event, event.composedPath()[0]), signal);
    for (const name of ["lecture", "compose-open"]) part(name).addEventListener("click", (event) => this.compose.open(event), { signal });
    this.summary = part("summary");
    signal.addEventListener("abort", () => this.leave());
  }

  /** What the keys do that belong to a lecture. */
  actions() {
    return {
      ...this.lecture.actions,
      ...this.deck.actions,
      "add page": () => this.add(),
      sound: () => this.say(this.sound.toggle() ? "Sound on: the loss as pitch, a click for each point that changes side." : "Sound off."),
      ...(this.predict.isMasked && MASKED),
    };
  }

  wants() {
    return { ...this.deck.wants(), ...this.predict.wants() };
  }

  take(name, value) {
    for (const taker of [this.deck, this.predict, this.compose]) taker.take(name, value);
  }

  say(sentence) {
    this.notice = sentence;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => { this.notice = ""; }, TOLD);
  }

  /** Bring another page of the deck here. */
  turn(link) {
    const { stage } = this;
    if (stage.playhead.moving) stage.playhead.pause();
    stage.memory.turn(link);
    stage.mountSide();
    stage.transport.command("Open", { link: link.toString() });
  }

  add() {
    const { stage: { film }, deck } = this;
    const link = new URL(this.stage.address).searchParams;
    for (const key of OF_HALL) link.delete(key);
    const title = deck.shown?.title ?? document.querySelector('.st-key-data [data-testid="stWidgetLabel"] p')?.textContent.replace(/^[^:]*: /, "") ?? "";
    this.say(deck.add({ title, watch: film.state?.story ?? "", press: "", link: link.toString() }));
  }

  /** What the status line says of the story, and before all else. */
  words({ story, limits }) {
    const { predict, deck, stage: { playhead } } = this;
    const begins = !playhead.moving && playhead.here === deck.opensAt;
    return {
      notice: this.notice,
      story: deck.isComing ? "" : predict.sentence(deck.sentence(story, begins)),
      limits: deck.shown && begins ? null : limits, // there is room for what to press, or for a warning
      isMasked: predict.isMasked,
      inLecture: this.lecture.isOn,
      opensAt: deck.opensAt,
    };
  }

  /** @param {import("./protocol.js").Moment} moment */
  show(moment) {
    const { film } = this.stage;
    this.sound.show(moment, film.moving);
    if (!film.moving) this.summary.textContent = this.spoken(moment);
  }

  /** What a listener hears once the playhead rests. */
  spoken({ index, measured, scores }) {
    const { stage: { film, side } } = this;
    if (!measured || !film.scene) return "";
    const before = index ? film.record.moment(index - 1).measured[0] : null;
    const { labels, tests, classes } = film.scene;
    return `${sentenceOf({ index, loss: measured[0], before, scores, labels, tests, classes })} ${side.said}`.trim();
  }

  leave() {
    clearTimeout(this.timer);
    this.lecture.leave();
    this.sound.close();
  }
}
