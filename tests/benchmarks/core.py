"""The core against the course's loop, in one process."""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from statistics import median

import torch
from torch import Tensor, nn

from lrcore import Blobs, Run, RunConfig, rate_map, train
from lrcore.autograd.film import film_of
from lrcore.autograd.recorder import record
from tests.benchmarks.common import Row

_MEMORY_STEPS = 100_000
_MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Size:
    """A number of points, and how often lrcore has to beat the course there."""

    points: int
    asked: float
    seconds: float


_SIZES = (Size(200, 2.5, 0.3), Size(1_000_000, 3.5, 0.5))


class Course:
    """The course's loop with zero_grad, loss and accuracy recorded at every step."""

    def __init__(self, x: Tensor, y: Tensor) -> None:
        self._x, self._y = x, y  # (n, 2), (n,)
        self._model = nn.Sequential(nn.Linear(2, 1), nn.Sigmoid()).to(x.device)
        self._loss = nn.BCELoss()
        self._optimizer = torch.optim.SGD(self._model.parameters(), lr=0.01, momentum=0.9)
        self.losses: list[float] = []
        self.accuracies: list[float] = []

    def step(self) -> None:
        p = self._model(self._x)  # (n, 1)
        loss = self._loss(p.squeeze(), self._y)
        self._optimizer.zero_grad()
        loss.backward()
        self._optimizer.step()
        correct = (p.ge(0.5).float().squeeze() == self._y).sum()
        self.accuracies.append(correct.item() / len(self._y))
        self.losses.append(loss.item())

    def train(self, seconds: float) -> int:
        deadline = time.perf_counter() + seconds
        before = len(self.losses)
        while time.perf_counter() < deadline:
            self.step()
        return len(self.losses) - before


def rows(device: str, repeat: int) -> list[Row]:
    """Speed at both sizes, and the memory of a long run."""
    # The run's memory comes first: the allocator still holds nothing it could reuse.
    return [
        _memory(),
        *(_against_the_course(size, device, repeat) for size in _SIZES),
        _generator(device, repeat),
        *map(_rates, (200, 2_000)),
        _filming(),
    ]


def _against_the_course(size: Size, device: str, repeat: int) -> Row:
    config = RunConfig(
        data=Blobs(samples_per_class=size.points // 2),
        loss="bce_logits",
        target_accuracy=1.0,
        max_iterations=1_000_000,
        device=device,
    )
    run = Run(config)
    course = Course(run.data.x.to(device), run.data.y.to(device))
    for _ in range(2):
        run.extend(0.2)
        course.train(0.2)
    pairs = [
        (_rate(run.extend, size.seconds), _rate(course.train, size.seconds)) for _ in range(repeat)
    ]
    ratio = median(ours / theirs for ours, theirs in pairs)
    ours, theirs = (median(rates) for rates in zip(*pairs, strict=True))
    return Row(
        f"core, N = {size.points:,}, {device}: steps/s against the course's loop",
        f"{ratio:.2f}x ({ours:,.0f} against {theirs:,.0f})",
        f">= {size.asked:g}x",
        ratio >= size.asked,
    )


def _generator(device: str, repeat: int) -> Row:
    """What a notebook uses: one Step a moment."""
    config = RunConfig(target_accuracy=1.0, max_iterations=1_000_000, device=device)
    steps = train(config)
    run = Run(config)
    course = Course(run.data.x.to(device), run.data.y.to(device))

    def ours(seconds: float) -> int:
        deadline = time.perf_counter() + seconds
        return sum(1 for _ in takewhile(lambda _: time.perf_counter() < deadline, steps))

    _rate(ours, 0.2), _rate(course.train, 0.2)
    ratios = [_rate(ours, 0.3) / _rate(course.train, 0.3) for _ in range(repeat)]
    ratio = median(ratios)
    return Row(
        f"core, N = 200, {device}: steps/s of the generator `train` against the course's loop",
        f"{ratio:.2f}x",
        ">= 2x",
        ratio >= 2,
    )


def _rates(points: int) -> Row:
    """A map that has to go to its end: no run reaches its target."""
    run = Run(RunConfig(data=Blobs(samples_per_class=points // 2, mean=0.8), target_accuracy=1.0))
    started = time.perf_counter()
    *_, found = rate_map(run)
    seconds = time.perf_counter() - started
    return Row(
        f"core, N = {points:,}: a map of 576 runs over {found.budget:,} iterations, one thread",
        f"{seconds:.1f} s",
        "< 4 s",
        seconds < 4,
    )


def _filming() -> Row:
    """A thousand operations forward and back, run, recorded and placed."""
    lines = ["import torch", "x = torch.ones(1, requires_grad=True)", "y = x"]
    lines += ["for step in range(1_000):", "    y = torch.sin(y)", "y.backward()"]
    times = []
    for _ in range(5):
        started = time.perf_counter()
        film = film_of(record(lines))
        times.append(time.perf_counter() - started)
    milliseconds = 1000 * median(times)
    return Row(
        f"autograd: a film of {len(film.boxes):,} boxes",
        f"{milliseconds:.0f} ms",
        "< 1,000 ms",
        milliseconds < 1_000,
    )


def _rate(extend: Callable[[float], int], seconds: float) -> float:
    """Steps a second; every step has reached the host when it returns."""
    started = time.perf_counter()
    steps = extend(seconds)
    return steps / (time.perf_counter() - started)


def _memory() -> Row:
    config = RunConfig(target_accuracy=1.0, max_iterations=1_000_000)
    Run(config).extend(0.5)
    gc.collect()
    before = _resident()
    run = Run(config)
    run.extend(seconds=600, iterations=_MEMORY_STEPS)
    gc.collect()
    whole = (_resident() - before) * (1_000_000 / len(run))
    return Row(
        f"core: memory of 1,000,000 steps (growth over {len(run):,}, times 10)",
        f"{whole / _MEGABYTE:.0f} MB",
        "< 200 MB",
        whole < 200 * _MEGABYTE,
    )


def _resident() -> int:
    """Resident memory of this process in bytes."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")
