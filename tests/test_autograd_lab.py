"""The exercises' torch side against the course's numbers, formulas and finite differences."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from lrcore.autograd.exercises.derivatives import derivatives
from lrcore.autograd.exercises.differentiate import differentiate
from lrcore.autograd.exercises.snippet import with_warnings
from lrcore.autograd.exercises.steps import marks_at, moments

from lrcore import SGD, Blobs, Run, RunConfig
from lrcore.autograd.dot import to_dot
from lrcore.autograd.exercises.backward import (
    call_repeatedly,
    differentiate_gradient,
    vector_jacobian,
)
from lrcore.autograd.exercises.dynamic import change_leaf, change_saved, compare
from lrcore.autograd.exercises.leaves import keep_gradients
from lrcore.autograd.exercises.run_graph import Pull, run_graph
from lrcore.autograd.expression import letters_in, parse
from lrcore.autograd.program import COURSE, Program, compile_expression
from lrcore.figures.derivatives import derivative_curves
from lrcore.limits import evenly
from lrcore.model import LOSSES
from tests.expressions import texts

COURSE_VALUES = {"w": 1.0, "x": 2.0}


def program(text: str) -> Program:
    return compile_expression(parse(text), text)


def test_the_courses_gradients() -> None:
    result = differentiate(COURSE, COURSE_VALUES)
    assert result.backward.gradients == {"w": 5.0, "x": 2.0, "a": 2.0, "b": 3.0, "y": 1.0}
    assert [row.grad for row in result.table] == ["tensor(5.)", "tensor(2.)"] + ["None"] * 3


def test_moments_go_forward_then_backward() -> None:
    result = differentiate(COURSE, COURSE_VALUES)
    sequence = moments(COURSE, result)
    assert [moment.current for moment in sequence[:5]] == ["", "a", "b", "y", "y"]
    assert [moment.flows for moment in sequence] == [None] * 4 + [0, 1, 2, 3, 4, 5, 5, 5]
    assert sequence[-2].formula.endswith("= 3 + 2 = 5") or sequence[-2].formula.endswith(
        "= 2 + 3 = 5"
    )
    first = marks_at(result, sequence[0])
    assert {node.name for node in result.graph.tensors if node.key in first.hidden} == set("aby")
    assert set(first.gradients.values()) == {" "}
    last = marks_at(result, sequence[-1])
    assert last.gradients[result.graph.tensor("w").key] == "grad 5"
    assert not last.upcoming
    assert "3 × 1 = 3" in to_dot(result.graph, last)


def test_a_nan_names_its_step() -> None:
    expression = program("x + log(w - 3) * 2")
    result = differentiate(expression, {"x": 1.0, "w": 1.0}, torch.float64)
    assert result.broken is not None
    assert result.broken.function == "log"
    assert moments(expression, result)


@pytest.mark.parametrize(
    ("require", "retain", "grads"),
    [
        ("wx", "", {"w": 5.0, "x": 2.0}),
        ("wx", "a", {"w": 5.0, "x": 2.0, "a": 2.0}),
        ("w", "aby", {"w": 5.0, "a": 2.0, "b": 3.0, "y": 1.0}),
    ],
)
def test_who_keeps_a_gradient(require: str, retain: str, grads: dict[str, float]) -> None:
    result = keep_gradients(COURSE_VALUES, require, retain)
    kept = {node.name: node.grad.items[0] for node in result.graph.tensors if node.grad}
    assert kept == grads
    assert bool(result.warnings) == (len(retain) < 3)
    if result.warnings:
        assert "not a leaf Tensor is being accessed" in result.warnings[0]


def test_calls_add_up_or_fail() -> None:
    def gradients(**options: bool) -> tuple[tuple[float, float], ...]:
        choices = {"retain_graph": False, "zero": False, "rebuild": False} | options
        return call_repeatedly(COURSE_VALUES, 3, **choices).gradients

    assert gradients() == ((5.0, 2.0),)
    assert gradients(retain_graph=True) == ((5.0, 2.0), (10.0, 4.0), (15.0, 6.0))
    assert gradients(rebuild=True, zero=True) == ((5.0, 2.0),) * 3


def test_the_courses_vector_jacobian_product() -> None:
    result = vector_jacobian(COURSE_VALUES, [1.0, 2.0], pass_weights=True)
    assert result.gradients == (9.0, 4.0)
    assert result.columns == ((5.0, 2.0), (2.0, 1.0))
    without = vector_jacobian(COURSE_VALUES, [1.0, 2.0], pass_weights=False)
    assert "only for scalar outputs" in (without.snippet.error or "")


def test_a_gradient_with_a_graph_can_be_differentiated() -> None:
    result = differentiate_gradient(COURSE_VALUES, create_graph=True)
    assert result.snippet.printed.endswith("(tensor(2.), tensor(1.))")
    assert result.graph.tensor("w.grad").requires_grad
    for _ in range(2):
        again = differentiate_gradient(COURSE_VALUES, create_graph=True)
        assert "reference cycle" in again.warnings[0]
    plain = differentiate_gradient(COURSE_VALUES, create_graph=False)
    assert "does not require grad" in (plain.snippet.error or "")


def test_the_courses_derivatives() -> None:
    result = derivatives(program("x**2"), 3.0, 4)
    assert result.values == (9.0, 6.0, 2.0, 0.0, 0.0)
    assert result.last_order == 3


def test_derivatives_of_sin_are_known() -> None:
    result = derivatives(program("sin(x)"), 1.25, 4)
    s, c = math.sin(1.25), math.cos(1.25)
    assert result.values == pytest.approx((s, c, -s, -c, s), rel=1e-12)
    assert result.differences == pytest.approx((c, -s, -c, s), rel=1e-8)
    expected = np.stack([np.sin(result.axis + order * np.pi / 2) for order in range(5)])
    assert result.curves == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(
    "text", ["exp(x) * cos(x)", "tanh(x)", "sigmoid(2 * x)", "1 / (2 + x**2)", "relu(x) * x"]
)
def test_finite_differences_agree(text: str) -> None:
    result = derivatives(program(text), 0.7, 4)
    assert result.differences == pytest.approx(result.values[1:], rel=1e-6, abs=1e-7)


@pytest.mark.parametrize(
    ("text", "at", "kink"),
    [
        ("relu(x)", 0.0, 0),
        ("x * relu(x)", 0.0, 1),
        ("relu(x - 1) + x**3", 1.0, 0),
        ("relu(x)", 0.5, None),
        ("exp(3 * x)", 4.0, None),
        ("1 / x", 0.01, None),
        ("sin(9 * x)", 3.0, None),
        ("1000000 * x**2", 0.0, None),
        ("log(x)", -2.0, None),
    ],
)
def test_kinks_are_told_from_steep_curves(text: str, at: float, kink: int | None) -> None:
    assert derivatives(program(text), at, 2).kink == kink


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("w * w", ["1 \\cdot 3 = 3", "first factor", "second factor"]),
        ("w + w", ["1 \\cdot 1 = 1", "first term", "second term"]),
        ("w / w", ["first operand", "second operand"]),
    ],
)
def test_tensor_used_twice_is_followed_through_each_place(text: str, said: list[str]) -> None:
    squared = program(text)
    formulas = [moment.formula for moment in moments(squared, differentiate(squared, {"w": 3.0}))]
    chains = [formula for formula in formulas if "through its" in formula]
    assert len(chains) == 2
    assert all(any(words in formula for formula in chains) for words in said)
    assert not any("partial w" in formula for formula in chains)


def test_curves_outside_the_domain_leave_gaps() -> None:
    result = derivatives(program("log(x)"), -1.0, 2)
    figure = derivative_curves(result.axis, result.curves, -1.0, result.values, "#000000")
    assert [trace.name for trace in figure.data] == ["f", "f′", "f″"]
    assert np.isnan(figure.data[0].y[0])


def test_the_tangent_touches_with_the_right_slope() -> None:
    result = derivatives(program("x**2"), 3.0, 1)
    figure = derivative_curves(result.axis, result.curves, 3.0, result.values, "#000000")
    tangent = next(trace for trace in figure.data if trace.name == "tangent")
    assert np.diff(tangent.y)[0] / np.diff(tangent.x)[0] == pytest.approx(6.0)
    assert np.mean(tangent.y) == pytest.approx(9.0)


def test_a_recording_can_not_follow() -> None:
    across = compare(-2.0, 1.0)
    assert not across.follows
    assert across.dynamic.tensor("y").value.items == (6.0,)
    assert across.recorded.tensor("y").value.items == (4.0,)
    assert "can" in across.refusal
    assert "control flow" in across.refusal
    assert compare(2.0, 1.0).follows
    assert compare(-2.0, -1.0).follows


def test_changes_in_place() -> None:
    assert "leaf Variable" in (change_leaf(1.0, no_grad=False).snippet.error or "")
    assert change_leaf(1.0, no_grad=True).snippet.printed == "tensor(2., requires_grad=True)"
    broken = change_saved(1.0, in_place=True)
    assert "modified by an inplace operation" in (broken.snippet.error or "")
    assert "saved value changed" in to_dot(broken.graph)
    assert change_saved(1.0, in_place=False).snippet.error is None


@pytest.mark.parametrize("loss", LOSSES)
def test_the_hessian_is_the_formulas(loss: str) -> None:
    generator = torch.Generator().manual_seed(1)
    x = torch.randn(30, 2, generator=generator)
    y = (torch.rand(30, generator=generator) > 0.5).float()
    result = run_graph(x, y, [0.4, -0.7], 0.2, loss)
    design = np.column_stack([x.double().numpy(), np.ones(30)])
    at = np.array([0.4, -0.7, 0.2])

    def slope(parameters: np.ndarray) -> np.ndarray:
        p = 1 / (1 + np.exp(-design @ parameters))
        factor = 2 * p * (1 - p) if loss == "mse" else 1
        return design.T @ (factor * (p - y.numpy())) / 30

    steps = 1e-6 * np.eye(3)
    hessian = np.array([(slope(at + step) - slope(at - step)) / 2e-6 for step in steps])
    expected = np.linalg.eigvalsh(hessian)
    assert result.eigenvalues == pytest.approx(expected, rel=1e-4)
    assert result.largest_stable_rate() == pytest.approx(2 / expected[-1], rel=1e-4)
    assert result.gradient == pytest.approx(slope(at), rel=1e-4, abs=1e-6)
    grads = result.graph.tensor("w").grad, result.graph.tensor("b").grad
    assert [g for grad in grads for g in grad.items] == pytest.approx(slope(at), rel=1e-4, abs=1e-6)
    names = {node.name for node in result.graph.tensors}
    assert {"x", "w", "b", "z", "y", "loss"} <= names
    assert ("p" in names) == (loss != "bce_logits")


def test_one_point_has_one_curved_direction() -> None:
    result = run_graph(torch.tensor([[1.0, 2.0]]), torch.tensor([1.0]), [0.0, 0.0], 0.0, "bce")
    assert result.eigenvalues[:2] == (0.0, 0.0)  # no rounding is shown as curvature
    assert result.eigenvalues[2] == pytest.approx(0.25 * 6)
    assert "e-" not in result.snippet.printed.splitlines()[-1]


@pytest.mark.parametrize(
    "optimizer",
    [
        SGD(momentum=0.0),
        SGD(momentum=0.9),
        SGD(momentum=0.9, nesterov=True),
        SGD(momentum=0.9, weight_decay=0.1),
    ],
    ids=repr,
)
@pytest.mark.parametrize("l2", [0.0, 0.1, 1.0])
def test_sgd_settles_just_below_the_limit_and_not_just_above(optimizer: SGD, l2: float) -> None:
    """From a point beside the minimum, a rate of 0.97 of the limit leads back, 1.03 leads away."""
    config = RunConfig(data=Blobs(mean=0.8), l2=l2, optimizer=optimizer, target_accuracy=1.0)
    fast = SGD(lr=0.2, momentum=0.9, weight_decay=optimizer.weight_decay)
    settled = Run(replace(config, optimizer=fast, max_iterations=3000))
    settled.extend(60)
    end = settled.step(3000)
    result = run_graph(
        settled.data.x,
        settled.data.y,
        end.weights,
        end.bias,
        "bce_logits",
        pull=Pull(l2, optimizer.weight_decay),
    )
    limit = result.largest_stable_rate(optimizer.momentum, nesterov=optimizer.nesterov)
    away = {}
    for factor in (0.97, 1.03):
        beside = (*end.weights, end.bias + 1e-3)
        run = Run(
            replace(
                config,
                optimizer=replace(optimizer, lr=min(10.0, factor * limit)),
                initial_weights=beside,
            )
        )
        run.extend(60, 400)
        columns = run.columns(300)
        found = np.column_stack([columns.weights, columns.bias])
        away[factor] = np.abs(found - [*end.weights, end.bias]).max()
    assert away[0.97] < 1e-3
    if limit * 1.03 < 10:
        assert away[1.03] > 1e-2


def test_code_of_many_points_has_both_classes_and_the_graph_has_all() -> None:
    run = Run(RunConfig(data=Blobs(samples_per_class=1000, mean=0.8), target_accuracy=1.0))
    run.extend(60, 100)
    step = run.step(100)
    chosen = evenly(run.data.y, 400)
    assert run.data.y[chosen].mean() == 0.5
    result = run_graph(
        run.data.x, run.data.y, step.weights, step.bias, "bce_logits", in_code=chosen
    )
    assert result.loss == pytest.approx(step.loss, rel=1e-5)
    parts = [(run.data.y[chosen] == label).sum().item() for label in (0, 1)]
    assert parts == [200, 200]
    assert result.snippet.code.count("], [") == 2 * 399
    difference = (run.step(100).bias - run.step(99).bias) / -0.01  # momentum's mean slope
    assert np.sign(result.gradient[2]) == np.sign(difference)


def test_an_unknown_loss_is_named() -> None:
    with pytest.raises(KeyError, match="hinge"):
        run_graph(torch.ones(1, 2), torch.ones(1), [0.0, 0.0], 0.0, "hinge")


def test_warnings_are_caught_for_one_action() -> None:
    leaf = torch.tensor(1.0, requires_grad=True)
    inner = leaf * 2
    grad, warned = with_warnings(lambda: inner.grad)
    assert grad is None
    assert len(warned) == 1


@settings(max_examples=80, deadline=None)
@given(texts(), st.sampled_from([-1.0, 0.0, 2.0]))
def test_every_expression_can_be_stepped_through_and_drawn(text: str, value: float) -> None:
    expression = parse(text)
    if not letters_in(expression):
        return
    steps = compile_expression(expression, text)
    result = differentiate(steps, dict.fromkeys(steps.leaves, value), torch.float64)
    for moment in moments(steps, result):
        assert to_dot(result.graph, marks_at(result, moment, compact=True)).endswith("}")
