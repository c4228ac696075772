"""Data sets: each is a settings class with a `sample` method."""

from __future__ import annotations

from lrcore.data.base import (
    COURSE_FRAME,
    MAX_SEED,
    DataError,
    Dataset,
    DataSettings,
    Mixture,
    Population,
)
from lrcore.data.blobs import Blobs
from lrcore.data.iris import Iris
from lrcore.data.own import Placed, Uploaded
from lrcore.data.shapes import Circles, Moons, Spirals, Xor
from lrcore.settings import Registry

__all__ = [
    "COURSE_FRAME",
    "DATASETS",
    "MAX_SEED",
    "Blobs",
    "Circles",
    "DataError",
    "DataSettings",
    "Dataset",
    "Iris",
    "Mixture",
    "Moons",
    "Placed",
    "Population",
    "Spirals",
    "Uploaded",
    "Xor",
]

# ADD A DATA SET HERE: control, link, page and tests follow.
DATASETS: Registry[type[DataSettings]] = Registry(
    Blobs, Moons, Circles, Xor, Spirals, Iris, Placed, Uploaded
)
