"""Numbers, shapes and widths of text, so short that they fit into the boxes of a graph."""

from __future__ import annotations

import math

from lrcore.autograd.numbers import Number, Value

_LONGEST = 7  # characters of a number
_NARROW = frozenset(" .,:;'|()[]ijlt·")
_FIGURES = frozenset("0123456789−×=+")
_WIDE = frozenset("mwMW…@")


def number_text(number: Number, digits: int = 4) -> str:
    """At most four significant digits, and at most eight characters."""
    if isinstance(number, bool | complex):
        return str(number)
    if math.isinf(number):
        return "−∞" if number < 0 else "∞"
    for count in range(digits, 1, -1):
        text = format(number, f".{count}g").replace("e-0", "e-").replace("e+0", "e")
        if len(text) <= _LONGEST:
            break
    return text.replace("-", "−")


def shape_text(shape: tuple[int, ...]) -> str:
    """As in 2×3, and (2) for a vector; nothing for a scalar."""
    return f"({shape[0]})" if len(shape) == 1 else "×".join(map(str, shape))


def value_text(value: Value, room: float = 160.0) -> str:
    """A number, or as many numbers of a tensor as there is room for."""
    if len(value.items) == 1:
        return number_text(value.items[0])
    if not value.items:
        if value.minimum is None or value.maximum is None:
            return f"{shape_text(value.shape)} numbers"
        text = f"{number_text(value.minimum)} … {number_text(value.maximum)}"
        return text if width_of(text) <= room else "…"
    for digits in (4, 3, 2):
        text = f"[{', '.join(number_text(item, digits) for item in value.items)}]"
        if width_of(text) <= room:
            return text
    texts = [number_text(item) for item in value.items]
    for count in range(len(texts) - 1, 0, -1):
        text = f"[{', '.join(texts[:count])}, …]"
        if width_of(text) <= room:
            return text
    return "[…]"


def width_of(text: str) -> float:
    """An upper bound of the width of a text of 18 px."""
    return sum(
        5.0 if c in _NARROW else 9.3 if c in _FIGURES else 14.5 if c in _WIDE else 10.0
        for c in text
    )
