// What stands around the views: the transport with its timeline, the status line, the limits.
import { FASTEST, SPEEDS, grouped } from "./record.js";
import { sentenceFor } from "./readouts.js";

const BUTTONS = ["start", "back", "play", "step", "end", "reset", "undo"];

export class Panel {
  /** @param {Object<string, Function>} actions one a button; `seek` and `speed` take a value */
  constructor(root, actions, signal) {
    this.root = root;
    this.seek = actions.seek;
    this.parts = {};
    this.shown = {}; // by part, what it was filled with
    for (const part of root.querySelectorAll("[data-testid]")) this.parts[part.dataset.testid] = part;
    const { timeline, speed } = this.parts;
    speed.append(...SPEEDS.map((n) => new Option(`${n.toLocaleString("en")} /s`, n)), new Option("fastest", FASTEST));
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

  /** Show what an answer has changed: the timeline's length and marks, and the limits. */
  showFilm({ marks, span, state }, index) {
    if (span !== this.span) this.parts.timeline.max = this.span = span;
    this.parts.timeline.value = index;
    this.update("marks", marks, span, () => grouped(marks, span).map(({ iteration, text, labels }) => {
      const mark = this.made("span", { textContent: text, title: labels.join("\n") });
      mark.style.left = `${(100 * iteration) / span}%`;
      return mark;
    }));
    if (state.limits) this.showLimits(state.limits.rows);
  }

  /** The limits on one line; what they mean is one click away. */
  showLimits(rows) {
    this.update("found", rows, 0, () => rows.flatMap(({ name, value }) => [`${name} `, this.made("b", { textContent: value })]));
    this.update("why", rows, 0, () => rows.flatMap(({ name, value, here, why }) => [
      this.made("dt", { textContent: `${name}: ${value}` }),
      this.made("dd", { textContent: `${here} ${why}` }),
    ]));
    this.parts.limits.hidden = !rows.length;
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
    const before = this.shown[name];
    this.shown[name] = { shown, scale };
    // An answer brings equal words as another object; most frames bring the very same one.
    if (before?.scale === scale && (before.shown === shown || JSON.stringify(before.shown) === JSON.stringify(shown))) return;
    this.root.querySelector(`.${name}`).replaceChildren(...make());
  }

  /** Once a frame: what the player is doing, in words. */
  showState(now) {
    const playing = now.mode === "playing";
    const sentence = sentenceFor(now);
    const since = sentence.startsWith(now.sentence) ? now.since : null;
    const isAgain = now.ended && now.atEnd && Boolean(now.again);
    const said = `${playing}|${sentence}|${since}|${isAgain}|${now.undo}`;
    if (said === this.said) return;
    this.said = said;
    this.root.classList.toggle("speaking", saysMore(now, sentence));
    const { play, status, undo } = this.parts;
    const verb = playing ? "Pause" : isAgain ? "Again" : "Play";
    undo.hidden = !now.undo;
    status.replaceChildren(sentence, ...(since === null ? [] : [" ", this.wayTo(since)]));
    status.classList.toggle("problem", Boolean(now.problem));
    // A listener hears the moment in one sentence, see spoken.js.
    status.setAttribute("aria-live", sentence.startsWith("Paused") ? "off" : "polite");
    this.root.classList.toggle("playing", playing);
    play.setAttribute("aria-label", verb);
    play.querySelector("span").textContent = verb;
  }
}

/** Whether the status line says what stands for nothing else: what a key has done, a question, or a story at
 * its beginning. The coach then waits. */
function saysMore({ notice, isMasked, story, mode, ended, atEnd }, sentence) {
  return Boolean(notice || isMasked || (story && mode !== "playing" && !(ended && atEnd) && sentence.startsWith(story)));
}
