"""Logistic regression, trained live: the core, which works in a notebook as well.

It needs torch and numpy alone; see `train` and `RunConfig` for a start.
"""

from lrcore.data import DATASETS, Blobs, Circles, DataError, Dataset, Iris, Moons, Spirals, Xor
from lrcore.devices import Device, available_devices
from lrcore.features import FEATURES, Cubic, Linear, Quadratic, Radial, Sine
from lrcore.model import LOSSES, LogisticRegression
from lrcore.optim import LBFGS, OPTIMIZERS, SGD, Adagrad, Adam, AdamW, RMSprop
from lrcore.settings import SettingsError
from lrcore.stories import STORIES, Story
from lrcore.training import (
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
    "Columns",
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
    "train",
]
