"""Training: the settings of a run, the loop, and the record, which can grow and branch."""

from lrcore.training.close_up import CloseUp, Evaluation
from lrcore.training.config import (
    FIXED_IN_A_RUN,
    TEST,
    TRAINING,
    WEIGHT,
    RunConfig,
    Segment,
    checked_weights,
    weight_names,
)
from lrcore.training.ending import Status, ending_in, growth_began, lowered
from lrcore.training.errors import TrainingError
from lrcore.training.history import Columns, Step
from lrcore.training.planned import Planned
from lrcore.training.run import Run, train

__all__ = [
    "FIXED_IN_A_RUN",
    "TEST",
    "TRAINING",
    "WEIGHT",
    "CloseUp",
    "Columns",
    "Evaluation",
    "Planned",
    "Run",
    "RunConfig",
    "Segment",
    "Status",
    "Step",
    "TrainingError",
    "checked_weights",
    "ending_in",
    "growth_began",
    "lowered",
    "train",
    "weight_names",
]
