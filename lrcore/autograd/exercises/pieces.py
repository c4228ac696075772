"""Lines and settings that exercises share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from lrcore.autograd.expression import FUNCTIONS
from lrcore.settings import Need, setting

COURSE = ("a = torch.add(w, x)", "b = torch.add(w, 1)", "y = torch.mul(a, b)")
COURSE_BY_OPERATORS = ("a = w + x", "b = w + 1", "y = a * b")


def number(value: float) -> str:
    """A float as PyTorch prints it inside a tensor: `1.` for 1.0."""
    return repr(float(value)).removesuffix("0") if float(value).is_integer() else repr(value)


def tensor(values: Sequence[object]) -> str:
    """The expression that makes a tensor of numbers, nested as they are: `torch.tensor([1.])`."""
    return f"torch.tensor({_nested(values)})"


def leaf(name: str, value: float | Sequence[object], *, requires_grad: bool = True) -> str:
    """The line that makes a leaf: of one element, as in the course, if `value` is a number."""
    values = value if isinstance(value, Sequence) else (value,)
    flag = ", requires_grad=True" if requires_grad else ""
    return f"{name} = torch.tensor({_nested(values)}{flag})"


def _nested(value: object) -> str:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return f"[{', '.join(map(_nested, value))}]"
    return number(value) if isinstance(value, float) else str(value)


def complete(*lines: str) -> tuple[str, ...]:
    """A script from its lines after the import."""
    return ("import torch", "", *lines)


def indented(lines: Iterable[str]) -> list[str]:
    """Lines as the body of a block."""
    return [f"    {line}" for line in lines]


def value_of(name: str, default: float, *, needs: Need | None = None) -> float:
    """The field for the value of a leaf."""
    return setting(
        default,
        f"Value of {name}",
        f"The number in {name}: watch it, and all that is made of it, change in the graph.",
        minimum=-5.0,
        maximum=5.0,
        step=0.1,
        needs=needs,
    )


def typed(default: str, label: str, *, needs: Need | None = None) -> str:
    """The field for an expression that a reader types."""
    return setting(
        default, label, f"Allowed: + - * / ** ( ) and {', '.join(FUNCTIONS)}.", needs=needs
    )


def switch(default: bool, label: str, help: str, *, needs: Need | None = None) -> bool:  # noqa: A002
    """A field that is on or off."""
    return setting(default, label, help, needs=needs)


def one_of(
    label: str,
    help: str,  # noqa: A002
    *names: str,
    default: str = "",
    needs: Need | None = None,
) -> str:
    """A field that holds one of some names, by default the first; links have them as they are."""

    def choices() -> Mapping[str, str]:
        return {name: name for name in names}

    return setting(default or names[0], label, help, choices=choices, needs=needs)


def where(field: str, *names: str) -> Need:
    """That a field holds one of some names."""
    return Need(field, lambda value: value in names)


def switched(field: str, *, on: bool = True) -> Need:
    """That a field is on, or off."""
    return Need(field, lambda value: bool(value) == on)
