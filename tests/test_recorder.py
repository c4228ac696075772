"""The recorder against PyTorch itself: it changes nothing, and what it says is what happened."""

from __future__ import annotations

import io
from contextlib import redirect_stdout

import pytest
import torch
from hypothesis import given, settings

from lrcore.autograd.events import (
    Accumulated,
    Decided,
    Event,
    Freed,
    Gathered,
    Made,
    Operated,
    Passed,
    Raised,
    Returned,
    Started,
    Stored,
    Warned,
)
from lrcore.autograd.expression import parse
from lrcore.autograd.film import film_of
from lrcore.autograd.program import compile_expression
from lrcore.autograd.recorder import Recording, record
from tests.expressions import evaluate, texts

VALUES = {"w": 0.75, "x": 1.25, "a": -0.5, "b": 2.0}
COURSE = """\
import torch
w = torch.tensor([1.], requires_grad=True)
x = torch.tensor([2.], requires_grad=True)
a = w + x
b = w + 1
y = a * b
y.backward()
print(w.grad, x.grad)"""
TWICE = f"{COURSE}\ny.backward()"
LOOP = """\
import torch
w = torch.tensor(0.5, requires_grad=True)
for step in range(3):
    loss = (w * 3 - 2) ** 2
    if loss < 0.1:
        break
    loss.backward()
    with torch.no_grad():
        w -= 0.05 * w.grad
    print(step, loss.item(), w.grad)
    w.grad.zero_()
print(w)"""
CUSTOM = """\
import torch
class Double(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return 2 * x
    @staticmethod
    def backward(ctx, gradient):
        print("gradient", gradient)
        return 2 * gradient
def f(w, x):
    a = w * x
    a.register_hook(lambda gradient: gradient * 10)
    return torch.relu(a).sum() + 1 / w
w = torch.tensor(1., requires_grad=True)
x = torch.tensor([1., 2.], requires_grad=True)
y = Double.apply(f(w, x))
y.backward()
print(w.grad, x.grad)"""
IN_PLACE = """\
import torch
w = torch.tensor(2., requires_grad=True)
e = torch.exp(w)
z = e * w
e.add_(1)
z.backward()"""
SECOND = """\
import torch
w = torch.tensor(2., requires_grad=True)
u = torch.tensor(3., requires_grad=True)
y = w ** 3
(g,) = torch.autograd.grad(y, w, create_graph=True)
print(g)
print(torch.autograd.grad(g, (w, u), allow_unused=True))
print(w.grad)"""
VECTOR = """\
import torch
v = torch.tensor([1., 2.], requires_grad=True)
p, q = v.unbind()
y = torch.stack([p * q, p + q])
torch.autograd.backward(y, grad_tensors=torch.tensor([1., 2.]), inputs=[v], retain_graph=True)
print(v.grad)
y.backward()"""
SCRIPTS = {
    "course": COURSE,
    "twice": TWICE,
    "loop": LOOP,
    "custom": CUSTOM,
    "in place": IN_PLACE,
    "second": SECOND,
    "vector": VECTOR,
}


def recorded(script: str) -> Recording:
    return record(script.splitlines())


def of(recording: Recording, kind: type[Event]) -> list[Event]:
    return [event for event in recording.events if isinstance(event, kind)]


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_does_what_it_does_without_the_recorder(name: str) -> None:
    output, error = io.StringIO(), None
    try:
        with redirect_stdout(output):
            exec(SCRIPTS[name], {"__name__": "alone"})
    except RuntimeError as caught:
        error = f"RuntimeError: {caught}"
    recording = recorded(SCRIPTS[name])
    assert recording.printed == output.getvalue().rstrip("\n")
    assert recording.error == error
    assert bool(of(recording, Raised)) == (error is not None)


@settings(max_examples=200, deadline=None)
@given(texts())
def test_random_expressions_against_dual_numbers(text: str) -> None:
    expression = parse(text)
    try:
        expected = evaluate(expression, VALUES)
    except (ValueError, ZeroDivisionError, OverflowError):
        return
    if not expected.slopes:
        return
    program = compile_expression(expression, text)
    # Constants in float64 too: exp(2) of float32 less exp(b) is not near 0.
    lines = ["import torch", "torch.set_default_dtype(torch.float64)"]
    lines += [
        f"{name} = torch.tensor({VALUES[name]}, requires_grad=True)" for name in program.leaves
    ]
    recording = record([*lines, *program.code(), "y.backward()"])
    assert recording.error is None
    assert recording.names["y"].item() == pytest.approx(expected.value, rel=1e-5, abs=1e-9)
    names = {event.tensor: event.name for event in recording.events if hasattr(event, "name")}
    added = {names[e.tensor]: number(e.after) for e in of(recording, Accumulated)}
    assert added == {
        n: pytest.approx(expected.slopes.get(n, 0.0), rel=1e-5, abs=1e-9) for n in added
    }
    assert {n for n, slope in expected.slopes.items() if slope} <= set(added)
    assert_gradients_add_up(recording)
    film_of(recording)


def number(value: object) -> float:
    (item,) = value.items
    return float(item)


def assert_gradients_add_up(recording: Recording) -> None:
    """Each edge's product holds, and no operation passes on before all has come to it."""
    made = {key: e.operation for e in of(recording, Operated) for key, _ in e.outputs}
    arrived: dict[str, float] = {}
    has_passed = set()
    for event in recording.events:
        if isinstance(event, Started):
            arrived[event.tensor] = number(event.gradient)
        elif isinstance(event, Passed):
            assert number(event.outgoing) == pytest.approx(
                number(event.incoming) * number(event.local), rel=1e-6, abs=1e-12
            )
            has_passed.add(event.operation)
            assert made.get(event.tensor) not in has_passed
            so_far = arrived.get(event.tensor, 0.0)
            arrived[event.tensor] = so_far + number(event.outgoing)
        elif isinstance(event, Accumulated):
            total = pytest.approx(arrived[event.tensor], rel=1e-6, abs=1e-12)
            assert number(event.gradient) == total


def test_the_courses_graph_step_by_step() -> None:
    told = [type(event).__name__ for event in recorded(COURSE).events if event.line >= 6]
    assert told == [
        *("Operated", "Named", "Started", "Passed", "Passed", "Freed"),
        *("Passed", "Passed", "Passed", "Gathered", "Accumulated", "Accumulated", "Printed"),
    ]
    products = [
        (number(e.incoming), number(e.local), number(e.outgoing), e.line)
        for e in of(recorded(COURSE), Passed)
    ]
    assert products == [(1, 2, 2, 7), (1, 3, 3, 7), (3, 1, 3, 7), (2, 1, 2, 7), (2, 1, 2, 7)]


def test_saved_values_are_those_that_pytorch_keeps_until_backward() -> None:
    recording = recorded(COURSE)
    saved = {e.function: [number(s.value) for s in e.saved] for e in of(recording, Operated)}
    assert sorted(saved["mul"]) == [2.0, 3.0]
    assert saved["add"] == []
    assert len(of(recording, Freed)) == 1
    kept = recorded(COURSE.replace("backward()", "backward(retain_graph=True)"))
    assert not of(kept, Freed)


def test_the_guilty_operation_of_a_second_backward() -> None:
    recording = recorded(TWICE)
    (raised,) = of(recording, Raised)
    multiply = of(recording, Operated)[-1]
    assert (raised.line, raised.operation) == (9, multiply.operation)


def test_a_loop_changes_its_leaf_in_place() -> None:
    recording = recorded(LOOP)
    steps = [e for e in of(recording, Operated) if e.function == "sub_"]
    assert [e.outputs[0][1].version for e in steps] == [1, 2][: len(steps)]
    assert all(e.outputs[0][1].is_leaf for e in steps)
    assert {e.outcome for e in of(recording, Decided)} <= {"False", "True"}
    assert all(e.gradient is not None and number(e.gradient) == 0 for e in of(recording, Stored))


def test_a_custom_function_is_one_operation_and_its_own_code_none() -> None:
    recording = recorded(CUSTOM)
    functions = [e.function for e in of(recording, Operated)]
    assert functions == ["mul", "relu", "sum", "div", "add", "Double"]
    hooked = [e for e in of(recording, Gathered) if len(e.parts) == 1]
    assert [(e.parts[0].items, e.total.items) for e in hooked] == [((2.0, 2.0), (20.0, 20.0))]
    assert {e.line for e in of(recording, Passed)} == {18}


def test_the_graph_of_a_gradient_is_found() -> None:
    recording = recorded(SECOND)
    (found,) = [e for e in of(recording, Operated) if e.is_found]
    assert number(found.outputs[0][1].value) == 12
    returned = [e.gradient and number(e.gradient) for e in of(recording, Returned)]
    assert returned == [12.0, 12.0, None]
    assert not of(recording, Accumulated)


def test_recorder_leaves_nothing_behind() -> None:
    torch.manual_seed(7)
    before = torch.random.get_rng_state()
    recording = record(
        ["import torch", "torch.set_default_dtype(torch.float64)", "r = torch.rand(3)"]
    )
    assert torch.get_default_dtype() == torch.float32
    assert torch.equal(before, torch.random.get_rng_state())
    recording = recorded(COURSE.replace("backward()", "backward(retain_graph=True)"))
    count = len(recording.events)
    recording.names["y"].backward()
    assert recording.names["w"].grad.item() == 10
    assert len(recording.events) == count


def test_numbers_made_by_the_user_are_made_once() -> None:
    made = of(recorded(COURSE), Made)
    assert [(e.line, number(e.look.value), e.look.grad_fn) for e in made] == [
        (2, 1.0, None),
        (3, 2.0, None),
    ]


def test_helper_code_runs_first_and_is_no_part_of_the_graph() -> None:
    recording = record(
        ["import torch", "y = twice(torch.ones(1))"], ["def twice(t):", "    return 2 * t"]
    )
    (event,) = of(recording, Operated)
    assert (event.line, event.function) == (2, "mul")


def test_an_error_that_is_caught_ends_nothing() -> None:
    lines = [*TWICE.splitlines()[:-1], "try:", "    y.backward()", "except RuntimeError as error:"]
    recording = record([*lines, "    print(type(error).__name__)", "(w * 2).backward()"])
    assert recording.error is None
    assert recording.printed.splitlines()[-1] == "RuntimeError"
    assert number(of(recording, Accumulated)[-1].after) == 7


def test_a_warning_comes_at_its_line_once() -> None:
    recording = recorded(f"{COURSE}\nprint(a.grad)\nprint(b.grad)")
    (warned,) = of(recording, Warned)
    assert warned.line == 9
    assert warned.text.startswith("The .grad attribute of a Tensor that is not a leaf Tensor")
    assert recording.warnings == (warned.text,)


def test_lines_that_are_no_python_are_our_fault() -> None:
    with pytest.raises(SyntaxError):
        record(["y = ("])
