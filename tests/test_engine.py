"""Our own engine against PyTorch: values and gradients of expressions."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings

from lrcore.autograd.events import Accumulated, Gathered, Passed, Raised
from lrcore.autograd.exercises.from_scratch import FromScratch
from lrcore.autograd.exercises.own_expression import compiled
from lrcore.autograd.expression import letters_in, parse
from lrcore.autograd.program import leaf_tensors
from lrcore.autograd.recorder import Recording
from tests.expressions import evaluate, texts

VALUES = {"w": 0.75, "x": 1.25, "a": -0.5, "b": 2.0}


def ours(text: str) -> tuple[Recording, list[float]]:
    recording, _ = FromScratch(expr=text, **VALUES).recordings()
    return recording, [float(number) for number in recording.printed.split()]


@settings(max_examples=300, deadline=None)
@given(texts())
def test_values_and_gradients_are_those_of_torch(text: str) -> None:
    expression = parse(text)
    if not letters_in(expression):
        return
    try:
        evaluate(expression, VALUES)
    except (ValueError, ZeroDivisionError, OverflowError):
        return  # PyTorch says nan or inf, Python refuses
    program = compiled(text)
    leaves = leaf_tensors({name: VALUES[name] for name in program.leaves}, torch.float64)
    tensors = program.run(leaves)
    tensors["y"].backward()
    expected = [tensors["y"].item(), *(leaf.grad.item() for leaf in leaves.values())]
    recording, found = ours(text)
    assert found == pytest.approx(expected, rel=1e-6, abs=1e-9)
    assert recording.error is None


def test_what_is_recorded_is_what_the_engine_did() -> None:
    recording, _ = FromScratch().recordings()
    passed = [event for event in recording.events if isinstance(event, Passed)]
    products = [
        [value.items[0] for value in (event.incoming, event.local, event.outgoing)]
        for event in passed
    ]
    assert sorted(products) == [[1, 2, 2], [1, 3, 3], [2, 1, 2], [2, 1, 2], [3, 1, 3]]
    added = [event for event in recording.events if isinstance(event, Accumulated)]
    assert [event.after.items[0] for event in added] == [3, 5, 2]
    shared, _ = FromScratch(expr="exp(w) * 2 + exp(w) ** 2").recordings()
    assert not [event for event in shared.events if isinstance(event, Gathered)]


def test_only_leaves_add_up_over_two_backwards() -> None:
    ours, _ = FromScratch(expr="w * w * w").scripts()
    namespace: dict[str, object] = {}
    exec("\n".join([*ours.folded, *ours.lines[:-1], "y.backward()"]), namespace)
    assert namespace["w"].grad == pytest.approx(2 * 3 * 1.0)


def test_what_python_cannot_compute_ends_the_script() -> None:
    recording, _ = FromScratch(expr="log(w - 3)").recordings()
    assert (recording.error or "").startswith("ValueError: ")
    assert isinstance(recording.events[-1], Raised)
