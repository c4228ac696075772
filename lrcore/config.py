"""Everything that decides a run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from lrcore.data import DATASETS, MAX_SEED, Blobs, DataSettings
from lrcore.devices import device_choices
from lrcore.model import loss_choices
from lrcore.optim import SGD, OptimizerSettings
from lrcore.settings import Setting, Settings, SettingsError, setting

# A typed weight may be anything that float32 can hold.
WEIGHT = Setting("Initial weight", "Where training starts.", float, -1e38, 1e38, step=0.1)

# Settings that a run keeps from its start to its end; to change one is to start another run.
FIXED_IN_A_RUN = ("data", "init_seed", "initial_weights")


@dataclass(frozen=True)
class RunConfig(Settings):
    """The settings of one run; the same settings give the same run, bit for bit.

    Args:
        data: which points, see `lrcore.data`.
        optimizer: which optimiser, see `lrcore.optim`.
        initial_weights: (w0, w1, ..., b) to start from; torch's default by `init_seed` if None.

    Raises:
        SettingsError: names the field, its bounds and the value it got.
    """

    data: DataSettings = field(default_factory=Blobs)
    optimizer: OptimizerSettings = field(default_factory=SGD)
    zero_grad: bool = setting(
        True,
        "zero_grad each step",
        "Off: the gradients of all steps add up; watch the boundary race past its place.",
    )
    loss: str = setting(
        "bce_logits",
        "Loss",
        "bce_logits stays exact when the model is very sure; bce, on probabilities as in the "
        "course, goes flat there.",
        choices=loss_choices,
        narrow=True,
    )
    device: str = setting(
        "cpu",
        "Device",
        "Where PyTorch computes; small data is fastest on the CPU.",
        choices=device_choices,
        narrow=True,
    )
    target_accuracy: float = setting(
        0.99,
        "Target accuracy",
        "Training ends when accuracy passes this line (above it, not on it).",
        minimum=0.0,
        maximum=1.0,
        step=0.005,
        narrow=True,
    )
    max_iterations: int = setting(
        1000,
        "Max. iterations",
        "Training ends here at the latest.",
        minimum=1,
        maximum=1_000_000,
        log=True,
        narrow=True,
    )
    init_seed: int = setting(
        0,
        "Their seed",
        "The same seed starts from the same boundary: watch where a bad start ends.",
        minimum=0,
        maximum=MAX_SEED,
        narrow=True,
    )
    initial_weights: tuple[float, ...] | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.data, tuple(DATASETS.values())):
            raise SettingsError("data", "one of the data sets in DATASETS", self.data)
        if not isinstance(self.optimizer, OptimizerSettings):
            raise SettingsError("optimizer", "one of the optimisers in OPTIMIZERS", self.optimizer)
        super().__post_init__()
        if self.initial_weights is not None:
            object.__setattr__(self, "initial_weights", _checked_weights(self.initial_weights))


def _checked_weights(weights: Sequence[float]) -> tuple[float, ...]:
    if not isinstance(weights, Sequence) or isinstance(weights, str | bytes) or len(weights) != 3:
        raise SettingsError("initial_weights", "three numbers (w0, w1, b)", weights)
    return tuple(
        WEIGHT.check(f"initial_weights[{index}]", weight) for index, weight in enumerate(weights)
    )
