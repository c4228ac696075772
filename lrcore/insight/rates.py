"""Learning rate against momentum: how long real runs of the same points take, and what theory says.

Goh, Why Momentum Really Works (2017), draws this plane for a quadratic, by a formula. Here each
cell is a run.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product

import torch
from torch import Tensor

from lrcore.insight.fleet import Fleet
from lrcore.landscape import Minimum, curvature, largest_stable_rate, lowest, objective_of
from lrcore.optim import SGD
from lrcore.settings import described
from lrcore.training import Run, RunConfig

_SIDE = 24
_CONTROLS = dict(described(SGD))
# Positions of the controls, so that a run with these very values can be played.
RATES: tuple[float, ...] = _CONTROLS["lr"].stops()[::2][-_SIDE:]
MOMENTA: tuple[float, ...] = tuple(
    round(_CONTROLS["momentum"].maximum * k / (_SIDE - 1), 2) for k in range(_SIDE)
)
# A map is to take a few seconds of one core: so many points times iterations, within these bounds.
_POINT_ITERATIONS = 1_000_000
_LEAST_BUDGET, _MOST_BUDGET = 500, 5000


@dataclass(frozen=True, eq=False)
class RateMap:
    """How long each run takes, as far as it is known.

    Args:
        rates: (r,), momenta: (m,).
        iterations: (m, r) int64, the first moment at which a run passes its target, or an
            `Outcome`. With BCE nothing ever becomes infinite, so a run counts as diverged where a
            weight is not finite, or where what is lowered, penalties included, ends above its
            start.
        done: the last moment that was looked at, at first -1; budget: the last that will be.
        points, of_points: how many of the training points the runs see.
    """

    rates: tuple[float, ...]
    momenta: tuple[float, ...]
    iterations: Tensor
    done: int
    budget: int
    points: int
    of_points: int


def with_rates(config: RunConfig, lr: float, momentum: float) -> RunConfig:
    """The run of one cell: SGD with this rate and momentum, the other settings as they are.

    Raises:
        SettingsError: SGD cannot take the rate or the momentum.
    """
    return replace(config, optimizer=_sgd(config, lr, momentum))


def _sgd(config: RunConfig, lr: float, momentum: float) -> SGD:
    base = config.optimizer if isinstance(config.optimizer, SGD) else SGD()
    return replace(base, lr=lr, momentum=momentum, nesterov=base.nesterov and momentum > 0)


def rate_map(
    run: Run,
    config: RunConfig | None = None,
    rates: Sequence[float] = RATES,
    momenta: Sequence[float] = MOMENTA,
) -> Iterator[RateMap]:
    """Train a run for each rate and momentum; give the map before and after each part of the work.

    But for rounding they are the runs of `with_rates`: from the weights at which `run` starts, on
    its points or on an even choice of 2,000, up to `RateMap.budget`.

    Args:
        run: gives points and initial weights.
        config: the other settings; those at the end of the run if None.

    Raises:
        SettingsError: SGD cannot take a rate or a momentum.
        ValueError: there are no training points.
    """
    config = config or run.config
    cells = [_sgd(config, lr, momentum) for momentum, lr in product(momenta, rates)]
    objective, sample = objective_of(run, replace(config, optimizer=cells[0]))
    budget = max(_LEAST_BUDGET, min(_MOST_BUDGET, _POINT_ITERATIONS // len(sample.indices)))
    budget = min(budget, config.max_iterations)
    fleet = Fleet(
        run, config, cells=cells, objective=objective, points=sample.indices, budget=budget
    )
    while True:
        yield RateMap(
            tuple(rates),
            tuple(momenta),
            fleet.found.view(len(momenta), len(rates)).clone(),
            fleet.done,
            budget,
            len(sample.indices),
            sample.training_points,
        )
        if fleet.is_settled:
            return
        fleet.advance()


@dataclass(frozen=True)
class StableRates:
    """The largest rate at which SGD settles, for each momentum; see `largest_stable_rate`.

    Args:
        rates: (m,); infinite on a flat loss.
        steepest: λ, the largest eigenvalue of the Hessian of what is lowered, penalties included.
        at_minimum: whether that is the Hessian at the minimum, beyond whose limit no run comes to
            rest there. Where there is no minimum it is that at the initial weights: the loss
            flattens on the way out, and with it the limit rises.
    """

    rates: tuple[float, ...]
    steepest: float
    at_minimum: bool


def stable_rates(
    run: Run, config: RunConfig | None = None, momenta: Sequence[float] = MOMENTA
) -> StableRates | None:
    """The limit that theory draws over a `rate_map`; None where it knows none.

    It knows none without `zero_grad`: the sum of all gradients is another method.

    Raises:
        SettingsError: SGD cannot take a momentum.
        ValueError: there are no training points.
    """
    config = config or run.config
    if not config.zero_grad:
        return None
    cells = [_sgd(config, RATES[0], momentum) for momentum in momenta]
    objective, _ = objective_of(run, replace(config, optimizer=cells[0]))
    goal, start = lowest(objective), run.step(0)
    initial = torch.tensor([*start.weights, start.bias])
    place = goal.parameters if isinstance(goal, Minimum) else initial
    steepest = curvature(objective, place).eigenvalues[-1].item()
    rates = (largest_stable_rate(steepest, c.momentum, nesterov=c.nesterov) for c in cells)
    return StableRates(tuple(rates), steepest, isinstance(goal, Minimum))
