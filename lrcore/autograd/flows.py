"""The gradients on all edges of a graph, read during a real backward."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from lrcore.autograd.graph import functions_of

# One for each input of a function; None where no gradient goes.
Gradients = tuple[Tensor | None, ...]


@dataclass(frozen=True, slots=True)
class Flow:
    """One edge of the backward pass: outgoing = incoming × local derivative.

    ``function`` is the key in the traced graph and ``slot`` the input the gradient goes to;
    ``local`` is what the function returns for the gradient 1.
    """

    function: str
    slot: int
    incoming: float
    local: float
    outgoing: float


@dataclass(frozen=True, slots=True)
class Backward:
    """A whole backward pass: its flows in the order of autograd, and ∂output/∂tensor by name."""

    flows: tuple[Flow, ...]
    gradients: Mapping[str, float]


def record_backward(output: Tensor, tensors: Mapping[str, Tensor]) -> Backward:
    """Call ``output.backward()`` and write down the gradient on every edge.

    Args:
        output: a scalar, computed from scalars alone.
        tensors: the named tensors whose gradients to record.

    Raises:
        RuntimeError: PyTorch's own; the graph was freed, or no leaf requires a gradient.
    """
    flows: list[Flow] = []
    gradients: dict[str, float] = {}
    one = torch.ones_like(output)
    handles = []
    for key, node in functions_of((output,)).items():
        if node.next_functions:  # AccumulateGrad has none; to call it would add to .grad.
            local = _as_tuple(node(one))  # type: ignore[operator]  # torch's stub lacks __call__
            handles.append(node.register_hook(_note_flows(flows, key, local)))
    for name, tensor in tensors.items():
        if tensor.requires_grad:
            handles.append(tensor.register_hook(_note_gradient(gradients, name)))
    try:
        output.backward()
    finally:
        for handle in handles:
            handle.remove()
    return Backward(tuple(flows), gradients)


def _note_flows(flows: list[Flow], key: str, local: Gradients) -> Callable[..., None]:
    """A hook that writes down what the function `key` passes on, input by input."""

    def note(outgoing: Gradients, incoming: tuple[Tensor, ...]) -> None:
        for slot, (gradient, factor) in enumerate(zip(outgoing, local, strict=True)):
            if gradient is not None and factor is not None:
                numbers = (incoming[0].item(), factor.item(), gradient.item())
                flows.append(Flow(key, slot, *numbers))

    return note


def _note_gradient(gradients: dict[str, float], name: str) -> Callable[[Tensor], None]:
    """A hook that writes down the gradient of the tensor `name`."""

    def note(gradient: Tensor) -> None:
        gradients[name] = gradient.item()

    return note


def _as_tuple(result: Tensor | Gradients) -> Gradients:
    return result if isinstance(result, tuple) else (result,)
