// In every page's document: what scrolls can be scrolled with the keys too, in every browser.
{
  const SCROLLERS = ".st-key-lab pre";
  let waiting = false;
  const look = () => {
    waiting = false;
    for (const area of document.querySelectorAll(SCROLLERS)) {
      const scrolls = area.scrollHeight > area.clientHeight || area.scrollWidth > area.clientWidth;
      if (scrolls) area.tabIndex = 0;
      else area.removeAttribute("tabindex");
    }
  };
  // The player changes the page sixty times a second; there is no such area beside it.
  new MutationObserver(() => {
    if (waiting || !location.pathname.endsWith("/autograd")) return;
    waiting = true;
    requestAnimationFrame(look);
  }).observe(document, { childList: true, subtree: true });
}
