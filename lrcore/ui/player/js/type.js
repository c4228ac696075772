// Plotly's type grows with the page's, which the stylesheet sizes by the screen.

/** How much larger type is than 16 px. */
export function typeScale() {
  return parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;
}

/** The least size of letters, in px: in a lecture, what the last row can read (lecture.css says the same). */
export function leastLetters() {
  return document.documentElement.classList.contains("lecture") ? 0.91 * 16 * typeScale() : 0;
}

/** A size of letters, in px, of so many of the page's. */
export function letters(em) {
  return Math.max(leastLetters(), em * 16 * typeScale());
}

/** A layout whose letters, margins and lines have the page's scale. */
export function scaled(layout, scale = typeScale(), least = leastLetters()) {
  const times = (sizes) => Object.fromEntries(Object.entries(sizes).map(([name, px]) => [name, Number.isFinite(px) ? px * scale : px]));
  const written = (part) => (part?.font?.size ? { ...part, font: { ...part.font, size: Math.max(least, part.font.size * scale) } } : part);
  const notes = layout.annotations?.map(written);
  const shapes = layout.shapes?.map((shape) => ({ ...shape, line: times(shape.line ?? {}) }));
  const legend = written(layout.legend);
  return { ...written(layout), margin: times(layout.margin), ...(notes && { annotations: notes }), ...(shapes && { shapes }), ...(legend && { legend }) };
}

/** Traces whose markers and lines have the page's scale. */
export function thickened(traces, scale = typeScale()) {
  return traces.map((trace) => {
    const { marker, line } = trace;
    const edge = marker?.line?.width && { line: { ...marker.line, width: marker.line.width * scale } };
    return {
      ...trace,
      ...(line?.width && { line: { ...line, width: line.width * scale } }),
      ...(marker?.size > 0 && { marker: { ...marker, size: marker.size * scale, ...edge } }),
    };
  });
}
