"""Logistic regression, trained live: the core, which works in a notebook as well.

It needs torch and numpy alone; see `train` and `RunConfig` for a start.
"""

from lrcore.config import RunConfig
from lrcore.data import DATASETS, Blobs, Circles, DataError, Dataset, Iris, Moons, Spirals, Xor
from lrcore.devices import Device, available_devices
from lrcore.history import Columns, Step
from lrcore.model import LOSSES, LogisticRegression
from lrcore.optim import OPTIMIZERS, SGD
from lrcore.settings import SettingsError
from lrcore.training import Run, Segment, Status, Training, TrainingError, train

__all__ = [
    "DATASETS",
    "LOSSES",
    "OPTIMIZERS",
    "SGD",
    "Blobs",
    "Circles",
    "Columns",
    "DataError",
    "Dataset",
    "Device",
    "Iris",
    "LogisticRegression",
    "Moons",
    "Run",
    "RunConfig",
    "Segment",
    "SettingsError",
    "Spirals",
    "Status",
    "Step",
    "Training",
    "TrainingError",
    "Xor",
    "available_devices",
    "train",
]
