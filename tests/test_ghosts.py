"""Pinned runs: what a page keeps of them, what they are called, and how a link names them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from lrcore import LBFGS, SGD, Adam, Blobs, Quadratic, Run, RunConfig, Segment
from lrcore.settings import SettingsError
from lrcore.ui.pins import pins_of, pins_text
from lrcore.ui.player.film import Film
from lrcore.ui.player.protocol import Answer, Ghost
from tests.films import ENDLESS, ask, filmed, recorded, rows_of, with_rate

ADAM = replace(ENDLESS, optimizer=Adam(lr=0.05))
OVERLAPPING = Blobs(std=2.0)


@pytest.fixture(autouse=True)
def no_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lrcore.ui.player.film._SECONDS_PER_ANSWER", 60.0)


def pinned(*configs: RunConfig, then: RunConfig = ENDLESS) -> tuple[Film, Answer]:
    film, _ = filmed(configs[0])
    for config in (*configs[1:], then):
        film.pin()
        film.set(config)
        film.restart()
        answer = ask(film)
    return film, answer


def known(answer: Answer) -> tuple[tuple[int, int], ...]:
    return tuple((one.number, one.first + len(rows_of(one))) for one in answer.ghosts)


def test_a_ghost_has_the_moments_of_its_run_and_is_as_long_as_the_page_s() -> None:
    film, first = pinned(with_rate(0.3))
    [ghost] = first.ghosts
    alone = Run(with_rate(0.3))
    alone.extend(seconds=60, iterations=len(film.run) - 1)
    assert np.array_equal(rows_of(ghost), recorded(alone))
    more = ask(film, first, rows=(120, 400), ghosts=known(first))
    [ghost] = more.ghosts
    assert (ghost.first, len(rows_of(ghost)), len(film.run)) == (120, 280, 400)
    alone.extend(seconds=60, iterations=280)
    assert np.array_equal(rows_of(ghost), recorded(alone, 120))


def test_a_ghost_goes_through_the_changes_of_its_run() -> None:
    film, _ = filmed()
    ask(film, at=30)
    film.set(with_rate(0.5))
    seen = ask(film, at=30)
    film.pin()
    film.set(ADAM)
    film.restart()
    [ghost] = ask(film, seen, rows=(0, 200), ghosts=()).ghosts
    by_hand = Run(ENDLESS)
    by_hand.extend(seconds=60, iterations=30)
    by_hand.branch(30, optimizer=SGD(lr=0.5))
    by_hand.extend(seconds=60, iterations=200 - len(by_hand))
    assert np.array_equal(rows_of(ghost), recorded(by_hand))


def test_four_can_be_pinned_and_each_let_go() -> None:
    film, _ = filmed()
    for _ in range(6):
        film.pin()
    assert [one.number for one in ask(film).ghosts] == [1, 2, 3, 4]
    film.ghosts.remove(2)
    film.ghosts.remove(7)
    film.pin()
    assert [one.number for one in ask(film).ghosts] == [1, 3, 4, 5]
    alone = Film(ENDLESS)
    ask(alone)
    assert film.nbytes > 4 * alone.nbytes


def test_a_player_that_knew_another_server_s_ghosts_gets_all_rows() -> None:
    film, answer = pinned(with_rate(0.3))
    stranger = answer.version._replace(film=7)
    [ghost] = ask(film, answer, knows=stranger, ghosts=((1, 50),)).ghosts
    assert (ghost.first, len(rows_of(ghost))) == (0, len(film.run))


@pytest.mark.parametrize(
    ("other", "elsewhere", "comparable"),
    [
        (with_rate(0.3), "", True),
        (replace(ENDLESS, initial_weights=(1.0, 0.0, 0.0)), "", True),
        (replace(ENDLESS, loss="mse"), "", False),
        (replace(ENDLESS, features=Quadratic()), "features", True),
        (replace(ENDLESS, standardise=True), "features", True),
        (replace(ENDLESS, data=OVERLAPPING), "data", False),
        (replace(ENDLESS, test_share=0.25), "data", False),
    ],
)
def test_only_what_can_be_compared_is(other: RunConfig, elsewhere: str, comparable: bool) -> None:
    _, answer = pinned(other)
    [ghost] = answer.ghosts
    assert (ghost.elsewhere, ghost.comparable) == (elsewhere, comparable)


@pytest.mark.parametrize(
    ("configs", "then", "labels"),
    [
        ([with_rate(0.1)], with_rate(0.3), ["lr 0.1"]),
        ([with_rate(0.1), ADAM], ENDLESS, ["lr 0.1", "Adam"]),
        ([with_rate(0.1), with_rate(0.3)], ADAM, ["SGD, lr 0.1", "SGD, lr 0.3"]),
        ([with_rate(0.1), replace(ADAM, init_seed=9)], ADAM, ["SGD", "other start"]),
        ([ENDLESS], ENDLESS, ["same settings"]),
        ([replace(ENDLESS, l2=0.1)], ENDLESS, ["l2 0.1"]),
        ([replace(ENDLESS, zero_grad=False)], ENDLESS, ["zero_grad off"]),
        ([replace(ENDLESS, initial_weights=(1.0, 0.0, 0.0))], ENDLESS, ["other start"]),
        ([replace(ENDLESS, data=OVERLAPPING)], ENDLESS, ["std 2"]),
    ],
)
def test_a_label_says_what_differs(
    configs: list[RunConfig], then: RunConfig, labels: list[str]
) -> None:
    _, answer = pinned(*configs, then=then)
    assert [one.label for one in answer.ghosts] == labels


def test_a_ghost_keeps_up_along_the_axis_that_is_shown() -> None:
    """One iteration of L-BFGS evaluates the loss several times: SGD needs as many iterations."""
    config = replace(ENDLESS, optimizer=LBFGS(), data=OVERLAPPING, max_iterations=20)
    film, answer = pinned(replace(ENDLESS, data=OVERLAPPING), then=config)
    [ghost] = ask(film, answer, rows=(120, 300), axis=1).ghosts
    evaluations = film.run.effort()[-1, 0]
    assert evaluations > 20
    assert len(rows_of(ghost)) > evaluations


def test_effort_counts_the_evaluations_that_torch_makes() -> None:
    """Against torch's L-BFGS with a closure of our own."""
    run = Run(replace(ENDLESS, optimizer=LBFGS(), data=OVERLAPPING, init_seed=1))
    run.extend(seconds=60, iterations=12)
    x, y = run.data.x, run.data.y
    start = torch.tensor([*run.step(0).weights, run.step(0).bias], requires_grad=True)
    optimizer = torch.optim.LBFGS(
        [start], lr=1.0, max_iter=1, max_eval=25, history_size=10, line_search_fn="strong_wolfe"
    )
    counted = [0]

    def closure() -> torch.Tensor:
        counted[-1] += 1
        optimizer.zero_grad()
        logits = x @ start[:2] + start[2]
        loss = torch.nn.functional.binary_cross_entropy_with_logits(logits, y)
        loss.backward()
        return loss

    for _ in range(6):
        counted.append(counted[-1])
        optimizer.step(closure)
    assert run.effort(0, 7)[:, 0].tolist() == counted


def test_effort_goes_on_from_a_branch_and_never_falls() -> None:
    run = Run(ENDLESS)
    run.extend(seconds=60, iterations=600)
    before = run.effort()
    assert before[:, 0].tolist() == list(range(601))
    run.branch(300, optimizer=Adam())
    run.extend(seconds=60, iterations=300)
    after = run.effort()
    assert np.array_equal(after[:301], before[:301])
    assert (np.diff(after, axis=0) > 0).all()
    assert after[:, 0].tolist() == list(range(len(run)))


CHANGED = (Segment(0, ADAM), Segment(137, replace(ADAM, optimizer=Adam(lr=1.0), l2=0.1)))
PLANS = [
    (Segment(0, ENDLESS),),
    (Segment(0, with_rate(0.1)),),
    CHANGED,
    (Segment(0, replace(ADAM, initial_weights=(1.5, -2.0, 0.25))),),
    (Segment(0, replace(ENDLESS, data=Blobs(std=3.0, seed=9), features=Quadratic())),),
]


@pytest.mark.parametrize("plan", PLANS)
@pytest.mark.parametrize("shown", [ENDLESS, ADAM, PLANS[4][0].config])
def test_a_link_names_a_pinned_run_exactly(plan: tuple[Segment, ...], shown: RunConfig) -> None:
    text = pins_text([plan, plan], shown)
    assert pins_of(shown, text) == [plan, plan]
    assert len(text) < 500


def test_a_link_with_four_pins_is_short_and_one_that_is_too_long_loses_the_last() -> None:
    many = tuple(Segment(k, with_rate(0.1 + 0.1 * (k % 5))) for k in range(300))
    assert len(pins_text([CHANGED] * 4, ENDLESS)) < 400
    assert pins_of(ENDLESS, pins_text([CHANGED, many, many], ENDLESS))[0] == CHANGED
    assert len(pins_text([many] * 4, ENDLESS)) <= 4_000


@pytest.mark.parametrize(
    "text",
    [
        "~",
        "x",
        "0:lr",
        "0:lr=fast",
        "0:nothing=1",
        "3:data=moons",
        "0~0~0~0~0",
        "0:lr=0.1;0:lr=1",
        "0:start=typed,weights=nan 1 2",
        "0:lr=0.1" * 1000,
    ],
)
def test_a_link_that_names_no_run_is_refused(text: str) -> None:
    with pytest.raises(SettingsError):
        pins_of(ENDLESS, text)


def test_ghost_is_plain_json_with_the_names_of_the_protocol() -> None:
    _, answer = pinned(with_rate(0.3))
    [message] = answer.message()["ghosts"]
    assert message.keys() == {*Ghost.__dataclass_fields__}
