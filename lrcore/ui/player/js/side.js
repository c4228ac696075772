// The right-hand side: a tab for each view, and the one view that is visible. To the stage it is one view.
import { VIEWS } from "./views/index.js";

export class Side {
  /** @param {(signal: AbortSignal) => import("./protocol.js").Desk} deskFor
   * @param {import("./overlay.js").Overlay} overlay */
  constructor(root, deskFor, overlay) {
    this.stop = new AbortController();
    const desk = deskFor(this.stop.signal);
    Object.assign(this, { desk, overlay, said: "" });
    this.list = root.querySelector('[role="tablist"]');
    this.about = root.querySelector(".about p");
    this.room = root.querySelector(".views"); // as pins come and go, there is less and more of it
    const isRecorded = root.classList.contains("recorded");
    const views = VIEWS.filter(({ asks }) => !(asks && isRecorded));
    this.parts = views.map((entry) => this.made(entry, this.room));
    this.ready = new Set(); // views that have been given the scene
    this.list.addEventListener("keydown", (event) => this.onKey(event), { signal: desk.signal });
    const implied = this.parts.find(({ choice }) => choice && desk.chosen(choice, Boolean));
    this.choose(desk.chosen("view", (name) => this.parts.some((entry) => entry.name === name)) ?? (implied ?? this.parts[0]).name);
  }

  destroy() {
    this.stop.abort();
    this.view?.leave?.();
    this.overlay.show(null);
    for (const part of [this.list, this.room]) part.replaceChildren();
  }

  made(entry, parent) {
    const { name, title, key, View } = entry;
    const [tab, panel] = ["button", "section"].map((tag) => document.createElement(tag));
    const ids = { tab: `tab-${name}`, panel: `view-${name}` };
    Object.assign(tab, { type: "button", role: "tab", id: ids.tab, textContent: title, title: `${title} (${key})` });
    Object.assign(panel, { role: "tabpanel", id: ids.panel, className: `view of-${name}` });
    tab.dataset.testid = `view-${name}`;
    tab.setAttribute("aria-controls", ids.panel);
    panel.setAttribute("aria-labelledby", ids.tab);
    tab.addEventListener("click", () => this.choose(name), { signal: this.desk.signal });
    this.list.append(tab);
    parent.append(panel);
    return { ...entry, tab, panel, view: new View(panel, this.desk) };
  }

  /** What the keys 1 to 5 do, and those that belong to a view: it is shown first. */
  get actions() {
    const choices = this.parts.map(({ name, key }) => [`view ${key}`, () => this.choose(name)]);
    const own = this.parts.flatMap(({ name, view }) => Object.entries(view.actions ?? {}).map(([action, act]) => [action, () => {
      this.choose(name);
      act();
    }]));
    return Object.fromEntries([...choices, ...own]);
  }

  choose(name) {
    const part = this.parts.find((one) => one.name === name);
    if (part.view === this.view) return;
    this.view?.leave?.();
    [this.view, this.name] = [part.view, name];
    for (const { tab, panel, view } of this.parts) {
      tab.setAttribute("aria-selected", view === this.view);
      tab.tabIndex = view === this.view ? 0 : -1;
      panel.hidden = view !== this.view;
    }
    this.about.textContent = part.about;
    this.desk.choose("view", part === this.parts[0] ? "" : name);
    this.overlay.show(null);
    part.view.enter?.();
    this.resize();
    this.desk.redraw();
  }

  onKey(event) {
    const last = this.parts.length - 1;
    const at = this.parts.findIndex(({ view }) => view === this.view);
    const next = { ArrowRight: at === last ? 0 : at + 1, ArrowLeft: at || last + 1, Home: 0, End: last }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    const part = this.parts[event.key === "ArrowLeft" ? next - 1 : next];
    this.choose(part.name);
    part.tab.focus();
  }

  setScene(scene) {
    this.scene = scene;
    this.ready.clear();
  }

  show(moment) {
    const { view, desk: { film }, ready } = this;
    if (!ready.has(view)) {
      ready.add(view);
      view.setScene(this.scene);
    }
    view.show(moment);
    this.overlay.show(view.onPlane?.(moment) ?? null);
    if (!film.moving) this.said = view.say?.(moment) ?? ""; // what a listener hears of it
  }

  wants(moment) {
    return this.ready.has(this.view) ? this.view.wants?.(moment) : null;
  }

  /** Also for a view that was left while its question was under way: it is not asked again. */
  take(name, value) {
    for (const view of this.ready) view.take?.(name, value);
  }

  resize() {
    if (this.ready.has(this.view)) this.view.resize?.();
  }
}
