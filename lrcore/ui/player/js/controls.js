// The controls beside the player are Streamlit's. One that is let go sends its value within this very task, and
// Streamlit sends our word along with it: Python then knows where the change applies.

const CHANGES_A_CONTROL = /^(Arrow|Page|Home|End|Enter|Tab| )/;

/** Tell the playhead with each change of a control; also where Python has yet to answer, as Streamlit may have
 * dropped the question. A link sends none, see `Link.leave`.
 * @param {import("./stage.js").Stage} stage @param {AddEventListenerOptions} options */
export function tellWithControls(stage, options) {
  const { root, link } = stage;
  const tell = ({ type, key, target }) => {
    if (root.contains(target) || target === document.body || target.closest?.("a[href]")) return;
    if (type.startsWith("key") && !CHANGES_A_CONTROL.test(key)) return;
    if (link.untold || link.asked) link.report(stage.wants);
  };
  for (const type of ["pointerup", "keydown", "keyup"]) document.addEventListener(type, tell, options);
}
