// The lines of a script: the one being executed is lit, and values stand behind lines as comments.
import { copyOnClick } from "../copy.js";
import { escaped, made } from "./dom.js";

const TOKENS = /(#.*$)|("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|\b(import|from|as|def|class|return|for|in|if|elif|else|while|with|lambda|not|and|or|try|except|raise|pass)\b|\b(True|False|None)\b|(\b\d[\w.]*)/gm;
const KINDS = ["comment", "string", "keyword", "constant", "number"];

export class Code {
  constructor(parent, film, signal) {
    this.list = made("ol", { className: "lines" });
    this.lines = film.lines.map((text, n) => {
      const line = made("li");
      line.dataset.testid = "line";
      line.dataset.line = n + 1;
      line.innerHTML = `<code style="--indent: ${text.search(/\S|$/)}ch">${coloured(text)}<span class="note"></span></code>`;
      return line;
    });
    this.list.append(...this.lines);
    const helper = film.folded ?? [];
    const copy = made("button", { type: "button", className: "copy", textContent: "Copy code" });
    copyOnClick(copy, () => [...helper, ...film.lines].join("\n"), signal);
    parent.replaceChildren(...(helper.length ? [folded(helper)] : []), this.list, copy);
    this.scroller = parent;
  }

  show(reel, touched, line) {
    for (const id of touched) {
      if (id[0] !== "L") continue;
      const note = this.lines[Number(id.slice(1)) - 1]?.querySelector(".note");
      const text = reel.of(id).comment;
      if (note) note.textContent = text ? `  # ${text}` : "";
    }
    this.lit?.removeAttribute("aria-current");
    this.lit = this.lines[line - 1];
    this.lit?.setAttribute("aria-current", "true");
    this.keepInSight(this.lit);
  }

  /** Scroll the code alone, never the page; in the frame to come, when all is laid out anyway. */
  keepInSight(line) {
    cancelAnimationFrame(this.waiting);
    this.waiting = requestAnimationFrame(() => {
      const { scroller } = this;
      if (!line) return scroller.scrollTo(0, 0);
      const top = line.offsetTop - scroller.offsetTop;
      if (top < scroller.scrollTop) scroller.scrollTop = top;
      else if (top + line.offsetHeight > scroller.scrollTop + scroller.clientHeight) scroller.scrollTop = top + line.offsetHeight - scroller.clientHeight;
      return undefined;
    });
  }
}

function coloured(text) {
  let [html, at] = ["", 0];
  for (const match of text.matchAll(TOKENS)) {
    const kind = KINDS[match.slice(1).findIndex((part) => part !== undefined)];
    html += `${escaped(text.slice(at, match.index))}<span class="${kind}">${escaped(match[0])}</span>`;
    at = match.index + match[0].length;
  }
  return html + escaped(text.slice(at));
}

function folded(lines) {
  return made("details", { className: "folded" }, made("summary", { textContent: `Helper code, ${lines.length} lines` }), made("pre", { textContent: lines.join("\n") }));
}
