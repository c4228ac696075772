"""The answers to the player, without a browser."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from unittest.mock import Mock

import numpy as np
import pytest

from lrcore import SGD, Adam, Blobs, Quadratic, Run, RunConfig, Segment, TrainingError
from lrcore.training.engine import Engine
from lrcore.ui.player.film import Answer, Film, Request, ending_sentence

ENDLESS = RunConfig(target_accuracy=1.0, max_iterations=100_000)


@pytest.fixture(autouse=True)
def no_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer is never cut short by the clock."""
    monkeypatch.setattr("lrcore.ui.player.film._SECONDS_PER_ANSWER", 60.0)


def ask(film: Film, last: Answer | None = None, **fields: object) -> Answer:
    """Ask as a player does that has received `last`, changed by `fields`; the first question
    follows the answer that the page opens with."""
    film._outlook.wait(20)
    opening = film.answer() if last is None else last
    known = {key: opening[key] for key in ("run", "revision", "settings")}
    film.request = Request(**{"scene": last is None, **known, **fields})
    return film.answer()


def rows_of(answer: Answer) -> np.ndarray:
    """As the player reads them: little-endian float32, `width` to a row."""
    return np.frombuffer(base64.b64decode(answer["rows"]), "<f4").reshape(-1, answer["width"])


def recorded(run: Run, first: int = 0) -> np.ndarray:
    columns = run.columns(first)
    table = [column for column in columns[1:] if column is not None]
    return np.column_stack(table).astype(np.float32)


def with_rate(lr: float) -> RunConfig:
    return replace(ENDLESS, optimizer=SGD(lr=lr))


def test_page_opens_with_the_scene_and_the_first_moments() -> None:
    film = Film(ENDLESS)
    answer = film.answer()
    assert len(rows_of(answer)) == 120
    assert np.array_equal(rows_of(answer), recorded(film.run))
    assert "scene" in answer


def test_first_answer_to_a_question_brings_the_scene_and_rows_from_the_start() -> None:
    film = Film(ENDLESS)
    answer = ask(film, seq=7)
    assert answer["seq"] == 7
    assert answer["first"] == 0
    assert answer["problem"] is None
    assert answer["marks"] == []
    assert (answer["ended"], answer["sentence"]) == (False, "")
    assert {"scatter", "curves", "features", "points", "traces", "terms", "grid", "levels"} <= set(
        answer["scene"]
    )
    assert len(rows_of(answer)) == 120
    assert np.array_equal(rows_of(answer), recorded(film.run))


def test_answer_can_be_sent_as_json() -> None:
    answer = ask(Film(replace(ENDLESS, initial_weights=(1e38, 1e38, 0.0))))
    plain = {key: value for key, value in answer.items() if key not in ("scene", "outlook")}
    assert json.loads(json.dumps(plain, allow_nan=False)) == plain
    rows = json.loads(json.dumps(answer["outlook"], allow_nan=False))["rows"]
    assert [tuple(row) for row in rows] == answer["outlook"]["rows"]


def test_asking_again_gives_the_same_answer() -> None:
    film = Film(ENDLESS)
    first = ask(film)
    assert film.answer() == first
    second = ask(film, first, first=120, want=300, at=50)
    assert film.answer() == second
    film.set(with_rate(0.5))
    told = film.answer()
    third = ask(film, told, first=420, want=300, at=50)
    assert third["revision"] == 1
    assert film.answer() == third
    fourth = ask(film, third, first=500, restart=True)
    assert film.answer() == fourth


def test_later_rows_follow_without_the_scene() -> None:
    film = Film(ENDLESS)
    first = ask(film)
    second = ask(film, first, first=120, want=300)
    assert "scene" not in second
    assert second["first"] == 120
    assert len(rows_of(second)) == 300
    table = np.concatenate([rows_of(first), rows_of(second)])
    assert np.array_equal(table, recorded(film.run))


def test_many_rows_come_in_parts() -> None:
    film = Film(replace(ENDLESS, data=Blobs(samples_per_class=1)))
    first = ask(film)
    film.run.extend(seconds=60, iterations=21_000)
    part = ask(film, first, first=120)
    assert len(rows_of(part)) == 20_000
    rest = ask(film, first, first=20_120, want=1)
    assert rest["first"] == 20_120
    assert np.array_equal(rows_of(rest), recorded(film.run, 20_120))


def test_change_waits_for_a_player_that_knows_of_it() -> None:
    film = Film(ENDLESS)
    first = ask(film)
    film.set(with_rate(0.5))
    late = ask(film, first, first=120, at=30)
    assert late["settings"] == first["settings"] + 1
    assert late["revision"] == 0
    assert film.run.config == ENDLESS
    placed = ask(film, late, first=late["first"] + 1, at=40)
    assert film.run.segments == (Segment(0, ENDLESS), Segment(40, with_rate(0.5)))
    assert placed["marks"] == [{"iteration": 40, "label": "lr 0.01 → 0.5"}]
    assert (placed["revision"], placed["first"]) == (1, 40)
    assert np.array_equal(rows_of(placed), recorded(film.run, 40))


def test_playhead_beyond_the_record_branches_at_its_end() -> None:
    film = Film(ENDLESS)
    ask(film)
    film.set(with_rate(0.5))
    ask(film, film.answer(), first=120, at=10**9)
    assert film.run.segments[-1].start == 119


def test_change_taken_back_before_it_was_placed_leaves_no_mark() -> None:
    film = Film(ENDLESS)
    first = ask(film)
    film.set(replace(ENDLESS))
    assert film.answer() == first
    film.set(with_rate(0.5))
    film.set(ENDLESS)
    answer = ask(film, film.answer(), first=120, at=40)
    assert (answer["revision"], answer["marks"], answer["first"]) == (0, [], 120)


def test_rows_from_the_earliest_unseen_branch_on_are_sent_again() -> None:
    film = Film(ENDLESS)
    seen = ask(film, ask(film), first=120, want=200)
    for lr, at in ((0.5, 90), (0.25, 50), (0.125, 110)):
        film.set(with_rate(lr))
        ask(film, film.answer() | {"revision": seen["revision"]}, first=320, at=at)
    answer = ask(film, film.answer() | {"revision": seen["revision"]}, first=320)
    assert answer["revision"] == 3
    assert answer["first"] == 50
    assert np.array_equal(rows_of(answer), recorded(film.run, 50))
    assert ask(film, answer | {"revision": 2}, first=320)["first"] == 110


@pytest.mark.parametrize(
    "config",
    [
        replace(ENDLESS, data=Blobs(seed=8)),
        replace(ENDLESS, init_seed=8),
        replace(ENDLESS, initial_weights=(0.0, 1.0, 2.0)),
    ],
)
def test_other_data_or_weights_start_a_new_run(config: RunConfig) -> None:
    film = Film(ENDLESS)
    first = ask(film)
    film.set(config)
    answer = ask(film, first, first=120, at=70)
    assert answer["run"] == first["run"] + 1
    assert (answer["first"], answer["revision"], answer["marks"]) == (0, 0, [])
    assert "scene" in answer
    assert np.array_equal(rows_of(answer), recorded(film.run))
    assert film.run.segments == (Segment(0, config),)


@pytest.mark.parametrize("pending", [False, True])
@pytest.mark.parametrize("branches", [0, 1, 2])
def test_restart_goes_to_the_start_under_the_present_settings(branches: int, pending: bool) -> None:
    film = Film(ENDLESS)
    ask(film)
    rates = (0.1, 0.2)[:branches]
    for lr in rates:
        film.set(with_rate(lr))
        ask(film, film.answer(), first=120, at=60 + int(100 * lr))
    present = with_rate(0.7) if pending else with_rate(rates[-1]) if rates else ENDLESS
    film.set(present)
    answer = ask(film, film.answer(), first=120, at=60, restart=True)
    assert film.run.segments == (Segment(0, present),)
    assert answer["marks"] == []
    expected = Run(present)
    expected.extend(seconds=60, iterations=len(film.run) - 1)
    assert np.array_equal(recorded(film.run), recorded(expected))


@pytest.mark.parametrize(
    ("change", "label"),
    [
        ({"optimizer": SGD(lr=0.5, momentum=0.5)}, "lr 0.01 → 0.5, momentum 0.9 → 0.5"),
        ({"zero_grad": False}, "zero_grad on → off"),
        ({"loss": "bce"}, "loss bce_logits → bce"),
        ({"target_accuracy": 0.95}, "target_accuracy 1 → 0.95"),
        ({"max_iterations": 500}, "max_iterations 100000 → 500"),
    ],
)
def test_mark_names_what_changed(change: dict[str, object], label: str) -> None:
    film = Film(ENDLESS)
    ask(film)
    film.set(replace(ENDLESS, **change))
    answer = ask(film, film.answer(), first=120, at=3)
    assert answer["marks"] == [{"iteration": 3, "label": label}]
    assert answer["target"] == film.run.config.target_accuracy


def test_sentence_of_a_target_that_was_reached() -> None:
    film = Film(RunConfig())
    answer = ask(film, ask(film), first=120, want=10_000)
    last = film.run.step(len(film.run) - 1)
    expected = f"accuracy {last.accuracy:.4f} passes 0.99 at iteration {last.iteration}."
    assert (answer["ended"], answer["sentence"]) == (True, f"Reached: {expected}")


def test_sentence_of_a_target_that_was_not_reached() -> None:
    run = Run(replace(ENDLESS, max_iterations=50))
    run.extend(seconds=60)
    best = max(run.step(k).accuracy for k in range(51))
    sentence = ending_sentence(run)
    assert sentence.startswith("Not reached in 50 iterations")
    assert f"best accuracy was {best:.4f}" in sentence


def test_sentence_of_a_run_that_diverged() -> None:
    run = Run(replace(ENDLESS, initial_weights=(1e38, 1e38, 0.0)))
    run.extend(seconds=60)
    sentence = ending_sentence(run)
    assert sentence.startswith(f"Diverged at iteration {len(run) - 1}:")
    assert "learning rate" in sentence


def answer_while_torch_fails(film: Film) -> Answer:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Engine, "advance", Mock(side_effect=RuntimeError("out of memory")))
        return film.answer()


def assert_kept(answer: Answer) -> None:
    assert "out of memory. The run is kept" in answer["problem"]


def test_failure_is_told_and_the_next_answer_goes_on() -> None:
    film = Film(ENDLESS)
    film.request = Request(scene=False, run=ask(film)["run"], first=120, want=100)
    answer = answer_while_torch_fails(film)
    assert_kept(answer)
    assert (answer["first"], len(rows_of(answer)), answer["ended"]) == (120, 0, False)
    later = film.answer()
    assert later["problem"] is None
    expected = Run(ENDLESS)
    expected.extend(seconds=60, iterations=219)
    assert np.array_equal(rows_of(later), recorded(expected, 120))


@pytest.mark.parametrize("at", [0, 40])
def test_failure_of_a_change_keeps_the_run_and_the_change_is_placed_later(at: int) -> None:
    film = Film(ENDLESS)
    first = ask(film)
    before = recorded(film.run)
    film.set(with_rate(0.5))
    told = film.answer()
    film.request = Request(
        scene=False, run=first["run"], settings=told["settings"], first=120, want=50, at=at
    )
    assert_kept(answer_while_torch_fails(film))
    assert np.array_equal(recorded(film.run), before)
    answer = film.answer()
    assert (answer["problem"], answer["revision"], answer["first"]) == (None, 1, at)
    assert film.run.segments[-1] == Segment(at, with_rate(0.5))


def test_failure_of_a_run_that_the_player_does_not_know_yet() -> None:
    film = Film(ENDLESS)
    ask(film, ask(film), first=120, want=400)
    film.set(replace(ENDLESS, data=Blobs(seed=8)))
    film.request = Request(scene=False, run=1, first=520, want=100)
    answer = answer_while_torch_fails(film)
    assert_kept(answer)
    assert answer["first"] == 0
    assert np.array_equal(rows_of(answer), recorded(film.run))
    assert "scene" in answer


def test_new_run_that_cannot_start_leaves_the_present_one() -> None:
    film = Film(ENDLESS)
    first = ask(film)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Engine, "advance", Mock(side_effect=RuntimeError("out of memory")))
        with pytest.raises(TrainingError, match="out of memory"):
            film.set(replace(ENDLESS, data=Blobs(seed=8)))
    assert film.answer() == first


def test_question_is_read_with_types_and_without_unknown_fields() -> None:
    message = {"seq": 4.0, "at": -3, "scene": False, "view": [0, 1, 2, 3], "more": "?"}
    assert Request.read(message) == Request(seq=4, at=0, scene=False, view=(0.0, 1.0, 2.0, 3.0))
    assert Request.read({}) == Request()


def test_weights_under_the_pointer_are_measured_and_change_nothing() -> None:
    film = Film(replace(ENDLESS, test_share=0.25))
    first = ask(film)
    before = recorded(film.run)
    answer = ask(film, first, first=120, want=0, probe=(0.5, -1.0, 0.25))
    step = film.run.evaluate((0.5, -1.0, 0.25))
    assert answer["probe"]["weights"] == (0.5, -1.0, 0.25)
    values = [step.loss, step.accuracy, step.test_loss, step.test_accuracy]
    assert answer["probe"]["values"] == values
    assert np.array_equal(recorded(film.run), before)
    assert answer["revision"] == first["revision"]


@pytest.mark.parametrize("weights", [(1.0, 2.0), (1.0, 2.0, 1e39), (float("nan"), 0.0, 0.0)])
def test_weights_that_cannot_be_measured_are_passed_over(weights: tuple[float, ...]) -> None:
    film = Film(ENDLESS)
    answer = ask(film, ask(film), first=120, probe=weights)
    assert answer["probe"] is None


def test_limits_come_with_a_later_answer() -> None:
    film = Film(ENDLESS)
    first = ask(film)
    film._outlook.wait(20)
    words = ask(film, first, first=120)["outlook"]
    assert [row.name for row in words["rows"]] == ["Bayes accuracy", "Best line", "Separable"]
    film.set(replace(ENDLESS, target_accuracy=0.5))
    assert ask(film, first, first=120)["outlook"]["warning"] == ""


def test_moments_with_test_points_carry_their_loss_and_accuracy() -> None:
    film = Film(replace(ENDLESS, features=Quadratic(), test_share=0.25))
    answer = ask(film)
    assert (answer["dimension"], answer["width"]) == (5, 10)
    assert np.array_equal(rows_of(answer), recorded(film.run))
    step = film.run.step(7)
    assert rows_of(answer)[7, -2:] == pytest.approx([step.test_loss, step.test_accuracy])


def test_change_of_optimiser_is_named() -> None:
    film = Film(ENDLESS)
    ask(film)
    film.set(replace(ENDLESS, optimizer=Adam(), test_share=0.0, l2=0.25))
    placed = ask(film, film.answer(), first=120, at=40)
    label = "l2 0 → 0.25, optimizer SGD → Adam"
    assert placed["marks"] == [{"iteration": 40, "label": label}]
