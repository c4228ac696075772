"""What the view of the weights is told: the map of the loss, and the arrows of a step."""

from __future__ import annotations

import base64
import math
import time
from dataclasses import replace

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression

from lrcore import SGD, Adam, Blobs, Quadratic, Run, RunConfig
from lrcore.landscape import objective_of
from lrcore.ui.player.protocol import LATER
from lrcore.ui.player.view_data import Arrows, Landscape
from lrcore.ui.player.weights import PRINCIPAL, Atlas, arrows, landscape
from tests.by_hand import run_to
from tests.films import ENDLESS, ask, filmed

NEAR = replace(ENDLESS, data=Blobs(samples_per_class=40, mean=0.5))
APART = replace(ENDLESS, data=Blobs(samples_per_class=40, mean=4.0))
LOWEST, SLICE = 0.0, 1.0


def question(run: Run, mode: float = LOWEST, pair: tuple[int, int] = (0, 1)) -> tuple[float, ...]:
    moment = len(run) - 1
    step = run.step(moment)
    return (
        mode,
        *map(float, pair),
        1.3,
        0.0,
        float(moment),
        float(moment),
        *step.weights,
        step.bias,
    )


def mapped(of: Run | Atlas, numbers: tuple[float, ...]) -> Landscape:
    """The map, however long it takes."""
    atlas = Atlas(of) if isinstance(of, Run) else of
    while (answer := landscape(atlas, numbers)) is LATER:
        time.sleep(0.01)
    assert isinstance(answer, Landscape)
    return answer


def grid(text: str, size: int) -> np.ndarray:
    return np.frombuffer(base64.b64decode(text), "<f4").reshape(size, size)


def corners(found: Landscape) -> torch.Tensor:
    """The weights at each corner, (size, size, d + 1), with the plane's own b."""
    u0, u1, v0, v1 = found.window
    v, u = np.meshgrid(
        np.linspace(v0, v1, found.size), np.linspace(u0, u1, found.size), indexing="ij"
    )
    first, second = np.split(np.array(found.directions), 2)
    places = found.origin + u[..., None] * first + v[..., None] * second
    return torch.from_numpy(places)


def test_map_is_the_loss_of_this_data_at_the_best_b() -> None:
    run = run_to(replace(NEAR, l2=0.05), 30)
    found = mapped(run, question(run))
    assert found.b is not None
    places = corners(found)
    places[..., -1] = torch.from_numpy(grid(found.b, found.size).astype(float))
    objective, _ = objective_of(run)
    expected = objective.loss(places).numpy()
    assert grid(found.losses, found.size) == pytest.approx(expected, rel=1e-5)
    for nudge in (-0.05, 0.05):
        beside = places.clone()
        beside[..., -1] += nudge
        assert (objective.loss(beside).numpy() >= expected - 1e-9).all()
    assert (found.mode, found.names) == ("lowest over b", ("w0", "w1"))
    assert found.penalised
    assert found.convex


def test_minimum_is_that_of_scikit_learn_and_lies_in_the_window() -> None:
    config = replace(NEAR, l2=0.05)
    run = run_to(config, 5)
    found = mapped(run, question(run))
    y = run.data.y.numpy()
    model = LogisticRegression(C=1 / (0.05 * len(y)), tol=1e-9).fit(run.basis(run.data.x), y)
    assert found.minimum == pytest.approx(tuple(model.coef_[0]), abs=1e-4)
    assert found.escape is None
    u0, u1, v0, v1 = found.window
    step = run.step(5)
    ahead = list(question(run))
    ahead[5:7] = [2.0, 5.0]
    assert mapped(run, tuple(ahead)).window == found.window
    for u, v in (found.minimum, step.weights):
        assert u0 < u < u1
        assert v0 < v < v1
    assert (u1 - u0) / (v1 - v0) == pytest.approx(1.3)


def test_slice_keeps_the_present_b() -> None:
    run = run_to(NEAR, 20)
    found = mapped(run, question(run, SLICE))
    assert (found.mode, found.b, found.minimum) == ("slice", None, None)
    objective, _ = objective_of(run)
    places = corners(found)
    assert places[..., -1].unique().item() == run.step(20).bias
    assert grid(found.losses, found.size) == pytest.approx(objective.loss(places).numpy(), rel=1e-5)


def test_levels_rise_geometrically_above_the_minimum() -> None:
    run = run_to(replace(NEAR, l2=0.05), 5)
    found = mapped(run, question(run))
    objective, _ = objective_of(run)
    torch_minimum = grid(found.losses, found.size).min()
    above = np.array(found.levels) - found.levels[0]
    assert found.levels[0] > torch_minimum - 1e-6
    ratios = above[2:] / above[1:-1]
    assert (ratios > 1).all()
    assert len(objective.design) == 80


def test_separable_points_have_no_minimum_unless_a_penalty_holds_the_weights() -> None:
    run = run_to(APART, 5)
    found = mapped(run, question(run))
    assert found.minimum is None
    assert found.escape is not None
    assert math.hypot(*found.escape) == pytest.approx(1)
    # It is where the weights grow to (Soudry et al.).
    grown = np.array(run_to(APART, 3000).step(3000).weights)
    assert grown @ found.escape > 0.99 * np.linalg.norm(grown)
    held = run_to(replace(APART, l2=0.1), 5)
    assert mapped(held, question(held)).escape is None


def test_many_weights_are_seen_along_their_path() -> None:
    run = run_to(replace(NEAR, features=Quadratic()), 50)
    found = mapped(run, question(run, pair=(PRINCIPAL, 0)))
    first, second = np.split(np.array(found.directions), 2)
    assert [first @ first, first @ second, second @ second] == pytest.approx([1, 0, 1])
    assert found.share is not None
    assert 0.5 < found.share <= 1
    step = run.step(50)
    assert found.origin == pytest.approx((*step.weights, step.bias))
    assert found.mode == "slice"
    named = mapped(run, question(run, pair=(1, 5)))
    assert named.names == ("w1", "b")
    assert named.mode == "slice"
    assert mapped(run, question(run, pair=(3, 2))).mode == "lowest over b"


def test_change_of_penalties_holds_from_its_moment_on() -> None:
    run = run_to(APART, 20)
    run.branch(10, l2=0.1)
    run.extend(60, 10)
    late, early = question(run), list(question(run))
    early[5] = 3.0
    assert mapped(run, late).penalised
    assert not mapped(run, tuple(early)).penalised


def test_arrows_add_up_to_the_recorded_step() -> None:
    run = run_to(replace(NEAR, optimizer=SGD(lr=0.3, momentum=0.9, weight_decay=0.01)), 20)
    found = arrows(Atlas(run), (0.0, 7.0, LOWEST, 1.0, 0.0, 0.0, 0.0, 1.0, 0.0))
    assert isinstance(found, Arrows)
    moved = np.array(run.step(8).weights) - run.step(7).weights
    assert found.step[:2] == pytest.approx(tuple(moved), abs=1e-7)
    parts = np.array([found.gradient, found.decay, found.memory])
    assert parts.sum(0) == pytest.approx(np.array(found.step), abs=1e-7)
    assert parts[1] == pytest.approx(-0.003 * np.array([*run.step(7).weights, run.step(7).bias]))
    assert np.abs(found.memory).max() > 1e-4
    assert found.rate == pytest.approx(0.3)
    objective, _ = objective_of(run)
    step = run.step(7)
    at = torch.tensor([*step.weights, step.bias], dtype=torch.float64)
    hessian = torch.func.hessian(objective.loss)(at)
    steepest = torch.linalg.eigvalsh(hessian)[-1].item()
    assert found.stable_rate == pytest.approx(2 * 1.9 / steepest)
    inner = torch.linalg.inv(torch.linalg.inv(hessian)[:2, :2])
    low, high = torch.linalg.eigvalsh(inner).tolist()
    assert found.roundness == pytest.approx(math.sqrt(low / high))


def test_adam_has_no_stable_rate() -> None:
    run = run_to(replace(NEAR, optimizer=Adam()), 5)
    found = arrows(Atlas(run), (0.0, 2.0, SLICE, 1.0, 0.0, 0.0, 0.0, 1.0, 0.0))
    assert isinstance(found, Arrows)
    assert found.stable_rate is None


@pytest.mark.parametrize(
    "change",
    [
        {0: 2},
        {0: -1},
        {1: 1},
        {1: 3},
        {1: -2},
        {2: 9},
        {3: 0},
        {3: 99},
        {5: 99},
        {5: -1},
        {7: 9e9},
    ],
)
def test_numbers_that_do_not_fit_give_nothing(change: dict[int, float]) -> None:
    run = run_to(NEAR, 5)
    numbers = list(question(run))
    for place, value in change.items():
        numbers[place] = float(value)
    assert landscape(Atlas(run), tuple(numbers)) is None
    assert landscape(Atlas(run), tuple(numbers[:-1])) is None
    assert landscape(Atlas(run), ()) is None
    for bad in ((), (0.0,) * 8, (0.0, 99.0, *[0.0] * 7), (0.0, 1.0, 5.0, *[0.0] * 6)):
        assert arrows(Atlas(run), bad) is None


def test_an_answer_never_waits_for_a_map_and_asks_for_it_again() -> None:
    film, _ = filmed(RunConfig(data=Blobs(samples_per_class=2000, mean=0.5)))
    first = ask(film)
    film.run.extend(60, 3)
    numbers = question(film.run)
    start = time.perf_counter()
    answer = ask(film, first, rows=(4, 0), wants={"landscape": numbers})
    assert time.perf_counter() - start < 2
    assert "landscape" not in answer.got or answer.got["landscape"]
    atlas = Atlas(film.run)
    found = mapped(atlas, numbers)
    assert (found.points, found.of_points) == (2000, 4000)
    start = time.perf_counter()
    assert mapped(atlas, numbers) is found
    assert time.perf_counter() - start < 0.05
