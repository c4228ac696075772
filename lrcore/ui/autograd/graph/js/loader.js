// Streamlit calls this on every change of the films, with the same parentElement while mounted.
const mounted = new WeakMap();

export default function ({ parentElement, data: [films, key, address] }) {
  let entry = mounted.get(parentElement);
  if (!entry) {
    entry = { stage: null, gone: false };
    mounted.set(parentElement, entry);
    load(parentElement, entry, key, address);
  }
  entry.films = films;
  entry.stage?.receive(films);
  return () => setTimeout(() => leave(parentElement, entry), 0);
}

// Streamlit also cleans up after a call that a newer one has overtaken: the stage stays then.
function leave(parentElement, entry) {
  if (parentElement.isConnected) return;
  entry.gone = true;
  entry.stage?.destroy();
  mounted.delete(parentElement);
}

async function load(parentElement, entry, key, address) {
  try {
    const { Stage } = await import(new URL(address, document.baseURI).href);
    if (entry.gone) return;
    entry.stage = new Stage(parentElement.querySelector(".lab"), key);
    entry.stage.receive(entry.films);
  } catch (error) {
    const say = parentElement.querySelector('[data-testid="say"]');
    if (say) say.textContent = `The graph could not be loaded (${error.message}). Reload the page.`;
  }
}
