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
    document.head.append(Object.assign(document.createElement("script"), { src: address, onload: done, onerror: fail }));
  });
  return plotly;
}
