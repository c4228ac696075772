"""Training with torch's and numpy's parts used by hand: what a run must agree with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict

import numpy as np
import torch
from torch import Tensor, nn

from lrcore import LBFGS, SGD, Adagrad, Adam, AdamW, Cubic, Quadratic, Radial, Run, RunConfig, Sine
from lrcore.features import FeatureMap
from lrcore.optim import OptimizerSettings, RMSprop
from lrcore.training import FIXED_IN_A_RUN, Columns
from lrcore.training.split import held_out

# Every optimiser with what it can do.
OPTIMIZERS = (
    SGD(lr=0.05, weight_decay=0.02),
    SGD(lr=0.05, momentum=0.8, nesterov=True),
    Adam(lr=0.05, beta1=0.8, beta2=0.95, weight_decay=0.02),
    AdamW(lr=0.05, weight_decay=0.1),
    RMSprop(lr=0.02, alpha=0.9, weight_decay=0.02),
    RMSprop(lr=0.02, momentum=0.5),
    Adagrad(lr=0.2, lr_decay=0.05, weight_decay=0.02),
    LBFGS(),
    LBFGS(lr=0.5, max_iter=3, history_size=2),
    LBFGS(lr=0.1, max_iter=2, history_size=3, line_search=False),
)
LOSSES = {
    "bce": lambda z, y: nn.BCELoss()(torch.sigmoid(z), y),
    "bce_logits": nn.BCEWithLogitsLoss(),
    "mse": lambda z, y: nn.MSELoss()(torch.sigmoid(z), y),
}


def rows(columns: Columns) -> np.ndarray:
    """w0, ..., b, loss, accuracy and, where there are test points, the latter two of them."""
    return np.column_stack([column for column in columns[1:] if column is not None])


def run_to(config: RunConfig, last: int) -> Run:
    run = Run(config)
    run.extend(seconds=60, iterations=last)
    return run


def changed(run: Run, iteration: int, config: RunConfig) -> tuple[int, RunConfig]:
    """Branch with those settings of `config` that may change; gives the new segment."""
    free = {name: value for name, value in vars(config).items() if name not in FIXED_IN_A_RUN}
    run.branch(iteration, **free)
    return iteration, config


def phi(features: FeatureMap, x: np.ndarray, training: np.ndarray) -> np.ndarray:
    """Features (n, d) of points x, (n, 2), where the map was made for points `training`."""
    u, v = x.T
    if isinstance(features, Cubic):
        columns = [u, v, u * u, v * v, u * v, u**3, v**3, u * u * v, u * v * v]
    elif isinstance(features, Quadratic):
        columns = [u, v, u * u, v * v, u * v]
    elif isinstance(features, Sine):
        columns = [u, v, np.sin(features.frequency * u), np.sin(features.frequency * v)]
    elif isinstance(features, Radial):
        side = np.linspace(training.min(0), training.max(0), features.per_side)  # (per_side, 2)
        reach = features.width * (side[1] - side[0])
        columns = [
            np.exp(-(((u - a) / reach[0]) ** 2 + ((v - b) / reach[1]) ** 2) / 2)
            for b in side[:, 1]
            for a in side[:, 0]
        ]
    else:
        columns = [u, v]
    return np.column_stack(columns)


def training_sample(config: RunConfig) -> tuple[Tensor, Tensor]:
    """Features (n, d) and classes (n,) of the training points, float32."""
    data = config.data.sample()
    used = ~held_out(data.y, config.test_share, config.split_seed)
    x = data.x[used].double().numpy()
    if config.standardise:
        x = (x - x.mean(0)) / x.std(0)
    return torch.from_numpy(phi(config.features, x, x)).float(), data.y[used]


def initial_weights(config: RunConfig, dimension: int) -> list[float]:
    with torch.random.fork_rng():
        torch.manual_seed(config.init_seed)
        linear = nn.Linear(dimension, 1)
    return [*linear.weight.flatten().tolist(), linear.bias.item()]


def hyperparameters(settings: OptimizerSettings) -> dict[str, object]:
    """By the names in torch's documentation."""
    values = asdict(settings)
    if isinstance(settings, Adam):
        values["betas"] = (values.pop("beta1"), values.pop("beta2"))
    if isinstance(settings, LBFGS):
        values["line_search_fn"] = "strong_wolfe" if values.pop("line_search") else None
        values["max_eval"] = 25 * settings.max_iter
    return values


def loss_of_wrong(name: str, z: Tensor, y: Tensor) -> Tensor:
    """The losses, rounded as the core rounds them; z is the logit of the wrong class."""
    if name == "bce":
        return nn.BCELoss()(torch.sigmoid(torch.where(y == 1, -z, z)), y)
    if name == "bce_logits":
        return nn.functional.softplus(z).mean()
    return (2 * nn.functional.logsigmoid(z)).exp().mean()


class Trainer:
    """One model in training, step by step under any settings."""

    def __init__(self, config: RunConfig, *, exact: bool = False) -> None:
        self.exact = exact
        x, y = training_sample(config)
        design = torch.cat([x, torch.ones(len(y), 1)], 1)  # (n, d + 1)
        # How the matrix lies in memory decides the rounding of its products.
        self.design, self.y = design.t().contiguous().t(), y
        self.negated = (design * (1 - 2 * y)[:, None]).t().contiguous().t()
        self.theta = torch.tensor(initial_weights(config, x.shape[1]))
        self.theta.requires_grad_()
        self.settings: OptimizerSettings | None = None
        self.shuffle_seed: int | None = None

    def loss(self, config: RunConfig, chosen: Tensor | slice = slice(None)) -> Tensor:
        y = self.y[chosen]
        if self.exact:
            return loss_of_wrong(config.loss, self.negated[chosen] @ self.theta, y)
        return LOSSES[config.loss](self.design[chosen] @ self.theta, y)

    def tune(self, settings: OptimizerSettings) -> None:
        """A new kind of optimiser starts fresh; another value goes into the running one."""
        before, self.settings = self.settings, settings
        memory = getattr(settings, "history_size", None)
        if type(before) is not type(settings) or getattr(before, "history_size", None) != memory:
            kind = getattr(torch.optim, type(settings).__name__)
            self.optimizer = kind([self.theta], **hyperparameters(settings))
        self.optimizer.param_groups[0].update(hyperparameters(settings))
        if getattr(settings, "momentum", None) == 0:  # torch would keep an old velocity for later
            for state in self.optimizer.state.values():
                state.pop("momentum_buffer", None)
        if isinstance(settings, RMSprop) and settings.momentum:
            # Torch makes this buffer in its first step alone.
            for parameter, state in self.optimizer.state.items():
                state.setdefault("momentum_buffer", torch.zeros_like(parameter))

    def batch(self, config: RunConfig) -> Tensor | slice:
        if not config.mini_batches:
            return slice(None)
        if config.shuffle_seed != self.shuffle_seed:
            self.shuffle_seed = config.shuffle_seed
            self.generator = torch.Generator().manual_seed(config.shuffle_seed)
            self.rest = torch.empty(0)
        if len(self.rest) == 0:
            self.rest = torch.randperm(len(self.y), generator=self.generator)
        batch, self.rest = self.rest[: config.batch_size], self.rest[config.batch_size :]
        return batch

    def step(self, config: RunConfig) -> None:
        self.tune(config.optimizer)
        batch = self.batch(config)

        def closure() -> Tensor:
            if config.zero_grad:
                self.optimizer.zero_grad()
            weight = self.theta[:-1]
            penalty = config.l1 * weight.abs().sum() + config.l2 / 2 * (weight**2).sum()
            objective = self.loss(config, batch) + penalty
            objective.backward()
            return objective

        self.optimizer.step(closure)


@contextmanager
def one_thread() -> Iterator[None]:
    """Threads would wait for each other ten times as long as they work."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def magnifies_rounding(segments: list[tuple[int, RunConfig]]) -> bool:
    """LBFGS takes other ways by the last bit, and gradients that add up swing ever wider."""
    return any(isinstance(c.optimizer, LBFGS) or not c.zero_grad for _, c in segments)


def by_hand(segments: list[tuple[int, RunConfig]], last: int) -> np.ndarray:
    """w0, ..., b, loss of each moment, with torch's parts and each segment's settings."""
    trainer = Trainer(segments[0][1], exact=magnifies_rounding(segments))
    found = []
    with one_thread():
        for iteration in range(last + 1):
            config = [config for start, config in segments if start <= iteration][-1]
            found.append([*trainer.theta.tolist(), trainer.loss(config).item()])
            trainer.step(config)
    return np.array(found)


def assert_as_by_hand(run: Run, segments: list[tuple[int, RunConfig]]) -> None:
    """Compare all moments.

    Rounding may differ and grows from step to step, so the scale is that of a column. Where it
    would be magnified, the same order of operations is used by hand, and no bit may differ.
    """
    expected = by_hand(segments, len(run) - 1)
    scale = np.abs(expected).max(0)
    found = rows(run.columns())[:, : expected.shape[1]]
    tolerance = 0 if magnifies_rounding(segments) else 1e-4
    np.testing.assert_allclose(found / scale, expected / scale, rtol=0, atol=tolerance)
