// Contours of a grid, cell by cell, so that a surface can be painted from far to near. No DOM here.

/** Marching squares: the pieces of all contours, by row of cells from below.
 * @returns {number[][][]} rows of [column, row, column, row], in cells from the lower left corner */
export function contours(values, size, levels) {
  return Array.from({ length: size - 1 }, (_, row) => {
    const pieces = [];
    for (let column = 0; column < size - 1; column += 1) {
      const at = row * size + column;
      const corners = [values[at], values[at + 1], values[at + size + 1], values[at + size]];
      const [low, high] = [Math.min(...corners), Math.max(...corners)];
      for (const level of levels) if (level > low && level <= high) addPieces(pieces, corners, level, column, row);
    }
    return pieces;
  });
}

const SQUARE = [[0, 0], [1, 0], [1, 1], [0, 1]]; // as the corners come, counter-clockwise

/** Where a level crosses one cell: one piece, or two at a saddle. */
function addPieces(pieces, corners, level, column, row) {
  const crossings = [];
  for (let k = 0; k < 4; k += 1) {
    const [a, b] = [corners[k], corners[(k + 1) % 4]];
    if (a >= level === b >= level) continue;
    const share = (level - a) / (b - a);
    const t = Number.isFinite(share) ? share : 0.5;
    const [from, to] = [SQUARE[k], SQUARE[(k + 1) % 4]];
    crossings.push([column + from[0] + t * (to[0] - from[0]), row + from[1] + t * (to[1] - from[1])]);
  }
  for (let k = 0; k + 1 < crossings.length; k += 2) pieces.push([...crossings[k], ...crossings[k + 1]]);
}

/** How many levels a value has passed, by share of their number: 0 in the valley, 1 on the walls. */
export function rank(value, levels) {
  const passed = levels.findIndex((level) => value < level);
  if (passed < 0) return 1;
  if (passed === 0) return 0;
  const [below, above] = [levels[passed - 1], levels[passed]];
  return (passed + (value - below) / (above - below)) / levels.length;
}

/** The next number of one digit 1, 2 or 5. */
export function roundAbove(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  return power * [1, 2, 5, 10].find((factor) => factor * power >= value);
}

/** Round numbers between two ends, about `count` of them. */
export function ticks(low, high, count = 5) {
  const step = roundAbove((high - low) / count);
  const digits = Math.max(0, -Math.floor(Math.log10(step)));
  const first = Math.ceil(low / step);
  return Array.from({ length: Math.floor(high / step) - first + 1 }, (_, k) => ({ at: (first + k) * step, text: ((first + k) * step).toFixed(digits).replace("-", "−") }));
}
