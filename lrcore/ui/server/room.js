// In the training page's document: the place that is kept for the sidebar goes once the sidebar is
// there, or another page.
new MutationObserver((_, observer) => {
  if (!document.querySelector('[data-testid="stSidebar"], .st-key-menu, .st-key-lab')) return;
  document.getElementById("room").remove();
  observer.disconnect();
}).observe(document, { childList: true, subtree: true });
