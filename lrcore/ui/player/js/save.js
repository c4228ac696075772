// A file for the user to keep.

/** @param {string | Blob} text @param {{name: string, type: string}} file */
export function save(text, { name, type }) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
