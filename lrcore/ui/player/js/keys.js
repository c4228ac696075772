// Keys for every button of the player and of the lab; never taken from a control that uses them itself.
const KEYS = {
  " ": "play", ArrowRight: "step", ArrowLeft: "back", Home: "start", End: "end",
  r: "reset", 0: "fit", "+": "faster", "=": "faster", "-": "slower",
  ".": "next beat", ",": "previous beat", s: "slow motion",
  1: "view 1", 2: "view 2", 3: "view 3", 4: "view 4", 5: "view 5",
  "[": "flatter", "]": "steeper", p: "pin or predict",
  l: "lecture", f: "full screen", Escape: "leave",
  PageDown: "next page", PageUp: "previous page", a: "add page", m: "sound",
};
const TAKES_KEYS = 'input, textarea, select, [contenteditable="true"], [role="slider"], [role="combobox"], [role="textbox"], [role="listbox"], [role="tab"]:focus-visible, [role="region"]:focus-visible, [role="radio"], [role="dialog"]';
const TAKES_LETTERS = 'select, [role="listbox"]'; // to find an option
const TAKES_TEXT = 'textarea, [contenteditable="true"], [role="textbox"], [role="combobox"], [role="dialog"] *, input:not([type="range"], [type="checkbox"], [type="radio"])';

/** What a key does; nothing where the control that has the focus uses the key itself.
 * @param {boolean} byKey whether the keyboard has led the focus there */
function actionOf({ key, ctrlKey, metaKey, altKey }, target, byKey) {
  const undo = key.toLowerCase() === "z" && (ctrlKey || metaKey) && !altKey;
  if (undo) return target.closest?.(TAKES_TEXT) ? null : "undo";
  if (ctrlKey || metaKey || altKey || target.closest?.("dialog[open]")) return null; // one that was closed keeps the focus until the next frame
  // A presenter's remote knows these keys alone, whatever has the focus.
  if (["Escape", "PageDown", "PageUp"].includes(key)) return target.closest?.(`${TAKES_TEXT}, [role="listbox"]`) ? null : KEYS[key];
  // A slider has no use for a letter; a list and a text have.
  if (key !== " " && key.length === 1) return target.closest?.(`${TAKES_TEXT}, ${TAKES_LETTERS}`) ? null : KEYS[key.toLowerCase()];
  if (key !== " ") return target.closest?.(TAKES_KEYS) ? null : KEYS[key];
  // Where a click has left the focus, the space bar still plays; whoever came by the keyboard means
  // the control.
  return target.closest?.(TAKES_TEXT) || (byKey && target !== document.body) ? null : KEYS[key];
}

/** Whether the pen's key is pressed, and not in a text. */
export function isPenKey({ key, ctrlKey, metaKey, altKey }, target) {
  return key.toLowerCase() === "d" && !ctrlKey && !metaKey && !altKey && !target.closest?.(`${TAKES_TEXT}, ${TAKES_LETTERS}, dialog[open]`);
}

/** @param {() => Object<string, ?Function>} actionsOfNow what can be done now, by name */
export function listenToKeys(actionsOfNow, signal) {
  let held = null; // a key whose pressing was ours: its release is no click on a button either
  let [lastWasKey, byKey] = [false, false];
  const options = { signal, capture: true };
  document.addEventListener("pointerdown", () => { lastWasKey = byKey = false; }, options);
  document.addEventListener("focusin", () => { byKey = lastWasKey; }, options);
  document.addEventListener("keydown", (event) => {
    lastWasKey = true;
    const act = actionsOfNow()[actionOf(event, event.composedPath()[0], byKey)];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    held = event.key;
    act();
  }, options);
  document.addEventListener("keyup", (event) => {
    if (event.key !== held) return;
    held = null;
    event.preventDefault();
    event.stopPropagation();
  }, options);
}
