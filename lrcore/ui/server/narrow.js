// In every page's document, before Streamlit draws: on a narrow window the sidebar would cover the
// page, so it begins closed there. Streamlit asks the browser's storage how it was left.
try {
  const name = "stSidebarCollapsed-";
  if (matchMedia("(max-width: 1023px)").matches) localStorage.setItem(name, "true");
  else localStorage.removeItem(name);
} catch {
  // A browser that keeps nothing: Streamlit decides.
}
