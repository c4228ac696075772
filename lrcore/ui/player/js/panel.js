// What the player shows in numbers and words, around the plots.
import { equation, fixed, sentenceFor } from "./readouts.js";

const MEASURED = ["loss", "accuracy", "test_loss", "test_accuracy"];
const WEIGHTS = ["w0", "w1", "b"];

export class Panel {
  constructor(root) {
    this.root = root;
    this.parts = {};
    for (const part of root.querySelectorAll("[data-testid]")) this.parts[part.dataset.testid] = part;
    this.state = null; // what the status says now
  }

  showIndex(index) {
    this.parts.iteration.textContent = index;
    this.parts.timeline.value = index;
  }

  showNumbers(weights, measured, scene) {
    const { parts } = this;
    const anyPoints = scene.traces.length > 0;
    measured.forEach((value, k) => { parts[MEASURED[k]].textContent = anyPoints ? fixed(value, 4) : "–"; });
    [weights[0], weights[1], weights.at(-1)].forEach((value, k) => { parts[WEIGHTS[k]].textContent = fixed(value, 3); });
    parts.equation.innerHTML = equation(weights, scene);
    parts.equation.classList.toggle("long", weights.length > 6);
  }

  showOutlook({ rows }) {
    const said = JSON.stringify(rows);
    if (said === this.said) return;
    this.said = said;
    const cell = (tag, properties) => Object.assign(document.createElement(tag), properties);
    const cells = rows.flatMap(([name, value, here, title]) => [
      cell("dt", { textContent: name, title }),
      cell("dd", { textContent: value, title, className: "value" }),
      cell("dd", { textContent: here, title }),
    ]);
    this.root.querySelector(".outlook dl").replaceChildren(...cells);
  }

  showMarks(marks, span, at) {
    Object.assign(this.parts.timeline, { max: span, value: at });
    const ticks = marks.map(({ iteration, label }) => {
      const tick = Object.assign(document.createElement("span"), { title: `${iteration}: ${label}` });
      tick.style.left = `${(100 * iteration) / span}%`;
      return tick;
    });
    this.root.querySelector(".marks").replaceChildren(...ticks);
  }

  showState(now) {
    const sentence = sentenceFor(now);
    const state = `${now.playing}|${sentence}`;
    if (state === this.state) return;
    this.state = state;
    const { play, status } = this.parts;
    const verb = now.playing ? "Pause" : "Play";
    status.textContent = sentence;
    status.classList.toggle("problem", Boolean(now.problem));
    status.classList.toggle("tall", Boolean(now.story && now.outlook?.warning));
    this.root.classList.toggle("playing", now.playing);
    play.setAttribute("aria-label", verb);
    play.querySelector("span").textContent = verb;
  }
}
