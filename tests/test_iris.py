"""Fisher's iris against the numbers that are known of it."""

from __future__ import annotations

from importlib.machinery import ModuleSpec
from itertools import product
from pathlib import Path

import pytest
import torch

from lrcore import DataError, Iris
from lrcore.settings import described

LENGTHS_AND_WIDTHS = ("sepal length", "sepal width", "petal length", "petal width")
# Means as in Fisher's table II of 1936; standard deviations as in R's `iris`.
PUBLISHED = {
    "setosa": ((5.006, 3.428, 1.462, 0.246), (0.3524897, 0.3790644, 0.1736640, 0.1053856)),
    "versicolor": ((5.936, 2.770, 4.260, 1.326), (0.5161711, 0.3137983, 0.4699110, 0.1977527)),
    "virginica": ((6.588, 2.974, 5.552, 2.026), (0.6358796, 0.3224966, 0.5518947, 0.2746501)),
}
CHOICES = {name: list(spec.choices()) for name, spec in described(Iris)}


def test_every_two_measurements_and_every_two_species_can_be_chosen() -> None:
    assert [len(set(CHOICES[name])) for name in ("measurements", "species")] == [6, 3]
    assert {frozenset(pair.split(", ")) for pair in CHOICES["species"]} == {
        frozenset(PUBLISHED) - {name} for name in PUBLISHED
    }
    for pair in CHOICES["measurements"]:
        assert len(set(pair.split(", ")) & set(LENGTHS_AND_WIDTHS)) == 2


@pytest.mark.parametrize(("measurements", "species"), list(product(*CHOICES.values())))
def test_means_and_standard_deviations_are_the_published_ones(
    measurements: str, species: str
) -> None:
    data = Iris(measurements=measurements, species=species).sample()
    assert data.y.tolist() == [0.0] * 50 + [1.0] * 50
    assert ", ".join(data.classes) == species
    assert [f"{name} (cm)" for name in measurements.split(", ")] == list(data.axes)
    columns = [LENGTHS_AND_WIDTHS.index(name) for name in measurements.split(", ")]
    for label, name in enumerate(data.classes):
        flowers = data.x[data.y == label].double()
        means, deviations = torch.tensor(PUBLISHED[name], dtype=torch.float64)[:, columns]
        torch.testing.assert_close(flowers.mean(0), means, atol=1e-6, rtol=0)
        torch.testing.assert_close(flowers.std(0), deviations, atol=1e-6, rtol=0)


def test_default_is_the_pair_that_takes_two_numbers_to_tell_apart() -> None:
    data = Iris().sample()
    assert data.axes == ("petal length (cm)", "petal width (cm)")
    assert data.classes == ("versicolor", "virginica")
    assert data.frame is None


def test_setosa_alone_has_petals_shorter_than_two_centimetres() -> None:
    lengths = Iris(species="setosa, virginica").sample().x[:, 0]
    assert lengths[:50].max() < 2 < lengths[50:].min()


def test_nobody_knows_the_population() -> None:
    assert Iris().population() is None


def test_without_plotly_the_message_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lrcore.data.iris.find_spec", lambda name: None)
    with pytest.raises(DataError, match="plotly is not installed"):
        Iris().sample()


def test_without_the_file_the_message_names_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    empty = ModuleSpec("plotly", None, origin=str(tmp_path / "__init__.py"))
    monkeypatch.setattr("lrcore.data.iris.find_spec", lambda name: empty)
    with pytest.raises(DataError, match=r"cannot be read from .*iris\.csv\.gz"):
        Iris().sample()
