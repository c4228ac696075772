// Streamlit calls this for a component of ours on each change of its content, with the same parentElement
// while it is mounted. The module that is named there draws it: `prepare` loads what else it needs, and
// gives a function that makes the stage.
const mounted = new WeakMap();

export default function ({ parentElement, data: [content, module, ...needs], setTriggerValue }) {
  let entry = mounted.get(parentElement);
  if (!entry) {
    entry = { stage: null, gone: false };
    mounted.set(parentElement, entry);
    load(parentElement, entry, module, needs);
  }
  Object.assign(entry, { content, trigger: setTriggerValue });
  entry.stage?.receive(content);
  return () => setTimeout(() => leave(parentElement, entry), 0);
}

// Streamlit also cleans up after a call that a newer one has overtaken: the stage stays then.
function leave(parentElement, entry) {
  if (parentElement.isConnected) return;
  entry.gone = true;
  entry.stage?.destroy();
  mounted.delete(parentElement);
}

async function load(parentElement, entry, module, needs) {
  try {
    const { prepare } = await import(new URL(module, document.baseURI).href);
    const make = await prepare(...needs);
    if (entry.gone) return;
    entry.stage = make(parentElement, (name, value) => entry.trigger(name, value));
    entry.stage.receive(entry.content);
  } catch (error) {
    const status = parentElement.querySelector('[role="status"]');
    if (status) status.textContent = `The player could not be loaded (${error.message}). Reload the page.`;
  }
}
