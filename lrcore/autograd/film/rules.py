"""The rule of an operation's backward in one sentence, and what it must keep for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

# Given the names of the inputs and of the result, the rule to the first and to the second input.
_Rule = Callable[[str, str, str], tuple[str, str]]


_RULES: Mapping[str, _Rule] = MappingProxyType(
    {
        "add": lambda a, b, y: (
            f"d({a} + {b})/d{a} = 1: a sum hands the gradient on as it is, and keeps nothing.",
            f"d({a} + {b})/d{b} = 1: a sum hands the gradient on as it is, and keeps nothing.",
        ),
        "sub": lambda a, b, y: (
            f"d({a} − {b})/d{a} = 1: a difference hands the gradient on, and keeps nothing.",
            f"d({a} − {b})/d{b} = −1: the gradient changes its sign, and nothing is kept.",
        ),
        "mul": lambda a, b, y: (
            f"d({a} · {b})/d{a} = {b}, so the product must keep {b}.",
            f"d({a} · {b})/d{b} = {a}, so the product must keep {a}.",
        ),
        "div": lambda a, b, y: (
            f"d({a} / {b})/d{a} = 1/{b}, so the quotient must keep {b}.",
            f"d({a} / {b})/d{b} = −{a}/{b}², so the quotient must keep both.",
        ),
        "pow": lambda a, b, y: (
            f"d({a}**{b})/d{a} = {b} · {a}**({b} − 1), so the power must keep {a}.",
            f"d({a}**{b})/d{b} = {y} · log {a}, so the power must keep {a} and its result.",
        ),
        "matmul": lambda a, b, y: (
            f"The gradient of {a} is G @ {b}ᵀ, so matmul must keep {b}.",
            f"The gradient of {b} is {a}ᵀ @ G, so matmul must keep {a}.",
        ),
    }
)
_ONE_INPUT: Mapping[str, str] = MappingProxyType(
    {
        "neg": "d(−{a})/d{a} = −1: the gradient changes its sign, and nothing is kept.",
        "exp": "d exp({a})/d{a} = exp({a}) = {y}, so exp keeps its result.",
        "log": "d log({a})/d{a} = 1/{a}, so log must keep {a}.",
        "sin": "d sin({a})/d{a} = cos({a}), so sin must keep {a}.",
        "cos": "d cos({a})/d{a} = −sin({a}), so cos must keep {a}.",
        "tanh": "d tanh({a})/d{a} = 1 − {y}², so tanh keeps its result.",
        "sigmoid": "dσ({a})/d{a} = {y} · (1 − {y}), never above 1/4; sigmoid keeps its result.",
        "relu": "d relu({a})/d{a} is 1 where {a} > 0 and else 0, so relu keeps its result.",
        "sqrt": "d√{a}/d{a} = 1/(2{y}), so sqrt keeps its result.",
        "sum": "Each element counts once: sum spreads the gradient to the shape of {a}.",
        "mean": "Each element counts 1/n: mean spreads the gradient and divides by n.",
    }
)
_SAME = MappingProxyType({"truediv": "div", "true_divide": "div", "mm": "matmul", "mv": "matmul"})


def rule_of(
    function: str, inputs: list[str], result: str, place: int, local: str | None = None
) -> str:
    """The rule for the gradient to one input; empty where none is known.

    Args:
        function: PyTorch's name of the operation.
        inputs: the names of its inputs.
        result: the name of its result.
        place: the input that the gradient goes to.
        local: the derivative as a number.
    """
    plain = function.removesuffix("_")
    plain = _SAME.get(plain, plain)
    rule = ""
    if plain in _RULES and len(inputs) == 2 and place < 2:
        rule = _RULES[plain](inputs[0], inputs[1], result)[place]
    elif plain in _ONE_INPUT and place == 0:
        rule = _ONE_INPUT[plain].format(a=inputs[0], y=result)
    if local is None or f"= {local}" in rule:
        return rule
    # The number stands behind the formula, and before what must be kept for it.
    formula, comma, keeps = rule.partition(", so ")
    return f"{formula} = {local}{comma}{keeps}" if comma else rule
