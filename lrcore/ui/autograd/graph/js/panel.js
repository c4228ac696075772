// One film: its graph, what the step says, its code and what it prints.
import { Code } from "./code.js";
import { made } from "./dom.js";
import { Picture } from "./picture.js";
import { Reel } from "./reel.js";
import { View } from "./view.js";

const LEGEND = [["leaf", "leaf"], ["result", "result"], ["constant", "constant"], ["operation", "operation"], ["gradient", "gradient"], ["kept", ".grad kept"]];

export class Panel {
  constructor(film, isAlone, signal) {
    this.film = film;
    this.reel = new Reel(film);
    const part = (tag, name, properties = {}) => {
      const element = made(tag, { className: name, ...properties });
      element.dataset.testid = name;
      this[name] = element;
      return element;
    };
    this.root = made("article", { className: "film", ariaLabel: film.title },
      isAlone ? "" : made("h3", { textContent: film.title }),
      made("div", { className: "sight" }, part("div", "graph", { tabIndex: 0 })),
      made("div", { className: "below" }, isAlone ? legend() : "", part("span", "saved"), tools(this)),
      made("div", { className: "words" }, part("p", "title"), part("p", "say"), part("p", "about")),
      made("div", { className: "side" }, part("div", "code", { tabIndex: 0 }), part("p", "rule"), part("pre", "out", { tabIndex: 0 }), part("p", "warning", { tabIndex: 0 }), part("p", "error", { tabIndex: 0 })));
    const which = isAlone ? "" : `: ${film.title}`;
    for (const [name, label] of [["graph", "Graph"], ["code", "Code"], ["out", "Printed"], ["warning", "Warning"], ["error", "Error"]]) this[name].ariaLabel = label + which;
    for (const region of [this.graph, this.code, this.out, this.warning, this.error]) region.setAttribute("role", "region");
    this.say.setAttribute("role", "status");
    this.picture = new Picture(this.graph, film);
    this.view = new View(this.graph, this.picture, signal);
    this.lines = new Code(this.code, film, signal);
    this.pair(signal);
  }

  /** A node lights its line, and a line its nodes. */
  pair(signal) {
    const mark = (line) => {
      for (const part of [...this.picture.svg.querySelectorAll(".hovered"), ...this.lines.lines]) part.classList.remove("hovered");
      if (line === undefined) return;
      this.lines.lines[line - 1]?.classList.add("hovered");
      for (const part of this.picture.svg.querySelectorAll(`[data-line="${line}"]`)) part.classList.add("hovered");
    };
    this.root.addEventListener("pointerover", ({ target }) => {
      const near = target.closest("[data-line]");
      mark(near?.dataset.line);
      const box = this.picture.boxes.get(near?.dataset.id);
      this.about.textContent = box ? box.about : this.told;
    }, { signal });
    this.root.addEventListener("pointerleave", () => { mark(); this.about.textContent = this.told; }, { signal });
  }

  resize() {
    this.view.resize();
    this.view.follow(this.now?.lit ?? []);
  }

  /** Show a step; a film that is shorter than the one beside it stays at its end. */
  show(index) {
    const { film, reel, picture } = this;
    const at = Math.min(index, film.frames.length - 1);
    const touched = reel.seek(at);
    const frame = (this.now = film.frames[at]);
    const { lit: about = [], rule = "" } = frame;
    picture.show(reel, touched, about);
    this.lines.show(reel, touched, frame.line);
    this.root.dataset.phase = frame.phase;
    this.title.textContent = frame.title;
    this.say.textContent = frame.sentence;
    this.rule.textContent = rule;
    const lit = about.map((id) => picture.boxes.get(id)).filter(Boolean);
    this.told = this.about.textContent = (lit.findLast(({ kind }) => kind !== "operation") ?? lit[0])?.about ?? "";
    picture.svg.setAttribute("aria-label", `Graph, step ${at} of ${film.frames.length - 1}: ${frame.title}. ${frame.sentence}`);
    const { text, warning, error } = reel.of("out");
    this.out.textContent = text ?? "";
    this.out.scrollTop = this.out.scrollHeight;
    this.warning.textContent = warning ? `PyTorch warns: ${warning}` : "";
    this.error.textContent = error ?? "";
    this.saved.textContent = `saved ${reel.of("saved").bytes ?? 0} bytes`;
    this.view.follow(about);
  }
}

/** What the colours and shapes mean, with a word for each. */
export function legend() {
  return made("div", { className: "legend" }, ...LEGEND.map(([kind, text]) => made("span", { className: kind, textContent: text })));
}

function tools(panel) {
  const button = (text, label, act) => made("button", { type: "button", textContent: text, ariaLabel: label, title: label, onclick: () => panel.view[act]() });
  return made("div", { className: "tools" }, button("−", "Smaller", "out"), button("+", "Larger", "in"), button("⤢", "The whole graph", "fit"));
}
