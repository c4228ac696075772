"""An autograd graph as plain nodes and edges.

``trace`` follows what PyTorch recorded (``grad_fn`` and ``next_functions``) and copies it into
frozen dataclasses. Edges point from leaf to output, as the data flows; gradients flow the other
way. ``lrcore.autograd.dot.to_dot`` then draws the graph as Graphviz text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from torch import Tensor
from torch.autograd.graph import Node, get_gradient_edge

from lrcore.autograd.numbers import Value, value_of

MAX_FUNCTIONS = 10_000


@dataclass(frozen=True, slots=True)
class TensorNode:
    """A tensor that Python can reach: an output, a named tensor, a leaf or a saved constant.

    Most fields are attributes of the tensor. ``grad`` is None where ``tensor.grad`` is, and for a
    tensor that is no leaf and does not retain its gradient: to read that one would give a warning.
    ``function`` is the key of the function that made the tensor, None for a leaf.
    """

    key: str
    name: str | None
    shape: tuple[int, ...]
    dtype: str
    device: str
    value: Value
    requires_grad: bool
    is_leaf: bool
    is_view: bool
    version: int
    retains_grad: bool
    grad: Value | None
    grad_fn: str | None
    function: str | None


@dataclass(frozen=True, slots=True)
class Saved:
    """A value that a function keeps for its backward.

    ``tensor`` is the key of its node if it has one. ``problem`` is PyTorch's own message where the
    value cannot be read: an earlier backward has freed it, or it was changed in place.
    """

    name: str
    value: Value | None
    tensor: str | None
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class FunctionNode:
    """A ``grad_fn``: it multiplies the incoming gradient by its local derivatives."""

    key: str
    name: str
    saved: tuple[Saved, ...]
    is_freed: bool

    @property
    def accumulates(self) -> bool:
        """Whether it is the function that adds to the ``.grad`` of a leaf."""
        return self.name == "AccumulateGrad"


@dataclass(frozen=True, slots=True)
class Edge:
    """Data flows from ``source`` to ``target``, its input number ``slot``.

    ``slot`` is None on the edge from a function to the tensor it makes, and where the target only
    saves the source: no gradient flows back there.
    """

    source: str
    target: str
    slot: int | None = None


@dataclass(frozen=True, slots=True)
class Graph:
    """A whole graph; inputs come before what is made from them.

    ``notices`` are sentences for the reader: what was freed, or that the graph is too large.
    """

    tensors: tuple[TensorNode, ...]
    functions: tuple[FunctionNode, ...]
    edges: tuple[Edge, ...]
    outputs: tuple[str, ...]
    notices: tuple[str, ...] = ()

    @property
    def is_freed(self) -> bool:
        """Whether an earlier backward has freed the saved values of a function."""
        return any(function.is_freed for function in self.functions)

    def tensor(self, name: str) -> TensorNode:
        """The node of the tensor called ``name``; KeyError if there is none."""
        for node in self.tensors:
            if name in (node.name or "").split(" = "):
                return node
        raise KeyError(name)


def trace(
    output: Tensor | Sequence[Tensor],
    names: Mapping[str, Tensor] | None = None,
    *,
    max_functions: int = MAX_FUNCTIONS,
) -> Graph:
    """Copy the autograd graph behind ``output`` into plain nodes and edges.

    Args:
        output: a tensor of any shape, dtype and device, or several of them.
        names: tensors with names. A tensor between leaves and outputs has a node only if it has a
            name: autograd itself keeps functions, not tensors. A named tensor outside of the graph
            (detached, or a constant) has a node without edges.
        max_functions: how many to copy at most; if there are more, a notice says so.

    Raises:
        TypeError: an output or a named value is not a tensor.
    """
    outputs = (output,) if isinstance(output, Tensor) else tuple(output)
    named = dict(names or {})
    for label, value in (*named.items(), *(("output", value) for value in outputs)):
        if not isinstance(value, Tensor):
            raise TypeError(f"{label} must be a torch.Tensor, got {type(value).__name__}")
    walk = _Walk(named, outputs)
    walk.run(max_functions)
    return walk.graph()


def functions_of(outputs: Sequence[Tensor], limit: int = MAX_FUNCTIONS) -> dict[str, Node]:
    """PyTorch's own functions behind ``outputs``, by the keys that ``trace`` gives them.

    At most ``limit`` of them, inputs first.
    """
    roots = [get_gradient_edge(tensor).node for tensor in outputs if tensor.requires_grad]
    return {f"f{number}": node for number, node in enumerate(_inputs_first(roots, limit))}


def _inputs_first(roots: Sequence[Node], limit: int) -> Iterator[Node]:
    """Depth-first, children before parents.

    With a stack of its own: a graph can be deeper than Python's calls may be nested.
    """
    seen: set[Node] = set()
    stack = [(root, False) for root in reversed(roots)]
    while stack:
        node, is_done = stack.pop()
        if is_done:
            yield node
        elif node not in seen and len(seen) < limit:
            seen.add(node)
            stack.append((node, True))
            children = (child for child, _ in reversed(node.next_functions))
            stack.extend((child, False) for child in children if child and child not in seen)


@dataclass(slots=True)
class _Walk:
    """The state of one trace.

    It holds PyTorch's own objects: were one freed, another could get the same id.
    """

    named: dict[str, Tensor]
    outputs: tuple[Tensor, ...]
    functions: dict[Node, str] = field(default_factory=dict)
    nodes: list[FunctionNode] = field(default_factory=list)
    tensors: dict[str, tuple[Tensor, str | None]] = field(default_factory=dict)
    keys: dict[int | tuple[Node, int], str] = field(default_factory=dict)
    edges: dict[Edge, None] = field(default_factory=dict)
    saved_names: dict[type, tuple[str, ...]] = field(default_factory=dict)
    notices: list[str] = field(default_factory=list)

    def run(self, limit: int) -> None:
        live = functions_of(self.outputs, limit)
        self.functions = {node: key for key, node in live.items()}
        for name, tensor in self.named.items():
            self.add(tensor, name)
        for node in live.values():
            leaf = getattr(node, "variable", None)
            if isinstance(leaf, Tensor):
                self.add(leaf)
        for tensor in self.outputs:
            self.add(tensor)
        for key, node in live.items():
            self.read(key, node)
        is_cut = len(live) == limit and any(
            child is not None and child not in self.functions
            for node in live.values()
            for child, _ in node.next_functions
        )
        if is_cut:
            self.notices.append(f"The graph is larger: only {limit} of its functions are shown.")

    def add(self, tensor: Tensor, name: str | None = None) -> str:
        """Give the tensor a node unless it has one, and return its key."""
        node = tensor.grad_fn
        identity = id(tensor) if node is None else (node, tensor.output_nr)
        if identity not in self.keys:
            key = f"t{len(self.keys)}"
            self.keys[identity] = key
            self.tensors[key] = (tensor, name)
            if node in self.functions:
                self.edges[Edge(self.functions[node], key)] = None
        key = self.keys[identity]
        known, known_name = self.tensors[key]
        if name is not None and known_name != name:
            both = name if known_name is None else f"{known_name} = {name}"
            self.tensors[key] = (known, both)
        return key

    def read(self, key: str, node: Node) -> None:
        """Copy one function: its saved values and the edges into it."""
        saved = tuple(self.saved_by(key, node))
        is_freed = any("second time" in (item.problem or "") for item in saved)
        self.nodes.append(FunctionNode(key, node.name().rpartition("::")[2], saved, is_freed))
        leaf = getattr(node, "variable", None)
        if isinstance(leaf, Tensor):
            self.edges[Edge(self.keys[id(leaf)], key, 0)] = None
        for slot, (child, number) in enumerate(node.next_functions):
            if child is not None and child in self.functions:
                source = self.keys.get((child, number), self.functions[child])
                self.edges[Edge(source, key, slot)] = None

    def saved_by(self, key: str, node: Node) -> Iterator[Saved]:
        kind = type(node)
        if kind not in self.saved_names:
            names = [name for name in dir(node) if name.startswith("_saved_")]
            has_own = hasattr(kind, "saved_tensors")
            self.saved_names[kind] = (*names, "saved_tensors") if has_own else tuple(names)
        for attribute in self.saved_names[kind]:
            name = attribute.removeprefix("_saved_")
            try:
                content = getattr(node, attribute)
            except RuntimeError as error:
                yield Saved(name, None, None, str(error))
                continue
            tensors = content if isinstance(content, tuple | list) else (content,)
            for tensor in tensors:
                if isinstance(tensor, Tensor):
                    yield Saved(name, value_of(tensor), self.key_of_saved(key, tensor))

    def key_of_saved(self, function: str, tensor: Tensor) -> str | None:
        if tensor.grad_fn is not None:
            return self.keys.get((tensor.grad_fn, tensor.output_nr))
        key = self.add(tensor)
        if not tensor.requires_grad:
            self.edges[Edge(key, function)] = None
        return key

    def graph(self) -> Graph:
        tensors = tuple(self.plain(key, *item) for key, item in self.tensors.items())
        freed = [node.name for node in self.nodes if node.is_freed]
        if freed:
            which = ", ".join(dict.fromkeys(freed))
            self.notices.append(f"Freed by an earlier backward: what {which} had saved.")
        outputs = tuple(self.add(tensor) for tensor in self.outputs)
        return Graph(tensors, tuple(self.nodes), tuple(self.edges), outputs, tuple(self.notices))

    def plain(self, key: str, tensor: Tensor, name: str | None) -> TensorNode:
        has_grad = tensor.is_leaf or tensor.retains_grad
        grad = tensor.grad if has_grad else None
        made_by = tensor.grad_fn
        return TensorNode(
            key=key,
            name=name,
            shape=tuple(tensor.shape),
            dtype=str(tensor.dtype).removeprefix("torch."),
            device=str(tensor.device),
            value=value_of(tensor),
            requires_grad=tensor.requires_grad,
            is_leaf=tensor.is_leaf,
            is_view=tensor._is_view(),
            version=tensor._version,
            retains_grad=tensor.retains_grad,
            grad=None if grad is None else value_of(grad),
            grad_fn=None if made_by is None else made_by.name().rpartition("::")[2],
            function=None if made_by is None else self.functions.get(made_by),
        )
