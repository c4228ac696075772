"""The record of a run: moments, endings, memory, threads and failures."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from inspect import isgenerator
from itertools import count
from pathlib import Path

import numpy as np
import pytest

from lrcore import SGD, Blobs, Run, RunConfig, Status, TrainingError, train
from lrcore.data import Dataset
from lrcore.settings import SettingsError
from lrcore.training import Columns, Step
from lrcore.training.engine import Engine

ENDLESS = RunConfig(target_accuracy=1.0, max_iterations=1_000_000)
LOSSES = ("bce", "bce_logits", "mse")
ROOT = Path(__file__).parent.parent


def loss_and_accuracy(step: Step, data: Dataset, loss: str) -> tuple[float, float]:
    """Both in float64, from the definitions: -ln p of the true class or (p - y)², and z >= 0."""
    x, y = data.x.numpy().astype(np.float64), data.y.numpy()
    z = x @ np.array(step.weights) + step.bias
    losses = (1 / (1 + np.exp(-z)) - y) ** 2
    if loss != "mse":
        losses = np.logaddexp(0, np.where(y == 1, -z, z))
    return losses.mean(), ((z >= 0) == (y == 1)).mean()


def same_columns(one: Columns, other: Columns) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("zero_grad", [True, False])
def test_each_step_is_of_one_moment(loss: str, zero_grad: bool) -> None:
    run = Run(replace(ENDLESS, loss=loss, zero_grad=zero_grad))
    run.extend(seconds=60, iterations=40)
    for iteration in range(41):
        step = run.step(iteration)
        assert step.iteration == iteration
        expected_loss, expected_accuracy = loss_and_accuracy(step, run.data, loss)
        assert step.loss == pytest.approx(expected_loss, rel=1e-5)
        assert step.accuracy == pytest.approx(expected_accuracy, abs=1e-12)


@pytest.mark.parametrize("loss", LOSSES)
def test_first_update_follows_the_gradient(loss: str) -> None:
    config = replace(ENDLESS, loss=loss, optimizer=SGD(lr=1.0))
    run = Run(config)
    run.extend(seconds=60, iterations=1)
    start, after = run.step(0), run.step(1)
    gradient = []
    for index in range(3):
        losses = []
        for shift in (1e-5, -1e-5):
            parameters = [*start.weights, start.bias]
            parameters[index] += shift
            moved = start._replace(weights=tuple(parameters[:2]), bias=parameters[2])
            losses.append(loss_and_accuracy(moved, run.data, loss)[0])
        gradient.append((losses[0] - losses[1]) / 2e-5)
    step = np.array([*after.weights, after.bias]) - [*start.weights, start.bias]
    np.testing.assert_allclose(step, -np.array(gradient), rtol=1e-4, atol=1e-6)


def test_step_zero_is_the_initial_model() -> None:
    step = Run(replace(ENDLESS, initial_weights=(0.5, -0.25, 2.0))).step(0)
    assert (step.iteration, step.weights, step.bias) == (0, (0.5, -0.25), 2.0)


def test_train_is_a_generator_that_returns_why_it_ended() -> None:
    returned = []

    def noted() -> Generator[Step, None, None]:
        returned.append((yield from train(RunConfig())))

    assert isgenerator(train(RunConfig()))
    steps = list(noted())
    assert returned == [Status.REACHED]
    assert [step.iteration for step in steps] == list(range(len(steps)))
    assert steps[-1].accuracy > 0.99 >= max(step.accuracy for step in steps[:-1])


@pytest.mark.parametrize("share", [0.0, 0.25])
def test_moments_of_a_run_are_its_steps(share: float) -> None:
    run = Run(replace(ENDLESS, test_share=share, max_iterations=600))
    moments = list(run)
    assert run.status is Status.EXHAUSTED
    assert moments == [run.step(iteration) for iteration in range(601)]
    assert {type(value) for moment in moments for value in moment.weights} == {float}
    assert list(run) == moments == list(train(run.config))


@pytest.mark.parametrize("chunk", [1, 256])
def test_training_is_at_most_a_chunk_ahead_of_who_takes_its_moments(
    monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    monkeypatch.setattr("lrcore.training.engine._LONGEST_CHUNK", chunk)
    run = Run(ENDLESS)
    for step in run:
        assert len(run) <= step.iteration + chunk
        if step.iteration == 600:
            break


def test_who_takes_moments_sees_a_branch_at_once() -> None:
    run, taken = Run(ENDLESS), []
    for step in run:
        taken.append(step)
        if step.iteration == 40 and len(run.segments) == 1:
            run.branch(40, optimizer=SGD(lr=1.0))
        if step.iteration == 90:
            run.branch(10, optimizer=SGD(lr=0.5))  # behind the one who takes
        if step.iteration == 300:
            break
    assert [step.iteration for step in taken] == list(range(301))
    other = Run(ENDLESS)
    other.extend(seconds=60, iterations=40)
    other.branch(40, optimizer=SGD(lr=1.0))
    other.extend(seconds=60, iterations=50)
    assert taken[:91] == [other.step(iteration) for iteration in range(91)]
    assert taken[91:] == [run.step(iteration) for iteration in range(91, 301)]


def test_moments_end_where_the_run_ends_and_go_on_where_it_goes_on() -> None:
    run = Run(replace(ENDLESS, max_iterations=30))
    moments = iter(run)
    first = [next(moments) for _ in range(31)]
    run.branch(30, max_iterations=50)
    assert [step.iteration for step in moments] == list(range(31, 51))
    assert list(run)[:31] == first


def test_generator_can_be_closed_and_thrown_into() -> None:
    training = train(ENDLESS)
    next(training)
    training.close()
    assert list(training) == []
    training = train(ENDLESS)
    next(training)
    with pytest.raises(KeyError, match="stop"):
        training.throw(KeyError("stop"))
    assert list(training) == []


@pytest.mark.parametrize("iterations", [1, 2, 255, 256, 257, 600])
def test_exhausted_run_ends_with_the_last_iteration(iterations: int) -> None:
    run = Run(replace(ENDLESS, max_iterations=iterations))
    *_, last = run
    assert run.status is Status.EXHAUSTED
    assert last.iteration == iterations


def test_target_must_be_passed_and_not_only_met() -> None:
    run = Run(ENDLESS)
    run.extend(seconds=60, iterations=400)
    accuracy = run.columns().accuracy
    *levels, best = np.unique(np.maximum.accumulate(accuracy)).tolist()
    assert 0.99 in levels
    for level in levels[-4:]:
        passed = int((accuracy > level).argmax())
        assert (accuracy[:passed] == level).any()
        *_, last = train(replace(ENDLESS, target_accuracy=level))
        assert last.iteration == passed
    *_, last = train(replace(ENDLESS, target_accuracy=best, max_iterations=400))
    assert last.iteration == 400


def test_target_passed_by_the_initial_model_ends_the_run_at_once() -> None:
    run = Run(RunConfig(target_accuracy=0.5, initial_weights=(-1.0, -1.0, 2.0)))
    assert [step.iteration for step in run] == [0]
    assert run.status is Status.REACHED


# A step under this penalty multiplies the weights by about 1 - 10.
RACING = {"optimizer": SGD(lr=10.0, momentum=0.0), "l2": 1.0}


@pytest.mark.parametrize(
    ("loss", "changes"),
    [
        ("bce_logits", {"initial_weights": (1e38, 1e38, 0.0)}),
        *((loss, RACING) for loss in LOSSES),
    ],
)
def test_run_that_is_not_finite_any_more_has_diverged(
    loss: str, changes: dict[str, object]
) -> None:
    run = Run(replace(ENDLESS, loss=loss, **changes))
    run.extend(seconds=60, iterations=100)
    assert run.status is Status.DIVERGED
    columns = run.columns()
    finite = np.isfinite(np.column_stack([columns.weights, columns.bias, columns.loss])).all(1)
    assert finite[:-1].all()
    assert not finite[-1]
    assert run.extend(seconds=60) == 0


def test_extend_adds_what_was_asked_for() -> None:
    run = Run(ENDLESS)
    assert len(run) == 1
    for wanted in (0, 1, 2, 255, 256, 700):
        before = len(run)
        assert run.extend(seconds=60, iterations=wanted) == wanted
        assert len(run) == before + wanted


def test_extend_keeps_its_time_budget_and_adds_at_least_one_moment() -> None:
    run = Run(ENDLESS)
    assert 1 <= run.extend(seconds=0) <= 256
    ticks = iter([0.0, 0.04, 0.08, 0.12, 0.16])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("lrcore.training.run.time.perf_counter", lambda: next(ticks))
        assert run.extend(seconds=0.1) == 3 * 256
    assert next(ticks) == 0.16


def test_columns_are_the_steps() -> None:
    run = Run(ENDLESS)
    run.extend(seconds=60, iterations=300)
    columns = run.columns(250, 280)
    assert columns.iteration.tolist() == list(range(250, 280))
    for index, iteration in enumerate(range(250, 280)):
        step = run.step(iteration)
        assert step.weights == tuple(columns.weights[index].tolist())
        assert step.bias == columns.bias[index].item()
        assert step.loss == columns.loss[index].item()
        assert step.accuracy == columns.accuracy[index]
    assert len(run.columns().iteration) == len(run.columns(0, 10**9).iteration) == 301
    assert len(run.columns(500).iteration) == 0


def test_columns_are_copies() -> None:
    run = Run(ENDLESS)
    run.columns().weights[:] = 7.0
    assert run.step(0).weights != (7.0, 7.0)


@pytest.mark.parametrize("iteration", [-1, 11, 10**9])
def test_step_that_is_not_recorded_is_an_error(iteration: int) -> None:
    run = Run(ENDLESS)
    run.extend(seconds=60, iterations=10)
    with pytest.raises(IndexError, match=rf"iteration {iteration} .*0 to 10"):
        run.step(iteration)


SNAPSHOT_BYTES = """
from pathlib import Path
from lrcore import Run, RunConfig
def pages():
    return int(Path("/proc/self/statm").read_text("ascii").split()[1])
run = Run(RunConfig())
run.extend(seconds=60, iterations=20)
before = pages()
kept = [run._engine.snapshot(0) for _ in range(1024)]
print((pages() - before) * 4096 / len(kept))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads the memory in use from /proc")
def test_a_million_steps_stay_under_200_megabytes() -> None:
    steps = 5_000
    run = Run(replace(ENDLESS, data=Blobs(samples_per_class=1)))
    run.extend(seconds=60, iterations=steps)
    assert len(run._snapshots) <= steps / run._engine.chunk_length + 2
    assert run.nbytes <= 1.5 * len(run) * 40 + 257 * 40

    result = subprocess.run(
        [sys.executable, "-c", SNAPSHOT_BYTES], cwd=ROOT, capture_output=True, text=True, check=True
    )
    bytes_per_snapshot = float(result.stdout)
    assert 100 < bytes_per_snapshot < 10_000
    # While the table grows, the old one and one half as large again are in memory together.
    rows = 1_000_000 * 40 * 2.5
    assert rows + 4096 * bytes_per_snapshot < 200e6


def test_threads_that_extend_branch_and_read_leave_the_run_of_one_thread() -> None:
    run = Run(ENDLESS)
    alone = Run(ENDLESS)
    alone.extend(seconds=60, iterations=2000)
    reference = alone.columns()

    def work(worker: int) -> int:
        mistakes = 0
        for turn in range(12):
            run.extend(seconds=60, iterations=37)
            with suppress(SettingsError):  # the other thread may have gone further back
                run.branch((7 * turn + worker) % 29)
            columns = run.columns()
            mistakes += not same_columns(
                columns, Columns(*(c[: len(columns[0])] for c in reference[:5]))
            )
            mistakes += run.step(0) != alone.step(0)
        return mistakes

    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(work, range(2))) == 0
    run.extend(seconds=60, iterations=2001 - len(run))
    assert same_columns(run.columns(), reference)
    assert len(run.segments) == 1


def fail_in_call(patch: pytest.MonkeyPatch, number: int, error: Exception) -> None:
    """One call of `Engine.advance` fails when its work is done."""
    advance, calls = Engine.advance, count(1)

    def failing(engine: Engine, steps: int) -> np.ndarray:
        rows = advance(engine, steps)
        if next(calls) == number:
            raise error
        return rows

    patch.setattr(Engine, "advance", failing)


@pytest.mark.parametrize("error", [RuntimeError("out of memory"), MemoryError("out of memory")])
@pytest.mark.parametrize("zero_grad", [True, False])
def test_failure_keeps_the_record_and_the_run_goes_on_exactly(
    monkeypatch: pytest.MonkeyPatch, error: Exception, zero_grad: bool
) -> None:
    config = replace(ENDLESS, zero_grad=zero_grad)
    whole = Run(config)
    whole.extend(seconds=60, iterations=600)
    run = Run(config)
    run.extend(seconds=60, iterations=300)
    before = run.columns()
    fail_in_call(monkeypatch, 1, error)
    with pytest.raises(TrainingError, match="out of memory"):
        run.extend(seconds=60, iterations=300)
    assert same_columns(run.columns(), before)
    assert run.status is Status.RUNNING
    run.extend(seconds=60, iterations=300)
    assert same_columns(run.columns(), whole.columns())


@pytest.mark.parametrize(("iteration", "call"), [(0, 1), (57, 1), (57, 2), (300, 2)])
def test_failure_in_a_branch_leaves_the_run_as_it_was(
    monkeypatch: pytest.MonkeyPatch, iteration: int, call: int
) -> None:
    run = Run(ENDLESS)
    run.extend(seconds=60, iterations=300)
    before, segments = run.columns(), run.segments
    fail_in_call(monkeypatch, call, RuntimeError("out of memory"))
    with pytest.raises(TrainingError, match="out of memory"):
        run.branch(iteration, optimizer=SGD(lr=1.0), loss="mse")
    assert same_columns(run.columns(), before)
    assert run.segments == segments
    step = run.step(0)
    assert run.evaluate((*step.weights, step.bias)) == step
    whole = Run(ENDLESS)
    whole.extend(seconds=60, iterations=400)
    run.extend(seconds=60, iterations=100)
    assert same_columns(run.columns(), whole.columns())
