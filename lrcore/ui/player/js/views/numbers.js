// The numbers of a moment, and the model's equation with them.
import { fixed, shortened, shownTerms, termTexts } from "../readouts.js";

export class Numbers {
  constructor(root) {
    this.part = (name) => root.querySelector(`[data-testid="${name}"]`);
  }

  setScene({ columns, terms, classes, labels }) {
    this.iteration = this.part("iteration");
    this.columns = columns.map((name) => this.part(name));
    this.anyPoints = labels.length > 0;
    this.weights = [["w0", 0], ["w1", 1], ["b", terms.length]].map(([name, at]) => [this.part(name), at]);
    this.buildEquation(terms, classes[1]);
  }

  /** p(class 1) = σ( w0 x0 + w1 x1 + b ), built once; a moment fills in signs and numbers. */
  buildEquation(terms, name) {
    const span = (className) => Object.assign(document.createElement("span"), { className });
    const italic = (textContent) => Object.assign(document.createElement("i"), { textContent });
    const equation = this.part("equation");
    equation.classList.toggle("long", terms.length > 5);
    equation.replaceChildren(italic("p"), `(${shortened(name)}) = `, italic("σ"), "( ");
    this.digits = terms.length > 5 ? 2 : 3;
    this.terms = [];
    for (const at of shownTerms(terms.length + 1)) {
      if (at === null) equation.append("+ … ");
      else {
        const [sign, number] = [span("sign"), span("number")];
        equation.append(sign, number, ...(at < terms.length ? [" ", italic(terms[at])] : []), " ");
        this.terms.push({ at, sign, number });
      }
    }
    equation.append(")");
  }

  show({ index, weights, measured, late }) {
    this.iteration.textContent = index;
    this.columns.forEach((part, k) => {
      part.classList.toggle("late", late);
      if (measured) part.textContent = this.anyPoints ? fixed(measured[k], 4) : "–";
    });
    for (const [part, at] of this.weights) part.textContent = fixed(weights[at], 3);
    this.terms.forEach(({ at, sign, number }, k) => {
      [sign.textContent, number.textContent] = termTexts(weights[at], this.digits, k === 0);
    });
  }
}
