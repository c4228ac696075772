// What the stage shows as a picture for slides: an SVG made of what the browser has laid out, and a PNG
// drawn from it. Letters stay letters, the points of the plane stay shapes; canvases become images.

const SVG = "http://www.w3.org/2000/svg";
const CONTROLS = ".transport, .tabs, .fit, .grip, .copy, .foot button, .tools, .shading, .sets, .beats, .knob, dialog, .summary";
// What a stylesheet may say of a shape; without it, it would look otherwise elsewhere.
const LOOKS = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "stroke-opacity", "opacity", "font-family", "font-size", "font-weight", "visibility", "display"];
const SCALE = 2;

/** @param {HTMLElement} root @returns {string} an SVG of its size, in px of the page */
export function asSvg(root) {
  const { left, top, width, height } = root.getBoundingClientRect();
  const picture = made("svg", { xmlns: SVG, viewBox: `0 0 ${width} ${height}`, width: SCALE * width, height: SCALE * height });
  const page = getComputedStyle(root).getPropertyValue("--st-background-color");
  picture.append(made("rect", { width, height, fill: page }));
  for (const element of root.querySelectorAll("*")) {
    if (element.closest(CONTROLS) || !element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
    if (element.closest("svg") && element.tagName !== "svg") continue;
    picture.append(...partsOf(element, left, top));
  }
  return new XMLSerializer().serializeToString(picture);
}

/** @param {string} svg @returns {Promise<Blob>} the same as PNG */
export async function asPng(svg) {
  const image = new Image();
  image.src = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  await image.decode();
  const canvas = Object.assign(document.createElement("canvas"), { width: image.width, height: image.height });
  canvas.getContext("2d").drawImage(image, 0, 0);
  URL.revokeObjectURL(image.src);
  return new Promise((resolve) => { canvas.toBlob(resolve, "image/png"); });
}

function partsOf(element, left, top) {
  const box = element.getBoundingClientRect();
  if (!box.width || !box.height) return [];
  const place = { x: box.left - left, y: box.top - top, width: box.width, height: box.height };
  if (element.tagName === "CANVAS") return element.width ? [made("image", { ...place, href: element.toDataURL() })] : [];
  if (element.tagName === "svg") return [drawingOf(element, place)];
  const { backgroundColor: fill, opacity, borderRadius } = getComputedStyle(element);
  const isSeen = !/^rgba\(.*, 0\)$|^transparent$/.test(fill) && element.className !== "map";
  const ground = isSeen ? [made("rect", { ...place, fill, opacity, rx: parseFloat(borderRadius) || 0 })] : [];
  return [...ground, ...[...element.childNodes].filter(({ nodeType }) => nodeType === Node.TEXT_NODE).flatMap((node) => wordsOf(node, left, top))];
}

/** A drawing with the looks that stylesheets give it. */
function drawingOf(svg, place) {
  const copy = svg.cloneNode(true);
  const copies = copy.querySelectorAll("*");
  svg.querySelectorAll("*").forEach((part, k) => {
    const style = getComputedStyle(part);
    for (const name of LOOKS) copies[k].style.setProperty(name, style.getPropertyValue(name));
  });
  copy.removeAttribute("style");
  for (const [name, value] of Object.entries(place)) copy.setAttribute(name, value);
  return copy;
}

/** Each word where it stands, as wide as it is: the font of another machine may be narrower. */
function wordsOf(node, left, top) {
  const { color, fontFamily, fontSize, fontWeight, fontStyle } = getComputedStyle(node.parentNode);
  const range = document.createRange();
  return [...node.textContent.matchAll(/\S+/g)].map(({ 0: word, index }) => {
    range.setStart(node, index);
    range.setEnd(node, index + word.length);
    const box = range.getBoundingClientRect();
    const text = made("text", {
      x: box.left - left, y: box.top + box.height / 2 - top, fill: color, "dominant-baseline": "central",
      "font-family": fontFamily, "font-size": fontSize, "font-weight": fontWeight, "font-style": fontStyle,
      textLength: box.width, lengthAdjust: "spacingAndGlyphs",
    });
    text.textContent = word;
    return text;
  });
}

function made(name, attributes) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}
