"""What flows through a graph during a real backward, edge by edge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from lrcore.autograd.graph import functions_of


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
    """A whole backward pass: its flows in the engine's order, and ∂output/∂tensor by name."""

    flows: tuple[Flow, ...]
    gradients: Mapping[str, float]


def record_backward(output: Tensor, tensors: Mapping[str, Tensor]) -> Backward:
    """Call ``output.backward()`` and write down the gradient on every edge.

    Args:
        output: a scalar made from scalars alone.
        tensors: the named tensors whose gradients to record.

    Raises:
        RuntimeError: PyTorch's own, if the graph was freed or does not reach a leaf.
    """
    live = functions_of((output,))
    one = torch.ones_like(output)
    local = {
        key: _as_tuple(node(one))
        for key, node in live.items()
        if node.next_functions  # AccumulateGrad has none; calling it would add to .grad.
    }
    flows: list[Flow] = []
    gradients: dict[str, float] = {}
    handles = []
    for key, node in live.items():
        if key not in local:
            continue

        def note(
            outgoing: tuple[Tensor | None, ...], incoming: tuple[Tensor, ...], key: str = key
        ) -> None:
            for slot, (gradient, factor) in enumerate(zip(outgoing, local[key], strict=True)):
                if gradient is not None and factor is not None:
                    numbers = (incoming[0].item(), factor.item(), gradient.item())
                    flows.append(Flow(key, slot, *numbers))

        handles.append(node.register_hook(note))
    for name, tensor in tensors.items():
        if tensor.requires_grad:

            def keep(gradient: Tensor, name: str = name) -> None:
                gradients[name] = gradient.item()

            handles.append(tensor.register_hook(keep))
    try:
        output.backward()
    finally:
        for handle in handles:
            handle.remove()
    return Backward(tuple(flows), gradients)


def _as_tuple(result: Tensor | tuple[Tensor | None, ...]) -> tuple[Tensor | None, ...]:
    return result if isinstance(result, tuple) else (result,)
