"""The numbers of a tensor in so few characters that they fit into a graph."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

SHOWN_ITEMS = 6

Number = float | int | bool | complex


@dataclass(frozen=True, slots=True)
class Value:
    """The numbers of a tensor: all of them when there are few, else a summary.

    ``items`` holds all elements, row by row. It is empty where there are more than ``SHOWN_ITEMS``,
    and where none can be read (meta and sparse tensors). ``minimum`` and ``maximum`` are None where
    ``items`` has all elements, and for complex numbers, which have no order.
    """

    shape: tuple[int, ...]
    items: tuple[Number, ...]
    minimum: float | None = None
    maximum: float | None = None

    @property
    def is_finite(self) -> bool:
        """Whether no number is nan or infinite."""
        summary = (self.minimum, self.maximum)
        real = (part for item in self.items for part in (complex(item).real, complex(item).imag))
        return all(map(math.isfinite, (*real, *(s for s in summary if s is not None))))

    def __str__(self) -> str:
        if self.items:
            texts = [format_number(item) for item in self.items]
            return texts[0] if not self.shape else f"[{', '.join(texts)}]"
        size = " × ".join(map(str, self.shape)) or "scalar"
        if self.minimum is None or self.maximum is None:
            return size
        return f"{size}: {format_number(self.minimum)} … {format_number(self.maximum)}"


def format_number(number: Number) -> str:
    """Four significant digits, with a true minus sign."""
    if isinstance(number, bool):
        return str(number)
    if isinstance(number, int) and abs(number) < 1_000_000:
        return str(number).replace("-", "−")
    return format(number, ".4g").replace("-", "−")


def value_of(tensor: Tensor) -> Value:
    """The numbers of ``tensor``, summarised when there are more than ``SHOWN_ITEMS``."""
    if torch._C._functorch.is_legacy_batchedtensor(tensor):
        # One of the gradients of ``is_grads_batched``, which stands for all of them.
        tensor = torch._remove_batch_dim(tensor, 1, 1, 0)
    shape = tuple(tensor.shape)
    if tensor.is_meta or tensor.layout != torch.strided or tensor.numel() == 0:
        return Value(shape, ())
    data = tensor.detach()
    if data.numel() == 1:
        return Value(shape, (data.item(),))
    if data.numel() <= SHOWN_ITEMS:
        return Value(shape, tuple(data.flatten().tolist()))
    if data.is_complex():
        return Value(shape, ())
    return Value(shape, (), float(data.min()), float(data.max()))
