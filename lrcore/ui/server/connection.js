// In every page's document: says so where the page never comes, because nothing answers Streamlit's
// WebSocket (a firewall, say); Streamlit itself shows a skeleton for ever. And where the connection was
// lost, another server may answer next, which knows of the page what its address says.
const PATIENCE = 10_000; // ms after the document and its scripts are there
const LOOK = 500; // ms between two looks
const SENTENCE = "This page cannot reach its server. Is it still running? If it is, something between here and there blocks WebSockets: try another network, or ask whoever runs the server. The page goes on by itself once it is reached.";

/** Streamlit says so itself: what it draws before the page comes differs from moment to moment. */
const STATE = "data-test-connection-state";
const app = () => document.querySelector('[data-testid="stApp"]');
const isConnected = () => app()?.getAttribute(STATE) === "CONNECTED";

function say() {
  const note = Object.assign(document.createElement("p"), { id: "no-connection", textContent: SENTENCE });
  note.setAttribute("role", "alert");
  Object.assign(note.style, {
    position: "fixed", inset: "30% 10% auto", zIndex: 1_000_000, margin: 0, padding: "1.5rem", borderRadius: "0.5rem",
    background: "#fff3cd", color: "#31333f", font: "1.25rem/1.5 system-ui, sans-serif",
  });
  document.body.append(note);
}

/** Streamlit tells a server the address that it knows of, and not what the player has written there since.
 * Led back to the address as it stands, it knows that: when the connection is lost, for what it asks
 * first when there is another; and then, for it asks nothing while nobody touches the page. */
const readAddress = () => dispatchEvent(new PopStateEvent("popstate"));

function watch(since) {
  const note = document.getElementById("no-connection");
  if (isConnected()) {
    new MutationObserver(readAddress).observe(app(), { attributeFilter: [STATE] });
    return note?.remove();
  }
  if (!note && performance.now() - since > PATIENCE) say();
  return setTimeout(watch, LOOK, since);
}

const begin = () => watch(performance.now());
if (document.readyState === "complete") begin();
else addEventListener("load", begin);
