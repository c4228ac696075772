import math

import pytest
import torch
from hypothesis import given, settings
from torch import Tensor

from lrcore.autograd.dot import Marks, to_dot
from lrcore.autograd.expression import parse
from lrcore.autograd.flows import record_backward
from lrcore.autograd.graph import Graph, trace
from lrcore.autograd.numbers import Value, value_of
from lrcore.autograd.program import COURSE, compile_expression, leaf_tensors
from tests.expressions import evaluate, texts

VALUES = {"w": 0.75, "x": 1.25, "a": -0.5, "b": 2.0}


def course() -> dict[str, Tensor]:
    return COURSE.run(leaf_tensors({"w": 1.0, "x": 2.0}))


def functions(graph: Graph) -> list[str]:
    return [function.name for function in graph.functions]


def test_the_courses_graph() -> None:
    tensors = course()
    tensors["a"].retain_grad()
    tensors["y"].backward(retain_graph=True)
    graph = trace(tensors["y"], tensors)
    grads = {node.name: node.grad and node.grad.items for node in graph.tensors}
    assert grads == {"w": (5.0,), "x": (2.0,), "a": (2.0,), "b": None, "y": None}
    assert {node.name: node.value.items[0] for node in graph.tensors}["y"] == 6
    assert sorted(functions(graph)) == ["AccumulateGrad"] * 2 + ["AddBackward0"] * 2 + [
        "MulBackward0"
    ]
    multiply = next(function for function in graph.functions if function.name == "MulBackward0")
    assert {saved.tensor for saved in multiply.saved} == {
        graph.tensor("a").key,
        graph.tensor("b").key,
    }
    assert not graph.is_freed
    assert graph == trace(tensors["y"], tensors)
    assert_flags_are_the_tensors_own(graph, tensors)


def assert_flags_are_the_tensors_own(graph: Graph, tensors: dict[str, Tensor]) -> None:
    for name, tensor in tensors.items():
        node = graph.tensor(name)
        assert node.requires_grad == tensor.requires_grad
        assert node.is_leaf == tensor.is_leaf
        assert node.retains_grad == tensor.retains_grad
        assert (node.grad_fn is None) == (tensor.grad_fn is None)
        assert node.grad_fn is None or tensor.grad_fn.name() == node.grad_fn
        assert node.shape == tuple(tensor.shape)
        assert f"torch.{node.dtype}" == str(tensor.dtype)
        assert node.device == str(tensor.device)
        assert node.version == tensor._version
        if tensor.is_leaf or tensor.retains_grad:
            assert (node.grad is None) == (tensor.grad is None)


@settings(max_examples=300, deadline=None)
@given(texts())
def test_random_expressions_against_torch_and_dual_numbers(text: str) -> None:
    expression = parse(text)
    try:
        expected = evaluate(expression, VALUES)
    except (ValueError, ZeroDivisionError, OverflowError):
        return
    if not expected.slopes:
        return
    program = compile_expression(expression, text)
    tensors = program.run(leaf_tensors({n: VALUES[n] for n in program.leaves}, torch.float64))
    before = trace(tensors["y"], tensors)
    assert_flags_are_the_tensors_own(before, tensors)
    backward = record_backward(tensors["y"], tensors)
    after = trace(tensors["y"], tensors)
    assert_flags_are_the_tensors_own(after, tensors)
    for name in program.leaves:
        slope = expected.slopes.get(name, 0.0)
        node = after.tensor(name)
        assert node.grad is not None
        assert node.grad.items[0] == pytest.approx(slope, rel=1e-6, abs=1e-9)
        assert backward.gradients[name] == node.grad.items[0]
        into_leaf = [
            flow.outgoing
            for flow in backward.flows
            for edge in before.edges
            if edge.target == flow.function and edge.slot == flow.slot
            if any(e.source == node.key and e.target == edge.source for e in before.edges)
        ]
        assert sum(into_leaf) == pytest.approx(slope, rel=1e-6, abs=1e-9)
    for flow in backward.flows:
        assert flow.outgoing == pytest.approx(flow.incoming * flow.local, rel=1e-9, abs=1e-12)


def test_a_shared_subexpression_is_one_node() -> None:
    x = torch.tensor(3.0, requires_grad=True)
    s = x * x
    graph = trace(s + s, {"x": x, "s": s})
    assert len([node for node in graph.tensors if node.name == "s"]) == 1
    slots = [edge.slot for edge in graph.edges if edge.source == graph.tensor("s").key]
    assert slots == [0, 1]


def test_several_outputs_share_one_graph() -> None:
    tensors = course()
    graph = trace([tensors["a"], tensors["y"]], tensors)
    assert graph.outputs == (graph.tensor("a").key, graph.tensor("y").key)
    assert functions(graph).count("MulBackward0") == 1


def test_a_function_with_several_outputs() -> None:
    v = torch.arange(2.0, requires_grad=True)
    p, q = (v * 2).unbind()
    graph = trace(p * q, {"p": p, "q": q})
    assert graph.tensor("p").function == graph.tensor("q").function
    assert functions(graph).count("UnbindBackward0") == 1
    multiply = graph.functions[-1].key
    sources = {edge.slot: edge.source for edge in graph.edges if edge.target == multiply}
    assert sources == {0: graph.tensor("p").key, 1: graph.tensor("q").key}
    assert "UnbindBackward0" in to_dot(graph)


def test_in_place_changes_are_seen() -> None:
    x = torch.tensor(2.0, requires_grad=True)
    e = torch.exp(x)
    z = e * 2
    e.add_(1)
    graph = trace([z, e], {"x": x, "e": e})
    assert graph.tensor("e").version == 1
    assert graph.tensor("e").grad_fn == "AddBackward0"
    exponential = next(node for node in graph.functions if node.name == "ExpBackward0")
    assert "modified by an inplace operation" in (exponential.saved[0].problem or "")
    assert not graph.is_freed


def test_views_are_marked() -> None:
    x = torch.arange(6.0, requires_grad=True)
    v = x[2:4]
    graph = trace(v.sum(), {"x": x, "v": v})
    assert graph.tensor("v").is_view
    assert not graph.tensor("x").is_view


def test_an_in_place_change_through_a_view() -> None:
    x = torch.arange(4.0, requires_grad=True)
    u = x * 1
    u[1:3].mul_(2)
    assert "CopySlices" in functions(trace(u.sum(), {"x": x, "u": u}))


def test_detached_parts_and_constants_stand_alone() -> None:
    x = torch.tensor(2.0, requires_grad=True)
    d = (x * 3).detach()
    c = torch.tensor(5.0)
    graph = trace(x * d, {"x": x, "d": d, "c": c})
    d_node, c_node = graph.tensor("d"), graph.tensor("c")
    assert d_node.is_leaf
    assert not d_node.requires_grad
    assert [edge.slot for edge in graph.edges if edge.source == d_node.key] == [None]
    assert not [edge for edge in graph.edges if edge.source == c_node.key]


def test_a_freed_graph_says_so() -> None:
    tensors = course()
    tensors["y"].backward()
    graph = trace(tensors["y"], tensors)
    assert graph.is_freed
    assert graph.notices == ("Freed by an earlier backward: what MulBackward0 had saved.",)
    assert "saved values freed" in to_dot(graph)


def test_an_autograd_function_written_in_python() -> None:
    class Double(torch.autograd.Function):
        @staticmethod
        def forward(ctx: torch.autograd.function.FunctionCtx, x: Tensor) -> Tensor:
            ctx.save_for_backward(x)
            return 2 * x

        @staticmethod
        def backward(ctx: torch.autograd.function.FunctionCtx, gradient: Tensor) -> Tensor:
            return 2 * gradient

    x = torch.tensor(2.0, requires_grad=True)
    graph = trace(Double.apply(x), {"x": x})
    double = next(node for node in graph.functions if node.name == "DoubleBackward")
    assert [saved.tensor for saved in double.saved] == [graph.tensor("x").key]


def deep(operations: int) -> tuple[Tensor, dict[str, Tensor]]:
    tensor = torch.tensor(0.5, requires_grad=True)
    names = {}
    for number in range(operations):
        tensor = tensor * 1.0001 if number % 2 else torch.sin(tensor)
        names[f"n{number}"] = tensor
    return tensor, names


def test_thousands_of_functions_need_no_recursion() -> None:
    assert len(trace(deep(9_000)[0]).functions) == 9_001


def test_a_cap_on_size_is_noticed() -> None:
    graph = trace(deep(200)[0], max_functions=50)
    assert len(graph.functions) == 50
    assert graph.notices == ("The graph is larger: only 50 of its functions are shown.",)
    assert not trace(deep(49)[0], max_functions=50).notices


def test_two_thousand_nodes_are_traced_whole() -> None:
    graph = trace(*deep(1_000))
    assert len(graph.tensors) + len(graph.functions) >= 2_000
    assert not graph.notices


@pytest.mark.parametrize(
    ("tensor", "text"),
    [
        (torch.tensor(-1.5), "−1.5"),
        (torch.tensor([1.0, 2.0]), "[1, 2]"),
        (torch.tensor(True), "True"),
        (torch.zeros(2, 0), "2 × 0"),
        (torch.zeros(3, 4, device="meta"), "3 × 4"),
        (torch.arange(10.0).reshape(5, 2), "5 × 2: 0 … 9"),
        (torch.tensor(math.nan), "nan"),
    ],
)
def test_values_are_written_shortly(tensor: Tensor, text: str) -> None:
    assert str(value_of(tensor)) == text


def test_finite_or_not() -> None:
    assert Value((), (1.0,)).is_finite
    assert not Value((), (math.nan,)).is_finite
    assert not value_of(torch.full((10,), math.inf)).is_finite


def test_what_is_not_a_tensor_is_named() -> None:
    with pytest.raises(TypeError, match=r"w must be a torch\.Tensor, got float"):
        trace(torch.tensor(1.0), {"w": 1.0})


def test_labels_are_escaped() -> None:
    x = torch.tensor(2.0, requires_grad=True)
    dot = to_dot(trace(x * 2, {'<b>"x"&': x}))
    assert "&lt;b&gt;&quot;x&quot;&amp;" in dot


def test_marks_draw_flows_and_hide_boxes() -> None:
    tensors = course()
    graph = trace(tensors["y"], tensors)
    y = graph.tensor("y")
    marks = Marks(
        gradients={y.key: "grad 1"},
        flows={(y.function or "", 0): "1 × 2 = 2"},
        hidden=frozenset({graph.tensor("w").key}),
    )
    dot = to_dot(graph, marks)
    assert "1 × 2 = 2" in dot
    assert "grad 1" in dot
    assert dot.count("style=invis") == 3
