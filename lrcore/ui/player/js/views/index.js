// The views of a moment that have a tab: ADD A VIEW HERE, by one import and one entry.
import { Curves } from "./curves.js";
import { Rates } from "./rates.js";
import { Sigmoid } from "./sigmoid.js";
import { Step } from "./step.js";
import { Weights } from "./weights.js";

/** In the order of their tabs, and the first is shown where none is chosen; `key` chooses one,
 * `choice` in the address implies one, `asks` one that needs Python, and `about` answers "What am I
 * looking at?".
 * @type {{name: string, title: string, key: string, choice?: string, asks?: boolean, about: string, View: Function}[]} */
export const VIEWS = [
  {
    name: "curves", title: "Curves", key: "1", View: Curves,
    about: "Loss and accuracy of every iteration up to the one that is shown; a click goes to that iteration.",
  },
  {
    name: "weights", title: "Weights", key: "2", View: Weights, asks: true,
    about: "Each place is a pair of weights, and so a line in the plane; contours join places of equal loss. The dot is the line that you see: drag either.",
  },
  {
    name: "sigmoid", title: "Sigmoid", key: "3", View: Sigmoid,
    about: "σ makes a probability of each point's logit; the threshold t makes a decision of it. Drag t on the S-curve, on ROC, under the shares or in the plane: all are the same number. Point at a count to see its points.",
  },
  {
    name: "step", title: "Step", key: "4", View: Step, choice: "beat", asks: true,
    about: "The one step that follows this moment, as code and in beats: the line that is lit is the one that is executed. All numbers are those of this very step. Keys: . and , for the next beat and the one before, S for slow motion.",
  },
  {
    name: "rates", title: "Rates", key: "5", View: Rates, asks: true,
    about: "Each cell is a whole run of these points from the same initial weights, with its own learning rate and momentum: its colour tells how many iterations it takes to the target. A click plays it. The ring is the present run.",
  },
];
