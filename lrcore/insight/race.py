"""A race of optimisers: the same data, the same start, the same mini-batches."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from lrcore.optim import OptimizerSettings
from lrcore.training import Run, RunConfig, Status

# Half a decade apart; all optimisers have a rate, and the best of each lies among these.
RATE_LADDER = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
# Iterations that each rate has, of those that the run itself has.
LADDER_BUDGET = 500
_SECONDS_A_PIECE = 0.1


@dataclass(frozen=True)
class Trial:
    """A learning rate of the ladder.

    passed: the iteration at which accuracy passed the target, or None. loss: at the end of the
    budget; infinite where a number was not finite.
    """

    rate: float
    passed: int | None
    loss: float


@dataclass(frozen=True)
class Entrant:
    """An optimiser in a race: its settings, the rates it has tried, and its run once trained."""

    config: RunConfig
    ladder: tuple[Trial, ...] = ()
    run: Run | None = None

    @property
    def best(self) -> int | None:
        """Which trial passed the target soonest; where none did, which has the lowest loss."""
        if not self.ladder:
            return None
        return min(range(len(self.ladder)), key=lambda k: _rank(self.ladder[k]))

    @property
    def passed(self) -> int | None:
        """The iteration at which its run passed the target, or None."""
        return None if self.run is None else self.run.passed


def race(
    config: RunConfig, optimizers: Sequence[OptimizerSettings], *, fair: bool
) -> Iterator[tuple[Entrant, ...]]:
    """Train one run for each optimiser, to its end.

    Args:
        config: all else that the runs have in common.
        fair: each has first tried the rates of `RATE_LADDER`, all on the same budget, and runs at
            its best one. Else the rates are those of `optimizers`.

    Yields:
        The entrants as far as they are, at once and then every tenth of a second or so, so that
        whoever asks can stop. At the end each has its run.

    Raises:
        TrainingError: PyTorch failed, for example because memory is full.
    """
    entrants = [Entrant(replace(config, optimizer=optimizer)) for optimizer in optimizers]
    yield tuple(entrants)
    for k, entrant in enumerate(entrants):
        for one in _prepared(entrant, fair):
            entrants[k] = one
            yield tuple(entrants)


def _prepared(entrant: Entrant, fair: bool) -> Iterator[Entrant]:
    own = entrant.config
    for rate in RATE_LADDER if fair else ():
        tried = replace(at_rate(own, rate), max_iterations=min(LADDER_BUDGET, own.max_iterations))
        run = Run(tried)
        while run.extend(_SECONDS_A_PIECE):
            yield entrant
        entrant = replace(entrant, ladder=(*entrant.ladder, _trial(rate, run)))
        yield entrant
    if entrant.best is not None:
        entrant = replace(entrant, config=at_rate(own, RATE_LADDER[entrant.best]))
    run = Run(entrant.config)
    while run.extend(_SECONDS_A_PIECE):
        yield entrant
    yield replace(entrant, run=run)


def at_rate(config: RunConfig, rate: float) -> RunConfig:
    """The same settings at another learning rate."""
    return replace(config, optimizer=replace(config.optimizer, lr=rate))  # type: ignore[call-arg]


def _trial(rate: float, run: Run) -> Trial:
    loss = math.inf if run.status is Status.DIVERGED else run.step(len(run) - 1).loss
    return Trial(rate, run.passed, loss)


def _rank(trial: Trial) -> tuple[float, float]:
    return (math.inf if trial.passed is None else trial.passed, trial.loss)
