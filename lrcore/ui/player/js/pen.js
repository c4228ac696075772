// A pen that fades: held down with a key, it draws over the page where the pointer moves.
import { cleared } from "./marks.js";

const LASTS = 3000; // ms
const WIDTH = 0.3; // of the page's type
const COLOUR = "#CC3399"; // stands out from blue and orange, on white and on black

export class Pen {
  /** @param {(event: KeyboardEvent) => boolean} isMine whether a key was pressed for the pen */
  constructor(isMine, signal) {
    this.canvas = document.createElement("canvas");
    this.canvas.className = "pen";
    this.canvas.setAttribute("aria-hidden", "true");
    this.strokes = [];
    this.isDown = false;
    const on = (type, act) => document.addEventListener(type, act, { signal, capture: true });
    on("keydown", (event) => {
      if (event.repeat || !isMine(event)) return;
      this.isDown = true;
      this.strokes.push([]);
    });
    on("keyup", ({ key }) => { if (key.toLowerCase() === "d") this.isDown = false; });
    on("pointermove", (event) => this.isDown && this.draw(event));
    window.addEventListener("blur", () => { this.isDown = false; }, { signal });
    signal.addEventListener("abort", () => this.canvas.remove());
  }

  draw(event) {
    const moves = event.getCoalescedEvents?.() ?? [];
    for (const { clientX, clientY } of moves.length ? moves : [event]) this.strokes.at(-1).push([clientX, clientY, performance.now()]);
    if (this.canvas.isConnected) return;
    document.body.append(this.canvas);
    requestAnimationFrame((now) => this.paint(now));
  }

  paint(now) {
    this.strokes = this.strokes.map((stroke) => faded(stroke, now)).filter((stroke, k, all) => stroke.length || (this.isDown && k === all.length - 1));
    const context = cleared(this.canvas, innerWidth, innerHeight);
    const em = parseFloat(getComputedStyle(document.documentElement).fontSize);
    Object.assign(context, { strokeStyle: COLOUR, lineWidth: WIDTH * em, lineCap: "round", lineJoin: "round" });
    for (const stroke of this.strokes) {
      for (let k = 1; k < stroke.length; k += 1) {
        const [[x0, y0], [x1, y1, when]] = [stroke[k - 1], stroke[k]];
        context.globalAlpha = Math.max(0, 1 - (now - when) / LASTS);
        context.beginPath();
        context.moveTo(x0, y0);
        context.lineTo(x1, y1);
        context.stroke();
      }
    }
    if (this.strokes.some((stroke) => stroke.length)) requestAnimationFrame((next) => this.paint(next));
    else this.canvas.remove();
  }
}

/** What of a stroke can still be seen. */
export function faded(stroke, now) {
  return stroke.filter(([, , when]) => now - when < LASTS);
}
