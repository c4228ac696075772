"""Loss and accuracy at any weights, beside a run that stays as it is."""

from __future__ import annotations

import numpy as np
import pytest

from lrcore import LOSSES, Blobs, Run, RunConfig
from lrcore.settings import SettingsError
from tests.by_hand import rows, run_to


# With 64 000 training points, a sum over more threads rounds differently.
@pytest.mark.parametrize(
    ("loss", "samples_per_class"), [*((loss, 30) for loss in LOSSES), ("bce_logits", 40_000)]
)
def test_evaluation_is_the_row_of_that_moment(loss: str, samples_per_class: int) -> None:
    config = RunConfig(
        data=Blobs(samples_per_class=samples_per_class),
        loss=loss,
        l2=0.5,
        test_share=0.2,
        mini_batches=True,
        target_accuracy=1.0,
    )
    run = run_to(config, 4)
    before = rows(run.columns())
    for iteration in (4, 0, 3):
        step = run.step(iteration)
        assert run.evaluate((*step.weights, step.bias)) == step._replace(iteration=0)
    assert np.array_equal(rows(run.columns()), before)
    run.extend(seconds=60, iterations=4)
    assert np.array_equal(rows(run.columns()), rows(run_to(config, 8).columns()))


def test_evaluation_takes_the_loss_in_force_at_the_end() -> None:
    run = run_to(RunConfig(), 10)
    run.branch(5, loss="mse")
    step = run.step(5)
    assert run.evaluate((*step.weights, step.bias)) == step._replace(iteration=0)
    early = run.step(4)
    assert run.evaluate((*early.weights, early.bias)).loss != early.loss


def test_evaluation_is_that_of_any_weights() -> None:
    run = Run(RunConfig())
    step = run.evaluate([-1, np.float32(0.5), 2.0])
    assert (step.iteration, step.weights, step.bias) == (0, (-1.0, 0.5), 2.0)
    x, y = run.data.x.double().numpy(), run.data.y.numpy()
    z = x @ [-1.0, 0.5] + 2.0
    assert step.loss == pytest.approx(np.logaddexp(0, (1 - 2 * y) * z).mean(), rel=1e-5)
    assert step.accuracy == pytest.approx(((z >= 0) == (y == 1)).mean(), abs=1e-12)


def test_point_exactly_on_the_boundary_is_right_in_class_1_alone() -> None:
    run = Run(RunConfig(data=Blobs(imbalance=3.0)))
    share_1 = run.data.y.mean().item()
    assert share_1 == pytest.approx(0.25, abs=0.01)
    assert run.evaluate((0.0, 0.0, 0.0)).accuracy == pytest.approx(share_1)
    for label in (0, 1):
        x0, _ = run.data.x[run.data.y == label][0].tolist()
        there, before = (run.evaluate((1.0, 0.0, b)).accuracy for b in (-x0, -x0 - 1e-5))
        assert (there > before) == (label == 1)


@pytest.mark.parametrize("weights", [(1.0, 2.0), (0.0,) * 4, (0.0, float("nan"), 0.0), None])
def test_evaluation_refuses_what_are_no_weights(weights: object) -> None:
    with pytest.raises(SettingsError, match=r"^initial_weights"):
        Run(RunConfig()).evaluate(weights)
