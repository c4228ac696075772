"""Random expressions, and a second way to differentiate them: dual numbers on Python floats."""

import math
from dataclasses import dataclass

from hypothesis import strategies as st

from lrcore.autograd.expression import BINARY, FUNCTIONS, LETTERS, Call, Constant, Expression


@dataclass(frozen=True)
class Dual:
    """A value and its derivatives by letter."""

    value: float
    slopes: dict[str, float]

    def chain(self, value: float, slope: float) -> "Dual":
        return Dual(value, {k: slope * s for k, s in self.slopes.items()})


def combine(left: Dual, right: Dual, value: float, by_left: float, by_right: float) -> Dual:
    keys = left.slopes.keys() | right.slopes.keys()
    slopes = {
        k: by_left * left.slopes.get(k, 0.0) + by_right * right.slopes.get(k, 0.0) for k in keys
    }
    return Dual(value, slopes)


def evaluate(part: Expression, values: dict[str, float]) -> Dual:
    """Raises ValueError, ZeroDivisionError or OverflowError outside the domain."""
    if isinstance(part, Constant):
        return Dual(float(part.value), {})
    if not isinstance(part, Call):
        return Dual(values[part.name], {part.name: 1.0})
    args = [evaluate(argument, values) for argument in part.arguments]
    if len(args) == 1:
        u = args[0].value
        return args[0].chain(*UNARY[part.function](u))
    return combine(*args, *binary(part.function, *args))


def binary(operator: str, left: Dual, right: Dual) -> tuple[float, float, float]:
    u, v = left.value, right.value
    if operator == "**":
        power = math.pow(u, v)
        by_base = v * math.pow(u, v - 1) if left.slopes else 0.0
        return power, by_base, power * math.log(u) if right.slopes else 0.0
    if operator == "/":
        return u / v, 1 / v, -u / v**2
    return {"+": (u + v, 1.0, 1.0), "-": (u - v, 1.0, -1.0), "*": (u * v, v, u)}[operator]


UNARY = {
    "-": lambda u: (-u, -1.0),
    "exp": lambda u: (math.exp(u), math.exp(u)),
    "log": lambda u: (math.log(u), 1 / u),
    "sin": lambda u: (math.sin(u), math.cos(u)),
    "cos": lambda u: (math.cos(u), -math.sin(u)),
    "tanh": lambda u: (math.tanh(u), 1 / math.cosh(u) ** 2),
    "sigmoid": lambda u: (1 / (1 + math.exp(-u)), 1 / (2 + math.exp(u) + math.exp(-u))),
    "relu": lambda u: (u, 1.0) if u > 0 else (0.0, 0.0),
}


def texts() -> st.SearchStrategy[str]:
    """Expressions as a student would type them, with brackets around every part."""
    numbers = st.sampled_from(["1", "2", "3", "0.5", "1.5"])
    atoms = st.one_of(st.sampled_from(LETTERS), st.sampled_from(LETTERS), numbers)

    def larger(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        return st.one_of(
            st.tuples(parts, st.sampled_from(BINARY), parts).map(lambda t: f"({' '.join(t)})"),
            st.tuples(st.sampled_from(FUNCTIONS), parts).map(lambda t: f"{t[0]}({t[1]})"),
            parts.map(lambda text: f"(-{text})"),
        )

    return st.recursive(atoms, larger, max_leaves=8).filter(lambda text: len(text) <= 120)
