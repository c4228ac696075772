// A dialog in front of the page, and where the focus is once it is closed.

export class Modal {
  /** @param {HTMLDialogElement} dialog
   * @param {() => void} onClose */
  constructor(dialog, onClose, signal) {
    this.dialog = dialog;
    dialog.querySelector(".close").addEventListener("click", () => dialog.close(), { signal });
    dialog.addEventListener("close", () => {
      onClose();
      // The button has the focus again: for whoever clicked on it, the space bar means Play.
      if (this.byPointer) document.activeElement.blur();
    }, { signal });
  }

  /** @param {MouseEvent} click its detail tells a pointer from a key */
  open({ detail }) {
    this.byPointer = detail > 0;
    this.dialog.showModal();
  }

  close() {
    this.dialog.close();
  }
}
