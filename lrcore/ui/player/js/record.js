// The moments of a run as Python sent them, and the rules of playing them. No DOM here.

/** Numbers as Python packs them: base64 of float32. */
export function decode(base64) {
  if (Uint8Array.fromBase64) return new Float32Array(Uint8Array.fromBase64(base64).buffer);
  const binary = atob(base64); // an older browser; `Uint8Array.from` would take thirty times as long
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i += 1) bytes[i] = binary.charCodeAt(i);
  return new Float32Array(bytes.buffer);
}

/** Along what runs can be compared, by the numbers of `Request.axis`. */
export const AXES = ["iterations", "evaluations of the loss", "milliseconds"];
const EFFORTS = AXES.length - 1; // columns at the end of a row

/** Rows of w0, …, b, what `columns` names, and what it took to come there; row k is moment k. */
export class Record {
  /** @param {number} dimension number of features
   * @param {string[]} columns loss, accuracy, and the same of the test points if any */
  constructor(dimension, columns) {
    this.dimension = dimension;
    this.columns = columns;
    this.width = dimension + 1 + columns.length + EFFORTS;
    this.length = 0;
    this.values = new Float32Array(1024 * this.width);
  }

  /** Put rows at `first` and forget what lay beyond them. Rows that would leave a gap are refused. */
  put(first, rows) {
    if (first > this.length) return false;
    const end = first * this.width + rows.length;
    if (end > this.values.length) {
      const grown = new Float32Array(Math.max(end, Math.ceil(this.values.length * 1.5)));
      grown.set(this.values.subarray(0, first * this.width));
      this.values = grown;
    }
    this.values.set(rows, first * this.width);
    this.length = end / this.width;
    return true;
  }

  /** Weights with the bias last, and what was measured of one moment, in the order of `columns`. */
  moment(index) {
    const row = this.values.subarray(index * this.width, (index + 1) * this.width);
    return { weights: row.subarray(0, this.dimension + 1), measured: row.subarray(this.dimension + 1, this.width - EFFORTS) };
  }

  /** How far along an axis a moment is. */
  along(axis, index) {
    return axis ? this.values[(index + 1) * this.width - EFFORTS + axis - 1] : index;
  }

  /** The last moment that is not further along an axis than `goal`. */
  lastUntil(axis, goal) {
    let [low, high] = [0, this.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (this.along(axis, middle) <= goal) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** Points of a named column for a curve: every moment, or of many the extremes of equal stretches.
   * @param {number[]} breaks moments before which the curve is interrupted */
  curve(name, most = 1200, breaks = []) {
    const column = this.dimension + 1 + this.columns.indexOf(name);
    const x = [];
    const y = [];
    const stretch = Math.max(1, Math.ceil((2 * this.length) / most));
    const value = (index) => this.values[index * this.width + column];
    const cuts = [...breaks.filter((cut) => cut > 0 && cut < this.length), this.length];
    for (let start = 0, stop = 0; start < this.length; start = stop) {
      if (start === cuts[0]) {
        cuts.shift();
        x.push(start);
        y.push(null);
      }
      stop = Math.min(start + stretch, cuts[0]);
      let low = start;
      let high = start;
      for (let index = start + 1; index < stop; index += 1) {
        if (value(index) < value(low)) low = index;
        if (value(index) > value(high)) high = index;
      }
      for (const index of new Set([Math.min(low, high), Math.max(low, high)])) {
        x.push(index);
        y.push(value(index));
      }
    }
    return { x, y };
  }
}

/** How many moments to move on when the ideal position is `lead` moments ahead of the one shown.
 * Near one moment a frame, a small jitter of the frames must not skip one and repeat the next. */
export function movesFor(lead) {
  return Math.abs(lead - 1) < 0.75 ? 1 : Math.max(0, Math.round(lead));
}

/** A round number of iterations beyond the latest moment that was shown: the end of axes and
 * timeline. What lies ahead is not given away; a run that was seen to its end fills them. */
export function spanFor(furthest, length, ended) {
  if (ended && furthest >= length - 1) return Math.max(1, length - 1);
  let span = 200;
  for (let k = 0; span <= furthest; k += 1) span *= [2.5, 2, 2][k % 3];
  return span;
}

/** Marks in groups of neighbours that stand closer than this share of the span: {first, last} count
 * from 1, and their numbers do not overlap.
 * @param {(iteration: number) => number} place where on the axis an iteration stands */
export function grouped(marks, span, place = (iteration) => iteration, least = 0.05) {
  const groups = [];
  marks.forEach(({ iteration, label }, k) => {
    const before = groups.at(-1);
    const near = before && place(iteration) - place(before.iteration) < least * span;
    const words = `${iteration}: ${label}`;
    if (near) Object.assign(before, { last: k + 1, labels: [...before.labels, words] });
    else groups.push({ iteration, first: k + 1, last: k + 1, labels: [words] });
  });
  return groups.map((group) => ({ ...group, text: group.first === group.last ? `${group.first}` : `${group.first}–${group.last}` }));
}

export const SPEEDS = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 3000, 6000, 10000];
export const FASTEST = "max";

/** How many moments Python shall have ready at a speed: four seconds' worth, within reason. */
export function wantedAt(speed) {
  return speed === FASTEST ? 20000 : Math.min(20000, Math.max(60, 4 * speed));
}

/** Just after a change of settings: a second's worth, so that the first of them come sooner. */
export function firstWantedAt(speed) {
  return speed === FASTEST ? 1000 : Math.min(1000, Math.max(60, speed));
}

/** Whether fewer than two seconds of moments are left, or this share of them. */
export function runsShort(ahead, speed, share = 1) {
  return speed === FASTEST || ahead < Math.max(30, 2 * speed * share);
}
