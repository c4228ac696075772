"""The loop as code: run as it stands, it gives the run."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, ClassVar

import pytest
import torch

from lrcore import (
    LBFGS,
    LOSSES,
    SGD,
    Adagrad,
    Adam,
    AdamW,
    Blobs,
    Cubic,
    Linear,
    Quadratic,
    Radial,
    RunConfig,
    Sine,
)
from lrcore.export import script
from lrcore.features import FeatureMap
from lrcore.optim import Beat, OptimizerSettings
from lrcore.optim.base import rate_setting
from lrcore.training import CloseUp
from lrcore.training.loop import LoopLine, loop, values
from tests import by_hand
from tests.by_hand import one_thread, run_to
from tests.test_branching import ENDLESS, full_config

LENGTH = 23


def weights_of_script(config: RunConfig) -> list[float]:
    scope: dict[str, Any] = {"print": lambda *given: None}
    with one_thread():
        exec(script(run_to(config, LENGTH), written_out=True), scope)
    return scope["theta"].tolist()


def assert_script_gives_the_run(config: RunConfig) -> None:
    step = run_to(config, LENGTH).step(LENGTH)
    assert weights_of_script(config) == [*step.weights, step.bias]


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("optimizer", by_hand.OPTIMIZERS, ids=repr)
def test_script_gives_the_weights_of_the_run(optimizer: OptimizerSettings, loss: str) -> None:
    assert_script_gives_the_run(replace(full_config(optimizer), loss=loss))
    plain = replace(ENDLESS, data=Blobs(mean=0.5), l2=0.1, optimizer=optimizer, loss=loss)
    assert_script_gives_the_run(plain)
    if not isinstance(optimizer, LBFGS):
        assert_script_gives_the_run(replace(plain, zero_grad=False))


@pytest.mark.parametrize(
    "optimizer", [Adagrad(lr=0.3), Adam(beta2=0.0), SGD(momentum=0.0)], ids=repr
)
def test_script_of_the_plainest_settings(optimizer: OptimizerSettings) -> None:
    assert_script_gives_the_run(replace(ENDLESS, optimizer=optimizer))


@pytest.mark.parametrize(
    "features", [Linear(), Quadratic(), Cubic(), Sine(1.3), Radial()], ids=repr
)
@pytest.mark.parametrize("standardise", [True, False])
def test_script_has_the_features_of_the_run(features: FeatureMap, standardise: bool) -> None:
    config = replace(ENDLESS, features=features, standardise=standardise, test_share=0.3)
    assert_script_gives_the_run(replace(config, l1=0.01))


def test_script_starts_where_it_is_told() -> None:
    assert_script_gives_the_run(replace(ENDLESS, initial_weights=(0.5, -1.0, 0.25)))


def beats(config: RunConfig) -> list[Beat]:
    found = [line.beat for line in loop(config) if line.beat is not None]
    return list(dict.fromkeys(found))


def test_beats_are_what_the_optimizer_has() -> None:
    start = [Beat.ZERO_GRAD, Beat.FORWARD, Beat.LOSS, Beat.BACKWARD]
    assert beats(replace(ENDLESS, optimizer=SGD(momentum=0.0))) == [*start, Beat.STEP]
    assert beats(ENDLESS) == [*start, Beat.MOMENTUM, Beat.STEP]
    adam = [Beat.M, Beat.V, Beat.CORRECTION, Beat.STEP]
    assert beats(replace(ENDLESS, optimizer=Adam())) == [*start, *adam]
    decayed = replace(ENDLESS, optimizer=AdamW(), mini_batches=True, zero_grad=False)
    assert beats(decayed) == [Beat.BATCH, *start, Beat.DECAY, *adam]
    assert beats(replace(ENDLESS, optimizer=Adagrad())) == [*start, Beat.V, Beat.STEP]
    assert beats(replace(ENDLESS, optimizer=LBFGS())) == [*start, Beat.STEP]


def by_shown(close: CloseUp) -> list[tuple[LoopLine, str]]:
    return list(zip(loop(close.config), values(close), strict=True))


@pytest.mark.parametrize("optimizer", by_hand.OPTIMIZERS, ids=repr)
def test_numbers_behind_the_lines_are_those_of_the_step(optimizer: OptimizerSettings) -> None:
    run = run_to(full_config(Adam()), 9)
    run.branch(4, optimizer=optimizer)  # so that its steps are not the iterations
    run.extend(seconds=60, iterations=5)
    close = run.close_up(8)
    memory = optimizer.memory()
    for line, text in by_shown(close):
        assert all(hasattr(close, one) or one in close.state_after for one in line.lights)
        assert bool(text) == bool(line.shows)
        if line.shows in memory:
            expected = close.state_after[memory[line.shows]]
        elif line.shows == "theta" and line.beat is Beat.STEP:
            expected = close.parameters_after
        elif line.shows == "theta.grad":
            expected = close.gradient
        else:
            continue
        found = [float(one) for one in text.strip("()").split(", ")[:4]]
        assert found == pytest.approx(expected[:4].tolist(), rel=1e-3)
    [loss] = [text for line, text in by_shown(close) if line.shows == "loss"]
    assert float(loss) == pytest.approx(close.loss.item(), rel=1e-3)


def test_corrections_of_adam_count_its_own_steps() -> None:
    run = run_to(ENDLESS, 9)
    run.branch(4, optimizer=Adam(lr=0.1))
    run.extend(seconds=60, iterations=5)
    [rate] = [text for line, text in by_shown(run.close_up(6)) if line.shows == "rate"]
    assert float(rate) == pytest.approx(0.1 / (1 - 0.9**3), rel=1e-3)


@dataclass(frozen=True)
class Adamax(OptimizerSettings):
    """An optimiser that does not write its step out."""

    name: ClassVar[str] = "Adamax"
    title: ClassVar[str] = "Adamax"
    torch_class: ClassVar[type[torch.optim.Optimizer]] = torch.optim.Adamax

    lr: float = rate_setting(0.05)


def test_optimizer_that_is_not_written_out_is_called() -> None:
    config = replace(ENDLESS, optimizer=Adamax())
    assert str(loop(config)[-1]) == "    optimizer.step()"
    assert_script_gives_the_run(config)
    close = run_to(config, 3).close_up(2)
    shown = [float(one) for one in values(close)[-1].strip("()").split(", ")]
    assert shown == pytest.approx(close.parameters_after.tolist(), rel=1e-3)
