// Streamlit calls this on every answer, with the same parentElement while the player is mounted.
const mounted = new WeakMap();

export default function ({ parentElement, data: [answer, assets], setTriggerValue }) {
  let entry = mounted.get(parentElement);
  if (!entry) {
    entry = { latest: answer, ask: setTriggerValue, stage: null, gone: false };
    mounted.set(parentElement, entry);
    load(parentElement, entry, assets);
  }
  entry.latest = answer;
  entry.ask = setTriggerValue;
  entry.stage?.receive(answer);
  return () => setTimeout(() => leave(parentElement, entry), 0);
}

// Streamlit also cleans up after a call that a newer one has overtaken: the player stays then.
function leave(parentElement, entry) {
  if (parentElement.isConnected) return;
  entry.gone = true;
  entry.stage?.destroy();
  mounted.delete(parentElement);
}

async function load(parentElement, entry, assets) {
  const fetched = (path) => new URL(path, document.baseURI).href;
  try {
    const { Stage, loadPlotly } = await import(fetched(`${assets.stage}/stage.js`));
    const Plotly = await loadPlotly(fetched(assets.plotly));
    if (entry.gone) return;
    entry.stage = new Stage(parentElement, Plotly, (request) => entry.ask("ask", request));
    entry.stage.receive(entry.latest);
  } catch (error) {
    const status = parentElement.querySelector('[data-testid="status"]');
    if (status) status.textContent = `The player could not be loaded (${error.message}). Reload the page.`;
  }
}
