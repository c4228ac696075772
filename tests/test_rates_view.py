"""What the view of the rates is told, and the run that a cell begins."""

from __future__ import annotations

import base64
import time
from concurrent.futures import wait
from dataclasses import replace
from unittest.mock import Mock

import numpy as np
import pytest

from lrcore import SGD, Adam, Blobs, Run, RunConfig, TrainingError
from lrcore.data import Placed
from lrcore.insight import Outcome, rate_map, stable_rates, with_rates
from lrcore.training.engine import Engine
from lrcore.ui.player import slices
from lrcore.ui.player.atlas import Atlas
from lrcore.ui.player.rates import rates
from lrcore.ui.player.slices import Slices
from lrcore.ui.player.view_data import Rates
from tests.films import ENDLESS, ask, filmed, recorded

CONFIG = RunConfig(data=Blobs(mean=0.8), target_accuracy=0.87, max_iterations=300)


def after(atlas: Atlas, known: float) -> Rates:
    """The map beyond an iteration, however long it takes."""
    while (answer := rates(atlas, (1.0, 0.0))) is not None and answer.done <= known:
        time.sleep(0.01)
    assert answer is not None
    return answer


def values(found: Rates) -> np.ndarray:
    shape = (len(found.momenta), len(found.rates))
    return np.frombuffer(base64.b64decode(found.iterations), "<f4").reshape(shape)


def filled(atlas: Atlas) -> Rates:
    found = after(atlas, -1)
    while (values(found) == Outcome.RUNNING).any():
        found = after(atlas, found.done)
    return found


def test_map_fills_while_it_is_asked_for() -> None:
    run = Run(CONFIG)
    found = filled(Atlas(run))
    *_, expected = rate_map(run)
    assert np.array_equal(values(found), expected.iterations.numpy())
    limits = stable_rates(run)
    assert limits is not None
    assert (found.limits, found.at_minimum) == (limits.rates, True)
    assert (found.edition, found.budget, found.here) == (1.0, 300, (0.01, 0.9))
    assert (found.points, found.of_points, found.penalised) == (200, 200, False)


def test_nobody_asks_and_nothing_is_computed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slices, "_SECONDS_A_SLICE", 0.0)  # a slice is one piece
    of = Slices(rate_map(Run(CONFIG), replace(CONFIG, target_accuracy=1.0, max_iterations=5000)))
    assert of.look().done == -1
    wait([slices._POOL.submit(int)])  # what was begun is over
    done = of._latest.done
    time.sleep(0.2)
    assert 0 < of._latest.done == done < of._latest.budget
    of.look()
    wait([slices._POOL.submit(int)])
    assert of._latest.done > done


def test_another_rate_is_another_place_on_the_same_map_and_another_loss_is_another_map() -> None:
    atlas = Atlas(Run(CONFIG))
    found = filled(atlas)
    atlas.wanted = replace(CONFIG, optimizer=SGD(lr=0.5, momentum=0.0))
    again = rates(atlas, (2.0, -1.0))
    assert again == replace(found, edition=2.0, here=(0.5, 0.0))
    atlas.wanted = replace(CONFIG, optimizer=Adam())
    assert rates(atlas, (3.0, -1.0)) == replace(found, edition=3.0, here=None)
    atlas.wanted = replace(CONFIG, loss="mse")
    assert not np.array_equal(values(filled(atlas)), values(found))
    assert len(atlas.fillings) == 2


@pytest.mark.parametrize("numbers", [(), (1.0,), (1.0, 2.0, 3.0)])
def test_a_question_of_other_numbers_is_answered_with_nothing(numbers: tuple[float, ...]) -> None:
    assert rates(Atlas(Run(CONFIG)), numbers) is None


def test_without_points_there_is_no_map() -> None:
    atlas = Atlas(Run(RunConfig(data=Placed(points=""))))
    assert rates(atlas, (1.0, 0.0)) is None


def test_the_film_asks_with_the_settings_that_the_controls_say() -> None:
    film, _ = filmed(replace(CONFIG, max_iterations=20))
    first = ask(film, rows=(0, 21))
    film.set(replace(film.wanted, optimizer=SGD(lr=2.5, momentum=0.3)))
    answer = ask(film, first, at=20, wants={"rates": (1.0, 0.0)})
    assert answer.state.again  # the run has ended, and stays as it is
    assert answer.got["rates"].here == (2.5, 0.3)


# The run of a cell


def test_settings_hold_from_the_start_of_the_same_run() -> None:
    film, _ = filmed()
    first = ask(film, rows=(0, 200), at=150)
    changed = replace(ENDLESS, optimizer=SGD(lr=0.3))
    film.set(changed)
    second = ask(film, first, at=150)
    assert len(film.run.segments) == 2
    wanted = with_rates(changed, 2.5, 0.3)
    film.begin_with(wanted)
    answer = ask(film, second, at=150, rows=(120, 120))
    assert [(one.start, one.config) for one in film.segments] == [(0, wanted)]
    assert (film.wanted, answer.version.run, answer.first) == (wanted, 1, 0)
    run = Run(wanted)
    run.extend(seconds=60, iterations=len(film.run) - 1)
    assert np.array_equal(recorded(film.run), recorded(run))


def test_the_run_that_is_there_already_is_kept() -> None:
    film, _ = filmed()
    first = ask(film, rows=(0, 200))
    film.begin_with(film.wanted)
    assert ask(film, first, rows=(1, 120)).version == first.version


def test_settings_that_cannot_start_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    film, _ = filmed()
    before = film.run
    monkeypatch.setattr(Engine, "advance", Mock(side_effect=RuntimeError("out of memory")))
    with pytest.raises(TrainingError):
        film.begin_with(replace(ENDLESS, data=Blobs(seed=9)))
    assert (film.run, film.wanted) == (before, ENDLESS)
