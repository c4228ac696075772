// Loads Plotly once, however many ask, unless it fails.
let plotly = null;

export function loadPlotly(address) {
  plotly ??= new Promise((resolve, reject) => {
    const fail = () => {
      plotly = null;
      reject(new Error("Plotly was not served"));
    };
    // A wrong address is answered with a page, so the script may load and bring nothing.
    const done = () => (window.Plotly ? resolve(window.Plotly) : fail());
    if (window.Plotly) return done();
    // The page's document asks for it early.
    const early = [...document.scripts].find(({ src }) => src === address);
    const script = early ?? Object.assign(document.createElement("script"), { src: address });
    script.addEventListener("load", done);
    script.addEventListener("error", fail);
    if (!early) document.head.append(script);
    return undefined;
  });
  return plotly;
}
