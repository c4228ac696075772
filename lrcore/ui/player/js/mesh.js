// How the map of the loss is seen: flat from above, or tilted until it is a surface.
import { rank } from "./contours.js";

const RISE = 0.55; // height of the surface, by that of the flat map
const SHADES = 32;
const SLATE = [84, 116, 146];

/** From places of the plane, and heights of 0 to 1 over it, to px, seen from afar. */
export class Projection {
  /** @param {number[]} window u0, u1, v0, v1
   * @param {{left: number, top: number, width: number, height: number}} box px
   * @param {number} tilt degrees, 0 is from above */
  constructor(window, box, tilt) {
    const angle = (tilt * Math.PI) / 180;
    Object.assign(this, { window, box, tilt });
    const [flat, rise] = [Math.cos(angle), RISE * Math.sin(angle)];
    const fit = box.height / Math.max(1, flat + rise);
    this.depth = flat * fit; // px
    this.rise = rise * fit; // px
  }

  toScreen([u, v], height = 0) {
    const { window: [u0, u1, v0, v1], box, depth, rise } = this;
    return [box.left + (box.width * (u - u0)) / (u1 - u0), box.top + box.height - (depth * (v - v0)) / (v1 - v0) - rise * height];
  }

  /** The place of a surface that is seen at a px; null beside it. Of several the one in front. */
  toPlace([x, y], surface) {
    const u = this.across(x);
    return u < this.window[0] || u > this.window[1] ? null : this.along(u, y, surface);
  }

  /** The same, and beside the surface a place of its edge. */
  nearest([x, y], surface) {
    const [u0, u1, v0, v1] = this.window;
    const u = Math.max(u0, Math.min(u1, this.across(x)));
    const [, front] = this.toScreen([u, v0], surface.heightAt([u, v0]));
    return this.along(u, y, surface) ?? [u, y > front ? v0 : v1];
  }

  across(x) {
    const { window: [u0, u1], box } = this;
    return u0 + ((u1 - u0) * (x - box.left)) / box.width;
  }

  along(u, y, surface) {
    const [, , v0, v1] = this.window;
    const place = (k) => [u, v0 + ((v1 - v0) * k) / (surface.size - 1)];
    const below = (k) => y - this.toScreen(place(k), surface.heightAt(place(k)))[1];
    for (let k = 0, here = below(0); k < surface.size - 1; k += 1) {
      const next = below(k + 1);
      if (here <= 0 && next >= 0) return place(here === next ? k : k + here / (here - next));
      here = next;
    }
    return null;
  }
}

/** Paint the surface from far to near, each row of cells with its contours.
 * @param {{background: string, px: number}} look the page's colour, and how large 1 px is to be */
export function paintSurface(context, landscape, projection, { background, px }) {
  const { size, losses, levels, window: [u0, u1, v0, v1] } = landscape;
  const place = (column, row) => [u0 + ((u1 - u0) * column) / (size - 1), v0 + ((v1 - v0) * row) / (size - 1)];
  const corners = Array.from({ length: size * size }, (_, k) => projection.toScreen(place(k % size, Math.floor(k / size)), landscape.relative(losses[k])));
  const onMap = ([column, row]) => projection.toScreen(place(column, row), projection.tilt ? landscape.heightAt(place(column, row)) : 0);
  const paper = background.match(/\d+/g).slice(0, 3).map(Number);
  const shades = Array.from(losses, (loss) => Math.round(SHADES * rank(loss, levels)));
  // A row's contours come after the next row's cells, whose edges would gnaw at them.
  for (let row = size - 2; row >= -1; row -= 1) {
    const end = (row + 1) * size - 1;
    for (let from = row * size, to = from; row >= 0 && from < end; from = to) {
      do to += 1; while (to < end && shades[to] === shades[from]);
      paintStrip(context, corners, size, from, to, tint(shades[from] / SHADES, paper));
    }
    if (row + 1 < size - 1) paintPieces(context, landscape.contours[row + 1], onMap, 1.25 * px);
  }
}

function paintPieces(context, pieces, onMap, lineWidth) {
  Object.assign(context, { strokeStyle: `rgb(${SLATE})`, lineWidth, lineCap: "round" });
  context.beginPath();
  for (const [c0, r0, c1, r1] of pieces) {
    context.moveTo(...onMap([c0, r0]));
    context.lineTo(...onMap([c1, r1]));
  }
  context.stroke();
}

/** Cells of one row and one shade, from a corner to another: one by one they take five times as long. */
function paintStrip(context, corners, size, from, to, colour) {
  context.fillStyle = colour;
  context.strokeStyle = colour; // or the page would show between two strips
  context.lineWidth = 0.7;
  context.beginPath();
  for (let at = from; at <= to; at += 1) context.lineTo(...corners[at]);
  for (let at = to + size; at >= from + size; at -= 1) context.lineTo(...corners[at]);
  context.closePath();
  context.fill();
  context.stroke();
}

/** The page's own colour in the valley, bluer on the walls. */
function tint(share, paper) {
  return `rgb(${paper.map((part, k) => Math.round(part + (SLATE[k] - part) * 0.4 * share))})`;
}
