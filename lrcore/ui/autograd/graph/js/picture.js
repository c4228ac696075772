// The graph of a film as SVG: drawn once, and then told what a step has changed. Parts that a box
// has only later are made when they are first needed: thousands of boxes are drawn at once.
import { escaped, joined } from "./dom.js";

const ROW = 30; // the height of a line in a box
const BASE = 20; // from a row's top to the foot of its text
const FLIGHT = 30; // below a tensor, for the gradient that has come
const MANY = 15; // characters that fill a chip
const EDGE = 4; // around the whole, for thick frames

export class Picture {
  constructor(parent, { boxes = [], wires = [], width, height }) {
    this.size = { width: width + 2 * EDGE, height: height + 2 * EDGE };
    parent.innerHTML = `<svg viewBox="${-EDGE} ${-EDGE} ${this.size.width} ${this.size.height}" role="img" aria-label="The graph">${wires.map(wire).join("")}${boxes.map(box).join("")}<g class="chips"></g></svg>`;
    this.svg = parent.firstElementChild;
    this.chips = this.svg.lastElementChild;
    this.parts = new Map([...this.svg.querySelectorAll("[data-id]")].map((part) => [part.dataset.id, [part]]));
    this.boxes = new Map(boxes.map((one) => [one.id, one]));
    this.wires = new Map(wires.map((one) => [one.id, one]));
    this.lit = [];
  }

  /** Show what has changed.
   * @param {import("./reel.js").Reel} reel
   * @param {Iterable<string>} touched
   * @param {string[]} lit the elements that the step is about */
  show(reel, touched, lit) {
    for (const id of touched) {
      const [part] = this.parts.get(id) ?? [];
      if (!part) continue;
      const now = reel.of(id);
      part.classList.toggle("on", Boolean(now.on));
      const own = this.boxes.get(id);
      if (!own) this.dressWire(part, now, this.wires.get(id));
      else if (own.kind === "operation") dressOperation(part, now, own);
      else dressTensor(part, now, own);
    }
    for (const id of this.lit) this.mark(id, false);
    for (const id of lit) this.mark(id, true);
    this.lit = lit;
    this.svg.classList.toggle("has-lit", lit.some((id) => this.parts.has(id)));
  }

  mark(id, isLit) {
    for (const part of this.parts.get(id) ?? []) part.classList.toggle("lit", isLit);
  }

  dressWire(part, { chip, size }, own) {
    part.classList.toggle("passed", Boolean(chip));
    if (chip) {
      const [start] = own.path;
      const back = need(part, "return", () => `<g class="return"><path d="${joined(own.path)}"/><path class="head" d="M${start}l11 -7v14z"/></g>`);
      back.firstElementChild.style.strokeWidth = size;
    }
    let [, paper] = this.parts.get(own.id);
    if (!paper && !chip) return;
    const [x, y, w, h] = own.chip;
    if (!paper) {
      const ground = `x="${x}" y="${y}" width="${w}" height="${h}" rx="10"`;
      this.chips.insertAdjacentHTML("beforeend", `<g class="chip" data-testid="chip"><rect class="ground" ${ground}/><rect class="chit" ${ground}/><g class="rows" text-anchor="middle"></g></g>`);
      paper = this.chips.lastElementChild;
      this.parts.get(own.id).push(paper);
    }
    paper.classList.toggle("has-chip", Boolean(chip));
    paper.lastElementChild.innerHTML = rows(chip ?? [], x + w / 2, y + h / 2 + 6 - (chip?.length > 1 ? 11 : 0), 22, w - 8);
  }

  /** The rectangle around some elements. */
  around(ids) {
    const found = ids.map((id) => this.boxes.get(id)).filter(Boolean);
    if (!found.length) return null;
    const below = ({ drawer, y, height }) => (drawer ? drawer[1] + drawer[3] : y + height + FLIGHT);
    return {
      left: Math.min(...found.map((one) => one.x)) + EDGE,
      top: Math.min(...found.map((one) => one.y)) + EDGE,
      right: Math.max(...found.map((one) => one.x + one.width)) + EDGE,
      bottom: Math.max(...found.map(below)) + EDGE,
    };
  }
}

/** A part of an element, made if it is not there yet. */
function need(part, name, html) {
  let found = part.querySelector(`.${name}`);
  if (!found) {
    part.insertAdjacentHTML("beforeend", html());
    found = part.lastElementChild;
  }
  return found;
}

function dressTensor(part, { value = "", grad, flight }, { x, y, width, height }) {
  part.querySelector(".value").textContent = value;
  part.classList.toggle("has-grad", grad != null);
  part.classList.toggle("has-flight", flight != null);
  if (grad != null) {
    const kept = () => `<g class="kept"><path d="M${x} ${y + height - ROW}h${width}"/><text x="${x + 10}" y="${y + height - ROW + BASE}"><tspan class="label">.grad </tspan><tspan class="grad"></tspan></text></g>`;
    need(part, "kept", kept).querySelector(".grad").textContent = grad;
  }
  if (flight != null) {
    const flying = () => `<g class="flying"><rect x="${x}" y="${y + height + 2}" width="${width}" height="26" rx="13"/><text x="${x + width / 2}" y="${y + height + 21}" text-anchor="middle"></text></g>`;
    need(part, "flying", flying).lastElementChild.textContent = flight;
  }
}

function dressOperation(part, { drawer = null, problem }, own) {
  part.classList.toggle("freed", Boolean(drawer?.[0].startsWith("freed")));
  part.classList.toggle("has-drawer", Boolean(drawer));
  part.classList.toggle("guilty", Boolean(problem));
  if (drawer) {
    const [x, y, w, h] = own.drawer;
    const chest = need(part, "drawer", () => `<g class="drawer"><rect x="${x}" y="${y}" width="${w}" height="${h}" rx="4"/><g></g></g>`);
    chest.lastElementChild.innerHTML = rows(drawer, x + 12, y + 19, 24);
  }
  if (problem) need(part, "problem", () => `<text class="problem" x="${own.x}" y="${own.y - 6}"></text>`).textContent = problem;
}

/** Lines of text; a long one is squeezed into its room. */
const rows = (texts, x, y, step, room) => texts.map((text, n) => {
  const squeezed = room && text.length > MANY ? ` textLength="${room}" lengthAdjust="spacingAndGlyphs"` : "";
  return `<text x="${x}" y="${y + step * n}"${squeezed}>${escaped(text)}</text>`;
}).join("");

const box = (one) => (one.kind === "operation" ? operation(one) : tensor(one));

function tensor({ id, kind, name = "", line, x, y, width, height, keeps }) {
  const isArray = height - (keeps ? ROW : 0) > ROW;
  const middle = x + width / 2;
  const head = kind === "number" || !name ? "" : `<tspan class="name">${escaped(name)}</tspan>${isArray ? "" : " = "}`;
  const first = isArray
    ? `<text x="${x + 10}" y="${y + BASE}">${head}</text><text class="value" x="${x + 10}" y="${y + ROW + BASE - 4}"></text>`
    : `<text x="${middle}" y="${y + BASE}" text-anchor="middle">${head}<tspan class="value"></tspan></text>`;
  return `<g class="node ${kind}" data-testid="node" data-id="${id}" data-line="${line}"><rect class="frame" x="${x}" y="${y}" width="${width}" height="${height}" rx="6"/>${first}</g>`;
}

function operation({ id, name, line, x, y, width, height, is_recorded: isRecorded }) {
  const [cx, cy] = [x + width / 2, y + height / 2];
  return `<g class="node operation${isRecorded ? "" : " unrecorded"}" data-testid="node" data-id="${id}" data-line="${line}"><path class="stub" d="M${x + width} ${cy}h10"/><rect class="frame" x="${x}" y="${y}" width="${width}" height="${height}" rx="${height / 2}"/><text class="sign" x="${cx}" y="${cy + (name.length > 1 ? 6 : 8)}" text-anchor="middle">${escaped(name)}</text></g>`;
}

function wire({ id, path, is_cut: isCut }) {
  return `<g class="wire${isCut ? " cut" : ""}" data-testid="edge" data-id="${id}"><path d="${joined(path)}"/><path class="head" d="M${path.at(-1)}l-10 -5v10z"/></g>`;
}
