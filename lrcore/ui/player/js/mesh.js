// How the map of the loss is seen: flat from above, or tilted until it is a surface.
import { contours, rank } from "./contours.js";

const RISE = 0.55; // height of the surface, by that of the flat map
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
    const { window: [u0, u1, v0, v1], box } = this;
    const u = u0 + ((u1 - u0) * (x - box.left)) / box.width;
    if (u < u0 || u > u1) return null;
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

/** Paint the surface from far to near, each row of cells with its contours. */
export function paintSurface(context, landscape, projection, background) {
  const { size, losses, levels, window: [u0, u1, v0, v1] } = landscape;
  const place = (column, row) => [u0 + ((u1 - u0) * column) / (size - 1), v0 + ((v1 - v0) * row) / (size - 1)];
  const corners = Array.from({ length: size * size }, (_, k) => projection.toScreen(place(k % size, Math.floor(k / size)), landscape.relative(losses[k])));
  const pieces = contours(losses, size, levels);
  const onMap = ([column, row]) => projection.toScreen(place(column, row), projection.tilt ? landscape.heightAt(place(column, row)) : 0);
  // A row's contours come after the next row's cells, whose edges would gnaw at them.
  for (let row = size - 2; row >= -1; row -= 1) {
    for (let at = row * size; row >= 0 && at < (row + 1) * size - 1; at += 1) {
      paintCell(context, [at, at + 1, at + size + 1, at + size].map((k) => corners[k]), tint(rank(losses[at], levels), background));
    }
    if (row + 1 < size - 1) paintPieces(context, pieces[row + 1], onMap);
  }
}

function paintPieces(context, pieces, onMap) {
  Object.assign(context, { strokeStyle: `rgb(${SLATE})`, lineWidth: 1.25, lineCap: "round" });
  context.beginPath();
  for (const [c0, r0, c1, r1] of pieces) {
    context.moveTo(...onMap([c0, r0]));
    context.lineTo(...onMap([c1, r1]));
  }
  context.stroke();
}

function paintCell(context, corners, colour) {
  context.fillStyle = colour;
  context.strokeStyle = colour; // or the page would show between two cells
  context.lineWidth = 0.7;
  context.beginPath();
  for (const corner of corners) context.lineTo(...corner);
  context.closePath();
  context.fill();
  context.stroke();
}

/** The page's own colour in the valley, bluer on the walls. */
function tint(share, background) {
  return `rgb(${background.map((part, k) => Math.round(part + (SLATE[k] - part) * 0.4 * share))})`;
}
