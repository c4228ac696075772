// What all canvases draw: points in the colours and shapes that they have in the plane, rings, arrows.

export const GRADIENT = "#CC79A7"; // as in palette.py
const HOLLOW = 2; // px of a test point's edge
const SHORTEST = 3; // px of an arrow that can be seen

/** A canvas, empty and of this size in CSS px. */
export function cleared(canvas, width, height) {
  const scale = window.devicePixelRatio || 1;
  const [w, h] = [Math.round(width * scale), Math.round(height * scale)];
  if (canvas.width !== w || canvas.height !== h) {
    Object.assign(canvas, { width: w, height: h });
    Object.assign(canvas.style, { width: `${width}px`, height: `${height}px` });
  }
  const context = canvas.getContext("2d");
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, width, height);
  return context;
}

/** One path for all points of a kind: many small ones take much longer.
 * @param {{labels: number[], tests: boolean[], colours: number[][]}} scene
 * @param {number[]} which indices of points
 * @param {(index: number) => [number, number]} place px */
export function drawPoints(context, { labels, tests, colours }, which, place, radius) {
  for (const [label, test] of [[0, false], [1, false], [0, true], [1, true]]) {
    context.beginPath();
    for (const k of which) if (labels[k] === label && tests[k] === test) trace(context, label, ...place(k), radius);
    const colour = `rgb(${colours[label].join(" ")})`;
    Object.assign(context, { fillStyle: colour, strokeStyle: colour, lineWidth: HOLLOW });
    if (test) context.stroke();
    else context.fill();
  }
}

/** A circle for class 0, a diamond for class 1, as Plotly draws them. */
function trace(context, label, x, y, radius) {
  if (label === 0) {
    context.moveTo(x + radius, y);
    context.arc(x, y, radius, 0, 2 * Math.PI);
    return;
  }
  const reach = 1.3 * radius;
  context.moveTo(x + reach, y);
  context.lineTo(x, y + reach);
  context.lineTo(x - reach, y);
  context.lineTo(x, y - reach);
  context.closePath();
}

/** Rings of the text's colour, as round the misclassified points of the plane. */
export function ring(context, which, place, radius, colour, lineWidth = 1.5) {
  Object.assign(context, { strokeStyle: colour, lineWidth });
  context.beginPath();
  for (const k of which) {
    const [x, y] = place(k);
    context.moveTo(x + radius, y);
    context.arc(x, y, radius, 0, 2 * Math.PI);
  }
  context.stroke();
}

/** A word with a halo about a place, and within a box: as far from its ends as `away` says, in px.
 * @param {number[]} box left, top, right, bottom
 * @param {[number, number]} away across, upwards */
export function word(context, text, [x, y], [left, top, right, bottom], away) {
  const half = context.measureText(text).width / 2 + away[0];
  const at = [Math.max(left + half, Math.min(right - half, x)), Math.max(top + away[1], Math.min(bottom - away[1], y))];
  context.strokeText(text, ...at);
  context.fillText(text, ...at);
}

/** An arrow in px; none where it would be a speck. */
export function arrow(context, [x0, y0], [x1, y1], colour, width = 2) {
  const length = Math.hypot(x1 - x0, y1 - y0);
  if (!(length > SHORTEST)) return;
  const head = Math.min(length, 3 + 2 * width);
  const [dx, dy] = [(x1 - x0) / length, (y1 - y0) / length];
  Object.assign(context, { strokeStyle: colour, fillStyle: colour, lineWidth: width });
  context.beginPath();
  context.moveTo(x0, y0);
  context.lineTo(x1 - 0.8 * head * dx, y1 - 0.8 * head * dy);
  context.stroke();
  context.beginPath();
  context.moveTo(x1, y1);
  for (const side of [1, -1]) context.lineTo(x1 - head * dx + 0.5 * head * side * dy, y1 - head * dy - 0.5 * head * side * dx);
  context.fill();
}
