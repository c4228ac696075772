"""Exercise 2: your own expression."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st
import torch

from lrcore.autograd.exercises.differentiate import Differentiated, differentiate
from lrcore.autograd.expression import FUNCTIONS, LETTERS, ExpressionError, parse
from lrcore.autograd.program import Program, compile_expression
from lrcore.ui.autograd.parts import leaf_sliders, show_code, show_fault, show_printed
from lrcore.ui.autograd.stepper import choose_moment, draw_moment


def show() -> None:
    """Draw and differentiate any expression of the allowed letters and functions."""
    controls, stage = st.columns([34, 66], gap="medium")
    with controls:
        text = expression_input("sigmoid(w * x + b)", "g_expr", "Expression in w, x, a, b")
        program = read_program(text)
        if program is None:
            return
        values = leaf_sliders(*program.leaves)
        result = differentiate(program, values, torch.float64, table=False)
        moment = choose_moment(program, result, "g_own_step")
        show_code(result.snippet, "content" if len(program.steps) <= 4 else 370)
    with stage:
        draw_moment(result, moment, 12 if len(program.steps) <= 3 else 10.6, compact=True)
        _explain(text, program, result)
        show_printed(result.snippet)


def expression_input(default: str, key: str, label: str) -> str:
    """The field for an expression."""
    return (
        st.text_input(
            label,
            default,
            key=key,
            bind="query-params",
            help=f"Allowed: + - * / ** ( ) and {', '.join(FUNCTIONS)}.",
        )
        or ""
    )


def read_program(text: str, letters: tuple[str, ...] = LETTERS) -> Program | None:
    """The program of an expression; None if it has a fault, which is then shown."""
    try:
        return compile_expression(parse(text, letters), text)
    except ExpressionError as error:
        show_fault(error)
        return None


def _explain(text: str, program: Program, result: Differentiated) -> None:
    step = result.broken
    if step is not None:
        value = result.graph.tensor(step.name).value
        place = text[step.start : step.end]
        st.error(f"{step.name} = `{place}` is {value}: {_reason(step.function)}")
        return
    bad = [name for name in program.leaves if not _is_finite(result.backward.gradients, name)]
    if bad:
        st.error(
            f"The value is finite, but the gradient of {', '.join(bad)} is not: "
            "the function has no finite slope here."
        )


def _is_finite(gradients: Mapping[str, float], name: str) -> bool:
    return abs(gradients.get(name, 0.0)) < float("inf")


def _reason(function: str) -> str:
    return {
        "log": "log is defined for positive numbers only.",
        "/": "a number was divided by zero, or the result is too large.",
        "**": "this power is not defined here, or too large.",
    }.get(function, "the result is too large for a float64.")
