"""The best accuracy that any classifier can have on average."""

from __future__ import annotations

import math

import numpy as np
import torch

from lrcore.data import Mixture, Population
from lrcore.limits.points import Floats

# Points per class of the integral, and numbers held at once (512 KiB in float64).
_NODES, _BLOCK = 2**14, 2**16


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
