"""Fisher's iris: measurements of 150 flowers of three species."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import combinations
from pathlib import Path
from typing import ClassVar

import torch

from lrcore.data.base import DataError, Dataset, DataSettings, stacked
from lrcore.settings import setting

MEASUREMENTS = ("sepal length", "sepal width", "petal length", "petal width")
SPECIES = ("setosa", "versicolor", "virginica")


def _pairs(names: Sequence[str]) -> dict[str, str]:
    """Every two of the names, as choices that are name and label at once."""
    return {pair: pair for pair in map(", ".join, combinations(names, 2))}


@dataclass(frozen=True)
class Iris(DataSettings):
    """Two measurements of two species from Fisher's iris, 50 flowers each, in centimetres.

    Source: Fisher, The use of multiple measurements in taxonomic problems, Annals of Eugenics 7
    (1936), table I.

    Raises:
        SettingsError: a field is none of its choices.
    """

    name: ClassVar[str] = "iris"
    title: ClassVar[str] = "Fisher's iris"

    measurements: str = setting(
        "petal length, petal width",
        "Measurements",
        "The two axes: watch how well the petals tell versicolor and virginica apart, and how "
        "badly the sepals.",
        choices=lambda: _pairs(MEASUREMENTS),
    )
    species: str = setting(
        "versicolor, virginica",
        "Species",
        "Class 0 and class 1: watch a straight line separate setosa from the others.",
        choices=lambda: _pairs(SPECIES),
    )

    def sample(self, generator: torch.Generator | None = None) -> Dataset:
        """The flowers of class 0, then those of class 1; nothing is drawn at random.

        Raises:
            DataError: the file that plotly brings along is not there.
        """
        axes, classes = self.measurements.split(", "), self.species.split(", ")
        columns = [axis.replace(" ", "_") for axis in axes]
        flowers = _flowers()
        members = (
            [
                [float(flower[key]) for key in columns]
                for flower in flowers
                if flower["species"] == name
            ]
            for name in classes
        )
        x, y = stacked(*map(torch.tensor, members))
        return Dataset(x, y, (f"{axes[0]} (cm)", f"{axes[1]} (cm)"), (classes[0], classes[1]))

    def population(self) -> None:
        """Nobody knows what all irises are like."""


def _flowers() -> list[dict[str, str]]:
    """The 150 rows of Fisher's table, in its order."""
    # Found, not imported: the core does without plotly.
    plotly = find_spec("plotly")
    if plotly is None or plotly.origin is None:
        raise DataError("The iris data comes with plotly, and plotly is not installed.")
    path = Path(plotly.origin).parent / "package_data" / "datasets" / "iris.csv.gz"
    try:
        with gzip.open(path, "rt", encoding="utf-8") as file:
            flowers = list(csv.DictReader(file))
    except OSError as error:
        raise DataError(f"The iris data cannot be read from {path}: {error}.") from error
    # Like the copy at UCI, the file departs from Fisher's table in two flowers; see Bezdek et al.,
    # Will the real iris data please stand up?, IEEE Transactions on Fuzzy Systems 7 (1999).
    flowers[34]["petal_width"] = "0.2"
    flowers[37] |= {"sepal_width": "3.6", "petal_length": "1.4"}
    return flowers
