// Points on a canvas, in the colours and shapes that they have in the plane.

const HOLLOW = 2; // px of a test point's edge

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
export function ring(context, which, place, radius, colour) {
  Object.assign(context, { strokeStyle: colour, lineWidth: 1.5 });
  context.beginPath();
  for (const k of which) {
    const [x, y] = place(k);
    context.moveTo(x + radius, y);
    context.arc(x, y, radius, 0, 2 * Math.PI);
  }
  context.stroke();
}
