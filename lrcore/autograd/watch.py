"""Looks at calls into PyTorch, and writes down the tensors and operations that they make."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor
from torch.autograd.graph import Node, get_gradient_edge

from lrcore.autograd.events import (
    Changed,
    Decided,
    Input,
    Look,
    Made,
    Named,
    Operated,
    Returned,
    Saved,
    Stored,
)
from lrcore.autograd.functions import (
    in_order,
    inputs_of,
    is_same,
    look_of,
    name_of,
    place_of,
    saved_by,
    tensors_in,
    version_of,
)
from lrcore.autograd.hooks import Edge, Hooks, Log
from lrcore.autograd.numbers import value_of

_DIFFERENTIATE = (Tensor.backward, torch.autograd.backward, torch.autograd.grad)
# Calls that make no tensor for the graph, and change none.
_SILENT = frozenset(
    """__repr__ __format__ __bool__ __len__ __hash__ __contains__ __array__ __int__ __float__
    __setstate__ __deepcopy__ item tolist numpy size dim numel stride data_ptr allclose equal
    is_floating_point is_complex is_same_size register_hook type is_contiguous is_nonzero
    _set_grad_enabled""".split()  # noqa: SIM905
)


@dataclass(slots=True)
class _Known:
    """A tensor as it was when last seen. It is held, or another could get its id."""

    tensor: Tensor
    key: str
    node: Node | None
    version: int
    look: Look


class Watch:
    """What is known of the tensors of one script."""

    def __init__(self) -> None:
        self.log = Log()
        self.hooks = Hooks(self.log, self.key_of)
        self.unnamed: dict[int, str] = {}  # keys of tensors without a name, by id
        self._names: dict[str, str] = {}
        self._known: dict[int, _Known] = {}
        self._tensors: dict[str, Tensor] = {}  # by key
        self._count = 0
        self._operations = 0
        self.is_differentiating = False
        self._result: dict[str, str] = {}  # the first tensor that an operation has made
        self._grad_of: dict[int, tuple[Tensor, str]] = {}  # gradients that a line has read

    def call(
        self,
        func: Callable[..., object],
        args: tuple[object, ...],
        kwargs: Mapping[str, object],
        line: int,
    ) -> object:
        """Make a call into PyTorch, and see what it does."""
        if line == 0 or func.__name__ in _SILENT:
            return func(*args, **kwargs)
        self.log.line = line
        if func in _DIFFERENTIATE:
            return self._differentiate(func, args, kwargs)
        if func.__name__ in ("__get__", "__set__"):
            return self._property(func, args)
        given = list(tensors_in((*args, *kwargs.values())))
        keys = {id(tensor): self.key_of(tensor) for tensor in given}
        versions = [version_of(tensor) for tensor in given]
        result = func(*args, **kwargs)
        changed = [t for t, before in zip(given, versions, strict=True) if version_of(t) != before]
        outputs = {id(tensor): tensor for tensor in (*changed, *tensors_in(result))}
        self._see(func.__name__, args, keys, [t for t in outputs.values() if not self._is_known(t)])
        for tensor in given:
            self._see_flags(tensor)
        return result

    def name(self, tensor: Tensor, name: str) -> None:
        """A line has given a tensor a name."""
        key = self.unnamed.pop(id(tensor))
        self._names[key] = name
        self.log.events.append(Named(self.log.line, key, name))

    def settle(self) -> None:
        """At the end of a line: see what was freed, and whether it has changed a ``.grad``."""
        self.hooks.settle()
        for tensor, grad, version in list(self.hooks.grads.values()):
            now = tensor.grad
            if now is grad and (now is None or now._version == version):
                continue
            self.hooks.see_grad(tensor)
            stored = None if now is None else value_of(now)
            self.log.events.append(Stored(self.log.line, self.key_of(tensor), stored))

    def look_at(self, tensor: Tensor) -> None:
        """A line has a tensor that no call has shown, such as the result of a custom function."""
        if id(tensor) not in self._known and tensor.grad_fn is not None:
            self.key_of(tensor)

    def key_of(self, tensor: Tensor) -> str:
        """The key of a tensor; one that was never seen, or is another by now, is written down."""
        if self._is_known(tensor):
            return self._known[id(tensor)].key
        node = tensor.grad_fn
        if node is not None and (key := self.hooks.made.get((node, tensor.output_nr))):
            return key
        if node is not None:
            name = node.name().rpartition("::")[2].rstrip("0123456789").removesuffix("Backward")
            self._operate(name, [], [tensor], is_found=self.is_differentiating)
            return self._known[id(tensor)].key
        key = self._remember(tensor)
        self.log.events.append(Made(self.log.line, key, self._known[id(tensor)].look))
        if id(tensor) in self._grad_of and id(tensor) in self.unnamed:
            self.name(tensor, self._grad_of[id(tensor)][1])
        return key

    def _property(self, func: Callable[..., object], args: tuple[object, ...]) -> object:
        name, tensor = name_of(func), args[0]
        result = func(*args)
        if not isinstance(tensor, Tensor):
            return result
        if func.__name__ == "__set__":
            self._see_flags(tensor)
            if name == "grad" and tensor.grad is not None:
                self.hooks.grads.setdefault(id(tensor), (tensor, None, 0))
        elif name == "grad" and isinstance(result, Tensor):
            owner = self._names.get(self.key_of(tensor), "")
            self._grad_of[id(result)] = (result, f"{owner}.grad")
        elif isinstance(result, Tensor) and not self._is_known(result):
            self._see(name, args, {id(tensor): self.key_of(tensor)}, [result])
        return result

    def _see(
        self,
        called: str,
        args: tuple[object, ...],
        keys: Mapping[int, str],
        made: Sequence[Tensor],
    ) -> None:
        """Write down the tensors that a call has made."""
        if any(id(tensor) in self._grad_of for tensor in made):
            return  # a `.grad` changed in place, see `settle`
        if made and keys and all(t.dtype == torch.bool and t.numel() == 1 for t in made):
            self.log.events.append(Decided(self.log.line, str(made[0].item())))
        elif made and keys:
            name, operands = in_order(called, args)
            inputs: list[Input] = [
                keys[id(item)] if isinstance(item, Tensor) else item
                for item in inputs_of(name, operands)
            ]
            inputs += [key for key in dict.fromkeys(keys.values()) if key not in inputs]
            self._operate(name, inputs, made)
        else:
            for tensor in made:
                self.key_of(tensor)

    def _operate(
        self, function: str, inputs: list[Input], made: Sequence[Tensor], *, is_found: bool = False
    ) -> None:
        operation = f"f{self._operations}"
        self._operations += 1
        edges: list[Edge] = []
        nodes: list[Node] = []
        for tensor in made:
            if tensor.grad_fn is not None and tensor.grad_fn not in self.hooks.owner:
                nodes += list(self._own(operation, tensor.grad_fn))
        for node in nodes:
            edges += self._edges_of(operation, node)
        taken = [False] * len(inputs)
        for edge in edges:
            edge.place = place_of(edge.tensor, inputs, taken)
        outputs = tuple((self._remember(tensor), look_of(tensor)) for tensor in made)
        self._result[operation] = outputs[0][0]
        saved = tuple(self._saved(nodes, [*inputs, *(key for key, _ in outputs)]))
        self.log.events.append(
            Operated(
                self.log.line, operation, function, tuple(inputs), outputs, saved, is_found=is_found
            )
        )

    def _own(self, operation: str, root: Node) -> Iterator[Node]:
        """The functions that make up an operation: all up to those that are known."""
        waiting = [root]
        while waiting:
            node = waiting.pop()
            if node in self.hooks.owner or node in self.hooks.leaves:
                continue
            leaf = getattr(node, "variable", None)
            if isinstance(leaf, Tensor):
                self.hooks.watch_leaf(node, leaf, partial(self.key_of, leaf))
                self.key_of(leaf)
                continue
            self.hooks.watch(node, operation)
            yield node
            waiting += [child for child, _ in reversed(node.next_functions) if child is not None]

    def _edges_of(self, operation: str, node: Node) -> list[Edge]:
        edges = []
        for slot, (child, number) in enumerate(node.next_functions):
            if child is None or self.hooks.owner.get(child) == operation:
                continue
            leaf = getattr(child, "variable", None)
            if isinstance(leaf, Tensor):
                key: str | None = self.key_of(leaf)
            else:  # a part of an operation of several has no tensor: its result stands for it
                key = self.hooks.made.get((child, number)) or self._result.get(
                    self.hooks.owner[child]
                )
            if key is not None:
                self.hooks.edges[node, slot] = Edge(operation, 0, key, (child, number))
                edges.append(self.hooks.edges[node, slot])
        return edges

    def _saved(self, nodes: Sequence[Node], near: Sequence[Input]) -> Iterator[Saved]:
        tensors = [self._tensors[key] for key in near if isinstance(key, str)]
        for node in nodes:
            for kept in saved_by(node):
                key = next((self.key_of(t) for t in tensors if is_same(t, kept.tensor)), None)
                size = kept.tensor.numel() * kept.tensor.element_size()
                yield Saved(kept.name, key, value_of(kept.tensor), size)

    def _remember(self, tensor: Tensor) -> str:
        key = f"t{self._count}"
        self._count += 1
        known = self._known.get(id(tensor))
        node = tensor.grad_fn
        look = look_of(tensor)
        self._tensors[key] = tensor
        self._known[id(tensor)] = _Known(tensor, key, node, version_of(tensor), look)
        if node is not None:
            self.hooks.made[node, tensor.output_nr] = key
        self.unnamed[id(tensor)] = key
        if known is not None and known.key in self._names:
            self.name(tensor, self._names[known.key])
        return key

    def _is_known(self, tensor: Tensor) -> bool:
        known = self._known.get(id(tensor))
        return known is not None and (
            known.node is tensor.grad_fn and known.version == version_of(tensor)
        )

    def _see_flags(self, tensor: Tensor) -> None:
        known = self._known.get(id(tensor))
        if known is None:
            return
        look = look_of(tensor)
        if tensor.retains_grad:
            self.hooks.retained[known.key] = tensor
        if (look.requires_grad, look.retains_grad, look.is_leaf) != (
            known.look.requires_grad,
            known.look.retains_grad,
            known.look.is_leaf,
        ):
            known.look = look
            self.log.events.append(Changed(self.log.line, known.key, look))

    def _differentiate(
        self, func: Callable[..., object], args: tuple[object, ...], kwargs: Mapping[str, object]
    ) -> object:
        self.hooks.forget_arrived()
        outputs = args[0] if args else kwargs.get("tensors", kwargs.get("outputs"))
        for tensor in tensors_in((outputs,)):
            self.key_of(tensor)
            if tensor.requires_grad:
                self.hooks.roots.add(get_gradient_edge(tensor).node)
        self.is_differentiating, self.hooks.line = True, self.log.line
        try:
            result = func(*args, **kwargs)
        finally:
            self.is_differentiating = False
            self.log.line = self.hooks.line
        self.hooks.settle()
        self.hooks.forget_arrived()
        if func is torch.autograd.grad and isinstance(result, tuple):
            inputs = list(tensors_in((args[1] if len(args) > 1 else kwargs.get("inputs"),)))
            for tensor, gradient in zip(inputs, result, strict=False):
                value = None if gradient is None else value_of(gradient)
                self.log.events.append(Returned(self.log.line, self.key_of(tensor), value))
        return result
