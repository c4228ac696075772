// The dialog of lecture mode: which controls stay, which view, which story; and the link that opens it so.
import { copyOnClick } from "./copy.js";
import { pageLink } from "./deck.js";
import { controls } from "./lecture.js";
import { addressOf } from "./memory.js";
import { Modal } from "./modal.js";

const AS_IT_IS = "";

export class Compose {
  /** @param {HTMLDialogElement} dialog
   * @param {{lecture: import("./lecture.js").Lecture, deck: import("./deck.js").Deck, parts: object[], side: () => import("./side.js").Side, address: () => string, ask: () => void, open: (deck: string, page: number) => void}} ways */
  constructor(dialog, ways, signal) {
    Object.assign(this, { dialog, ways });
    this.modal = new Modal(dialog, () => { ways.deck.isWanted = false; }, signal);
    const part = (name) => dialog.querySelector(name);
    [this.kept, this.view, this.story, this.start] = [".kept", ".of-view select", ".of-story select", ".go"].map(part);
    this.view.append(...ways.parts.map(({ name, title }) => new Option(title, name)));
    this.start.addEventListener("click", () => this.begin(), { signal });
    part(".full").addEventListener("click", () => ways.lecture.fill(), { signal });
    part(".end").addEventListener("click", () => {
      this.modal.close();
      ways.lecture.set(false);
    }, { signal });
    copyOnClick(part(".copy-hall"), () => this.link, signal);
  }

  /** @param {MouseEvent} click */
  open(click) {
    const { ways: { lecture, deck, side, ask }, kept, view, dialog, start } = this;
    dialog.classList.toggle("on", lecture.isOn);
    start.textContent = lecture.isOn ? "Apply" : "Start";
    view.value = side().name;
    kept.replaceChildren(kept.querySelector("legend"), ...controls().map(({ key, label }) => {
      const [line, box] = [document.createElement("label"), document.createElement("input")];
      Object.assign(box, { type: "checkbox", value: key, checked: lecture.kept.includes(key) });
      line.append(box, ` ${label}`);
      return line;
    }));
    deck.isWanted = true;
    this.list();
    this.modal.open(click);
    ask();
  }

  /** The stories to choose from, once they have come. */
  list() {
    const { deck } = this.ways;
    const groups = (deck.all ?? []).map(({ name, title, pages }) => {
      const group = Object.assign(document.createElement("optgroup"), { label: title });
      group.append(...pages.map((page, k) => new Option(page.title, `${name} ${k + 1}`)));
      return group;
    });
    this.story.replaceChildren(new Option("this run, as it is", AS_IT_IS), ...groups);
  }

  take(name) {
    if (name === "decks" && this.dialog.open) this.list();
  }

  get chosen() {
    return Array.from(this.kept.querySelectorAll(":checked"), ({ value }) => value);
  }

  /** The address that opens this page so. */
  get link() {
    const { ways: { address, deck, parts }, story, view, chosen } = this;
    const here = new URL(address());
    const [name, page] = story.value.split(" ");
    const query = story.value === AS_IT_IS ? here.searchParams : pageLink(name, page, deck.all.find((one) => one.name === name).pages[page - 1]);
    const said = { lecture: "1", show: chosen.join(","), view: view.value === parts[0].name ? "" : view.value };
    for (const [key, value] of Object.entries(said)) if (value) query.set(key, value); else query.delete(key);
    return addressOf(here, query);
  }

  begin() {
    const { ways: { lecture, side, open }, story, view, chosen } = this;
    this.modal.close();
    lecture.begin(chosen);
    const [name, page] = story.value.split(" ");
    if (story.value !== AS_IT_IS) open(name, Number(page));
    side().choose(view.value);
  }
}
