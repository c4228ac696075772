// A film's frames put together: what each element says at a step. Pure: no DOM.

export class Reel {
  /** @param {{frames: {changes: Object<string, Object>}[]}} film */
  constructor({ frames }) {
    this.state = new Map(); // by element, its fields
    this.index = -1;
    this.forth = frames.map((frame) => Object.entries(frame.changes ?? {}));
    // What each frame has changed, as it was before: the way back is exact.
    this.back = this.forth.map((changes) => changes.map(([id, fields]) => [id, this.put(id, fields)]));
    for (let n = frames.length - 1; n >= 0; n -= 1) for (const [id, fields] of this.back[n]) this.put(id, fields);
  }

  /** Set fields of an element; returns what they were. */
  put(id, fields) {
    let now = this.state.get(id);
    if (!now) this.state.set(id, (now = {}));
    const before = {};
    for (const [name, value] of Object.entries(fields)) {
      before[name] = now[name] ?? null;
      now[name] = value;
    }
    return before;
  }

  of(id) {
    return this.state.get(id) ?? {};
  }

  /** Go to a step; returns the elements that may look different now. */
  seek(index) {
    const touched = new Set();
    const apply = (changes) => {
      for (const [id, fields] of changes) {
        this.put(id, fields);
        touched.add(id);
      }
    };
    while (this.index < index) apply(this.forth[(this.index += 1)]);
    while (this.index > index) {
      apply(this.back[this.index]);
      this.index -= 1;
    }
    return touched;
  }
}
