"""How well scores rank two classes, and what a threshold on probabilities costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]


class Confusion(NamedTuple):
    """How many points of each class are given each class."""

    true_positives: int
    false_positives: int
    false_negatives: int
    true_negatives: int

    @property
    def precision(self) -> float:
        """The share of class 1 among the points given class 1; nan where there are none."""
        return _ratio(self.true_positives, self.true_positives + self.false_positives)

    @property
    def recall(self) -> float:
        """The share of class 1 that is given class 1; nan without points of class 1."""
        return _ratio(self.true_positives, self.true_positives + self.false_negatives)

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall; nan where no point has or is given class 1."""
        wrong = self.false_positives + self.false_negatives
        return _ratio(2 * self.true_positives, 2 * self.true_positives + wrong)

    @property
    def accuracy(self) -> float:
        """The share of points that are right; nan without points."""
        return _ratio(self.true_positives + self.true_negatives, sum(self))

    def cost(self, cost_of_miss: float) -> float:
        """What the errors cost, in false alarms."""
        return self.false_positives + cost_of_miss * self.false_negatives


def _ratio(part: int, whole: int) -> float:
    return part / whole if whole else float("nan")


@dataclass(frozen=True, eq=False)
class Ranking:
    """Points from the highest score down: what each threshold gives.

    A point is given class 1 where its score is at least the threshold, so points of one score
    change together. Source: Fawcett, An Introduction to ROC Analysis, 2006, algorithms 1 and 2.

    Args:
        thresholds: (k + 1,) float64, infinity and then each distinct score, falling.
        true_positives, false_positives: (k + 1,) int64, at each threshold.
        positives, negatives: how many points of class 1 and of class 0 there are.
    """

    thresholds: Floats
    true_positives: Counts
    false_positives: Counts
    positives: int
    negatives: int

    @classmethod
    def of(cls, scores: npt.ArrayLike, labels: npt.ArrayLike) -> Ranking:
        """Take scores (n,), probabilities or logits, and labels (n,), 0 or 1.

        Raises:
            ValueError: a shape is wrong, a score is no number or a label is neither 0 nor 1.
        """
        values, classes = np.asarray(scores, np.float64), np.asarray(labels)
        if values.ndim != 1 or values.shape != classes.shape:
            raise ValueError(f"needs (n,) and (n,); got {values.shape} and {classes.shape}")
        if np.isnan(values).any() or not np.isin(classes, (0, 1)).all():
            raise ValueError("scores must be numbers, and labels 0 or 1")
        order = np.argsort(-values, kind="stable")
        values, is_1 = values[order], classes[order] == 1
        # The last point of each score.
        last = np.flatnonzero(np.append(values[1:] != values[:-1], True)[: len(values)])
        found = np.append(0, np.cumsum(is_1)[last]).astype(np.int64)
        given = np.append(0, last + 1)
        return cls(
            np.append(np.inf, values[last]),
            found,
            given - found,
            int(is_1.sum()),
            int((~is_1).sum()),
        )

    @property
    def roc(self) -> tuple[Floats, Floats]:
        """False and true positive rates, (k + 1,) each; nan where the class has no points."""
        with np.errstate(invalid="ignore"):
            false = np.divide(self.false_positives, self.negatives)
            true = np.divide(self.true_positives, self.positives)
        return false, true

    @property
    def auc(self) -> float:
        """The area under the ROC curve, exact; nan where a class has no points.

        It is the chance that a point of class 1 scores higher than one of class 0, where a tie
        counts half (Fawcett, section 7).
        """
        widths = np.diff(self.false_positives)
        heights = self.true_positives[1:] + self.true_positives[:-1]
        return _ratio(int(widths @ heights), 2 * self.positives * self.negatives)

    def confusion(self, threshold: float) -> Confusion:
        """The counts where a score of `threshold` or more gives class 1."""
        # The last threshold that is at least this one; thresholds fall.
        place = int(np.searchsorted(-self.thresholds, -threshold, side="right")) - 1
        return self._at(max(place, 0))

    def _at(self, place: int) -> Confusion:
        found, alarms = int(self.true_positives[place]), int(self.false_positives[place])
        return Confusion(found, alarms, self.positives - found, self.negatives - alarms)

    def cheapest(self, cost_of_miss: float) -> float:
        """The threshold that costs least on these very points; the highest of several.

        Args:
            cost_of_miss: what a false negative costs, in false positives.

        Returns:
            One of the scores, or infinity where it is best to give no point class 1.
        """
        misses = self.positives - self.true_positives
        return float(self.thresholds[np.argmin(self.false_positives + cost_of_miss * misses)])


def calibrated_threshold(cost_of_miss: float) -> float:
    """The threshold that costs least if the probabilities are right: 1 / (1 + c).

    To give class 1 costs 1 - p on average, to give class 0 costs c p; they are equal at
    p = 1 / (1 + c) (Elkan, The Foundations of Cost-Sensitive Learning, 2001, equation 2, where
    right answers cost nothing). With c the cost of a false alarm in misses it is c / (1 + c).

    Args:
        cost_of_miss: c, what a false negative costs, in false positives; at least 0.
    """
    return 1 / (1 + cost_of_miss)
