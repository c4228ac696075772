"""What can be read from PyTorch's tensors, autograd functions and calls."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.autograd.graph import Node

from lrcore.autograd.events import Input, Look
from lrcore.autograd.numbers import value_of

# Operations on numbers: a number that stands in the code is an input like a tensor.
_ARITHMETIC = frozenset(
    ("add", "sub", "mul", "div", "truediv", "true_divide", "pow", "matmul", "floordiv", "mod")
)


@dataclass(frozen=True, slots=True)
class Kept:
    """A tensor that a function has saved for its backward, as PyTorch calls it."""

    name: str
    tensor: Tensor


def name_of(func: Callable[..., object]) -> str:
    """PyTorch's name of what is called: ``add`` for ``+``, ``T`` for the property."""
    if func.__name__ in ("__get__", "__set__"):
        return str(getattr(getattr(func, "__self__", None), "__name__", ""))
    return func.__name__


def in_order(name: str, args: tuple[object, ...]) -> tuple[str, tuple[object, ...]]:
    """A call as the code has it: ``1 - w`` is called as ``w.__rsub__(1)``.

    Returns:
        The operation's name without signs of in what way it was called, and its operands.
    """
    plain = name.strip("_")
    is_dunder = name.startswith("__")
    if is_dunder and plain.startswith("r") and plain[1:] in _ARITHMETIC:
        return plain[1:], args[::-1]
    if is_dunder and plain.startswith("i") and plain[1:] in _ARITHMETIC:
        return f"{plain[1:]}_", args
    return plain if is_dunder else name, args


def inputs_of(name: str, args: tuple[object, ...]) -> Iterator[Tensor | int | float]:
    """The inputs of a call in the order of the code: tensors, and numbers to calculate with."""
    is_arithmetic = name.removesuffix("_") in _ARITHMETIC
    for item in args:
        if isinstance(item, Tensor) or (is_arithmetic and isinstance(item, int | float)):
            yield item
        elif isinstance(item, list | tuple):
            yield from tensors_in(item)


def tensors_in(value: object) -> Iterator[Tensor]:
    """All tensors in nested lists, tuples and dictionaries, in order."""
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, list | tuple):
        for item in value:
            yield from tensors_in(item)
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from tensors_in(item)


def version_of(tensor: Tensor) -> int:
    """How often a tensor has been changed in place; inference tensors do not count."""
    return 0 if tensor.is_inference() else tensor._version


def look_of(tensor: Tensor) -> Look:
    """A tensor as it is now."""
    node = tensor.grad_fn
    return Look(
        value=value_of(tensor),
        is_leaf=tensor.is_leaf,
        requires_grad=tensor.requires_grad,
        retains_grad=tensor.retains_grad,
        version=version_of(tensor),
        grad_fn=None if node is None else f"<{node.name().rpartition('::')[2]} object at 0x...>",
    )


def saved_by(node: Node) -> list[Kept]:
    """The tensors that a function keeps; none of those that were freed or changed in place."""
    kept = []
    for name in _saved_names(node):
        try:
            content = getattr(node, name)
        except RuntimeError:
            continue
        items = content if isinstance(content, tuple | list) else (content,)
        shown = name.removeprefix("_saved_").removesuffix("_tensors")
        kept += [Kept(shown, item) for item in items if isinstance(item, Tensor)]
    return kept


def is_freed(node: Node) -> bool:
    """Whether a backward has freed what the function had saved."""
    for name in _saved_names(node):
        try:
            getattr(node, name)
        except RuntimeError as error:
            if "freed" in str(error):
                return True
    return False


def _saved_names(node: Node) -> list[str]:
    names = [name for name in dir(node) if name.startswith("_saved_")]
    return [*names, "saved_tensors"] if hasattr(type(node), "saved_tensors") else names


def local_derivatives(node: Node, gradient: Tensor) -> tuple[Tensor | None, ...] | None:
    """What a function of one number makes of the gradient 1; None where that cannot be asked.

    A function in Python is not asked: it may print.
    """
    # To call these two would add to `.grad`, or change a tensor in place.
    is_cpp = "torch.autograd.function" not in type(node).__mro__[-2].__module__
    if node.name() in ("struct torch::autograd::AccumulateGrad", "CopySlices") or not is_cpp:
        return None
    try:
        with torch.no_grad():
            result = node(torch.ones_like(gradient))  # type: ignore[operator]  # torch's stub
    except RuntimeError:
        return None
    return result if isinstance(result, tuple) else (result,)


def place_of(key: str, inputs: list[Input], taken: list[bool]) -> int:
    """Which input of an operation a gradient goes to; a new one where the code names none."""
    places = [place for place, item in enumerate(inputs) if item == key]
    for place in places:
        if not taken[place]:
            taken[place] = True
            return place
    if places:
        return places[-1]
    inputs.append(key)
    taken.append(True)
    return len(inputs) - 1


def is_same(tensor: Tensor, saved: Tensor) -> bool:
    """Whether a saved tensor is this one: PyTorch may give it out as another object."""
    if tensor.grad_fn is not None or saved.grad_fn is not None:
        return tensor.grad_fn is saved.grad_fn and tensor.output_nr == saved.output_nr
    return tensor.data_ptr() == saved.data_ptr() and tensor.shape == saved.shape
