"""Rules about how a run moves: its learning rate, its momentum, its pace."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import torch

from lrcore.coach.advice import Advice, Try
from lrcore.coach.evidence import Evidence
from lrcore.insight.race import at_rate
from lrcore.landscape import growth_a_step
from lrcore.optim import OptimizerSettings
from lrcore.settings import described
from lrcore.training import growth_began

# By so much a number must differ from another before a sentence says that it does.
_CLEAR = 1.02
_REVERSALS = 8
_LEAST_STEPS = 20
_RESTING = 10
_EPSILON = float(np.finfo(np.float32).eps)


def rate_too_large(seen: Evidence) -> Advice | None:
    """SGD cannot come to rest at this rate, and does not.

    Checked: BCE has a minimum; the rate is above the largest stable one there, with the Hessian in
    float64, penalties, momentum and Nesterov included; and the loss, penalties included, rose in
    one of the last steps. The factor is that of `growth_a_step`. It tries a quarter of the limit
    where the loss was lowest.
    """
    sgd = seen.sgd
    bend = None if sgd is None else seen.bend_of_minimum
    limit = None if sgd is None or bend is None else bend.stable_rate(sgd)
    if sgd is None or bend is None or limit is None or not sgd.lr > _CLEAR * limit:
        return None
    if not _rises(seen)[-_LEAST_STEPS:].any():
        return None
    steepest = bend.eigenvalues[-1].item()
    factor = growth_a_step(sgd.lr, steepest, sgd.momentum, nesterov=sgd.nesterov)
    began = growth_began(seen.columns, seen.config)
    if began is None:
        return None
    return Advice(
        f"Rate {sgd.lr:.4g} is above its limit {limit:.4g} (λ = {steepest:.4g}): near the minimum "
        f"errors grow {factor:.4g}-fold a step.",
        began,
        _slower(seen, began, limit / 4),
    )


def oscillates(seen: Evidence) -> Advice | None:
    """SGD without momentum goes to and fro across the valley.

    Checked: the rate lies between 1/λ and 2/λ for the largest eigenvalue of the Hessian at the
    present weights, in float64; each of the last 8 steps went along its eigenvector the other way
    than the one before it, beyond rounding, and mostly along it. It tries half of 1/λ.
    """
    sgd = seen.sgd
    steps = seen.path.diff(dim=0)[-_REVERSALS:]
    if sgd is None or sgd.momentum or len(steps) < _REVERSALS:
        return None
    values, axes = torch.linalg.eigh(seen.bend.hessian)
    steepest = values[-1].item()
    along = steps @ axes[:, -1]
    turns = bool((along[1:] * along[:-1] < 0).all())
    is_most = bool((along.abs() > 0.7 * steps.norm(dim=1)).all())
    least = 1e-5 * max(1.0, seen.here.abs().max().item())
    if steepest <= 0 or not (turns and is_most and along.abs().min().item() > least):
        return None
    if not _CLEAR / steepest < sgd.lr < 2 / steepest / _CLEAR:
        return None
    return Advice(
        f"{_REVERSALS} steps to and fro: rate {sgd.lr:.4g} is above 1/λ = {1 / steepest:.4g}, "
        "which leads to the valley's floor.",
        seen.at - _REVERSALS,
        _slower(seen, seen.at, 0.5 / steepest),
    )


def overshoots(seen: Evidence) -> Advice | None:
    """Momentum carries SGD uphill.

    Checked: the loss, penalties included, has risen in at least 2 steps on end up to the moment,
    beyond rounding, in float64; and both where that began and at the moment a step along the
    gradient alone, at this rate, would have lowered it. It tries no momentum where that began.
    """
    sgd = seen.sgd
    if sgd is None or not sgd.momentum or len(seen.path) < 4:
        return None
    losses = seen.objective.loss(seen.path[-_LEAST_STEPS:])
    falls = (losses[1:] <= losses[:-1] * (1 + 1e-6)).nonzero()
    uphill = len(losses) - 1 - (int(falls[-1]) + 1 if len(falls) else 0)
    if uphill < 2:
        return None
    bottom = seen.path[-uphill - 1]
    for place in (bottom, seen.here):
        beside = place - sgd.lr * seen.objective.gradient(place)
        if not seen.objective.loss(beside) < seen.objective.loss(place):
            return None
    began = seen.at - uphill
    without = replace(seen.config, optimizer=replace(sgd, momentum=0.0, nesterov=False))
    return Advice(
        f"Momentum {sgd.momentum:.4g} overshoots: {uphill} steps uphill, loss "
        f"{losses[-uphill - 1]:.4f} to {losses[-1]:.4f}; the gradient leads down.",
        began,
        Try(began, without, "no momentum"),
    )


def crawls(seen: Evidence) -> Advice | None:
    """The loss falls so slowly that it will take very long.

    Checked: there is a minimum of what is lowered, in float64, penalties included; the loss has
    fallen over the last 20 to 100 steps, and the target is not reached; and at that pace, if it
    kept it, the minimum is at least 1,000 iterations away, and ten times as many as there have
    been. It tries ten times the rate, or half of the largest stable one where SGD has that.
    """
    config, back = seen.config, len(seen.path) - 1
    decoupled = getattr(config.optimizer, "weight_decay", 0) and not (
        config.optimizer.decay_is_a_penalty
    )
    if back < _LEAST_STEPS or decoupled or seen.has_reached or seen.minimum is None:
        return None
    before, now = seen.objective.loss(seen.path[[0, -1]]).tolist()
    gap = now - seen.minimum.loss
    if not (before - now > 1e-5 * before and gap > 0.01 * now):
        return None
    left = gap / (before - now) * back
    if left < max(1000, 10 * (seen.at - seen.start)):
        return None
    return Advice(
        f"It crawls: at the pace of the last {back} steps the lowest loss is {_about(left)} "
        "iterations away.",
        None,
        _faster(seen),
    )


def converged(seen: Evidence) -> Advice | None:
    """Nothing moves any more but the last digits.

    Checked: there is a minimum, in float64, and the loss is within a millionth of it; the last 10
    steps or more have changed no parameter by more than 4 units of rounding of the largest; and a
    step as long as rate times gradient is below that. The moment is the first since when it is so.
    """
    path = seen.path
    if len(path) <= _RESTING or seen.config.l1 or seen.minimum is None:
        return None
    rounding = 4 * _EPSILON * max(seen.here.abs().max().item(), 1e-3)
    rests = ((path - seen.here).abs().amax(1) <= rounding).tolist()
    since = len(rests) - rests[::-1].index(False) if False in rests else 0
    if len(path) - 1 - since < _RESTING:
        return None
    gradient = seen.objective.gradient(seen.here).norm().item()
    above = seen.objective.loss(seen.here).item() - seen.minimum.loss
    rate = getattr(seen.config.optimizer, "lr", 1.0)
    if not (above <= 1e-6 * max(1.0, seen.minimum.loss) and rate * gradient <= rounding):
        return None
    first = seen.at - (len(path) - 1 - since)
    below = 10.0 ** math.ceil(math.log10(2 * max(gradient, _EPSILON)))
    return Advice(
        f"Converged since iteration {first}: no weight moves beyond rounding; the gradient is "
        f"below {below:.0e}.",
        first,
    )


def _rises(seen: Evidence) -> np.ndarray:
    """After which steps the loss was higher, beyond rounding, or no number."""
    low = seen.lowered
    with np.errstate(invalid="ignore"):
        return np.asarray(~(low[1:] <= low[:-1] * (1 + 1e-5) + 1e-6))


def _slower(seen: Evidence, at: int, most: float) -> Try | None:
    rate = _stop(seen.config.optimizer, most)
    return None if rate is None else Try(at, at_rate(seen.config, rate), f"rate {rate:g}")


def _faster(seen: Evidence) -> Try | None:
    optimizer = seen.config.optimizer
    now = getattr(optimizer, "lr", math.inf)
    most = min(10 * now, seen.stable_rate(seen.at) / 2)
    rate = _stop(optimizer, most)
    if rate is None or rate < 2 * now:
        return None
    return Try(seen.at, at_rate(seen.config, rate), f"rate {rate:g}")


def _stop(optimizer: OptimizerSettings, most: float) -> float | None:
    """The largest rate that the control can show and that is not above `most`."""
    stops = dict(described(type(optimizer)))["lr"].stops()
    return max((stop for stop in stops if stop <= most * (1 + 1e-9)), default=None)


def _about(count: float) -> str:
    """Two digits are all that a pace can promise."""
    digits = 10 ** max(0, math.floor(math.log10(count)) - 1)
    return f"about {round(count / digits) * digits:,}"
