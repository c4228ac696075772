// Plotly's type grows with the page's, which the stylesheet sizes by the screen.

/** How much larger type is than 16 px. */
export function typeScale() {
  return parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;
}

/** A layout whose letters and margins have the page's scale. */
export function scaled(layout, scale = typeScale()) {
  const times = (sizes) => Object.fromEntries(Object.entries(sizes).map(([name, px]) => [name, Number.isFinite(px) ? px * scale : px]));
  const notes = layout.annotations?.map((note) => (note.font ? { ...note, font: { ...note.font, size: note.font.size * scale } } : note));
  return { ...layout, font: { ...layout.font, size: layout.font.size * scale }, margin: times(layout.margin), ...(notes && { annotations: notes }) };
}
