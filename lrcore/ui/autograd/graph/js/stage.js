// The stage: films side by side, one transport, the step in the address.
import { keepOneEntryAPage } from "../entries.js";
import { listenToKeys } from "../keys.js";
import { made } from "./dom.js";
import { Guess } from "./guess.js";
import { Panel, legend } from "./panel.js";

const SPEEDS = [0.5, 1, 2, 4, 10, 50]; // steps a second
const USUAL = 1;
const LEAST_NAMED = 0.12; // of the bar, that a stretch must take to bear its name
const REST = 150; // ms at a step until the address says so: browsers allow 20 writes a second
const steps = new Map(); // by key, where a film was left

/** @param {string} key of the films */
export function prepare(key) {
  return (parent) => new Stage(parent.querySelector(".lab"), key);
}

export class Stage {
  constructor(root, key) {
    this.root = root;
    this.key = key;
    this.stop = new AbortController();
    keepOneEntryAPage(window);
    const { signal } = this.stop;
    this.parts = Object.fromEntries([...root.querySelectorAll("[data-testid]")].map((part) => [part.dataset.testid, part]));
    const { speed, timeline } = this.parts;
    speed.append(...SPEEDS.map((n) => new Option(`${n} /s`, n, n === USUAL, n === USUAL)));
    this.index = steps.get(key) ?? (steps.size ? 0 : stepInAddress());
    this.guess = new Guess(this.parts, () => this.seek(this.index + 1), signal);
    const actions = {
      start: () => this.seek(0),
      back: () => this.seek(this.index - 1),
      play: () => this.toggle(),
      step: () => this.next(),
      end: () => this.seek(this.last),
      predict: () => this.guess.toggle(),
    };
    for (const [name, act] of Object.entries(actions)) this.parts[name].addEventListener("click", act, { signal });
    timeline.addEventListener("input", () => this.seek(Number(timeline.value)), { signal });
    const byKey = { ...actions, "pin or predict": actions.predict, faster: () => this.changeSpeed(1), slower: () => this.changeSpeed(-1) };
    listenToKeys(() => byKey, signal);
    this.sizes = new ResizeObserver(() => this.resize());
    const page = root.closest('[data-testid="stMainBlockContainer"]');
    for (const one of [document.documentElement, page]) if (one) this.sizes.observe(one);
  }

  destroy() {
    this.pause();
    clearTimeout(this.writing);
    this.stop.abort();
    this.shown?.abort();
    this.sizes.disconnect();
  }

  receive(films) {
    const sent = JSON.stringify(films);
    if (sent === this.sent) return;
    this.sent = sent;
    const start = performance.now();
    this.pause();
    this.shown?.abort();
    this.shown = new AbortController();
    this.panels = films.map((film) => new Panel(film, films.length === 1, this.shown.signal));
    this.root.querySelector(".panels").replaceChildren(...this.panels.map(({ root }) => root));
    this.root.querySelector(".shared").replaceChildren(...(films.length > 1 ? [legend()] : []));
    this.root.classList.toggle("two", films.length > 1);
    this.longest = films.reduce((one, other) => (other.frames.length > one.frames.length ? other : one));
    this.last = this.longest.frames.length - 1;
    this.parts.timeline.max = this.last;
    this.root.querySelector(".phases").replaceChildren(...phases(this.longest.frames));
    this.resize();
    this.seek(this.index);
    // How long it took to draw, for whoever looks into the browser's own tools, and the tests.
    requestAnimationFrame(() => setTimeout(() => performance.measure("films drawn", { start })));
  }

  resize() {
    if (!this.panels) return;
    // The stage takes the room that what stands above and below it leaves on the screen.
    const page = this.root.closest('[data-testid="stMainBlockContainer"]')?.getBoundingClientRect();
    const { top, bottom } = this.root.getBoundingClientRect();
    this.root.style.setProperty("--top", `${Math.round(top - (page?.top ?? 0))}px`);
    this.root.style.setProperty("--below", `${Math.max(6, Math.round((page?.bottom ?? bottom) - bottom))}px`);
    for (const panel of this.panels) panel.resize();
  }

  seek(index) {
    this.index = Math.max(0, Math.min(this.last, index));
    this.guess.close();
    for (const panel of this.panels) panel.show(this.index);
    const { timeline, count, back, start, step, end } = this.parts;
    timeline.value = this.index;
    timeline.setAttribute("aria-valuetext", `Step ${this.index} of ${this.last}: ${this.longest.frames[this.index].title}`);
    count.textContent = `${this.index} / ${this.last}`;
    for (const button of [back, start]) button.ariaDisabled = this.index === 0;
    for (const button of [step, end]) button.ariaDisabled = this.index === this.last;
    this.root.dataset.step = this.index;
    steps.set(this.key, this.index);
    clearTimeout(this.writing);
    this.writing = setTimeout(() => keepInAddress(this.index), REST);
  }

  /** One step; where the next value is to be predicted, the question comes first. */
  next() {
    const ask = this.longest.frames[this.index + 1]?.ask;
    if (this.guess.asks(ask)) return this.pause();
    return this.seek(this.index + 1);
  }

  toggle() {
    if (this.timer) return this.pause();
    if (this.index === this.last) this.seek(0);
    this.root.classList.add("playing");
    this.sayPlay("Pause");
    this.beat();
    return undefined;
  }

  beat() {
    this.timer = setTimeout(() => {
      if (this.index < this.last) this.next();
      if (this.timer && this.index < this.last) this.beat();
      else this.pause();
    }, 1000 / Number(this.parts.speed.value));
  }

  pause() {
    clearTimeout(this.timer);
    this.timer = 0;
    this.root.classList.remove("playing");
    this.sayPlay("Play");
  }

  sayPlay(verb) {
    const { play } = this.parts;
    play.setAttribute("aria-label", verb);
    play.querySelector("span").textContent = verb;
  }

  changeSpeed(by) {
    const { speed } = this.parts;
    speed.selectedIndex = Math.max(0, Math.min(SPEEDS.length - 1, speed.selectedIndex + by));
  }
}

/** The stretches of the bar, each as long as its steps. */
function phases(frames) {
  const found = [];
  for (const { phase } of frames.slice(1)) {
    if (found.at(-1)?.phase === phase) found.at(-1).count += 1;
    else found.push({ phase, count: 1 });
  }
  return found.map(({ phase, count }) => {
    const stretch = made("span", { className: phase, textContent: count / frames.length > LEAST_NAMED ? phase : "" });
    stretch.style.flexGrow = count;
    return stretch;
  });
}

function stepInAddress() {
  const step = Number(new URLSearchParams(location.search).get("step"));
  return Number.isInteger(step) ? step : 0;
}

function keepInAddress(index) {
  const query = new URLSearchParams(location.search);
  if ((query.get("step") ?? "0") === String(index)) return;
  if (index) query.set("step", index);
  else query.delete("step");
  const search = query.toString();
  history.replaceState(history.state, "", `${location.pathname}${search && `?${search}`}`);
}
