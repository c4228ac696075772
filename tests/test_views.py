"""What the views of the player ask for."""

from __future__ import annotations

import base64
from dataclasses import replace

import numpy as np
import pytest

from lrcore import Quadratic
from tests.films import ENDLESS, ask, filmed, recorded


@pytest.fixture(autouse=True)
def no_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer is never cut short by the clock."""
    monkeypatch.setattr("lrcore.ui.player.film._SECONDS_PER_ANSWER", 60.0)


def test_weights_under_the_pointer_are_measured_and_change_nothing() -> None:
    film, _ = filmed(replace(ENDLESS, test_share=0.25))
    first = ask(film)
    before = recorded(film.run)
    answer = ask(film, first, rows=(120, 0), wants={"probe": (0.5, -1.0, 0.25)})
    step = film.run.evaluate((0.5, -1.0, 0.25))
    probe = answer.got["probe"]
    assert probe.weights == (0.5, -1.0, 0.25)
    assert probe.measured == (step.loss, step.accuracy, step.test_loss, step.test_accuracy)
    assert np.array_equal(recorded(film.run), before)
    assert answer.version == first.version


def test_features_on_a_grid_are_those_of_its_corners() -> None:
    film, _ = filmed(replace(ENDLESS, features=Quadratic()))
    grid = ask(film, rows=(120, 0), wants={"grid": (-1.0, 3.0, 0.0, 2.0)}).got["grid"]
    features = np.frombuffer(base64.b64decode(grid.features), "<f4").reshape(grid.size, -1, 5)
    across, upwards = np.linspace(-1, 3, grid.size), np.linspace(0, 2, grid.size)
    assert features[:, :, 0] == pytest.approx(np.tile(across, (grid.size, 1)), abs=1e-6)
    assert features[:, :, 4] == pytest.approx(np.outer(upwards, across), abs=1e-6)


@pytest.mark.parametrize(
    "wants",
    [
        {"probe": (1.0, 2.0)},
        {"probe": (1.0,) * 1000},
        {"grid": (1.0, 2.0, 3.0)},
        {"grid": (2.0, 1.0, 0.0, 1.0)},
        {"grid": (0.0, 0.0, 0.0, 1.0)},
    ],
)
def test_what_cannot_be_had_is_nothing(wants: dict[str, tuple[float, ...]]) -> None:
    film, _ = filmed()
    answer = ask(film, wants=wants | {"another view's": ()})
    assert answer.got == dict.fromkeys(wants)
