"""Everything that decides a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace

from lrcore.data import DATASETS, MAX_SEED, Blobs, DataSettings
from lrcore.devices import device_choices
from lrcore.features import FEATURES, FeatureMap, Linear
from lrcore.model import LOSSES
from lrcore.optim import SGD, OptimizerSettings
from lrcore.settings import Need, Setting, Settings, SettingsError, entry, setting

# A typed weight may be anything that float32 can hold.
WEIGHT = Setting("Initial weight", "Where training starts.", float, -1e38, 1e38, step=0.1)

TRAINING, TEST = "training", "test"
_PARTS = {name: name for name in (TRAINING, TEST)}


def _seed(
    label: str,
    help: str,  # noqa: A002
    *,
    group: str,
    needs: Need,
    fixed: bool = False,
) -> int:
    return setting(
        0,
        label,
        help,
        minimum=0,
        maximum=MAX_SEED,
        advanced=True,
        group=group,
        needs=needs,
        fixed=fixed,
    )


def _penalty(label: str, help: str) -> float:  # noqa: A002
    return setting(
        0.0, label, help, minimum=0.0, maximum=1.0, step=0.01, advanced=True, group="features"
    )


@dataclass(frozen=True)
class RunConfig(Settings):
    """The settings of one run; on the same machine they give the same run, bit for bit.

    Args:
        data: which points, see `lrcore.data`.
        features: the feature map with d features, see `lrcore.features`.
        optimizer: which optimiser, see `lrcore.optim`.
        initial_weights: d + 1 numbers (w0, w1, ..., b) to start from; torch's default by
            `init_seed` if None.

    Raises:
        SettingsError: names the field, its bounds and the value it got.
    """

    data: DataSettings = entry(
        Blobs,
        "Data",
        "Which points to learn from: watch how many of them the best line gets right.",
        fixed=True,
    )
    standardise: bool = setting(
        False,
        "Standardise",
        "Gives each coordinate mean 0 and standard deviation 1 before training: usually it takes "
        "far fewer iterations, on Fisher's iris for one.",
        advanced=True,
        group="data",
        fixed=True,
    )
    test_share: float = setting(
        0.0,
        "Test share",
        "Holds out this share of the points: they are drawn hollow and never trained on.",
        minimum=0.0,
        maximum=0.8,
        step=0.05,
        narrow=True,
        group="data",
        fixed=True,
    )
    target_on: str = setting(
        TRAINING,
        "Target measured on",
        "Whose accuracy must pass the target: that of the training points or of the test points.",
        choices=lambda: _PARTS,
        advanced=True,
        group="data",
        needs=Need("test_share", bool),
    )
    split_seed: int = _seed(
        "Split seed",
        "Draws which points are held out: watch how much the test accuracy depends on it.",
        group="data",
        needs=Need("test_share", bool),
        fixed=True,
    )
    features: FeatureMap = entry(
        Linear,
        "Features",
        "What the model sees of a point: watch the boundary bend with more of them.",
        fixed=True,
    )
    loss: str = setting(
        "bce_logits",
        "Loss",
        "BCE on logits stays exact when the model is very sure; BCE, on probabilities as in the "
        "course, goes flat there; MSE is flat wherever the model is sure, right or wrong.",
        choices=LOSSES.titles,
        narrow=True,
        group="features",
    )
    l2: float = _penalty(
        "L2 penalty",
        "Adds half of this times the sum of the squared weights to the loss: watch the weights "
        "stay small. b goes free, and the loss shown leaves the penalty out.",
    )
    l1: float = _penalty(
        "L1 penalty",
        "Adds this times the sum of the sizes of the weights to the loss: watch weights that are "
        "not needed shrink to almost 0 and tremble there. b goes free.",
    )
    init_seed: int = _seed(
        "Seed of the initial weights",
        "Draws where training starts. Where the clouds overlap, BCE has one lowest point: watch "
        "other starts come to the same end.",
        group="features",
        needs=Need("start", lambda start: start == "seed"),
        fixed=True,
    )
    optimizer: OptimizerSettings = entry(
        SGD,
        "Optimiser",
        "How the gradient becomes a step; a change keeps the weights: watch the pace.",
    )
    zero_grad: bool = setting(
        True,
        "zero_grad each step",
        "Off: the gradients of all steps add up; watch the boundary race past its place. It may "
        "even arrive sooner: press New sample and compare.",
        group="optimizer",
    )
    mini_batches: bool = setting(
        False,
        "Mini-batches",
        "Each step sees only some of the points: with overlapping clouds and a rate of 0.1 watch "
        "the loss of all points jitter.",
        advanced=True,
        group="optimizer",
    )
    batch_size: int = setting(
        20,
        "Batch size",
        "How many points a step sees: with fewer of them watch the loss jitter more.",
        minimum=1,
        maximum=10_000,
        log=True,
        advanced=True,
        group="optimizer",
        needs=Need("mini_batches", bool),
    )
    shuffle_seed: int = _seed(
        "Shuffle seed",
        "Draws the order of the points, anew in each epoch.",
        group="optimizer",
        needs=Need("mini_batches", bool),
    )
    device: str = setting(
        "cpu",
        "Device",
        "Where PyTorch computes; small data is fastest on the CPU.",
        choices=device_choices,
        narrow=True,
        group="features",
    )
    target_accuracy: float = setting(
        0.99,
        "Target accuracy",
        "Training ends when accuracy passes this line (above it, not on it).",
        minimum=0.0,
        maximum=1.0,
        step=0.005,
        narrow=True,
        group="target",
    )
    max_iterations: int = setting(
        1000,
        "Max. iterations",
        "Training ends here at the latest.",
        minimum=1,
        maximum=1_000_000,
        log=True,
        narrow=True,
        group="target",
    )
    initial_weights: tuple[float, ...] | None = field(default=None, metadata={"fixed": True})

    def __post_init__(self) -> None:
        if not isinstance(self.data, tuple(DATASETS.values())):
            raise SettingsError("data", "one of the data sets in DATASETS", self.data)
        if not isinstance(self.features, tuple(FEATURES.values())):
            raise SettingsError("features", "one of the feature maps in FEATURES", self.features)
        if not isinstance(self.optimizer, OptimizerSettings):
            raise SettingsError("optimizer", "one of the optimisers in OPTIMIZERS", self.optimizer)
        super().__post_init__()
        if self.target_on == TEST and self.test_share == 0:
            raise SettingsError("target_on", "'training' where test_share is 0", self.target_on)
        if self.initial_weights is not None:
            weights = checked_weights(self.initial_weights, self.features)
            object.__setattr__(self, "initial_weights", weights)

    def changed_within_run(self, changes: Mapping[str, object]) -> RunConfig:
        """The same settings but for `changes`, of which a run must be able to take each.

        Raises:
            SettingsError: a setting does not exist, is fixed in a run, or cannot take its value.
        """
        names = [item.name for item in fields(self)]
        for name, value in changes.items():
            if name not in names:
                raise SettingsError(name, f"left out: the settings are {', '.join(names)}", value)
            if name in FIXED_IN_A_RUN and value != getattr(self, name):
                raise SettingsError(name, "left as it is within a run", value)
        # The settings check their own values.
        return replace(self, **changes)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Segment:
    """From `start` on, `config` applies."""

    start: int
    config: RunConfig


FIXED_IN_A_RUN = tuple(item.name for item in fields(RunConfig) if item.metadata.get("fixed"))


def weight_names(features: FeatureMap) -> tuple[str, ...]:
    """w0, w1, ..., b."""
    return (*(f"w{k}" for k in range(features.dimension)), "b")


def checked_weights(weights: Sequence[float], features: FeatureMap) -> tuple[float, ...]:
    """Weights and bias for a feature map, as plain numbers.

    Raises:
        SettingsError: there are more or fewer than it needs, or one is not finite.
    """
    names = weight_names(features)
    if (
        not isinstance(weights, Sequence)
        or isinstance(weights, str | bytes)
        or len(weights) != len(names)
    ):
        expected = f"{len(names)} numbers ({', '.join(names)})"
        raise SettingsError("initial_weights", expected, weights)
    return tuple(
        float(WEIGHT.check(f"initial_weights[{index}]", weight))
        for index, weight in enumerate(weights)
    )
