// The buttons of the page "Stories": each copies the link of one story, or those of all as Markdown.
import { copyOnClick } from "./copy.js";

export async function prepare() {
  return (parent) => new CopyButton(parent.querySelector("button"));
}

class CopyButton {
  constructor(button) {
    Object.assign(this, { button, stop: new AbortController() });
  }

  /** @param {{label: string, title: string, links: string | Chapter[]}} content */
  receive({ label, title, links }) {
    if (!this.links) {
      Object.assign(this.button, { textContent: label, title });
      copyOnClick(this.button, () => written(this.links, document.baseURI), this.stop.signal);
    }
    this.links = links;
  }

  destroy() {
    this.stop.abort();
  }
}

/** @typedef {[heading: string, stories: [title: string, link: string][]]} Chapter */

/** A link, or a list of them, as it can be sent to others.
 * @param {string | Chapter[]} links as they stand on a page
 * @param {string} base the address of that page */
export function written(links, base) {
  const address = (link) => new URL(link, base).href;
  if (typeof links === "string") return address(links);
  const item = ([title, link]) => `- [${title}](${address(link)})\n`;
  return links.map(([heading, stories]) => `## ${heading}\n\n${stories.map(item).join("")}`).join("\n");
}
