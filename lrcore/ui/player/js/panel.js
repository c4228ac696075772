// What stands around the views: the transport with its timeline, the status line, the limits.
import { FASTEST, SPEEDS } from "./record.js";
import { sentenceFor } from "./readouts.js";

const BUTTONS = ["start", "back", "play", "step", "end", "reset"];

export class Panel {
  /** @param {Object<string, Function>} actions one a button; `seek` and `speed` take a value */
  constructor(root, actions, signal) {
    this.root = root;
    this.seek = actions.seek;
    this.parts = {};
    for (const part of root.querySelectorAll("[data-testid]")) this.parts[part.dataset.testid] = part;
    const { timeline, speed } = this.parts;
    speed.append(...SPEEDS.map((n) => new Option(`${n.toLocaleString("en")} steps/s`, n)), new Option("as fast as it goes", FASTEST));
    this.speedChosen = () => actions.speed(speed.value === FASTEST ? FASTEST : Number(speed.value));
    speed.addEventListener("change", this.speedChosen, { signal });
    timeline.addEventListener("input", () => actions.seek(Number(timeline.value)), { signal });
    for (const name of BUTTONS) this.parts[name].addEventListener("click", () => actions[name](), { signal });
  }

  /** @param {string} text as the address says it */
  chooseSpeed(text) {
    this.parts.speed.value = text;
    this.speedChosen();
  }

  changeSpeed(by) {
    const { speed } = this.parts;
    speed.selectedIndex = Math.max(0, Math.min(speed.options.length - 1, speed.selectedIndex + by));
    this.speedChosen();
  }

  showIndex(index) {
    this.parts.timeline.value = index;
  }

  /** Show what an answer has changed: the timeline's length and marks, and the limits. */
  showFilm({ marks, span, state }, index) {
    Object.assign(this.parts.timeline, { max: span, value: index });
    this.update("marks", marks, span, () => marks.map(({ iteration, label }) => {
      const mark = this.made("span", { title: `${iteration}: ${label}` });
      mark.style.left = `${(100 * iteration) / span}%`;
      return mark;
    }));
    if (state.limits) this.update("limits", state.limits.rows, 0, () => state.limits.rows.flatMap(({ name, value, here, why }) => [
      this.made("dt", { textContent: name, title: why }),
      this.made("dd", { textContent: value, title: why, className: "value" }),
      this.made("dd", { textContent: here, title: why }),
    ]));
  }

  /** A button that goes to the moment where a run began to grow. */
  wayTo(since) {
    const way = this.made("button", { type: "button", className: "way", textContent: `It began at iteration ${since}.` });
    way.addEventListener("click", () => this.seek(since));
    return way;
  }

  made(tag, properties) {
    return Object.assign(document.createElement(tag), properties);
  }

  /** Fill a part anew where what it shows has changed. */
  update(name, shown, scale, make) {
    const part = this.root.querySelector(`.${name}`);
    const said = JSON.stringify([shown, scale]);
    if (part.said === said) return;
    part.said = said;
    part.replaceChildren(...make());
  }

  /** Once a frame: what the player is doing, in words. */
  showState(now) {
    const playing = now.mode === "playing";
    const sentence = sentenceFor(now);
    const since = sentence === now.sentence ? now.since : null;
    const said = `${playing}|${sentence}|${since}`;
    if (said === this.said) return;
    this.said = said;
    const { play, status } = this.parts;
    const verb = playing ? "Pause" : "Play";
    status.replaceChildren(sentence, ...(since === null ? [] : [" ", this.wayTo(since)]));
    status.classList.toggle("problem", Boolean(now.problem));
    status.classList.toggle("tall", Boolean(since !== null || (now.story && now.limits?.warning)));
    this.root.classList.toggle("playing", playing);
    play.setAttribute("aria-label", verb);
    play.querySelector("span").textContent = verb;
  }
}
