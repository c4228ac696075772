"""Exercise 1: the course's graph."""

from __future__ import annotations

from lrcore.autograd.film import film_of
from lrcore.autograd.recorder import record
from lrcore.ui.autograd.graph import show as show_films
from lrcore.ui.autograd.parts import leaf_sliders


def show() -> None:
    """y = (w + x)(w + 1): forward node by node, backward edge by edge."""
    values = leaf_sliders("w", "x")
    lines = [
        "import torch",
        f"w = torch.tensor([{values['w']}], requires_grad=True)",
        f"x = torch.tensor([{values['x']}], requires_grad=True)",
        "a = torch.add(w, x)",
        "b = torch.add(w, 1)",
        "y = torch.mul(a, b)",
        "y.backward()",
        "print(w.grad, x.grad)",
    ]
    show_films([film_of(record(lines), "One graph")], "One graph")
