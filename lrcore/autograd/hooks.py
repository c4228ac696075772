"""Hooks on autograd's functions: the gradients of a backward, in autograd's own order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from torch import Tensor
from torch.autograd.graph import Node
from torch.utils.hooks import RemovableHandle

from lrcore.autograd.events import Accumulated, Event, Freed, Gathered, Passed, Started
from lrcore.autograd.functions import is_freed, local_derivatives
from lrcore.autograd.numbers import Value, value_of

Gradients = Sequence[Tensor | None]
Output = tuple[Node, int]


@dataclass(slots=True)
class Log:
    """The events so far, and the line that is being executed."""

    events: list[Event] = field(default_factory=list)
    line: int = 0


@dataclass(slots=True)
class Edge:
    """A gradient's way out of an operation: to its input number ``place``, a tensor."""

    operation: str
    place: int
    tensor: str
    child: Output


class Hooks:
    """Watches functions while a backward runs.

    Args:
        log: where events go.
        found: told of a gradient that has a graph of its own.
    """

    def __init__(self, log: Log, found: Callable[[Tensor], object]) -> None:
        self.log, self.found = log, found
        self.owner: dict[Node, str] = {}  # the operation that a function is part of
        self.made: dict[Output, str] = {}  # the tensor that a function has made
        self.edges: dict[tuple[Node, int], Edge] = {}
        self.leaves: dict[Node, tuple[Tensor, Callable[[], str]]] = {}
        self.retained: dict[str, Tensor] = {}
        self.roots: set[Node] = set()
        self.running: str | None = None
        self.line = 0  # that calls for the backward: hooks of the user have lines of their own
        self.grads: dict[int, tuple[Tensor, Tensor | None, int]] = {}  # what `.grad` holds, by id
        self._arrived: dict[Output, list[Value]] = {}
        self._incoming: dict[str, Value] = {}
        self._local: dict[Node, Gradients] = {}
        self._to_free: dict[Node, None] = {}
        self._freed: set[str] = set()
        self._adding: dict[Node, tuple[Value | None, Value]] = {}
        self._handles: list[RemovableHandle] = []

    def watch(self, node: Node, operation: str) -> None:
        """Watch a function of an operation."""
        self.owner[node] = operation
        self._handles += [
            node.register_prehook(lambda gradients: self._enter(node, gradients)),
            node.register_hook(lambda outgoing, _: self._leave(node, outgoing)),
        ]

    def watch_leaf(self, node: Node, leaf: Tensor, key: Callable[[], str]) -> None:
        """Watch the function that adds to the ``.grad`` of a leaf, whose key may change."""
        self.leaves[node] = (leaf, key)
        self._handles += [
            node.register_prehook(lambda gradients: self._reach(node, gradients)),
            leaf.register_post_accumulate_grad_hook(lambda _: self._add(node)),
        ]

    def close(self) -> None:
        """Let go of all functions: a hook would keep its function, and that all its tensors."""
        for handle in self._handles:
            handle.remove()
        for leaf, _ in self.leaves.values():
            if leaf.grad is not None and leaf.grad.grad_fn is not None:
                # A gradient with a graph holds its leaf, which holds the gradient: Python cannot
                # free such a circle.
                leaf.grad = leaf.grad.detach()

    def settle(self) -> None:
        """See which functions have freed what they had saved."""
        for node in list(self._to_free):
            del self._to_free[node]
            if self.owner[node] not in self._freed and is_freed(node):
                self._freed.add(self.owner[node])
                self.log.events.append(Freed(self.log.line, self.owner[node]))

    def see_grad(self, tensor: Tensor) -> None:
        """Remember what a tensor's ``.grad`` holds now."""
        grad = tensor.grad
        self.grads[id(tensor)] = (tensor, grad, 0 if grad is None else grad._version)

    def forget_arrived(self) -> None:
        """Forget what has come to where no function ran: autograd.grad ends there, or an error."""
        self._arrived.clear()
        self.roots, self.running = set(), None

    def _enter(self, node: Node, gradients: Gradients) -> None:
        self.log.line = self.line
        self.settle()
        operation = self.running = self.owner[node]
        for number, gradient in enumerate(gradients):
            key = self.made.get((node, number))
            if gradient is None or key is None:
                continue
            total = value_of(gradient)
            self._incoming[operation] = total
            if node in self.roots:
                self.roots.remove(node)
                self.log.events.append(Started(self.log.line, key, total))
                self._arrived.setdefault((node, number), []).insert(0, total)
            self._gather((node, number), key, total)
        (first, *others) = gradients
        is_whole = (node, 0) in self.made  # and not a part of an operation of several
        if first is not None and first.numel() == 1 and not others and is_whole:
            local = local_derivatives(node, first)
            if local is not None:
                self._local[node] = local

    def _gather(self, output: Output, key: str, total: Value) -> None:
        parts = tuple(self._arrived.pop(output, ()))
        kept = self.retained.get(key)
        if kept is not None:
            self.see_grad(kept)
        if len(parts) > 1 or kept is not None or parts != (total,):
            event = Gathered(self.log.line, key, parts, total, is_retained=kept is not None)
            self.log.events.append(event)

    def _leave(self, node: Node, outgoing: Gradients) -> None:
        self.log.line = self.line
        operation = self.owner[node]
        local = self._local.pop(node, ())
        for slot, gradient in enumerate(outgoing):
            edge = self.edges.get((node, slot))
            if gradient is None or edge is None:
                continue
            if gradient.grad_fn is not None:
                self.found(gradient)
            factor = local[slot] if slot < len(local) else None
            passed = value_of(gradient)
            incoming = self._incoming.get(operation, passed)
            is_number = factor is not None and factor.numel() == gradient.numel() == 1
            self._arrived.setdefault(edge.child, []).append(passed)
            self.log.events.append(
                Passed(
                    self.log.line,
                    operation,
                    edge.place,
                    edge.tensor,
                    incoming,
                    value_of(factor) if factor is not None and is_number else None,
                    passed,
                )
            )
        self._to_free[node] = None
        self.running = None

    def _reach(self, node: Node, gradients: Gradients) -> None:
        """A gradient is about to be added to the ``.grad`` of a leaf."""
        self.log.line = self.line
        self.settle()
        (gradient,) = gradients
        if gradient is None:
            return
        leaf, key = self.leaves[node]
        total = value_of(gradient)
        self._adding[node] = (None if leaf.grad is None else value_of(leaf.grad), total)
        parts = tuple(self._arrived.pop((node, 0), ()))
        if len(parts) > 1 or parts != (total,):
            event = Gathered(self.log.line, key(), parts, total, is_retained=False)
            self.log.events.append(event)

    def _add(self, node: Node) -> None:
        leaf, key = self.leaves[node]
        if node not in self._adding or leaf.grad is None:
            return
        before, total = self._adding.pop(node)
        self.see_grad(leaf)
        after = value_of(leaf.grad)
        self.log.events.append(Accumulated(self.log.line, key(), before, total, after))
