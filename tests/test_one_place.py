"""Adding a data set, a feature map, a loss or an optimiser touches one place: its registry."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import ClassVar

import pytest
import torch
from streamlit.testing.v1 import AppTest
from torch import Tensor
from torch.nn import functional

from lrcore import DATASETS, FEATURES, LOSSES, OPTIMIZERS, Run, RunConfig
from lrcore.autograd.exercises.run_graph import RunGraph
from lrcore.data import Dataset, DataSettings, Iris, Placed, Uploaded
from lrcore.features import FeatureMap
from lrcore.model import LOGISTIC, Loss, negative_margins
from lrcore.optim import OptimizerSettings
from lrcore.settings import Registry, Settings, SettingsError, setting
from lrcore.ui.controls import all_controls, query
from tests import by_hand
from tests.pages import config_of, controls, film_of, new_sample, opened, player, titles, toasts
from tests.test_data import DRAWN_FROM_A_POPULATION

GROUPS = {"data": DATASETS, "features": FEATURES, "optimizer": OPTIMIZERS}


@dataclass(frozen=True)
class Stripes(DataSettings):
    """Two rows of points."""

    name: ClassVar[str] = "stripes"
    title: ClassVar[str] = "Two stripes"

    gap: float = setting(2.0, "Gap", "Between the rows.", minimum=0.5, maximum=4.0, step=0.5)
    seed: int = setting(0, "Chance", "Moves them.", minimum=0, maximum=9, narrow=True, redraws=True)

    def sample(self, generator: torch.Generator | None = None) -> Dataset:
        x = torch.linspace(-3, 3, 20) + 0.01 * self.seed
        rows = torch.cat([torch.stack([x, torch.full((20,), h)], 1) for h in (0.0, self.gap)])
        return Dataset(rows, torch.arange(40).ge(20).float())

    def population(self) -> None:
        """Nobody knows."""


@dataclass(frozen=True)
class Powers(FeatureMap):
    """Thirty features: more than any map had when links had a key for each weight."""

    name: ClassVar[str] = "powers"
    title: ClassVar[str] = "Thirty powers"

    def names(self, x0: str, x1: str) -> tuple[str, ...]:
        return tuple(f"{x}^{k}" for x in (x0, x1) for k in range(1, 16))

    def expand(self, x: Tensor, low: Tensor, high: Tensor) -> Tensor:
        return torch.cat([(x / 10) ** k for k in range(1, 16)], 1)  # (n, 30)


@dataclass(frozen=True)
class Adamax(OptimizerSettings):
    name: ClassVar[str] = "Adamax"
    title: ClassVar[str] = "Adam with a maximum"
    torch_class: ClassVar[type[torch.optim.Optimizer]] = torch.optim.Adamax

    lr: float = setting(0.05, "Rate", "How far.", minimum=1e-4, maximum=10.0, log=True)


def _soft(negative: Tensor, y: Tensor) -> Tensor:
    del y
    return functional.softplus(negative).mean()


def _soft_margin(z: Tensor, y: Tensor) -> Tensor:
    return functional.soft_margin_loss(z, 2 * y - 1)


SOFT = Loss(
    "soft", "Soft margin", _soft, "F.soft_margin_loss(z, 2 * y - 1)", _soft_margin, LOGISTIC, on="z"
)


def add(patch: pytest.MonkeyPatch, registry: Registry, entry: object) -> None:
    patch.setitem(registry._entries, entry.name, entry)


def opened_by_its_link(config: RunConfig) -> AppTest:
    page = opened(**query(config))
    assert (config_of(page), toasts(page)) == (config, [])
    assert player(page)["scene"] is not None
    run = film_of(page).run
    assert len(run) > 50 or run.status == "reached"
    return page


def test_keys_of_all_controls_differ() -> None:
    counts = Counter(control.key for control in all_controls())
    assert [key for key, count in counts.items() if count > 1] == []


def test_two_entries_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="one name"):
        Registry(Stripes, Powers, Stripes)


def test_every_entry_stands_in_its_oracles_list() -> None:
    known = {type(data) for data in DRAWN_FROM_A_POPULATION}
    assert known | {Iris, Placed, Uploaded} == set(DATASETS.values())
    assert {type(one) for one in by_hand.OPTIMIZERS} == set(OPTIMIZERS.values())
    assert by_hand.LOSSES.keys() == LOSSES.keys()


@pytest.mark.parametrize("loss", LOSSES.values(), ids=LOSSES)
def test_a_loss_trains_on_what_its_own_line_says(loss: Loss) -> None:
    z = torch.linspace(-8, 8, 33)
    y = torch.arange(33).remainder(2).float()
    given = {"z": z, "p": torch.sigmoid(z)}
    line = eval(loss.code, {"F": functional, "y": y, **given})
    assert loss.of(given[loss.on], y) == line
    assert loss.function(negative_margins(z, y), y) == pytest.approx(line.item(), rel=1e-6)


def test_links_hold_names_and_pages_show_titles() -> None:
    page = opened(data="moons", features="quadratic", loss="mse", optimizer="RMSprop")
    for key, registry in (*GROUPS.items(), ("loss", LOSSES)):
        assert titles(controls(page)[key]) == [entry.title for entry in registry.values()]
        assert page.query_params[key] in ([name := controls(page)[key].value], name)
        assert controls(page)[key].value in registry
    page.segmented_control(key="data").set_value("blobs").run()
    assert "data" not in page.query_params


def test_a_link_may_still_say_the_title() -> None:
    page = opened(data="Two moons", loss="MSE")
    assert (type(config_of(page).data).name, config_of(page).loss) == ("moons", "mse")


def test_a_data_set_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsError):
        RunConfig(data=Stripes())
    add(monkeypatch, DATASETS, Stripes)
    page = opened_by_its_link(RunConfig(data=Stripes(gap=3.0, seed=4)))
    assert "Two stripes" in titles(controls(page)["data"])
    assert controls(page)["stripes_gap"].value == 3.0
    new_sample(page).click().run()
    assert config_of(page).data == Stripes(gap=3.0, seed=5)


def test_a_feature_map_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    add(monkeypatch, FEATURES, Powers)
    weights = tuple(k / 8 for k in range(31))
    page = opened_by_its_link(RunConfig(features=Powers(), initial_weights=weights))
    assert "Thirty powers" in controls(page)["features"].options
    assert len(player(page)["scene"]["terms"]) == 30


def test_an_optimiser_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    add(monkeypatch, OPTIMIZERS, Adamax)
    page = opened_by_its_link(RunConfig(optimizer=Adamax(lr=0.01)))
    assert controls(page)["Adamax_lr"].value == 0.01
    run = Run(config_of(page))
    run.extend(seconds=60, iterations=20)
    weights = torch.tensor([*run.step(0).weights, run.step(0).bias], requires_grad=True)
    adamax = torch.optim.Adamax([weights], lr=0.01)
    for _ in range(20):
        adamax.zero_grad()
        z = run.basis(run.data.x) @ weights[:2] + weights[2]
        functional.binary_cross_entropy_with_logits(z, run.data.y).backward()
        adamax.step()
    assert [*run.step(20).weights, run.step(20).bias] == pytest.approx(weights.tolist(), abs=1e-4)


def test_a_loss_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    add(monkeypatch, LOSSES, SOFT)
    page = opened_by_its_link(RunConfig(loss="soft"))
    assert "Soft margin" in controls(page)["loss"].options
    run = Run(RunConfig(loss="soft"))
    run.extend(seconds=60, iterations=5)
    exercise = RunGraph(run=run, iter=5)
    (recording,) = exercise.recordings()
    assert "loss = F.soft_margin_loss(z, 2 * y - 1)" in recording.lines
    assert float(recording.printed.split()[0]) == pytest.approx(run.step(5).loss, rel=1e-5)
    assert exercise.remarks([recording])


def test_a_settings_class_needs_no_name_before_it_stands_in_a_registry() -> None:
    assert not hasattr(Settings, "name")
