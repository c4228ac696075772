// Keys for every button of the player; never taken from a control that uses them itself.
const KEYS = {
  " ": "play", ArrowRight: "step", ArrowLeft: "back", Home: "start", End: "end",
  r: "reset", R: "reset", "+": "faster", "=": "faster", "-": "slower",
};
const TAKES_KEYS = 'input, textarea, select, [contenteditable="true"], [role="slider"], [role="combobox"], [role="textbox"], [role="listbox"], [role="tab"], [role="radio"], [role="dialog"]';
const TAKES_SPACE = "button, a, summary, [role='button']";

export function listenToKeys(actions, signal) {
  document.addEventListener("keydown", (event) => {
    const action = KEYS[event.key];
    if (!action || event.ctrlKey || event.metaKey || event.altKey) return;
    const target = event.composedPath()[0];
    if (target.closest?.(TAKES_KEYS)) return;
    if (event.key === " " && target.closest?.(TAKES_SPACE)) return;
    event.preventDefault();
    event.stopPropagation();
    actions[action]();
  }, { signal, capture: true });
}
