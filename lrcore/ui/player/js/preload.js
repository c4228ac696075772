// Fetches what the player needs while Python still prepares its first answer.
export default function ({ data }) {
  const root = new URL(document.baseURI);
  import(new URL(`${data.stage}/stage.js`, root).href).catch(() => {});
  import(new URL(`${data.stage}/plotly.js`, root).href)
    .then(({ loadPlotly }) => loadPlotly(new URL(`${data.plotly}/plotly.min.js`, root).href))
    .catch(() => {}); // the player's own loader tries again, and says what is missing
}
