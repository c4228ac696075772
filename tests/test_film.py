"""The answers to the player, without a browser."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from lrcore import LBFGS, SGD, Adam, Blobs, Cubic, Quadratic, Run, RunConfig, Segment, Status
from lrcore.data import Dataset, Uploaded
from lrcore.training.engine import Engine
from lrcore.ui.player.answers import respond
from lrcore.ui.player.protocol import Answer, Mark, Request, Version
from lrcore.ui.player.words import began, ending_sentence
from tests.films import ENDLESS, ask, filmed, recorded, rows_of, with_rate


@pytest.fixture(autouse=True)
def no_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer is never cut short by the clock."""
    monkeypatch.setattr("lrcore.ui.player.film._SECONDS_PER_ANSWER", 60.0)


def counted_steps(monkeypatch: pytest.MonkeyPatch) -> list[tuple[float, int]]:
    """The rate under which each chunk was trained from now on, and its length."""
    trained: list[tuple[float, int]] = []
    advance = Engine.advance

    def counting(engine: Engine, steps: int) -> np.ndarray:
        trained.append((engine._config.optimizer.lr, steps))
        return advance(engine, steps)

    monkeypatch.setattr(Engine, "advance", counting)
    return trained


def test_page_opens_with_the_scene_and_the_first_moments() -> None:
    film, _ = filmed()
    answer = respond(film)
    assert (answer.version, answer.first) == (Version(1, 0, 0), 0)
    assert len(rows_of(answer)) == 120
    assert np.array_equal(rows_of(answer), recorded(film.run))
    assert answer.scene is not None
    assert answer.scene.columns == ["loss", "accuracy"]
    assert (answer.state.ended, answer.state.sentence, answer.marks) == (False, "", ())


def test_answer_is_plain_json_with_the_names_of_the_protocol() -> None:
    film, _ = filmed(replace(ENDLESS, initial_weights=(1e38, 1e38, 0.0), test_share=0.25))
    wants = {"probe": (0.5, 1.0, 2.0), "grid": (-1.0, 1.0, -2.0, 2.0)}
    for answer in (ask(film), ask(film, wants=wants)):
        message = answer.message()
        assert json.loads(json.dumps(message, allow_nan=False)) == message
        assert message.keys() == {*Answer.__dataclass_fields__}
        assert message["version"] == {"run": 1, "branch": 0, "config": 0, "film": 0}
        assert message["state"]["limits"]["rows"][0].keys() == {"name", "value", "here", "why"}


def test_asking_again_gives_the_same_answer_and_trains_once() -> None:
    film, _ = filmed()
    first = ask(film)
    assert respond(film) == first
    second = ask(film, first, rows=(120, 420), at=50)
    assert (respond(film), len(film.run)) == (second, 420)
    film.set(with_rate(0.5))
    third = ask(film, second, rows=(420, 700), at=50)
    assert third.version.branch == 1
    assert (respond(film), len(film.run)) == (third, 700)
    film.restart()
    fourth = ask(film, third, rows=(700, 500))
    assert fourth.version.branch == 2
    assert respond(film) == fourth


def test_later_rows_follow_without_the_scene() -> None:
    film, _ = filmed()
    first = respond(film)
    second = ask(film, first, rows=(120, 420))
    assert (second.scene, second.first, len(rows_of(second))) == (None, 120, 300)
    table = np.concatenate([rows_of(first), rows_of(second)])
    assert np.array_equal(table, recorded(film.run))


def test_many_rows_come_in_parts() -> None:
    film, _ = filmed(replace(ENDLESS, data=Blobs(samples_per_class=1)))
    first = ask(film)
    film.run.extend(seconds=60, iterations=21_000)
    part = ask(film, first, rows=(120, 120))
    assert len(rows_of(part)) == 20_000
    rest = ask(film, part, rows=(20_120, 20_120))
    assert np.array_equal(rows_of(rest), recorded(film.run, 20_120))


def test_paused_page_branches_at_once_where_it_rests(monkeypatch: pytest.MonkeyPatch) -> None:
    film, clock = filmed()
    seen = ask(film, at=30)
    clock.now += 3600
    trained = counted_steps(monkeypatch)
    film.set(with_rate(0.5))
    answer = respond(film)
    assert film.run.segments == (Segment(0, ENDLESS), Segment(30, with_rate(0.5)))
    assert answer.marks == (Mark(30, "Learning rate 0.01 → 0.5", breaks=False),)
    assert (answer.version, answer.first, answer.state.waiting) == (Version(1, 1, 1), 30, False)
    assert len(rows_of(answer)) == 120
    assert np.array_equal(rows_of(answer), recorded(film.run, 30))
    assert sum(steps for lr, steps in trained if lr == 0.01) <= 30  # to come back to 30 alone
    assert seen.version.branch == 0


def test_playhead_that_comes_with_the_change_is_where_it_applies() -> None:
    film, _ = filmed()
    seen = ask(film, rows=(120, 420), at=30, playing=True, speed=60.0)
    film.take(Request(knows=seen.version, at=77, playing=True, speed=60.0, rows=(420, 137)))
    film.set(with_rate(0.5))
    answer = respond(film)
    assert answer.marks == (Mark(77, "Learning rate 0.01 → 0.5", breaks=False),)
    assert len(film.run) == 77 + 120


def test_playhead_told_just_before_is_foreseen() -> None:
    film, clock = filmed()
    ask(film, rows=(120, 420), at=30, playing=True, speed=600.0)
    clock.now += 0.1
    film.set(with_rate(0.5))
    assert respond(film).marks[0].iteration == 90


def test_change_waits_for_a_playhead_and_trains_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    film, clock = filmed()
    seen = ask(film, rows=(120, 420), at=30, playing=True, speed=60.0)
    clock.now += 1.0
    trained = counted_steps(monkeypatch)
    film.set(with_rate(0.5))
    told = respond(film)
    assert (told.state.waiting, told.version) == (True, Version(1, 0, 1))
    assert (trained, film.run.config) == ([], ENDLESS)
    placed = ask(film, told, rows=(420, 150), at=92, playing=True, speed=60.0)
    assert (placed.state.waiting, placed.first) == (False, 92)
    assert placed.marks == (Mark(92, "Learning rate 0.01 → 0.5", breaks=False),)
    assert np.array_equal(rows_of(placed), recorded(film.run, 92))
    assert seen.marks == ()


def test_playhead_beyond_the_record_branches_at_its_end() -> None:
    film, _ = filmed()
    ask(film, at=10**9)
    film.set(with_rate(0.5))
    respond(film)
    assert film.run.segments[-1].start == 119


def test_change_taken_back_before_it_was_placed_leaves_no_mark() -> None:
    film, clock = filmed()
    first = ask(film, at=40, playing=True)
    film.set(replace(ENDLESS))
    assert respond(film) == first
    clock.now += 1
    film.set(with_rate(0.5))
    respond(film)
    film.set(ENDLESS)
    answer = ask(film, respond(film), at=40, playing=True)
    assert (answer.version.branch, answer.marks, answer.first) == (0, (), 120)


def test_rows_from_the_earliest_unseen_branch_on_are_sent_again() -> None:
    film, _ = filmed()
    seen = ask(film, rows=(120, 320))
    for lr, at in ((0.5, 90), (0.25, 50), (0.125, 110)):
        film.set(with_rate(lr))
        ask(film, seen, rows=(320, 320), at=at)
    answer = ask(film, seen, rows=(320, 320))
    assert (answer.version.branch, answer.first) == (3, 50)
    assert np.array_equal(rows_of(answer), recorded(film.run, 50))
    knows = answer.version._replace(branch=2)
    assert ask(film, answer, knows=knows, rows=(320, 320)).first == 110


def test_a_new_run_starts_at_0_for_a_player_that_has_just_come_back() -> None:
    film, _ = filmed()
    film.take(Request(at=77))  # it knows no run yet, and asks no more while it rests
    assert respond(film).at == 77
    film.set(replace(film.wanted, data=Blobs(seed=5)))
    assert respond(film).at == 0


@pytest.mark.parametrize(
    "config",
    [
        replace(ENDLESS, data=Blobs(seed=8)),
        replace(ENDLESS, init_seed=8),
        replace(ENDLESS, initial_weights=(0.0, 1.0, 2.0)),
    ],
)
def test_other_data_or_weights_start_a_new_run(config: RunConfig) -> None:
    film, _ = filmed()
    first = ask(film)
    film.set(config)
    answer = ask(film, first, at=70)
    assert answer.version == Version(2, 0, 1)
    assert (answer.first, answer.at, answer.marks) == (0, 0, ())
    assert answer.scene is not None
    assert np.array_equal(rows_of(answer), recorded(film.run))
    assert film.run.segments == (Segment(0, config),)


def test_player_that_has_just_been_made_learns_where_to_go_on() -> None:
    film, _ = filmed()
    ask(film, at=70)
    assert respond(film).at == 70
    answer = ask(film, knows=Version(), at=70)
    assert (answer.at, answer.first, answer.scene is None) == (70, 0, False)


@pytest.mark.parametrize("pending", [False, True])
@pytest.mark.parametrize("branches", [0, 1, 2])
def test_restart_goes_to_the_start_under_the_present_settings(branches: int, pending: bool) -> None:
    film, _ = filmed()
    last = ask(film)
    rates = (0.1, 0.2)[:branches]
    for lr in rates:
        film.set(with_rate(lr))
        last = ask(film, last, at=60 + int(100 * lr))
    present = with_rate(0.7) if pending else with_rate(rates[-1]) if rates else ENDLESS
    film.set(present)
    film.restart()
    answer = ask(film, last, at=60)
    assert film.run.segments == (Segment(0, present),)
    assert answer.marks == ()
    expected = Run(present)
    expected.extend(seconds=60, iterations=len(film.run) - 1)
    assert np.array_equal(recorded(film.run), recorded(expected))


@pytest.mark.parametrize(
    ("change", "label"),
    [
        ({"optimizer": SGD(lr=0.5, momentum=0.5)}, "Learning rate 0.01 → 0.5, Momentum 0.9 → 0.5"),
        ({"zero_grad": False}, "zero_grad each step on → off"),
        ({"loss": "bce"}, "Loss BCE on logits → BCE"),
        ({"target_accuracy": 0.95}, "Target accuracy 1 → 0.95"),
        ({"max_iterations": 500}, "Max. iterations 100000 → 500"),
        ({"optimizer": Adam(), "l2": 0.25}, "L2 penalty 0 → 0.25, Optimiser SGD → Adam"),
    ],
)
def test_mark_names_what_changed(change: dict[str, object], label: str) -> None:
    film, _ = filmed()
    ask(film, at=3)
    film.set(replace(ENDLESS, **change))
    answer = respond(film)
    assert answer.marks == (Mark(3, label, breaks="Loss" in label),)
    assert answer.state.target == film.run.config.target_accuracy


def test_sentence_of_a_target_that_was_reached() -> None:
    film, _ = filmed(RunConfig())
    state = ask(film, rows=(120, 10_000)).state
    last = film.run.step(len(film.run) - 1)
    expected = f"accuracy {last.accuracy:.4f} passes 0.99 at iteration {last.iteration}."
    assert (state.ended, state.sentence) == (True, f"Reached: {expected}")


def test_sentence_of_a_target_that_was_not_reached() -> None:
    run = Run(replace(ENDLESS, max_iterations=50))
    run.extend(seconds=60)
    best = max(run.step(k).accuracy for k in range(51))
    sentence = ending_sentence(run)
    assert sentence.startswith("Not reached in 50 iterations")
    assert f"best accuracy was {best:.4f}" in sentence


HUGE = Uploaded(Dataset(1e19 * Blobs(mean=0.5).sample().x, Blobs(mean=0.5).sample().y))
OVERLAPPING = replace(ENDLESS, data=Blobs(mean=0.8))


@pytest.mark.parametrize(
    ("config", "causes"),
    [
        (replace(OVERLAPPING, l2=1.0, optimizer=SGD(lr=5.0)), "a large rate with a penalty"),
        (
            replace(OVERLAPPING, optimizer=SGD(lr=5.0, weight_decay=1.0)),
            "a large rate with a penalty",
        ),
        (replace(OVERLAPPING, l2=0.1, zero_grad=False), "zero_grad off"),
        (
            replace(OVERLAPPING, optimizer=LBFGS(lr=10.0, line_search=False)),
            "no line search",
        ),
        (
            replace(ENDLESS, data=HUGE, optimizer=SGD(lr=10.0)),
            "large coordinates (try Standardise)",
        ),
    ],
)
def test_sentence_of_a_run_that_diverged_names_what_it_had(config: RunConfig, causes: str) -> None:
    run = Run(config)
    run.extend(seconds=60, iterations=20_000)
    assert run.status is Status.DIVERGED
    assert ending_sentence(run) == (
        f"Diverged at iteration {len(run) - 1}: a number became too large. Likely: {causes}."
    )
    since, loss = began(run), run.columns().loss[:-1]
    assert 0 <= since < len(run) - 1
    assert len(loss) == 1 or loss[-1] > 100 * loss[since]


@pytest.mark.parametrize("settings", [{}, {"optimizer": SGD(lr=10.0)}, {"loss": "mse"}])
def test_large_rate_alone_does_not_diverge(settings: dict[str, object]) -> None:
    run = Run(replace(OVERLAPPING, **settings))
    run.extend(seconds=60, iterations=2000)
    assert run.status is Status.RUNNING


def test_growth_began_where_the_settings_that_caused_it_came() -> None:
    run = Run(replace(OVERLAPPING, l2=0.5, optimizer=SGD(lr=0.1)))
    run.extend(seconds=60, iterations=400)
    run.branch(400, optimizer=SGD(lr=10.0))
    run.extend(seconds=60)
    assert run.status is Status.DIVERGED
    assert 400 <= began(run) < 405


def test_numbers_too_large_to_start_with() -> None:
    weights = Run(replace(ENDLESS, initial_weights=(1e38, 1e38, 0.0)))
    points = replace(ENDLESS, data=HUGE, features=Cubic())
    assert ending_sentence(weights) == "Cannot start: the numbers are too large for float32."
    assert began(weights) is None
    assert ending_sentence(Run(points)) == (
        "Cannot start: the numbers are too large for float32; try Standardise."
    )
    cured = Run(replace(points, standardise=True))
    cured.extend(seconds=60, iterations=100)
    assert cured.status is Status.RUNNING


def test_limits_come_with_a_later_answer() -> None:
    film, _ = filmed()
    first = ask(film)
    limits = ask(film, first).state.limits
    assert [row.name for row in limits.rows] == ["Bayes accuracy", "Best line", "Separable"]
    film.set(replace(ENDLESS, target_accuracy=0.5))
    assert ask(film, first).state.limits.warning == ""


def test_moments_with_test_points_carry_their_loss_and_accuracy() -> None:
    film, _ = filmed(replace(ENDLESS, features=Quadratic(), test_share=0.25))
    answer = respond(film)
    assert answer.scene.columns == ["loss", "accuracy", "test_loss", "test_accuracy"]
    assert len(answer.scene.terms) == 5
    assert np.array_equal(rows_of(answer, 10), recorded(film.run))
    step = film.run.step(7)
    assert rows_of(answer, 10)[7, -2:] == pytest.approx([step.test_loss, step.test_accuracy])


def test_a_run_that_is_brought_back_starts_at_its_moment_however_often_it_is_asked_for() -> None:
    film, _ = filmed()
    first = ask(film)
    film.take(Request(knows=first.version, at=60))
    film.start_from((1.0, -2.0, 0.5))
    dragged = respond(film)
    assert dragged.at == 0
    late = Request(knows=dragged.version, at=0)  # asked again before the answer came
    film.take(late)
    film.undo()
    for _ in range(2):
        assert respond(film).at == 60
        film.take(late)
    assert ask(film, respond(film), at=60).at == 60


def test_a_drag_can_be_undone_and_other_data_cannot() -> None:
    film, _ = filmed(RunConfig())
    first = ask(film)
    run = film.run
    film.take(Request(knows=first.version))
    film.start_from((1.0, -2.0, 0.5))
    assert film.run is not run
    assert respond(film).state.undo
    film.undo()
    assert film.run is run
    assert not respond(film).state.undo
    film.start_from((1.0, -2.0, 0.5))
    film.set(RunConfig(data=Blobs(seed=9)))
    assert not respond(film).state.undo
