// The entries that the pages make in the browser's history.

export const LEAVING = 10_000; // ms that another page may take to come

/** Whether a link, followed in this tab, leads to another page of ours. Streamlit writes its links as from
 * the first page, whichever page they stand on: "" is that one.
 * @param {?HTMLAnchorElement} way @param {{ctrlKey: boolean, metaKey: boolean}} click */
export function leadsAway(way, { ctrlKey, metaKey }) {
  if (!way || ctrlKey || metaKey || way.target === "_blank" || way.hasAttribute("download")) return false;
  const said = way.getAttribute("href");
  const { origin, pathname } = new URL(said, new URL(".", location.href));
  return !said.startsWith("#") && origin === location.origin && pathname !== location.pathname;
}

/** Have Back lead to the page before, as it was left.
 *
 * Streamlit makes an entry whenever Python changes the address of a page; led back to one of them, it
 * puts the settings of then into a page whose run goes on, and that takes them for a change. And on the
 * way to another page it empties the address of this one before it names the other. And a question that
 * is under way when Back is pressed calls the page back that has asked, which by then may have put its
 * own settings into the address of the other: that is set right, and Streamlit is led on again.
 * @param {Window} window its history, its location, and its document */
export function keepOneEntryAPage({ history, location, document }) {
  if (Object.hasOwn(history, "pushState")) return;
  const { pushState: push, replaceState: replace } = history;
  const page = document?.defaultView;
  let left = -Infinity; // when a link was followed to a page that is not here yet
  let wentBack = -Infinity; // when one of the browser's buttons was pressed, and no link since
  let wentTo = ""; // the address that it led to
  document?.addEventListener("click", (event) => {
    if (!leadsAway(event.target.closest("a[href]"), event)) return;
    [left, wentBack] = [performance.now(), -Infinity];
  }, { capture: true });
  page?.addEventListener("popstate", ({ isTrusted }) => {
    if (isTrusted) [wentBack, wentTo] = [performance.now(), location.href];
  });
  history.pushState = (state, title, address) => {
    const there = new URL(address ?? "", location.href);
    const isHere = there.pathname === location.pathname;
    if (isHere && performance.now() - left < LEAVING) return;
    if (!isHere && performance.now() - wentBack < LEAVING) {
      replace.call(history, history.state, "", wentTo);
      setTimeout(() => page.dispatchEvent(new PopStateEvent("popstate", { state: history.state })), 0);
      return;
    }
    left = -Infinity;
    const act = isHere ? history.replaceState : push;
    act.call(history, state, title, address);
  };
}
