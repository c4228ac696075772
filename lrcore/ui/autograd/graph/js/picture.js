// The graph of a film as SVG: drawn once, and then told what a step has changed.
import { escaped, joined } from "./dom.js";

const ROW = 30; // the height of a line in a box
const FLIGHT = 30; // below a tensor, for the gradient that has come
const BASE = 20; // from a row's top to the foot of its text

export class Picture {
  constructor(parent, film) {
    this.film = film;
    const { boxes, wires } = film;
    const [width, height] = [film.width + 8, film.height + 8];
    const svg = `<svg viewBox="-4 -4 ${width} ${height}" role="img" aria-label="The graph">${wires.map(wire).join("")}${boxes.map(box).join("")}${wires.map(chip).join("")}</svg>`;
    parent.innerHTML = svg;
    this.svg = parent.firstElementChild;
    this.size = { width, height };
    this.parts = new Map();
    for (const part of this.svg.querySelectorAll("[data-id]")) {
      const { id } = part.dataset;
      if (!this.parts.has(id)) this.parts.set(id, []);
      this.parts.get(id).push(part);
    }
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
      const parts = this.parts.get(id);
      if (parts) for (const part of parts) this.dress(part, reel.of(id), this.boxes.get(id));
    }
    for (const id of this.lit) this.parts.get(id)?.forEach((part) => part.classList.remove("lit"));
    for (const id of lit) this.parts.get(id)?.forEach((part) => part.classList.add("lit"));
    this.lit = lit;
    this.svg.classList.toggle("has-lit", lit.some((id) => this.parts.has(id)));
  }

  dress(part, now, own) {
    part.classList.toggle("on", Boolean(now.on));
    if (part.classList.contains("chip")) return this.dressChip(part, now.chip);
    if (part.classList.contains("wire")) {
      part.classList.toggle("passed", Boolean(now.chip));
      part.style.setProperty("--size", now.size || 2);
      return undefined;
    }
    if (own.kind === "operation") return this.dressOperation(part, now, own);
    const say = (name, text) => {
      const place = part.querySelector(`.${name}`);
      if (place && place.textContent !== text) place.textContent = text;
    };
    say("value", now.value ?? "");
    say("grad", now.grad ?? "");
    part.querySelector(".flying text")?.replaceChildren(now.flight ?? "");
    part.classList.toggle("has-grad", now.grad != null);
    part.classList.toggle("has-flight", now.flight != null);
    return undefined;
  }

  dressOperation(part, now, own) {
    part.classList.toggle("freed", Boolean(now.drawer?.[0].startsWith("freed")));
    part.classList.toggle("has-drawer", Boolean(now.drawer));
    part.classList.toggle("guilty", Boolean(now.problem));
    const lines = part.querySelector(".lines");
    if (lines) lines.innerHTML = (now.drawer ?? []).map((text, n) => `<text x="${own.drawer[0] + 12}" y="${own.drawer[1] + 19 + 24 * n}">${escaped(text)}</text>`).join("");
    part.querySelector(".problem").textContent = now.problem ?? "";
  }

  dressChip(part, rows) {
    part.classList.toggle("has-chip", Boolean(rows));
    const { chip: [x, y, w, h] } = this.wires.get(part.dataset.id);
    part.querySelector(".rows").innerHTML = (rows ?? []).map((text, n) => `<text x="${x + w / 2}" y="${y + h / 2 + 6 + (rows.length > 1 ? 22 * n - 11 : 0)}">${escaped(text)}</text>`).join("");
  }

  /** The rectangle around some elements. */
  around(ids) {
    const found = ids.map((id) => this.boxes.get(id)).filter(Boolean);
    if (!found.length) return null;
    const left = Math.min(...found.map((one) => one.x)), top = Math.min(...found.map((one) => one.y));
    const right = Math.max(...found.map((one) => one.x + one.width)), bottom = Math.max(...found.map((one) => (one.drawer ? one.drawer[1] + one.drawer[3] : one.y + one.height + FLIGHT)));
    return { left: left + 4, top: top + 4, right: right + 4, bottom: bottom + 4 };
  }
}

const box = (one) => (one.kind === "operation" ? operation(one) : tensor(one));

function tensor({ id, kind, name, line, x, y, width, height, keeps, about }) {
  const isArray = height - (keeps ? ROW : 0) > ROW;
  const head = kind === "number" ? "" : `<tspan class="name">${escaped(name)}</tspan>${name && !isArray ? " = " : ""}`;
  const first = isArray
    ? `<text x="${x + 10}" y="${y + BASE}">${head}</text><text class="value" x="${x + 10}" y="${y + ROW + BASE - 4}"></text>`
    : `<text x="${x + width / 2}" y="${y + BASE}" text-anchor="middle">${head}<tspan class="value"></tspan></text>`;
  const grad = keeps
    ? `<g class="kept"><path d="M${x} ${y + height - ROW}h${width}"/><text x="${x + 10}" y="${y + height - ROW + BASE}"><tspan class="label">.grad </tspan><tspan class="grad"></tspan></text></g>`
    : "";
  const flight = `<g class="flying"><rect x="${x}" y="${y + height + 2}" width="${width}" height="26" rx="13"/><text x="${x + width / 2}" y="${y + height + 21}" text-anchor="middle"></text></g>`;
  return `<g class="node ${kind}" data-testid="node" data-id="${id}" data-line="${line}"><title>${escaped(about)}</title><rect class="frame" x="${x}" y="${y}" width="${width}" height="${height}" rx="6"/>${first}${grad}${kind === "number" ? "" : flight}</g>`;
}

function operation({ id, name, line, x, y, width, height, about, drawer }) {
  const [cx, cy] = [x + width / 2, y + height / 2];
  const chest = drawer
    ? `<g class="drawer"><rect x="${drawer[0]}" y="${drawer[1]}" width="${drawer[2]}" height="${drawer[3]}" rx="4"/><g class="lines"></g></g>`
    : "";
  return `<g class="node operation" data-testid="node" data-id="${id}" data-line="${line}"><title>${escaped(about)}</title><path class="stub" d="M${x + width} ${cy}h10"/><rect class="frame" x="${x}" y="${y}" width="${width}" height="${height}" rx="${height / 2}"/><text class="sign" x="${cx}" y="${cy + (name.length > 1 ? 6 : 8)}" text-anchor="middle">${escaped(name)}</text>${chest}<text class="problem" x="${x}" y="${y - 6}"></text></g>`;
}

function wire({ id, path, is_cut: isCut }) {
  const d = joined(path);
  return `<g class="wire${isCut ? " cut" : ""}" data-testid="edge" data-id="${id}"><path d="${d}"/><path class="return" d="${joined([...path].reverse())}"/></g>`;
}

function chip({ id, chip: place }) {
  if (!place) return "";
  const [x, y, w, h] = place;
  return `<g class="chip" data-testid="chip" data-id="${id}"><rect class="ground" x="${x}" y="${y}" width="${w}" height="${h}" rx="10"/><rect class="chit" x="${x}" y="${y}" width="${w}" height="${h}" rx="10"/><g class="rows" text-anchor="middle"></g></g>`;
}
