// The dialogs that ask Python: to take the run home, and to prepare a race.
import { Home } from "./home.js";
import { Race } from "./race.js";

export class Dialogs {
  /** @param {import("./stage.js").Stage} stage
   * @param {Object<string, HTMLElement>} parts of the page by their test ids */
  constructor(stage, parts, signal) {
    const ask = () => stage.askIfNeeded();
    const until = () => Math.max(stage.playhead.here, stage.film.furthest);
    this.home = new Home(parts.home, { until, address: () => stage.address, ask }, signal);
    this.race = new Race(parts["race-dialog"], { ask, start: (card) => stage.transport.begin("Race", { card }) }, signal);
    parts.take.addEventListener("click", (event) => this.home.open(event), { signal });
    parts.race.addEventListener("click", (event) => this.race.open(event), { signal });
  }

  setScene(scene) {
    this.race.setScene(scene);
  }

  wants() {
    return { ...this.home.wants(), ...this.race.wants() };
  }

  take(name, value) {
    for (const dialog of [this.home, this.race]) dialog.take(name, value);
  }
}
