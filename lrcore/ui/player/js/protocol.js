// The wire between Python and the player, as lrcore/ui/player/protocol.py has it; a test holds the
// two together. Types alone: nothing here runs.

/** @typedef {{run: number, branch: number, config: number, film: number}} Version */
/** @typedef {[first: number, until: number]} Rows */
/** @typedef {{command: "Place", number: number, points: number[][]}} Place */
/** @typedef {{command: "StartFrom", number: number, weights: number[]}} StartFrom */
/** @typedef {{command: "Restart", number: number}} Restart */
/** @typedef {{command: "Undo", number: number}} Undo */
/** @typedef {{command: "Pin", number: number}} Pin */
/** @typedef {{command: "Unpin", number: number, ghost: number}} Unpin */
/** @typedef {{command: "TryRates", number: number, lr: number, momentum: number}} TryRates */
/** @typedef {{command: "Race", number: number, card: number}} Race */
/** @typedef {{command: "Open", number: number, link: string}} Open */
/** @typedef {{command: "Try", number: number, moment: number}} Try */
/** @typedef {Place | StartFrom | Restart | Undo | Pin | Unpin | TryRates | Race | Open | Try} Command */

/** @typedef {{seq: number, knows: Version, at: number, playing: boolean, speed: number, rows: Rows, do: Command[], wants: Object<string, number[]>, ghosts: Rows[], axis: number}} Request */

/** @typedef {{iteration: number, label: string, breaks: boolean}} Mark */
/** @typedef {{name: string, value: string, here: string, why: string}} LimitRow */
/** @typedef {{rows: LimitRow[], warning: string}} LimitWords */
/** @typedef {{ended: boolean, sentence: string, passed: ?number, since: ?number, problem: ?string, waiting: boolean, target: number, limits: ?LimitWords, story: string, again: string, undo: boolean, label: string, race: string[]}} State */
/** @typedef {{number: number, label: string, first: number, rows: string, ended: boolean, passed: ?number, elsewhere: string, comparable: boolean, terms: number, tests: boolean}} Ghost */
/** @typedef {{view: number[], size: number, features: string}} Grid */
/** @typedef {{weights: number[], measured: number[]}} Probe */
/** @typedef {{mode: string, moment: number, names: string[], origin: number[], directions: number[], share: ?number, window: number[], size: number, losses: string, b: ?string, levels: number[], minimum: ?number[], escape: ?number[], points: number, of_points: number, penalised: boolean, convex: boolean}} Landscape */
/** @typedef {{text: string, depth: number, beat: ?number, value: string}} CodeLine */
/** @typedef {{name: string, sentence: string}} BeatWords */
/** @typedef {{name: string, step: number[]}} Part */
/** @typedef {{name: string, before: number[], after: number[]}} Memory */
/** @typedef {{moment: number, names: string[], beats: BeatWords[], lines: CodeLine[], probabilities: string, losses: string, shares: string, left: number[], gradient: number[], before: number[], after: number[], parts: Part[], memory: Memory[]}} OneStep */
/** @typedef {{question: number[], gradient: number[], decay: number[], memory: number[], step: number[], long_axis: ?number[], roundness: ?number, rate: ?number, stable_rate: ?number}} Arrows */
/** @typedef {{edition: number, rates: number[], momenta: number[], iterations: string, done: number, budget: number, here: ?number[], limits: ?number[], at_minimum: boolean, nesterov: boolean, penalised: boolean, points: number, of_points: number}} Rates */
/** @typedef {{rate: number, passed: ?number}} Rung */
/** @typedef {{title: string, ladder: Rung[], best: ?number, ready: boolean, passed: ?number}} Lane */
/** @typedef {{card: number, lanes: Lane[], done: number, of: number, budget: number}} RaceCard */
/** @typedef {{kind: number, until: number, text: string}} Home */
/** @typedef {{question: number[], sentence: string, show: ?number, label: string, sets: string, at: number}} Coaching */
/** @typedef {{limit: number, strength: number[]}} Shading */
/** @typedef {{scatter: object, curves: object, points: string, features: string, labels: number[], tests: boolean[], terms: string[], columns: string[], optimizers: string[], classes: string[], placing: boolean, note: string, levels: Object<string, number>, shading: Shading, colours: string[], grid: Grid}} Scene */
/** @typedef {{seq: number, version: Version, at: number, first: number, rows: string, state: State, marks: Mark[], done: number, got: Object<string, ?object>, scene: ?Scene, changes: string, ghosts: Ghost[], pins: string, settings: Object<string, string>}} Answer */

/** What all views show. `scores` are the logits of the drawn points, computed once a frame;
 * `measured` is null while Python has not measured any such weights, and `late` while it is that of
 * others than these.
 * @typedef {{index: number, weights: Float32Array, measured: ?ArrayLike<number>, scores: Float32Array, late: boolean, ghosts: GhostMoment[]}} Moment */

/** A ghost beside it: what Python has told of it, its look, all its moments, and that one which goes
 * with the moment.
 * @typedef {Ghost & {look: {colour: string, dash: number[]}, record: import("./record.js").Record, index: number, weights: Float32Array, measured: Float32Array}} GhostMoment */

/** A view is one file in `views/`. It draws a scene once and then one moment after the other; it may
 * ask Python (`wants`, by the names in views.py) and is given the answer (`take`).
 *
 * One in a tab (`views/index.js`) is made as `new View(panel, desk)`, and only the visible one is called
 * in a frame. It may draw in the plane (`onPlane`), and sums a moment up in a sentence (`say`) for those
 * who do not see it.
 * @typedef {{setScene: (scene: Scene) => void, show: (moment: Moment) => void, wants?: (moment: Moment) => Object<string, number[]>, take?: (name: string, value: object) => void, resize?: () => void, onPlane?: (moment: Moment) => Guest, say?: (moment: Moment) => string}} View */

/** What a visible view shows in the plane, see overlay.js. A line joins the points where `weights` give
 * the logit `level`; by default those of the moment, and 0. `handle` is an element of the view's own
 * that stands on the line, such as its name. Where there is `lit`, the other points are dimmed.
 * `paint` draws on a canvas, in px of the plane's axes. The plane rings the points that are on the wrong
 * side of the logit `level`, by default of 0.
 * @typedef {{className: string, weights?: ArrayLike<number>, level?: number, handle?: HTMLElement}} GuestLine */
/** @typedef {{level?: number, lines?: GuestLine[], lit?: (index: number) => boolean, paint?: (context: CanvasRenderingContext2D, toX: (x: number) => number, toY: (y: number) => number) => void}} Guest */

/** What the stage lends the views. `redraw` has the moment shown again in the next frame; `drag` and
 * `drop` are the gestures of the hand on the boundary, and `mayGrab` tells whether they are to be had;
 * `begin` plays from the start, or from a moment, what a command makes of the run;
 * `chosen` and `choose` keep a choice in the address, see memory.js.
 * @typedef {{Plotly: object, film: import("./film.js").Film, plane: import("./views/plane.js").Plane, signal: AbortSignal, seek: (index: number) => void, begin: (command: string, fields: object, at?: number) => void, redraw: () => void, mayGrab: () => boolean, drag: (weights: number[]) => void, drop: (weights: ?number[]) => void, chosen: (key: string, isKnown: (text: string) => boolean) => ?string, choose: (key: string, text: string) => void}} Desk */
