// The dialog in which a run is taken home: its script to read and copy, and files to keep.
import { copyOnClick } from "./copy.js";
import { Modal } from "./modal.js";
import { save } from "./save.js";
import { asPng, asSvg } from "./snapshot.js";

// By their numbers in home.py; `sign` writes the address of the run into those that lead back to it.
const FILES = [
  { name: "run.py", label: "Script .py", type: "text/x-python", sign: (text, address) => text.replace("\n", () => `\n# ${address}\n`) },
  { name: "run.ipynb", label: "Notebook .ipynb", type: "application/json" },
  { name: "run.csv", label: "All moments .csv", type: "text/csv" },
  { name: "points.csv", label: "Points .csv", type: "text/csv" },
  { name: "run.html", label: "Page .html, 5 MB", type: "text/html", sign: (text, address) => text.replace('<a href="">', () => `<a href="${address.replaceAll("&", "&amp;").replaceAll('"', "%22")}">`) },
];
const SCRIPT = 0;

export class Home {
  /** @param {HTMLDialogElement} dialog
   * @param {{until: () => number, address: () => string, ask: () => void}} ways `until` is the last moment that has been seen */
  constructor(dialog, ways, signal) {
    Object.assign(this, { ways, asked: null, serial: 0 });
    this.modal = new Modal(dialog, () => { this.asked = null; }, signal);
    this.code = dialog.querySelector("code");
    const files = dialog.querySelector(".files");
    const add = (label, testid, act) => {
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: label });
      button.dataset.testid = testid;
      button.addEventListener("click", act, { signal });
      files.append(button);
    };
    FILES.forEach(({ label }, kind) => add(label, `home-${kind}`, () => this.fetch(kind)));
    const stage = dialog.closest(".stage");
    add("Picture .svg", "home-svg", () => save(asSvg(stage), { name: "moment.svg", type: "image/svg+xml" }));
    add("Picture .png", "home-png", async () => save(await asPng(asSvg(stage)), { name: "moment.png", type: "image/png" }));
    copyOnClick(dialog.querySelector(".copy-code"), () => this.code.textContent, signal);
  }

  /** @param {MouseEvent} click */
  open(click) {
    this.until = this.ways.until();
    this.code.textContent = "Writing the script …";
    this.modal.open(click);
    this.isShown = false; // the script is asked for to be read first
    this.fetch(SCRIPT);
  }

  fetch(kind) {
    this.serial += 1; // an answer to the same question is not given twice
    this.asked = [kind, this.until, this.serial];
    this.ways.ask();
  }

  wants() {
    return this.asked && { home: this.asked };
  }

  take(name, { kind, until, text }) {
    if (name !== "home" || kind !== this.asked?.[0] || until !== this.until) return;
    this.asked = null;
    const { sign = (plain) => plain } = FILES[kind];
    const whole = sign(text, this.ways.address());
    if (kind === SCRIPT) this.code.textContent = whole;
    if (kind !== SCRIPT || this.isShown) save(whole, FILES[kind]);
    this.isShown = true;
  }
}
