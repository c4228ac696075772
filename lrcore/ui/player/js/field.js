// Pure drawing on a square grid of logits: level lines and tint. No DOM here.

/** Logits at points: features (n × d, row by row) times weights, plus bias. */
export function logits(features, weights, into) {
  const d = weights.length - 1;
  const n = features.length / d;
  const out = into?.length === n ? into : new Float32Array(n);
  for (let i = 0; i < n; i += 1) {
    let z = weights[d];
    for (let j = 0; j < d; j += 1) z += weights[j] * features[i * d + j];
    out[i] = z;
  }
  return out;
}

/** Level lines by marching squares, as an SVG path in the coordinates of `view`. */
export function levelPath(z, size, view, level) {
  const next = new Map();
  const point = new Map();
  const cross = (a, b) => {
    const key = a * 2 + (b === a + 1 ? 0 : 1);
    if (!point.has(key)) {
      const share = (level - z[a]) / (z[b] - z[a]);
      const t = Number.isFinite(share) ? share : 0.5; // a feature may be too large for float32
      const column = (a % size) + (b === a + 1 ? t : 0);
      const row = Math.floor(a / size) + (b === a + 1 ? 0 : t);
      point.set(key, [column, row]);
    }
    return key;
  };
  const link = (p, q) => {
    for (const [from, to] of [[p, q], [q, p]]) {
      if (!next.has(from)) next.set(from, []);
      next.get(from).push(to);
    }
  };
  for (let row = 0; row < size - 1; row += 1) {
    for (let column = 0; column < size - 1; column += 1) {
      const a = row * size + column;
      const corners = [a, a + 1, a + size + 1, a + size];
      const above = corners.map((corner) => z[corner] >= level);
      const found = [];
      if (above[0] !== above[1]) found.push(cross(a, a + 1));
      if (above[1] !== above[2]) found.push(cross(a + 1, a + size + 1));
      if (above[2] !== above[3]) found.push(cross(a + size, a + size + 1));
      if (above[3] !== above[0]) found.push(cross(a, a + size));
      for (let k = 0; k + 1 < found.length; k += 2) link(found[k], found[k + 1]);
    }
  }
  return chains(next)
    .map((chain) => drawn(straightened(chain.map((key) => point.get(key))), size, view))
    .join("") || "M0,0";
}

/** Join linked points into chains, open ones from their ends first. */
function chains(next) {
  const ends = [...next.keys()].filter((key) => next.get(key).length === 1);
  const seen = new Set();
  const found = [];
  for (const start of [...ends, ...next.keys()]) {
    if (seen.has(start)) continue;
    const chain = [];
    let key = start;
    while (key !== undefined) {
      seen.add(key);
      chain.push(key);
      key = next.get(key).find((other) => !seen.has(other));
    }
    const last = chain[chain.length - 1];
    if (chain.length > 2 && next.get(last).includes(start)) chain.push(start);
    found.push(chain);
  }
  return found;
}

/** Leave out points that lie on the straight line between their neighbours. */
function straightened(points) {
  return points.filter((p, index) => {
    const before = points[index - 1];
    const after = points[index + 1];
    if (!before || !after) return true;
    const turn = (p[0] - before[0]) * (after[1] - p[1]) - (p[1] - before[1]) * (after[0] - p[0]);
    return Math.abs(turn) > 1e-4;
  });
}

function drawn(points, size, [x0, x1, y0, y1]) {
  const x = (column) => x0 + ((x1 - x0) * column) / (size - 1);
  const y = (row) => y0 + ((y1 - y0) * row) / (size - 1);
  return points.map(([c, r], k) => `${k ? "L" : "M"}${x(c).toFixed(4)},${y(r).toFixed(4)}`).join("");
}

/** A point so far along the first piece of a path; null where it has no length. The browser knows it
 * too, but lays out the page to tell (7 ms). */
export function pointAlong(path, share) {
  const points = path.slice(1).split("M")[0].split("L").map((pair) => pair.split(",").map(Number));
  const lengths = points.slice(1).map(([x, y], k) => Math.hypot(x - points[k][0], y - points[k][1]));
  let left = share * lengths.reduce((sum, length) => sum + length, 0);
  const piece = lengths.findIndex((length) => {
    left -= length;
    return left < 0;
  });
  if (piece < 0) return null;
  const [[ax, ay], [bx, by]] = points.slice(piece, piece + 2);
  const t = 1 + left / lengths[piece];
  return [ax + t * (bx - ax), ay + t * (by - ay)];
}

/** Tint each grid corner with the colour of its likelier class; row 0 of the picture is the top. */
export function tint(z, size, pixels, colours, { limit, strength }, most) {
  const steps = strength.length - 1;
  for (let i = 0; i < z.length; i += 1) {
    const row = size - 1 - Math.floor(i / size);
    const at = 4 * (row * size + (i % size));
    const colour = colours[z[i] >= 0 ? 1 : 0];
    const size01 = Math.min(1, Math.abs(z[i]) / limit);
    pixels[at] = colour[0];
    pixels[at + 1] = colour[1];
    pixels[at + 2] = colour[2];
    pixels[at + 3] = Number.isFinite(z[i]) ? most * strength[Math.round(size01 * steps)] : 0;
  }
}

export function rgb(hex) {
  return [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
}
