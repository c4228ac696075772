"""What accuracy is reachable at all: by any classifier, and by a straight line."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import torch

from lrcore.data import Mixture, Population

# The sweep takes time n² log n and blocks no other thread for long up to here.
MOST_POINTS_SWEPT = 2000

# Points per class of the integral, and numbers held at once (512 KiB in float64).
_NODES, _BLOCK = 2**14, 2**16

Floats = npt.NDArray[np.float64]
Complexes = npt.NDArray[np.complex128]


class BestLine(NamedTuple):
    """A straight line that gets as many points right as any line can.

    correct, total: numbers of points. w0, w1, b: the line; a point is of class 1 where
    w0·x₀ + w1·x₁ + b ≥ 0 in float64. w0 and w1 are 0 where class 0 for all points is best.
    """

    correct: int
    total: int
    w0: float
    w1: float
    b: float

    @property
    def accuracy(self) -> float:
        """The correct fraction; 1 where there is no point to get wrong."""
        return self.correct / self.total if self.total else 1.0


def bayes_accuracy(population: Population) -> float:
    """The accuracy of the Bayes classifier, which no classifier exceeds.

    Exact for two Gaussians of equal covariance (Hastie, Tibshirani and Friedman, The Elements of
    Statistical Learning, 4.3). Otherwise the mean of the larger posterior (Bishop, Pattern
    Recognition and Machine Learning, 1.5.1), integrated numerically; the error is about 0.0001.
    The same population gives the same number.

    Returns:
        A fraction from max(share_1, 1 - share_1) to 1, less what flipped labels take away.

    Raises:
        ValueError: share_1 or label_noise is out of its bounds.
    """
    share_1, noise = population.share_1, population.label_noise
    if not 0 <= share_1 <= 1:
        raise ValueError(f"share_1 must be a number from 0 to 1; got {share_1!r}")
    if not 0 <= noise <= 0.5:
        raise ValueError(f"label_noise must be a number from 0 to 0.5; got {noise!r}")
    class_0, class_1 = population.classes
    if share_1 in (0, 1):
        clean = 1.0
    elif len(class_0.means) == len(class_1.means) == 1 and torch.equal(
        class_0.covariance, class_1.covariance
    ):
        clean = _accuracy_of_two_gaussians(class_0, class_1, share_1)
    else:
        clean = _mean_of_larger_posterior(class_0, class_1, share_1)
    clean = min(max(clean, share_1, 1 - share_1), 1.0)
    return (1 - noise) * clean + noise * (1 - clean)


def _accuracy_of_two_gaussians(class_0: Mixture, class_1: Mixture, share_1: float) -> float:
    """The log-odds are Gaussian: mean ±d²/2 plus the prior's, variance d² (d: Mahalanobis)."""
    factor = torch.linalg.cholesky(class_0.covariance)
    shift = (class_1.means - class_0.means).T  # (2, 1)
    distance = float(torch.linalg.solve_triangular(factor, shift, upper=False).norm())
    if distance == 0:
        return max(share_1, 1 - share_1)
    prior = math.log(share_1 / (1 - share_1)) / distance
    right = torch.tensor([distance / 2 - prior, distance / 2 + prior], dtype=torch.float64)
    right_0, right_1 = torch.special.ndtr(right).tolist()
    return (1 - share_1) * right_0 + share_1 * right_1


def _mean_of_larger_posterior(class_0: Mixture, class_1: Mixture, share_1: float) -> float:
    rows = max(1, _BLOCK // max(len(class_0.means), len(class_1.means)))
    prior = math.log(share_1 / (1 - share_1))
    mean = 0.0
    for mixture, share in ((class_0, 1 - share_1), (class_1, share_1)):
        nodes = _nodes(mixture)
        for start in range(0, len(nodes), rows):
            block = nodes[start : start + rows]
            log_odds = prior + _log_density(class_1, block) - _log_density(class_0, block)
            mean += share / len(nodes) * float((1 / (1 + np.exp(-np.abs(log_odds)))).sum())
    return mean


def _nodes(mixture: Mixture) -> Floats:
    """Spread points like the mixture: each component takes the next 2ᵏ points of Sobol's sequence.

    Such a stretch fills the square evenly, and so do all of them together (Niederreiter 1992, 4.1).
    """
    count = len(mixture.means)
    each = 2 ** math.ceil(math.log2(max(_NODES / count, 1)))
    square = torch.quasirandom.SobolEngine(2).draw(count * each, dtype=torch.float64)
    # The sequence lives on multiples of 2⁻³⁰ and starts at 0, where the normal quantile is -∞.
    normal = torch.special.ndtri(square + 2**-31).reshape(count, each, 2)
    factor = torch.linalg.cholesky(mixture.covariance)
    nodes = mixture.means[:, None] + normal @ factor.T
    return nodes.reshape(-1, 2).numpy()  # (count · each, 2)


def _log_density(mixture: Mixture, x: Floats) -> Floats:
    """Up to the constant log 2π. x: (n, 2). Returns (n,).

    In numpy, whose arithmetic keeps to one thread: torch's threads wait for each other for seconds
    where the machine is busy.
    """
    factor = np.linalg.cholesky(mixture.covariance.numpy())
    whiten = np.linalg.inv(factor).T
    points, means = x @ whiten, mixture.means.numpy() @ whiten
    exponents = np.multiply.outer(points[:, 0], means[:, 0])  # (n, m)
    exponents += np.multiply.outer(points[:, 1], means[:, 1])
    exponents -= np.square(means).sum(1) / 2
    top = exponents.max(1)
    exponents -= top[:, None]
    # Numbers below the normal range of float64 would slow exp down several times.
    np.maximum(exponents, -700, out=exponents)
    mean = np.exp(exponents, out=exponents).mean(1)
    scale = np.log(factor.diagonal()).sum()
    return np.log(mean) + top - np.square(points).sum(1) / 2 - scale


def best_line(x: torch.Tensor, y: torch.Tensor) -> BestLine:
    """The largest number of points that a straight line gets right, by a rotating sweep.

    A best line can be pushed into its class 1 side until it meets one place that holds more points
    of class 1 than of class 0: whatever it meets before may as well change sides. So the line turns
    about each such place by half a turn, and each gap between two directions in which it meets
    others is one way to split the points (de Berg et al., Computational Geometry, 8.2, sweep the
    dual arrangement). Equal and opposite directions have the same exactly rounded slope, so the
    count is exact for points that share a place or a line.

    Args:
        x: (n, 2), real; exact where differences of coordinates are exact in float64, as they are
            for float32 coordinates of similar size. y: (n,), 0 or 1.

    Raises:
        ValueError: there are more than `MOST_POINTS_SWEPT` points; a shape is wrong; a coordinate
            is not finite or a class is neither 0 nor 1.
    """
    points, is_1 = _checked(x, y)
    if len(points) > MOST_POINTS_SWEPT:
        raise ValueError(
            f"best_line takes at most {MOST_POINTS_SWEPT} points; got {len(points)} points"
        )
    zeros = int((~is_1).sum())
    best = BestLine(zeros, len(points), 0.0, 0.0, -1.0)
    # As complex numbers they are sorted from left to right, then upwards.
    places, place = np.unique(points.view(np.complex128).ravel(), return_inverse=True)
    gain = np.bincount(place, weights=2 * is_1 - 1, minlength=len(places)).astype(np.int64)
    pivots = np.flatnonzero(gain > 0)
    rows = max(1, 2**16 // max(1, len(places)))
    for start in range(0, len(pivots), rows):
        gained, pivot, normal = _swept(places, gain, pivots[start : start + rows])
        if zeros + gained > best.correct:
            best = BestLine(zeros + gained, len(points), *_line_beside(places, pivot, normal))
    return best


def _swept(
    places: Complexes, gain: npt.NDArray[np.int64], pivots: npt.NDArray[np.intp]
) -> tuple[int, complex, complex]:
    """The largest gain of a class 1 side that holds the pivot; the pivot; that side's normal."""
    offset = places - places[pivots, None]  # (p, m)
    with np.errstate(divide="ignore", invalid="ignore"):
        slope = offset.imag / offset.real
    slope[offset.real == 0] = np.inf
    order = slope.argsort(axis=1)
    slope = np.take_along_axis(slope, order, axis=1)
    # The line starts downwards with later places on its left; each crosses once in half a turn.
    crossing = gain[order] * np.sign(pivots[:, None] - order)
    left = gain.sum() - gain.cumsum()[pivots, None] + crossing.cumsum(axis=1)
    with_pivot, total = left + gain[pivots, None], gain.sum()
    gained = np.maximum(with_pivot, total - left)
    # Between equal slopes there is no gap; a gain of 0 is what class 0 for all points has too.
    gained[:, :-1][slope[:, 1:] == slope[:, :-1]] = 0
    row, gap = np.unravel_index(gained.argmax(), gained.shape)
    last = gap == len(places) - 1
    angles = np.arctan(slope[row, [gap, 0 if last else gap + 1]])
    normal = 1j * np.exp(1j * (angles.mean() + (np.pi / 2 if last else 0)))
    side = 1 if with_pivot[row, gap] == gained[row, gap] else -1
    return int(gained[row, gap]), complex(places[pivots[row]]), complex(side * normal)


def _line_beside(places: Complexes, pivot: complex, normal: complex) -> tuple[float, float, float]:
    """(w0, w1, b) of a line just behind the pivot, halfway to what lies behind it."""
    height = ((places - pivot) * normal.conjugate()).real
    behind = np.max(height, where=height < 0, initial=-1.0)
    shift = -(pivot * normal.conjugate()).real - float(behind) / 2
    return normal.real, normal.imag, shift


def linearly_separable(x: torch.Tensor, y: torch.Tensor) -> bool:
    """Whether a straight line has all of class 1 strictly on one side, class 0 on the other.

    Such a line exists where one open half-plane holds all differences of a point of class 1 and
    one of class 0 (separating hyperplane: Boyd and Vandenberghe, Convex Optimization, 2.5.1). The
    differences found so far span a cone. Along its middle, the two nearest points of the classes
    have a difference inside the cone, and so the line exists, or one to widen it by. One class
    alone is separable, and so are no points.

    Args:
        x: (n, 2), real; exact as in `best_line`. y: (n,), 0 or 1. Any n: a step takes time n.

    Raises:
        ValueError: a shape is wrong; a coordinate is not finite or a class is neither 0 nor 1.
    """
    points, is_1 = _checked(x, y)
    ones, zeros = points[is_1], points[~is_1]
    if not len(ones) or not len(zeros):
        return True
    first = complex(*(ones[0] - zeros[0]))
    cone, wider = None, _wider((first, first), first)
    # Ends by the exact edges of the cone alone: a tiny gap along its middle may be rounding.
    while wider is not None and wider != cone:
        cone = wider
        middle = _middle(*cone)
        normal = np.array([middle.real, middle.imag])
        difference = ones[(ones @ normal).argmin()] - zeros[(zeros @ normal).argmax()]
        wider = _wider(cone, complex(*difference))
    return wider is not None


def _middle(right: complex, left: complex) -> complex:
    """The unit vector halfway from right to left, which are less than half a turn apart."""
    right, left = right / abs(right), left / abs(left)
    middle = right + left if _dot(right, left) > 0 else 1j * (right - left)
    return middle / abs(middle)


def _wider(cone: tuple[complex, complex], new: complex) -> tuple[complex, complex] | None:
    """The cone (its right and left edge) that holds `new` as well; None from half a turn on."""
    right, left = cone
    if _cross(right, new) > 0 and _cross(left, new) > 0:
        return right, new
    if _cross(right, new) < 0 and _cross(left, new) < 0:
        return new, left
    inside = _cross(right, new) >= 0 >= _cross(left, new)
    return cone if inside and max(_dot(right, new), _dot(left, new)) > 0 else None


def _dot(a: complex, b: complex) -> float:
    return a.real * b.real + a.imag * b.imag


def _cross(a: complex, b: complex) -> float:
    return a.real * b.imag - a.imag * b.real


def _checked(x: torch.Tensor, y: torch.Tensor) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """The points (n, 2), and which are of class 1 (n,)."""
    if x.dim() != 2 or x.shape[1] != 2 or y.shape != x.shape[:1]:
        raise ValueError(
            f"x must be of shape (n, 2) and y of shape (n,); got {tuple(x.shape)} and "
            f"{tuple(y.shape)}"
        )
    points = x.detach().cpu().double().contiguous().numpy()
    classes = y.detach().cpu().numpy()
    if not np.isfinite(points).all():
        raise ValueError("x must hold finite numbers only")
    is_1 = classes == 1
    if not (is_1 | (classes == 0)).all():
        raise ValueError("y must hold 0 and 1 only")
    return points, is_1
