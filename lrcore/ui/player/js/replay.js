// A recorded run in place of Python: the same player, in a page that has no server.
import { Stage } from "./stage.js";

/** @param {import("./protocol.js").Answer} recording all that there is to know of the run
 * @param {string} address of the live page; none where nobody knows it */
export function replay(parent, Plotly, recording, address) {
  const stage = new Stage(parent, Plotly, (request) => setTimeout(() => stage.receive(answerTo(recording, request))), windowOf(address));
  stage.receive(recording);
}

/** What Python would say: that it has no more than this. */
export function answerTo(recording, { seq, knows, rows: [first], wants, do: commands }) {
  const got = Object.fromEntries(Object.keys(wants).map((name) => [name, null]));
  const answer = { ...recording, seq, got, done: commands.at(-1)?.number ?? 0 };
  return knows.run === recording.version.run ? { ...answer, first, rows: "", scene: null } : answer;
}

/** What the player's memory needs of a window. The address is that of the live page, and stays; a page
 * from the disk keeps nothing. */
function windowOf(address) {
  const nothing = () => null;
  return {
    location: new URL(address || document.URL),
    history: { state: null, replaceState: nothing, pushState: nothing },
    sessionStorage: { getItem: nothing, setItem: nothing },
    isRecorded: true,
  };
}
