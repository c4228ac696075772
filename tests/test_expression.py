import contextlib
import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from lrcore.autograd.events import Operated
from lrcore.autograd.exercises.pieces import leaf
from lrcore.autograd.expression import FUNCTIONS, ExpressionError, letters_in, parse
from lrcore.autograd.program import compile_expression, leaf_tensors
from lrcore.autograd.recorder import record
from tests.expressions import evaluate, texts

VALUES = {"w": 0.75, "x": 1.25, "a": -0.5, "b": 2.0}


def value(text: str) -> float:
    program = compile_expression(parse(text), text)
    leaves = leaf_tensors({name: VALUES[name] for name in program.leaves}, torch.float64)
    return program.run(leaves)[program.output].item()


@pytest.mark.parametrize(
    "text",
    ["-x**2", "2**x**2", "x - w - b", "x / w / b", "-x**-2", "(-x)**2", "1 - -x", "w + x * b ** 2"],
)
def test_precedence_is_pythons(text: str) -> None:
    w, x, b = VALUES["w"], VALUES["x"], VALUES["b"]
    python = {
        "-x**2": -(x**2),
        "2**x**2": 2 ** (x**2),
        "x - w - b": x - w - b,
        "x / w / b": x / w / b,
        "-x**-2": -(x**-2),
        "(-x)**2": (-x) ** 2,
        "1 - -x": 1 + x,
        "w + x * b ** 2": w + x * b**2,
    }
    assert value(text) == pytest.approx(python[text], rel=1e-14)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_function_is_pytorchs(function: str) -> None:
    expected = getattr(torch, function)(torch.tensor(1.25, dtype=torch.float64)).item()
    assert value(f"{function}(x)") == expected


def test_numbers_alone_are_tensors_too() -> None:
    assert value("exp(2) * x") == pytest.approx(math.exp(2) * 1.25)
    assert value("x * (-2)**2") == pytest.approx(5.0)
    assert math.isinf(value("x + 1/0"))


@pytest.mark.parametrize(
    ("text", "start", "word"),
    [
        ("", 0, "nothing here"),
        ("w +", 3, "stops here"),
        ("w + 2x", 5, "write *"),
        ("foo(x)", 0, "foo is not known"),
        ("w * y", 4, "The letters are w, x, a, b"),
        ("x^2", 1, "write **"),
        ("2 * (x", 4, "never closed"),
        ("x)", 1, "closes no bracket"),
        ("2 (x)", 2, "missing between 2 and \\("),
        ("w(2)", 0, "not a function"),
        ("1 + exp", 4, "needs brackets"),
        ("x, w", 1, "comma"),
        ("1e400 * x", 0, "too large"),
        ("w.grad", 1, "not allowed"),
        ("x = 2", 2, "not allowed"),
        ("__import__('os')", 11, "not allowed"),
        ("**x", 0, "missing before"),
        ("é", 0, "é is not allowed"),
    ],
)
def test_errors_name_the_fault_and_the_place(text: str, start: int, word: str) -> None:
    with pytest.raises(ExpressionError, match=word.replace("*", r"\*")) as caught:
        parse(text)
    assert caught.value.start == start
    assert caught.value.pointer().splitlines()[-1].index("^") == start


@pytest.mark.parametrize(
    "text", ["(" * 30 + "x" + ")" * 30, "-" * 30 + "x", "x" * 200, "x + " * 29 + "x"]
)
def test_size_has_limits(text: str) -> None:
    with pytest.raises(ExpressionError):
        compile_expression(parse(text), text)


def test_without_a_letter_there_is_nothing_to_differentiate() -> None:
    with pytest.raises(ExpressionError, match="no letter"):
        compile_expression(parse("1 + 2"), "1 + 2")


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="wxab()+-*/.0123456789 expl_[]'^,", max_size=40))
def test_any_text_gives_an_expression_or_a_pointed_error(text: str) -> None:
    with contextlib.suppress(ExpressionError):
        parse(text)


@settings(max_examples=150, deadline=None)
@given(texts())
def test_values_agree_with_python_floats(text: str) -> None:
    expression = parse(text)
    if not letters_in(expression):
        return
    try:
        expected = evaluate(expression, VALUES).value
    except (ValueError, ZeroDivisionError, OverflowError):
        return
    assert value(text) == pytest.approx(expected, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("text", ["1 / x", "1 - x", "2 ** x", "x ** 2", "x ** w", "-x", "2 * x"])
def test_every_operation_is_one_function_in_the_graph(text: str) -> None:
    program = compile_expression(parse(text), text)
    leaves = [leaf(name, VALUES[name]) for name in program.leaves]
    events = record(["import torch", *leaves, *program.code()]).events
    assert len([event for event in events if isinstance(event, Operated)]) == 1


def test_a_place_in_the_text_has_its_brackets() -> None:
    text = "w / (w - (1)) * exp((x))"
    steps = compile_expression(parse(text), text).steps
    assert [text[step.start : step.end] for step in steps] == [
        "(w - (1))",
        "w / (w - (1))",
        "exp((x))",
        text,
    ]
