// What a view may use of the stage, and no more.

/** @param {import("./stage.js").Stage} stage
 * @returns {import("./protocol.js").Desk} */
export function deskOf(stage, signal) {
  const { Plotly, film, plane, hand, memory } = stage;
  return {
    Plotly, film, plane, signal,
    seek: (index) => stage.transport.seek(index),
    begin: (...of) => stage.transport.begin(...of),
    redraw: () => { stage.stale = true; },
    mayGrab: () => hand.mayGrab(),
    drag: (weights) => stage.gesture(() => hand.drag(weights)),
    drop: (weights) => stage.gesture(() => hand.drop(weights)),
    chosen: (key, isKnown) => memory.chosen(key, isKnown),
    choose: (key, text) => memory.choose(key, text),
  };
}

/** The same for the list of pinned runs. */
export function pinningOf({ film, transport }, signal) {
  return { film, signal, pin: () => transport.pin(), remove: (ghost) => transport.command("Unpin", { ghost }) };
}
