"""Exercises 1 and 2: a program, run forward and then backward edge by edge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch

from lrcore.autograd.exercises.snippet import (
    Snippet,
    function_name,
    gradient_of,
    snippet,
    with_warnings,
)
from lrcore.autograd.flows import Backward, record_backward
from lrcore.autograd.graph import Graph, trace
from lrcore.autograd.program import Operation, Program, leaf_tensors, leaves_code, step_that_broke


@dataclass(frozen=True, slots=True)
class TableRow:
    """One line of the table that the course prints."""

    name: str
    is_leaf: bool
    grad: str
    grad_fn: str


@dataclass(frozen=True, slots=True)
class Differentiated:
    """A program after ``y.backward()``.

    ``graph`` was copied before the backward, when nothing was freed yet. ``broken`` is the first
    step whose value is nan or infinite although its inputs are not.
    """

    graph: Graph
    backward: Backward
    table: tuple[TableRow, ...]
    snippet: Snippet
    broken: Operation | None


def differentiate(
    program: Program,
    values: Mapping[str, float],
    dtype: torch.dtype = torch.float32,
    *,
    table: bool = True,
) -> Differentiated:
    """Run ``program`` forward and backward on leaves of the given values.

    With ``table`` the code prints the course's table of all tensors, else y and the gradients of
    the leaves.
    """
    tensors = program.run(leaf_tensors(values, dtype))
    graph = trace(tensors["y"], tensors)
    backward = record_backward(tensors["y"], tensors)
    grads, _ = with_warnings(lambda: {name: tensor.grad for name, tensor in tensors.items()})
    rows = tuple(
        TableRow(name, tensor.is_leaf, str(grads[name]), str(function_name(tensor)))
        for name, tensor in tensors.items()
    )
    lines = [*leaves_code(values, dtype), *program.code(), "y.backward()"]
    if table:
        lines += [
            f"for t in ({', '.join(tensors)}):",
            "    print(t.is_leaf, t.grad, t.grad_fn and t.grad_fn.name())",
        ]
        printed = [f"{row.is_leaf} {row.grad} {row.grad_fn}" for row in rows]
    else:
        lines.append('print("y =", y.item())')
        lines += [f'print("{name}.grad =", {name}.grad.item())' for name in values]
        printed = [f"y = {tensors['y'].item()}"]
        printed += [f"{name}.grad = {gradient_of(tensors[name]).item()}" for name in values]
    broken = step_that_broke(program, tensors)
    return Differentiated(graph, backward, rows, snippet(lines, printed), broken)
