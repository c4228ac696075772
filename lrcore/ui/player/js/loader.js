// Streamlit calls this on every answer, with the same parentElement while the player is mounted.
const mounted = new WeakMap();

export default function ({ parentElement, data, setTriggerValue }) {
  let entry = mounted.get(parentElement);
  if (!entry) {
    entry = { latest: data, ask: setTriggerValue, stage: null, gone: false };
    mounted.set(parentElement, entry);
    load(parentElement, entry, data.assets);
  }
  entry.latest = data;
  entry.ask = setTriggerValue;
  entry.stage?.receive(data);
  return () => setTimeout(() => leave(parentElement, entry), 0);
}

// Streamlit also cleans up after a call that a newer one has overtaken: the player stays then.
function leave(parentElement, entry) {
  if (parentElement.isConnected) return;
  entry.gone = true;
  entry.stage?.destroy();
  mounted.delete(parentElement);
}

function load(parentElement, entry, assets) {
  const root = new URL(document.baseURI);
  import(new URL(`${assets.stage}/stage.js`, root).href)
    .then(async ({ Stage, loadPlotly }) => {
      const Plotly = await loadPlotly(new URL(`${assets.plotly}/plotly.min.js`, root).href);
      if (entry.gone) return;
      entry.stage = new Stage(parentElement, Plotly, (question) => entry.ask("ask", question));
      entry.stage.receive(entry.latest);
    })
    .catch((error) => {
      const status = parentElement.querySelector('[data-testid="status"]');
      if (status) status.textContent = `The player could not be loaded (${error.message}). Reload the page.`;
    });
}
