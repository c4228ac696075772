"""Our own autograd in plain Python: numbers that remember what they were made of."""

from __future__ import annotations

import math


class Value:
    """A number; `made_of` pairs each number it was made of with the slope towards it."""

    def __init__(self, data: float, made_of: tuple[tuple[Value, float], ...] = ()) -> None:
        self.data, self.grad, self.made_of = data, 0.0, made_of

    def __repr__(self) -> str:
        return f"Value({self.data:.4g})"

    def __add__(self, other: Value | float) -> Value:
        other = as_value(other)
        return Value(self.data + other.data, ((self, 1.0), (other, 1.0)))

    def __sub__(self, other: Value | float) -> Value:
        other = as_value(other)
        return Value(self.data - other.data, ((self, 1.0), (other, -1.0)))

    def __neg__(self) -> Value:
        return Value(-self.data, ((self, -1.0),))

    def __mul__(self, other: Value | float) -> Value:
        other = as_value(other)
        return Value(self.data * other.data, ((self, other.data), (other, self.data)))

    def __truediv__(self, other: Value | float) -> Value:
        u, v = self.data, as_value(other).data
        return Value(u / v, ((self, 1 / v), (as_value(other), -u / v**2)))

    def __pow__(self, other: Value | float) -> Value:
        u, v = self.data, as_value(other).data
        y = math.pow(u, v)
        by_base = self, v * math.pow(u, v - 1) if v else 0.0
        if not isinstance(other, Value):
            return Value(y, (by_base,))
        by_exponent = y * math.log(u) if u > 0 else math.nan if u else 0.0
        return Value(y, (by_base, (other, by_exponent)))

    def exp(self) -> Value:
        y = math.exp(self.data)
        return Value(y, ((self, y),))

    def log(self) -> Value:
        return Value(math.log(self.data), ((self, 1 / self.data),))

    def sin(self) -> Value:
        return Value(math.sin(self.data), ((self, math.cos(self.data)),))

    def cos(self) -> Value:
        return Value(math.cos(self.data), ((self, -math.sin(self.data)),))

    def tanh(self) -> Value:
        y = math.tanh(self.data)
        return Value(y, ((self, 1 - y * y),))

    def sigmoid(self) -> Value:
        y = 1 / (1 + math.exp(-self.data))
        return Value(y, ((self, y * (1 - y)),))

    def relu(self) -> Value:
        return Value(max(self.data, 0.0), ((self, 1.0 if self.data > 0 else 0.0),))

    __radd__, __rmul__ = __add__, __mul__

    def __rsub__(self, other: float) -> Value:
        return as_value(other) - self

    def __rtruediv__(self, other: float) -> Value:
        return as_value(other) / self

    def __rpow__(self, other: float) -> Value:
        return as_value(other) ** self

    def backward(self) -> None:
        """Send the gradient 1 back through all that this number was made of."""
        order: list[Value] = []

        def visit(node: Value) -> None:
            if node not in order:
                node.grad = 0.0 if node.made_of else node.grad  # only leaves add up
                for source, _ in node.made_of:
                    visit(source)
                order.append(node)

        visit(self)
        self.grad = 1.0
        for node in reversed(order):
            for source, slope in node.made_of:
                source.grad += node.grad * slope


def as_value(number: Value | float) -> Value:
    """A plain number as a constant."""
    return number if isinstance(number, Value) else Value(number)
