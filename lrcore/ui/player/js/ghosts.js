// The pinned runs as Python told them, and which moment of each goes with one of the run. No DOM here.
import { fixed } from "./readouts.js";
import { Record, decode } from "./record.js";

// A projector may swallow colours, and some eyes too: each has a dash of its own.
const LOOKS = [
  { colour: "#8E6BD1", dash: [9, 5] },
  { colour: "#9C6B30", dash: [2, 4] },
  { colour: "#1B9E9E", dash: [14, 4, 2, 4] },
  { colour: "#8A8F1A", dash: [5, 3] },
];
export const MOST_GHOSTS = LOOKS.length;
const COLUMNS = ["loss", "accuracy", "test_loss", "test_accuracy"];

export class Ghosts {
  constructor() {
    this.forget();
    this.edition = 0; // counts answers that changed anything
  }

  /** Those of another server have other numbers. */
  forget() {
    this.all = []; // the first is the baseline
  }

  /** What Python is told that we have: number and moments of each. */
  get known() {
    return this.all.map(({ number, record }) => [number, record.length]);
  }

  /** @param {import("./protocol.js").Ghost[]} told */
  take(told) {
    const before = this.all;
    this.all = [];
    for (const ghost of told) this.all.push(this.taken(ghost, before.find(({ number }) => number === ghost.number), before));
    if (told.length !== before.length) this.edition += 1;
  }

  taken({ rows, first, ...told }, known, before) {
    const used = [...before, ...this.all].map(({ look }) => look);
    const ghost = known ?? { look: LOOKS.find((look) => !used.includes(look)) ?? LOOKS[0], record: new Record(told.terms, COLUMNS.slice(0, told.tests ? 4 : 2)) };
    if (rows) ghost.record.put(first, decode(rows));
    if (rows || ["label", "ended", "passed", "elsewhere"].some((name) => ghost[name] !== told[name])) this.edition += 1;
    return Object.assign(ghost, told);
  }

  /** Whether one has yet to come as far as the run. */
  lag(record, axis) {
    const goal = record.along(axis, record.length - 1);
    return this.all.some((ghost) => !ghost.ended && (!ghost.record.length || ghost.record.along(axis, ghost.record.length - 1) < goal));
  }

  /** The moments that go with one of the run.
   * @returns {import("./protocol.js").GhostMoment[]} */
  at(record, index, axis) {
    const goal = record.along(axis, index);
    return this.all.filter((ghost) => ghost.record.length).map((ghost) => {
      const at = ghost.record.lastUntil(axis, goal);
      return { ...ghost, index: at, ...ghost.record.moment(at) };
    });
  }
}

/** How a moment differs from that of a baseline: its loss, its accuracy, and how many iterations sooner
 * or later it came to so low a loss. Losses that are other functions cannot be compared.
 * @param {import("./protocol.js").GhostMoment} baseline */
export function differences({ index, measured }, baseline) {
  const [loss, accuracy] = [0, 1].map((k) => signed(measured[k] - baseline.measured[k]));
  return baseline.comparable ? { loss, accuracy, iteration: lead(index, measured[0], baseline) } : { loss: "", accuracy, iteration: "" };
}

function signed(value) {
  return `${value < 0 ? "−" : "+"}${fixed(Math.abs(value), 3)}`;
}

function lead(index, loss, { record }) {
  const column = record.dimension + 1;
  for (let k = 0; k < record.length; k += 1) {
    if (record.values[k * record.width + column] > loss) continue;
    return k === index ? "" : `${Math.abs(k - index)} ${k > index ? "earlier" : "later"}`;
  }
  return record.length - 1 > index ? `> ${record.length - 1 - index} earlier` : "";
}
