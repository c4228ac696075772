"""Logistic regression, trained live: the core, which works in a notebook as well.

It needs torch and numpy alone; see `train` and `RunConfig` for a start.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lrcore.data import DATASETS, Blobs, Circles, DataError, Dataset, Iris, Moons, Spirals, Xor
    from lrcore.devices import Device, available_devices
    from lrcore.features import FEATURES, Cubic, Linear, Quadratic, Radial, Sine
    from lrcore.insight import RateMap, rate_map
    from lrcore.metrics import Confusion, Ranking, calibrated_threshold
    from lrcore.model import LOSSES, LogisticRegression
    from lrcore.optim import LBFGS, OPTIMIZERS, SGD, Adagrad, Adam, AdamW, RMSprop
    from lrcore.settings import SettingsError
    from lrcore.stories import STORIES, Story
    from lrcore.training import (
        CloseUp,
        Columns,
        Run,
        RunConfig,
        Segment,
        Status,
        Step,
        TrainingError,
        train,
    )

__all__ = [
    "DATASETS",
    "FEATURES",
    "LBFGS",
    "LOSSES",
    "OPTIMIZERS",
    "SGD",
    "STORIES",
    "Adagrad",
    "Adam",
    "AdamW",
    "Blobs",
    "Circles",
    "CloseUp",
    "Columns",
    "Confusion",
    "Cubic",
    "DataError",
    "Dataset",
    "Device",
    "Iris",
    "Linear",
    "LogisticRegression",
    "Moons",
    "Quadratic",
    "RMSprop",
    "Radial",
    "Ranking",
    "RateMap",
    "Run",
    "RunConfig",
    "Segment",
    "SettingsError",
    "Sine",
    "Spirals",
    "Status",
    "Step",
    "Story",
    "TrainingError",
    "Xor",
    "available_devices",
    "calibrated_threshold",
    "rate_map",
    "train",
]

_PARTS = (
    "data",
    "devices",
    "features",
    "insight",
    "metrics",
    "model",
    "optim",
    "settings",
    "stories",
    "training",
)


def __getattr__(name: str) -> object:
    """Import the parts when a name is first asked for.

    Torch takes a second, and a server answers sooner that imports what needs no torch first.

    Raises:
        AttributeError: there is no such name.
    """
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    for part in _PARTS:
        found = vars(import_module(f"{__name__}.{part}"))
        globals().update({known: found[known] for known in __all__ if known in found})
    return globals()[name]


def __dir__() -> list[str]:
    return __all__
