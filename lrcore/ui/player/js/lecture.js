// Lecture mode: the page for the last row of a hall. Letters and lines grow with `lecture.css`; what is not
// needed is gone, but for the controls that are named in the address, as a strip under the plot.
const NAME = /^\w+$/; // of a control, as it stands in links
const SIDEBAR = '[data-testid="stSidebar"]';
const LABEL = '[data-testid="stWidgetLabel"] p';

export class Lecture {
  /** @param {{chosen: Function, choose: Function}} desk
   * @param {() => void} onChange */
  constructor(desk, onChange) {
    Object.assign(this, { desk, onChange, opened: [] });
    this.html = document.documentElement;
    this.style = document.createElement("style"); // which controls are in the strip
    this.kept = keysIn(desk.chosen("show", Boolean) ?? "");
    this.set(desk.chosen("lecture", (text) => text === "1") !== undefined);
  }

  get actions() {
    return {
      lecture: () => this.set(!this.isOn),
      "full screen": () => this.fill(),
      ...(this.isOn && { leave: () => this.set(false) }),
    };
  }

  /** @param {string[]} kept keys of the controls to keep */
  begin(kept) {
    this.kept = kept;
    this.set(true);
  }

  set(isOn) {
    const { desk, kept, html, style } = this;
    this.isOn = isOn;
    desk.choose("lecture", isOn ? "1" : "");
    desk.choose("show", isOn ? kept.join(",") : "");
    html.classList.toggle("lecture", isOn);
    html.classList.toggle("with-controls", isOn && kept.length > 0);
    style.textContent = kept.map((key) => `html.lecture ${SIDEBAR} .st-key-${key}.st-key-${key} { display: block !important; }`).join("\n");
    if (!style.isConnected) document.head.append(style);
    this.unfold();
    if (!isOn && document.fullscreenElement) document.exitFullscreen();
    this.onChange();
  }

  /** Controls that stand in a closed fold are shown without it. */
  unfold() {
    for (const fold of this.opened) fold.open = false;
    const found = this.isOn ? this.kept.map((key) => document.querySelector(`${SIDEBAR} details:not([open]) .st-key-${key}`)) : [];
    this.opened = [...new Set(found.filter(Boolean).map((control) => control.closest("details")))];
    for (const fold of this.opened) fold.open = true;
  }

  /** The whole screen, or no longer. A browser may refuse; then the page stays as it is. */
  fill() {
    const done = document.fullscreenElement ? document.exitFullscreen() : this.html.requestFullscreen?.();
    done?.catch(() => this.onChange());
  }

  leave() {
    this.html.classList.remove("lecture", "with-controls");
    this.style.remove();
  }
}

/** Keys of controls in a text of the address, whoever wrote it. */
export function keysIn(text) {
  return [...new Set(text.split(","))].filter((key) => NAME.test(key));
}

/** What can be kept: the controls of the sidebar by their keys, as they are called. */
export function controls() {
  const all = Array.from(document.querySelectorAll(`${SIDEBAR} [data-testid="stElementContainer"]`), (part) => ({
    key: Array.from(part.classList).find((name) => name.startsWith("st-key-"))?.slice("st-key-".length),
    label: part.querySelector(LABEL)?.textContent.split(":")[0],
  }));
  return all.filter(({ key, label }) => key && label);
}
