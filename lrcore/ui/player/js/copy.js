// A button that copies a text, such as a link to what is shown.
const SHOWN = 2000; // ms that the button says how it went

/** @param {HTMLButtonElement} button says what it does, and for a while whether it was done (`told`)
 * @param {() => string} address what to copy */
export function copyOnClick(button, address, signal) {
  const label = button.textContent;
  let timer = 0;
  button.setAttribute("aria-live", "polite");
  signal.addEventListener("abort", () => clearTimeout(timer));
  button.addEventListener("click", async () => {
    const done = await copy(address(), button);
    button.textContent = done ? "Copied" : "Not copied: take the address of the page";
    button.classList.add("told");
    clearTimeout(timer);
    timer = setTimeout(() => {
      button.textContent = label;
      button.classList.remove("told");
    }, SHOWN);
  }, { signal });
}

/** Whether the text is on the clipboard now. */
async function copy(text, button) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyOldWay(text, button); // a browser gives its clipboard to safe addresses alone
  }
}

/** By a selection, which needs no safe address. */
function copyOldWay(text, button) {
  const area = document.createElement("textarea");
  area.value = text;
  area.readOnly = true; // no keyboard comes up on a phone
  area.style.cssText = "position: fixed; top: 0; opacity: 0";
  document.body.append(area);
  area.select();
  try {
    return document.execCommand("copy");
  } finally {
    area.remove();
    button.focus();
  }
}
