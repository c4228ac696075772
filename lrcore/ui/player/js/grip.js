// The boundary can be grabbed while paused: how weights follow the pointer, and where a grip is.
// Geometry alone: what the model makes of its features comes from Python, on the grid.

const NEAR = 12; // px from the boundary; a finger is thicker
const NEAR_A_FINGER = 24;
const END = 0.06; // of a straight boundary's visible part, between its handles and the frame
const MIDDLE = [0.3, 0.7]; // of a straight boundary's visible part: moves it; the rest turns it

/** Bilinear value of `count` numbers a corner at a point of the plane; exact where they are linear. */
export function valuesAt({ view: [x0, x1, y0, y1], size }, values, count, [x, y]) {
  const clamp = (t) => Math.max(0, Math.min(size - 2, Math.floor(t)));
  const column = ((x - x0) / (x1 - x0)) * (size - 1);
  const row = ((y - y0) / (y1 - y0)) * (size - 1);
  const [i, j] = [clamp(column), clamp(row)];
  const [s, t] = [column - i, row - j];
  const at = (c, r, k) => values[(r * size + c) * count + k];
  return Array.from({ length: count }, (_, k) =>
    (1 - t) * ((1 - s) * at(i, j, k) + s * at(i + 1, j, k)) + t * ((1 - s) * at(i, j + 1, k) + s * at(i + 1, j + 1, k)));
}

/** The logit of weights at a point. */
function logitAt(weights, grid, point) {
  const d = weights.length - 1;
  return valuesAt(grid, grid.features, d, point).reduce((sum, feature, k) => sum + feature * weights[k], weights[d]);
}

/** The weights whose boundary passes through `point`: only the bias changes. */
export function moved(weights, grid, point) {
  const unbiased = [...weights.slice(0, -1), 0];
  return unbiased.with(-1, -logitAt(unbiased, grid, point));
}

/** The weights of the straight boundary through `pivot` and `point`, as steep as before. */
export function turned(weights, grid, pivot, point) {
  const [u, v] = [point[0] - pivot[0], point[1] - pivot[1]];
  const slopes = slopesOf(grid);
  const [a0, a1] = slopes.map((slope, k) => weights[k] * slope); // gradient of the logit
  const factor = Math.hypot(a0, a1) / Math.hypot(u, v);
  const sign = -v * a0 + u * a1 < 0 ? -1 : 1;
  if (!Number.isFinite(factor)) return weights;
  const normal = [-v * factor * sign, u * factor * sign];
  return moved([normal[0] / slopes[0], normal[1] / slopes[1], 0], grid, pivot);
}

/** How fast each of two linear features grows along its axis. */
function slopesOf({ view: [x0, x1, y0, y1], size, features }) {
  const last = 2 * (size * size - 1);
  return [(features[last] - features[0]) / (x1 - x0), (features[last + 1] - features[1]) / (y1 - y0)];
}

/** The ends of the straight boundary within the axes, or null where it does not cross them. */
export function visibleEnds(weights, grid, [x0, x1, y0, y1]) {
  const corners = [[x0, y0], [x1, y0], [x1, y1], [x0, y1]];
  const ends = [];
  corners.forEach((from, k) => {
    const to = corners[(k + 1) % 4];
    const [a, b] = [logitAt(weights, grid, from), logitAt(weights, grid, to)];
    if ((a >= 0) === (b >= 0)) return;
    const t = a / (a - b);
    ends.push([from[0] + t * (to[0] - from[0]), from[1] + t * (to[1] - from[1])]);
  });
  return ends.length === 2 ? ends : null;
}

/** Where handles stand: at the middle of a straight boundary and near its ends; none if it bends. */
export function gripsOf({ weights, grid, axes }) {
  const ends = weights.length === 3 && weights.every(Number.isFinite) ? visibleEnds(weights, grid, axes) : null;
  if (!ends) return [];
  const [a, b] = ends;
  return [0.5, END, 1 - END].map((t) => [a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])]);
}

/** What grabbing at `point` does: {pivot} turns, {} moves, null is too far from the boundary. */
export function gripAt({ weights, grid, z, axes, scale }, point, near = NEAR) {
  const logit = (x, y) => valuesAt(grid, z, 1, [x, y])[0];
  const [x, y] = point;
  const [dx, dy] = [1 / scale[0], 1 / scale[1]]; // one px
  const here = logit(x, y);
  const slope = Math.hypot(logit(x + dx, y) - here, logit(x, y + dy) - here);
  if (!(Math.abs(here) < near * slope)) return null;
  const ends = weights.length === 3 ? visibleEnds(weights, grid, axes) : null;
  if (!ends) return {};
  const [[ax, ay], [bx, by]] = ends.map(([px, py]) => [px * scale[0], py * scale[1]]);
  const [ux, uy] = [bx - ax, by - ay];
  const t = ((x * scale[0] - ax) * ux + (y * scale[1] - ay) * uy) / (ux * ux + uy * uy);
  if (t > MIDDLE[0] && t < MIDDLE[1]) return {};
  return { pivot: [(ends[0][0] + ends[1][0]) / 2, (ends[0][1] + ends[1][1]) / 2] };
}

/** Listens on the plane: grabbing the boundary, and clicks that place a point. */
export class Grip {
  constructor(plane, { mayGrab, onDrag, onDrop, onClick }, signal) {
    Object.assign(this, { plane, mayGrab, onDrag, onDrop, onClick });
    const listen = (target, type, act) => target.addEventListener(type, act.bind(this), { signal, capture: true });
    listen(plane.root, "pointerdown", this.down);
    listen(plane.root, "pointermove", this.move);
    listen(document, "pointerup", this.up); // a button may be let go over the cover that Plotly lays
    listen(document, "pointercancel", this.up);
    // Plotly zooms, and the page scrolls, by touch events of their own.
    plane.root.addEventListener("touchstart", (event) => {
      if (!this.grip) return;
      event.preventDefault();
      event.stopPropagation();
    }, { signal, capture: true, passive: false });
  }

  find(event) {
    const point = this.plane.pointAt(event);
    const near = event.pointerType === "touch" ? NEAR_A_FINGER : NEAR;
    return point && this.mayGrab() && gripAt(this.plane.state(), point, near);
  }

  down(event) {
    this.start = event.button === 0 ? [event.clientX, event.clientY] : null;
    const grip = event.button === 0 && this.find(event);
    if (!grip) return;
    event.preventDefault(); // no mouse events follow, so Plotly does not zoom
    event.stopPropagation();
    this.plane.root.setPointerCapture(event.pointerId);
    this.grip = grip;
    this.weights = Array.from(this.plane.weights);
  }

  move(event) {
    if (!this.grip) {
      const grip = event.buttons ? null : this.find(event);
      this.plane.root.dataset.grip = grip ? (grip.pivot ? "turn" : "move") : "";
      return;
    }
    event.stopPropagation();
    const point = this.plane.pointAt(event);
    if (!point) return;
    const { weights, grip, plane } = this;
    const next = grip.pivot ? turned(weights, plane.grid, grip.pivot, point) : moved(weights, plane.grid, point);
    this.weights = next.map((value) => Number(value.toPrecision(6)));
    this.onDrag(this.weights);
  }

  up(event) {
    const still = this.start && Math.hypot(event.clientX - this.start[0], event.clientY - this.start[1]) < 4;
    const point = this.plane.pointAt(event);
    if (this.grip) {
      event.stopPropagation();
      this.grip = null;
      this.onDrop(still ? null : this.weights);
    }
    if (still && point && event.type === "pointerup") this.onClick(point);
    this.start = null;
  }
}
