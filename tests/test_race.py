"""A race: who wins is what PyTorch says; all had the same start, data and budget."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
import torch

from lrcore import LBFGS, SGD, Adagrad, Adam, Blobs, Run, RunConfig, Status
from lrcore.insight import RATE_LADDER, Entrant, race
from lrcore.ui.player.answers import respond
from lrcore.ui.player.atlas import Atlas
from lrcore.ui.player.protocol import LATER, Request
from lrcore.ui.player.race import order, race_card, ready_runs
from lrcore.ui.player.view_data import RaceCard
from tests.films import ask, filmed, recorded, rows_of

CONFIG = RunConfig(data=Blobs(std=1.0), max_iterations=300)


def last(pieces: Iterator[tuple[Entrant, ...]]) -> tuple[Entrant, ...]:
    *_, found = pieces
    return found


def torch_needs(make: type[torch.optim.Optimizer], **settings: float) -> int | None:
    """In how many steps torch's own optimiser passes the target, from the start of `CONFIG`."""
    run = Run(CONFIG)
    x, y, step = run.data.x, run.data.y, run.step(0)
    theta = torch.tensor([*step.weights, step.bias], requires_grad=True)
    optimizer = make([theta], **settings)
    for iteration in range(CONFIG.max_iterations + 1):
        logits = x @ theta[:2] + theta[2]
        if ((logits > 0) == (y > 0.5)).float().mean() > CONFIG.target_accuracy:
            return iteration
        optimizer.zero_grad()
        torch.nn.functional.binary_cross_entropy_with_logits(logits, y).backward()
        optimizer.step()
    return None


@pytest.mark.parametrize(
    ("entrant", "make", "fixed"),
    [(SGD(), torch.optim.SGD, {"momentum": 0.9}), (Adam(), torch.optim.Adam, {})],
)
def test_each_rung_of_the_ladder_is_what_torch_needs(
    entrant: SGD | Adam, make: type[torch.optim.Optimizer], fixed: dict[str, float]
) -> None:
    [one] = last(race(CONFIG, [entrant], fair=True))
    needed = [torch_needs(make, lr=rate, **fixed) for rate in RATE_LADDER]
    for trial, expected in zip(one.ladder, needed, strict=True):
        assert (trial.passed is None) == (expected is None)
        assert trial.passed == pytest.approx(expected, abs=1) if expected else True
    reached = [count for count in needed if count is not None]
    assert one.passed == pytest.approx(min(reached), abs=1)
    assert one.config.optimizer.lr == RATE_LADDER[one.best]


def test_all_start_at_the_same_weights_on_the_same_batches() -> None:
    config = replace(CONFIG, mini_batches=True, batch_size=20, target_accuracy=1.0)
    found = last(race(config, [SGD(), Adam(lr=0.1), LBFGS()], fair=False))
    for entrant in found:
        alone = Run(replace(config, optimizer=entrant.config.optimizer))
        alone.extend(60)
        assert np.array_equal(recorded(alone), recorded(entrant.run))
    assert len({entrant.run.step(0).weights for entrant in found}) == 1
    assert [entrant.ladder for entrant in found] == [(), (), ()]


def test_where_no_rate_passes_the_lowest_loss_is_the_best() -> None:
    config = replace(CONFIG, data=Blobs(std=3.0), max_iterations=40)
    [one] = last(race(config, [SGD()], fair=True))
    assert all(trial.passed is None for trial in one.ladder)
    assert one.ladder[one.best].loss == min(trial.loss for trial in one.ladder)
    assert one.run.status is Status.EXHAUSTED


def test_the_entrants_come_piece_by_piece() -> None:
    pieces = [
        [len(entrant.ladder) for entrant in found]
        for found in race(CONFIG, [SGD(), Adam()], fair=True)
    ]
    assert [1, 0] in pieces
    assert pieces[-1] == [len(RATE_LADDER)] * 2


def asked_until_done(atlas: Atlas, numbers: tuple[float, ...]) -> RaceCard:
    card, _, *rest = numbers
    known = -1
    while True:
        found = race_card(atlas, (card, known, *rest))
        if found is None:
            raise AssertionError(numbers)
        if found is not LATER:
            known = found.done
            if known == found.of:
                return found


def test_a_card_is_filled_while_it_is_asked_for() -> None:
    atlas = Atlas(Run(CONFIG))
    card = asked_until_done(atlas, (3, -1, 1, 0, 1))
    assert [lane.title for lane in card.lanes] == ["SGD", "Adam"]
    assert [[rung.rate for rung in lane.ladder] for lane in card.lanes] == [[*RATE_LADDER]] * 2
    for lane in card.lanes:
        assert lane.passed == lane.ladder[lane.best].passed
    assert ready_runs(atlas, 4) == []
    fast, slow = ready_runs(atlas, 3)
    assert fast.passed <= slow.passed


@pytest.mark.parametrize(
    "numbers",
    [
        (),
        (1, 0, 0, 0),
        (1, 0, 0, 0, 0),
        (1, 0, 0, 0, 6),
        (1, 0, 0, -1, 2),
        (1, 0, 0, 0, 1, 2, 3, 4),
    ],
)
def test_a_race_of_too_few_too_many_or_none_is_no_race(numbers: tuple[float, ...]) -> None:
    assert race_card(Atlas(Run(CONFIG)), numbers) is None


def test_the_order_depends_on_the_axis() -> None:
    """L-BFGS needs few iterations, each of several evaluations."""
    config = replace(CONFIG, data=Blobs(std=1.3), target_accuracy=0.97)
    runs = [Run(replace(config, optimizer=one)) for one in (SGD(lr=1.0), LBFGS(), Adagrad(lr=1e-4))]
    for run in runs:
        run.extend(60)
    by_iteration, by_evaluation, by_time = order(runs)
    sgd, lbfgs, _ = (run.passed for run in runs)
    evaluations = int(runs[1].effort(lbfgs)[0, 0])
    assert lbfgs < sgd
    assert f"LBFGS {lbfgs}, SGD {sgd}; not reached by Adagrad." in by_iteration
    places = sorted([(sgd, f"SGD {sgd}"), (evaluations, f"LBFGS {evaluations}")])
    assert ", ".join(text for _, text in places) in by_evaluation
    assert "by milliseconds" in by_time


def test_the_slowest_is_shown_with_the_others_as_ghosts() -> None:
    film, _ = filmed(CONFIG)
    ask(film)
    asked_until_done(film.atlas, (1, -1, 0, 0, 5))
    runs = ready_runs(film.atlas, 1)
    film.pin()
    film.race(1)
    answer = respond(film)
    assert (answer.version.run, answer.at, len(answer.ghosts)) == (2, 0, 1)
    assert film.wanted.optimizer == runs[-1].config.optimizer
    assert np.array_equal(rows_of(answer), recorded(runs[-1]))
    assert np.array_equal(rows_of(answer.ghosts[0]), recorded(runs[0]))
    assert answer.state.race == order(runs)
    assert answer.state.label == runs[-1].config.optimizer.title
    film.take(Request(knows=answer.version))
    film.ghosts.remove(answer.ghosts[0].number)
    assert respond(film).state.race == ()


def test_a_race_that_nobody_has_prepared_changes_nothing() -> None:
    film, _ = filmed(CONFIG)
    run = film.run
    film.race(1)
    assert film.run is run
