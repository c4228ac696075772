"""Exercise 4: ``backward`` called again, on a vector, and with a graph of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from lrcore.autograd.exercises.snippet import (
    Snippet,
    function_name,
    gradient_of,
    snippet,
    spaced,
    with_warnings,
)
from lrcore.autograd.graph import Graph, trace
from lrcore.autograd.program import COURSE, leaf_tensors, leaves_code


@dataclass(frozen=True, slots=True)
class Calls:
    """The gradients (w, x) after each call of ``backward`` that did not fail; the last graph."""

    graph: Graph
    gradients: tuple[tuple[float, float], ...]
    snippet: Snippet


@dataclass(frozen=True, slots=True)
class VectorJacobian:
    """``backward`` of a vector: the gradients of w and x, and the Jacobian's two columns."""

    graph: Graph
    gradients: tuple[float, float] | None
    columns: tuple[tuple[float, ...], tuple[float, ...]]
    snippet: Snippet


@dataclass(frozen=True, slots=True)
class GradientGraph:
    """The graph behind ``w.grad``: more than one node only with ``create_graph=True``."""

    graph: Graph
    snippet: Snippet
    warnings: tuple[str, ...]


def call_repeatedly(
    values: Mapping[str, float], calls: int, *, retain_graph: bool, zero: bool, rebuild: bool
) -> Calls:
    """Call ``y.backward`` again and again, on one graph or on a new one each time."""
    argument = "retain_graph=True" if retain_graph else ""
    build = "y = (w + x) * (w + 1)"
    lines = leaves_code(values) + ([] if rebuild else [build])
    lines.append(f"for call in range(1, {calls + 1}):")
    lines += ["    w.grad = x.grad = None"] if zero else []
    lines += [f"    {build}"] if rebuild else []
    lines += [f"    y.backward({argument})", "    print(call, w.grad, x.grad)"]

    leaves = leaf_tensors(values)
    w, x = leaves["w"], leaves["x"]
    tensors = COURSE.run(leaves)
    printed: list[str] = []
    gradients: list[tuple[float, float]] = []
    error: RuntimeError | None = None
    try:
        for call in range(1, calls + 1):
            if zero:
                w.grad = x.grad = None
            if rebuild:
                tensors = COURSE.run(leaves)
            tensors["y"].backward(retain_graph=retain_graph)
            printed.append(spaced((call, w.grad, x.grad)))
            gradients.append((gradient_of(w).item(), gradient_of(x).item()))
    except RuntimeError as caught:
        error = caught
    graph = trace(tensors["y"], tensors)
    return Calls(graph, tuple(gradients), snippet(lines, printed, error))


def two_outputs(w: Tensor, x: Tensor) -> Tensor:
    """The course's vector: y = [(w + x)(w + 1), (w + x) + (w + 1)], shape (2,)."""
    return torch.stack([(w + x) * (w + 1), (w + x) + (w + 1)])


def vector_jacobian(
    values: Mapping[str, float], weights: Sequence[float], *, pass_weights: bool
) -> VectorJacobian:
    """``torch.autograd.backward`` of two outputs with the weights v as ``grad_tensors``."""
    argument = ", grad_tensors=v" if pass_weights else ""
    lines = [
        "def f(w, x):",
        "    return torch.stack([(w + x) * (w + 1),",
        "                        (w + x) + (w + 1)])",
        *leaves_code(values),
        f"v = torch.tensor({list(weights)})",
        "y = f(w, x)",
        f"torch.autograd.backward(y{argument})",
        "print(w.grad, x.grad)",
        "J = torch.autograd.functional.jacobian(f, (w, x))",
        "print(v @ J[0], v @ J[1])",
    ]
    leaves = leaf_tensors(values)
    w, x = leaves["w"], leaves["x"]
    v = torch.tensor(list(weights))
    y = two_outputs(w, x)
    jacobian = torch.autograd.functional.jacobian(two_outputs, (w, x))
    columns = (tuple(jacobian[0].tolist()), tuple(jacobian[1].tolist()))
    names = {"w": w, "x": x, "y": y}
    try:
        torch.autograd.backward(y, grad_tensors=v if pass_weights else None)
    except RuntimeError as error:
        return VectorJacobian(trace(y, names), None, columns, snippet(lines, [], error))
    printed = [spaced((w.grad, x.grad)), spaced((v @ jacobian[0], v @ jacobian[1]))]
    gradients = (gradient_of(w).item(), gradient_of(x).item())
    return VectorJacobian(trace(y, names), gradients, columns, snippet(lines, printed))


def differentiate_gradient(values: Mapping[str, float], *, create_graph: bool) -> GradientGraph:
    """Let autograd record the backward too, then differentiate ``w.grad`` once more."""
    argument = "create_graph=True" if create_graph else ""
    lines = [
        *leaves_code(values),
        "y = (w + x) * (w + 1)",
        f"y.backward({argument})",
        "print(w.grad.item(), w.grad.grad_fn and w.grad.grad_fn.name())",
        "print(torch.autograd.grad(w.grad, (w, x)))",
    ]
    leaves = leaf_tensors(values)
    w, x = leaves["w"], leaves["x"]
    y = COURSE.run(leaves)["y"]
    _, warned = with_warnings(lambda: y.backward(create_graph=create_graph))
    gradient = gradient_of(w)
    # w holds its gradient, and the graph of the gradient holds w. Python cannot free such a circle.
    w.grad = x.grad = None
    graph = trace(gradient, {"w": w, "x": x, "w.grad": gradient})
    printed: list[object] = [f"{gradient.item()} {function_name(gradient)}"]
    try:
        printed.append(torch.autograd.grad(gradient, (w, x)))
    except RuntimeError as error:
        return GradientGraph(graph, snippet(lines, printed, error), warned)
    return GradientGraph(graph, snippet(lines, printed), warned)
