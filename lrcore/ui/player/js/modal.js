// A dialog in front of the page, and where the focus is once it is closed.

export class Modal {
  /** @param {HTMLDialogElement} dialog
   * @param {() => void} onClose */
  constructor(dialog, onClose, signal) {
    this.dialog = dialog;
    dialog.querySelector(".close").addEventListener("click", () => dialog.close(), { signal });
    dialog.addEventListener("close", onClose, { signal });
  }

  /** @param {MouseEvent} click its detail tells a pointer from a key */
  open({ detail }) {
    // The focus would return to the button: for whoever clicked on it, the space bar means Play.
    if (detail > 0) document.activeElement.blur();
    this.dialog.showModal();
  }

  close() {
    this.dialog.close();
  }
}
