// The boundaries of the pinned runs in the plane: thin lines with a name, below the points.
import { levelPath, logits, pointAlong } from "./field.js";
import { word } from "./marks.js";

// Of a line's length: names of runs that have come to the same line must not cover each other.
const SHARES = [0.12, 0.88, 0.36, 0.64];
const WIDTH = 2.5; // px, as of all lines here by the page's scale

/** @param {{grid: object, scale: number, ink: string, background: string, font: string}} plane
 * @param {import("./protocol.js").GhostMoment[]} ghosts
 * @param {number[]} box px of the axes: left, top, right, bottom */
export function paintGhosts(context, { grid: { size, view, features }, scale, ink, background, font }, ghosts, toX, toY, box) {
  const place = [toX(view[0]), toX(view[1]), toY(view[2]), toY(view[3])];
  const drawn = ghosts.map((ghost, k) => ({ ...ghost, share: SHARES[k] })).filter(({ elsewhere, weights }) => !elsewhere && weights.every(Number.isFinite));
  const lines = drawn.map((ghost) => ({ ...ghost, path: levelPath(logits(features, ghost.weights), size, place, 0) }));
  Object.assign(context, { lineWidth: WIDTH * scale, lineJoin: "round" });
  for (const { look, path } of lines) {
    context.strokeStyle = look.colour;
    context.setLineDash(look.dash.map((px) => px * scale));
    context.stroke(new Path2D(path));
  }
  context.setLineDash([]);
  Object.assign(context, { font, textAlign: "center", textBaseline: "middle", fillStyle: ink, strokeStyle: background, lineWidth: 5 * scale });
  for (const { path, label, share } of lines) {
    const point = pointAlong(path, share);
    if (point) word(context, label, point, box, [4 * scale, 12 * scale]);
  }
}
