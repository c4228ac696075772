"""Exercise 3: which tensors keep a gradient."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import torch

from lrcore.autograd.exercises.snippet import Snippet, snippet, spaced, with_warnings
from lrcore.autograd.graph import Graph, trace
from lrcore.autograd.program import COURSE, tensor_code


@dataclass(frozen=True, slots=True)
class Leaves:
    """The course's graph after its backward, and PyTorch's warnings where ``.grad`` was read."""

    graph: Graph
    snippet: Snippet
    warnings: tuple[str, ...]


def keep_gradients(
    values: Mapping[str, float], require: Collection[str], retain: Collection[str]
) -> Leaves:
    """y = (w + x) * (w + 1) with ``requires_grad`` and ``retain_grad()`` only where asked."""
    lines = [
        f"{name} = {tensor_code(value, requires_grad=name in require)}"
        for name, value in values.items()
    ]
    tensors = COURSE.run(
        {name: torch.tensor(value, requires_grad=name in require) for name, value in values.items()}
    )
    lines += COURSE.code()
    printed: list[str] = []
    error: RuntimeError | None = None
    warned: tuple[str, ...] = ()
    lines += [f"{name}.retain_grad()" for name in retain]
    lines += ["y.backward()", "print(w.grad, x.grad)", "print(a.grad, b.grad, y.grad)"]
    try:
        for name in retain:
            tensors[name].retain_grad()
        tensors["y"].backward()
    except RuntimeError as caught:
        error = caught
    else:
        grads, warned = with_warnings(lambda: {name: t.grad for name, t in tensors.items()})
        printed = [spaced(grads[name] for name in line) for line in ("wx", "aby")]
    return Leaves(trace(tensors["y"], tensors), snippet(lines, printed, error), warned)
