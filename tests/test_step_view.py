"""What the view of one step is sent, against the run itself and against autograd in float64."""

from __future__ import annotations

import base64

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from lrcore import OPTIMIZERS, SGD, Adam, Blobs, Run, RunConfig
from lrcore.ui.player.atlas import Atlas
from lrcore.ui.player.protocol import plain
from lrcore.ui.player.step import one_step
from lrcore.ui.player.view_data import OneStep
from lrcore.ui.player.views import VIEWS

HARD = Blobs(mean=0.8)


def stepped(config: RunConfig, moment: int, length: int = 60) -> tuple[Run, OneStep]:
    run = Run(config)
    run.extend(60, length)
    found = VIEWS["step"](Atlas(run), (float(moment),))
    assert isinstance(found, OneStep)
    return run, found


def numbers(text: str) -> NDArray[np.float32]:
    return np.frombuffer(base64.b64decode(text), "<f4")


@pytest.mark.parametrize("cls", OPTIMIZERS.values(), ids=OPTIMIZERS)
@pytest.mark.parametrize("mini_batches", [False, True])
def test_a_step_leads_to_the_next_moment(cls: type, mini_batches: bool) -> None:
    config = RunConfig(data=HARD, optimizer=cls(), mini_batches=mini_batches, target_accuracy=1.0)
    run, step = stepped(config, 7, length=20)
    now, after = run.step(7), run.step(8)
    assert step.before == (*now.weights, now.bias)
    assert step.after == (*after.weights, after.bias)
    moved = np.sum([part.step for part in step.parts], 0)
    expected = np.subtract(step.after, step.before)
    np.testing.assert_allclose(moved, expected, atol=2e-5 * np.abs(expected).max() + 1e-9)
    assert [line.beat for line in step.lines if line.beat is not None][-1] == len(step.beats) - 1
    assert all(beat.sentence.endswith(".") for beat in step.beats)
    json = plain(step)
    assert isinstance(json, dict)
    assert json["moment"] == 7


def test_points_are_those_of_the_batch_and_their_numbers_those_of_autograd() -> None:
    config = RunConfig(data=HARD, mini_batches=True, batch_size=20, test_share=0.3)
    run, step = stepped(config, 11)
    losses, p = numbers(step.losses), numbers(step.probabilities)
    shares = numbers(step.shares).reshape(len(losses), 3)
    inside = ~np.isnan(losses)
    assert inside.sum() == 20
    assert not (inside & run.is_test.numpy()).any()
    x = torch.cat([run.data.x, torch.ones(len(run.data.y), 1)], 1).double()
    theta = torch.tensor(step.before, dtype=torch.float64, requires_grad=True)
    z = x @ theta
    each = torch.nn.functional.binary_cross_entropy_with_logits(
        z, run.data.y.double(), reduction="none"
    )
    np.testing.assert_allclose(p[inside], torch.sigmoid(z).detach()[inside], atol=1e-6)
    np.testing.assert_allclose(losses[inside], each.detach()[inside], atol=1e-6)
    for k in np.flatnonzero(inside):
        (gradient,) = torch.autograd.grad(each[k], theta, retain_graph=True)
        np.testing.assert_allclose(shares[k], gradient, atol=1e-6)
    np.testing.assert_allclose(step.gradient, shares[inside].mean(0), atol=1e-6)


def test_gradients_stay_where_zero_grad_is_off() -> None:
    _, cleared = stepped(RunConfig(data=HARD), 5)
    _, kept = stepped(RunConfig(data=HARD, zero_grad=False), 5)
    assert cleared.left == (0.0, 0.0, 0.0)
    assert any(kept.left)
    mean = np.nanmean(numbers(kept.shares).reshape(-1, 3), 0)
    np.testing.assert_allclose(kept.gradient, np.add(kept.left, mean), rtol=1e-4)
    assert "stays" in next(one.sentence for one in kept.beats if one.name == "zero_grad")


def test_what_an_optimiser_remembers_is_told_before_and_after() -> None:
    _, step = stepped(RunConfig(data=HARD, optimizer=Adam()), 9)
    assert [one.name for one in step.memory] == ["m", "v", "root"]
    _, following = stepped(RunConfig(data=HARD, optimizer=Adam()), 10)
    kept, divisor = step.memory[:2], step.memory[2]
    assert [one.after for one in kept] == [one.before for one in following.memory[:2]]
    corrected = np.sqrt(kept[1].after) / np.sqrt(1 - Adam().beta2 ** 10)
    np.testing.assert_allclose(divisor.after, corrected, rtol=1e-5)
    assert [beat.name for beat in step.beats][-4:] == ["m", "v", "correction", "step"]
    _, plain_sgd = stepped(RunConfig(data=HARD, optimizer=SGD(momentum=0.0)), 9)
    assert (plain_sgd.memory, len(plain_sgd.parts)) == ((), 1)


@pytest.mark.parametrize("moment", [(), (1.0, 2.0), (-1.0,), (60.0,), (1e35,)])
def test_no_such_moment_is_nothing(moment: tuple[float, ...]) -> None:
    run = Run(RunConfig())
    run.extend(60, 30)
    assert one_step(Atlas(run), moment) is None
