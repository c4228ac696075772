// Questions to Python, and what they ask for. No DOM here.
import { LEAVING } from "./entries.js";
import { FASTEST, firstWantedAt, runsShort, wantedAt } from "./record.js";

const PATIENCE = 1500; // ms until an unanswered question is asked again, at least
const LONGEST = 24_000; // ms after which it is asked again in any case
// ms until Python is asked again for what it computes in the background: as long as its last answer took
const [SHORTEST_REST, LONGEST_REST] = [150, 1500];
const NOTHING = Object.freeze({ run: 0, branch: 0, config: 0, film: 0 });

export class Link {
  /** @param {(request: import("./protocol.js").Request) => void} send
   * @param {() => boolean} isAtWork whether the other side may yet answer, see `streamlit.js`
   * @param {() => number} clock ms
   * @param {number} share of the two seconds that are to be left when it asks. Each page has another,
   *   so that pages which start together do not ask together. */
  constructor(send, film, playhead, isAtWork = () => false, clock = () => performance.now(), share = 0.25 + 0.75 * Math.random()) {
    Object.assign(this, { send, film, playhead, isAtWork, clock, share });
    this.seq = 0;
    this.version = NOTHING; // what Python is told we know
    this.commands = []; // those that no answer has confirmed
    this.lastCommand = 0;
    this.asked = null; // the question under way
    this.patience = PATIENCE;
    this.settled = {}; // what each view's question was when it was last answered
    this.later = {}; // by name, until when a question rests that was not settled
    this.left = -Infinity; // when the user went to another page
    this.due = Infinity; // when a question is to be sent without any other cause
    this.told = 0; // the playhead that Python knows of
    this.resume = 0; // the moment to return to, in a run that is asked for from its start
  }

  /** How long Python has owed an answer, in ms, however often it was asked. */
  get waited() {
    return this.asked ? this.clock() - this.asked.since : 0;
  }

  /** Have Python carry out a command; it comes with every question until an answer confirms it. */
  command(command, fields = {}) {
    this.lastCommand += 1;
    this.commands.push({ command, number: this.lastCommand, ...fields });
  }

  /** What is yet to be done, for a page that takes this one's place. */
  get undone() {
    return { film: this.version.film, commands: this.commands };
  }

  /** Have Python carry out what it has not confirmed to the page before, which was of the same film. */
  adopt({ film, commands }, answer) {
    if (film !== answer.version.film) return;
    this.commands = commands.filter(({ number }) => number > answer.done).concat(this.commands);
    this.lastCommand = Math.max(this.lastCommand, ...this.commands.map(({ number }) => number));
  }

  /** A question would call the page back that the user is about to leave. */
  leave() {
    this.left = this.clock();
  }

  /** Ask in so many ms, whether or not there is need. */
  askIn(ms) {
    this.due = Math.min(this.due, this.clock() + ms);
  }

  /** Ask if there is need: one question at a time, and again when it is lost. */
  askIfNeeded(wants) {
    const { asked } = this;
    if (asked && !this.isLost) return;
    const needed = asked || this.commands.length || this.hungry || this.clock() >= this.due || Object.keys(this.unsettled(wants)).length;
    // What is asked without a connection is not sent, and no sign of a busy server.
    if (needed) this.ask(wants, this.rows(), asked ? asked.tries + !this.isAtWork() : 0);
  }

  /** Whether the question under way will hardly be answered. To ask again breaks off what Python does for it, so a
   * busy server is given twice as long as its last answer took, and more with each try. */
  get isLost() {
    const waits = this.clock() - this.asked.when;
    return waits > LONGEST || (waits > this.patience * 2 ** this.asked.tries && !this.isAtWork());
  }

  /** Whether Python shall train on. */
  get hungry() {
    const { film, playhead } = this;
    if (!film.record || film.state.problem) return false;
    if (film.lacksGhosts) return true;
    if (film.ended) return false;
    const short = playhead.state === "playing" && runsShort(film.length - 1 - playhead.position, playhead.speed, this.share);
    return short || playhead.state === "seeking" || playhead.awaited !== null;
  }

  /** What of the views' wishes no answer has settled yet. */
  unsettled(wants) {
    const now = this.clock();
    return Object.fromEntries(Object.entries(wants).filter(([name, given]) => this.settled[name] !== String(given) && !(this.later[name] > now)));
  }

  ask(wants, rows = this.rows(), tries = 0) {
    if (this.clock() - this.left < LEAVING) return;
    const { film, playhead } = this;
    this.seq += 1;
    this.told = film.record ? playhead.awaited ?? Math.max(0, playhead.index) : this.resume;
    this.due = Infinity;
    const when = this.clock();
    this.asked = { seq: this.seq, when, tries, since: this.asked?.since ?? when, wants: this.unsettled(wants) };
    this.send({
      seq: this.seq,
      knows: this.version,
      at: this.told,
      playing: playhead.moving,
      speed: playhead.pace,
      rows,
      do: this.commands,
      wants: this.asked.wants,
      ghosts: film.ghosts.known,
      axis: film.axis,
    });
  }

  /** The moments to ask for: those we lack, as many as the speed needs. */
  rows() {
    const { film: { length }, playhead } = this;
    const fast = playhead.state === "seeking" || playhead.speed === FASTEST;
    if (playhead.awaited !== null) return [length, playhead.awaited + 1];
    if (!playhead.moving) return [length, length];
    return [length, fast ? length + wantedAt(FASTEST) : Math.floor(playhead.position) + wantedAt(playhead.speed)];
  }

  /** Say where the playhead is, and ask for what must follow if the settings have changed there. */
  report(wants) {
    this.ask(wants, [this.film.length, Math.floor(this.playhead.position) + firstWantedAt(this.playhead.speed)]);
  }

  /** Whether Python must still be told where the playhead is. */
  get untold() {
    return this.film.record !== null && (this.playhead.moving || Math.max(0, this.playhead.index) !== this.told);
  }

  /** Ask in so many ms if the playhead rests where Python does not know it to be: the run of another server has come,
   * or the end before an awaited moment. */
  tellWhereItRests(ms) {
    const { film, playhead } = this;
    if (this.untold && playhead.state === "paused" && playhead.awaited === null && !film.state.problem) this.askIn(ms);
  }

  /** Read the head of an answer: whether it brings another run or branch than we know, or comes from
   * another server than the one we knew.
   * @param {import("./protocol.js").Answer} answer */
  receive({ seq, version, at, done, got }) {
    if (this.asked?.seq === seq) {
      const took = this.clock() - this.asked.when;
      for (const [name, given] of Object.entries(this.asked.wants)) {
        if (name in got) this.settled[name] = String(given);
        else this.later[name] = this.clock() + Math.min(Math.max(SHORTEST_REST, took), LONGEST_REST);
      }
      this.patience = Math.max(PATIENCE, 2 * took);
      this.asked = null;
    }
    this.lastCommand = Math.max(this.lastCommand, done);
    this.commands = this.commands.filter(({ number }) => number > done);
    const film = version.film !== this.version.film;
    if (film) Object.assign(this, { asked: null, patience: PATIENCE }); // of a server that is gone
    const run = film || version.run !== this.version.run;
    if (run) Object.assign(this, { settled: {}, later: {}, told: at });
    return { film: film && this.version.run > 0, run, branch: run || version.branch !== this.version.branch };
  }

  /** From now on we know this version. */
  know(version) {
    this.version = version;
  }

  /** Python has a run that we have not seen from its start: all of it is to be asked for. */
  forget(at) {
    this.version = NOTHING;
    this.resume = at;
  }
}
