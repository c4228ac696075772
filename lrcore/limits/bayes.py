"""The best accuracy that any classifier can have on average."""

from __future__ import annotations

import math

import numpy as np
import torch

from lrcore.data import Mixture, Population
from lrcore.limits.points import Floats

# Points a class for the integral; numbers held at once (512 KiB in float64).
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
    """The accuracy where both classes are Gaussians of the same covariance.

    There log-odds are Gaussian too: their mean is ±d²/2 plus the log-odds of the shares, their
    variance d², where d is the Mahalanobis distance of the two means.
    """
    factor = torch.linalg.cholesky(class_0.covariance)
    shift = (class_1.means - class_0.means).T  # (2, 1)
    distance = float(torch.linalg.solve_triangular(factor, shift, upper=False).norm())
    if distance == 0:
        return max(share_1, 1 - share_1)
    prior = math.log(share_1 / (1 - share_1)) / distance
    right = torch.tensor([distance / 2 - prior, distance / 2 + prior], dtype=torch.float64)
    right_0, right_1 = map(float, torch.special.ndtr(right))
    return (1 - share_1) * right_0 + share_1 * right_1


def _mean_of_larger_posterior(class_0: Mixture, class_1: Mixture, share_1: float) -> float:
    """The mean of max(p, 1 - p) = 1 / (1 + exp(-|log-odds|)) over points of both classes."""
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
    """Points spread evenly as the mixture has it: (n, 2), about `_NODES` of them.

    Each component takes the next 2ᵏ points of Sobol's sequence. They fill the square evenly, and so
    do those of all components together (Niederreiter, Random Number Generation and Quasi-Monte
    Carlo Methods, 1992, section 4.1).
    """
    count = len(mixture.means)
    each = 2 ** math.ceil(math.log2(max(_NODES / count, 1)))
    square = torch.quasirandom.SobolEngine(2).draw(count * each, dtype=torch.float64)
    # The sequence lives on multiples of 2⁻³⁰ and starts at 0, where the normal quantile is -∞.
    normal = torch.special.ndtri(square + 2**-31).reshape(count, each, 2)
    factor = torch.linalg.cholesky(mixture.covariance)
    nodes: Floats = (mixture.means[:, None] + normal @ factor.T).reshape(-1, 2).numpy()
    return nodes  # (count · each, 2)


def _log_density(mixture: Mixture, x: Floats) -> Floats:
    """Log of the density at points x, (n, 2), without the constant -log 2π. Returns (n,).

    In numpy, which computes this in one thread: on a busy machine, torch's threads would wait for
    each other for seconds.
    """
    factor = np.linalg.cholesky(mixture.covariance.numpy())
    whiten = np.linalg.inv(factor).T
    points, means = x @ whiten, mixture.means.numpy() @ whiten
    exponents = np.multiply.outer(points[:, 0], means[:, 0])  # (n, m)
    exponents += np.multiply.outer(points[:, 1], means[:, 1])
    exponents -= np.square(means).sum(1) / 2
    top = exponents.max(1)
    exponents -= top[:, None]
    # Much smaller exponents have results below float64's normal range, where exp is several times
    # slower.
    np.maximum(exponents, -700, out=exponents)
    mean = np.exp(exponents, out=exponents).mean(1)
    scale = np.log(factor.diagonal()).sum()
    log_density: Floats = np.log(mean) + top - np.square(points).sum(1) / 2 - scale
    return log_density
