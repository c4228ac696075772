// The wire between Python and the player, as lrcore/ui/player/protocol.py has it; a test holds the
// two together. Types alone: nothing here runs.

/** @typedef {{run: number, branch: number, config: number, film: number}} Version */
/** @typedef {[first: number, until: number]} Rows */
/** @typedef {{command: "Place", number: number, points: number[][]}} Place */
/** @typedef {{command: "StartFrom", number: number, weights: number[]}} StartFrom */
/** @typedef {{command: "Restart", number: number}} Restart */
/** @typedef {{command: "Undo", number: number}} Undo */
/** @typedef {Place | StartFrom | Restart | Undo} Command */

/** @typedef {{seq: number, knows: Version, at: number, playing: boolean, speed: number, rows: Rows, do: Command[], wants: Object<string, number[]>}} Request */

/** @typedef {{iteration: number, label: string, breaks: boolean}} Mark */
/** @typedef {{name: string, value: string, here: string, why: string}} LimitRow */
/** @typedef {{rows: LimitRow[], warning: string}} LimitWords */
/** @typedef {{ended: boolean, sentence: string, since: ?number, problem: ?string, waiting: boolean, target: number, limits: ?LimitWords, story: string, again: string, undo: boolean}} State */
/** @typedef {{view: number[], size: number, features: string}} Grid */
/** @typedef {{weights: number[], measured: number[]}} Probe */
/** @typedef {{mode: string, moment: number, names: string[], origin: number[], directions: number[], share: ?number, window: number[], size: number, losses: string, b: ?string, levels: number[], minimum: ?number[], escape: ?number[], points: number, of_points: number, penalised: boolean, convex: boolean}} Landscape */
/** @typedef {{moment: number, gradient: number[], memory: number[], step: number[], long_axis: ?number[], roundness: ?number, rate: ?number, stable_rate: ?number}} Arrows */
/** @typedef {{limit: number, strength: number[]}} Shading */
/** @typedef {{scatter: object, curves: object, points: string, features: string, labels: number[], tests: boolean[], terms: string[], columns: string[], classes: string[], placing: boolean, note: string, levels: Object<string, number>, shading: Shading, colours: string[], grid: Grid}} Scene */
/** @typedef {{seq: number, version: Version, at: number, first: number, rows: string, state: State, marks: Mark[], done: number, got: Object<string, ?object>, scene: ?Scene, changes: string}} Answer */

/** What all views show. `scores` are the logits of the drawn points, computed once a frame;
 * `measured` is null while Python has not measured any such weights, and `late` while it is that of
 * others than these.
 * @typedef {{index: number, weights: Float32Array, measured: ?ArrayLike<number>, scores: Float32Array, late: boolean}} Moment */

/** A view is one file in `views/`. It draws a scene once and then one moment after the other; it may
 * ask Python (`wants`, by the names in views.py) and is given the answer (`take`).
 * @typedef {{setScene: (scene: Scene) => void, show: (moment: Moment) => void, wants?: (moment: Moment) => Object<string, number[]>, take?: (name: string, value: object) => void, resize?: () => void}} View */
