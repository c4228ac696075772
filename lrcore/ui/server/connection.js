// In every page's document: says so where the page never comes, because nothing answers Streamlit's
// WebSocket (a firewall, say); Streamlit itself shows a skeleton for ever.
const PATIENCE = 10_000; // ms after the document and its scripts are there
const LOOK = 500; // ms between two looks
const SENTENCE = "This page cannot reach its server. Is it still running? If it is, something between here and there blocks WebSockets: try another network, or ask whoever runs the server. The page goes on by itself once it is reached.";

/** Streamlit says so itself: what it draws before the page comes differs from moment to moment. */
const isConnected = () => document.querySelector('[data-testid="stApp"]')?.dataset.testConnectionState === "CONNECTED";

function say() {
  const note = Object.assign(document.createElement("p"), { id: "no-connection", textContent: SENTENCE });
  note.setAttribute("role", "alert");
  Object.assign(note.style, {
    position: "fixed", inset: "30% 10% auto", zIndex: 1_000_000, margin: 0, padding: "1.5rem", borderRadius: "0.5rem",
    background: "#fff3cd", color: "#31333f", font: "1.25rem/1.5 system-ui, sans-serif",
  });
  document.body.append(note);
}

function watch(since) {
  const note = document.getElementById("no-connection");
  if (isConnected()) return note?.remove();
  if (!note && performance.now() - since > PATIENCE) say();
  return setTimeout(watch, LOOK, since);
}

const begin = () => watch(performance.now());
if (document.readyState === "complete") begin();
else addEventListener("load", begin);
