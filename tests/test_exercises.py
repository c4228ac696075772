"""Every exercise: the course word for word, and scripts that a student can copy and run."""

from __future__ import annotations

import inspect
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lrcore.autograd.exercises import EXERCISES, Exercise
from lrcore.autograd.exercises.accumulating import LOSSES, MICRO, ZEROING, Accumulating
from lrcore.autograd.exercises.backward import (
    AGAIN,
    CREATE,
    INPUTS,
    SEVERAL,
    VECTOR,
    Backward,
)
from lrcore.autograd.exercises.dynamic import LOOP, Dynamic
from lrcore.autograd.exercises.from_scratch import FromScratch
from lrcore.autograd.exercises.grad import BATCH, GRAPHS, Grad
from lrcore.autograd.exercises.grad import SEVERAL as SEVERAL_INPUTS
from lrcore.autograd.exercises.hooks import CHANGES, CHECK, Hooks
from lrcore.autograd.exercises.leaves import Leaves
from lrcore.autograd.exercises.one_graph import OneGraph
from lrcore.autograd.exercises.own_expression import OwnExpression
from lrcore.autograd.exercises.run_graph import RunGraph
from lrcore.autograd.exercises.turning_off import (
    DETACH,
    INFERENCE,
    LEAF,
    NO_GRAD,
    NOTHING,
    REQUIRES,
    SAME,
    SAVED,
    TurningOff,
)
from lrcore.autograd.exercises.vanishing import Vanishing
from lrcore.autograd.exercises.vectors import BROADCAST, JACOBIAN, Vectors
from lrcore.autograd.expression import letters_in, parse
from lrcore.autograd.film import film_of
from lrcore.settings import Setting, described
from tests.expressions import texts

RunCode = Callable[[str], tuple[str, str]]
ADDRESS = re.compile(r"0x[0-9a-f]{6,}")


def said(exercise: Exercise) -> str:
    """All that an exercise prints, its error, and its remarks."""
    recordings = exercise.recordings()
    parts = [text for one in recordings for text in (one.printed, one.error or "")]
    return "\n".join([*parts, *exercise.remarks(recordings), *map(str, recordings[0].warnings)])


# What the course says or prints, the exercise that shows it, and its words there.
COURSE: dict[str, tuple[Exercise, tuple[str, ...]]] = {
    "backward fills the gradient of a leaf": (OneGraph(), ("tensor([5.])",)),
    "the same graph by operators": (OneGraph(write="w + x, a * b"), ("tensor([5.])",)),
    "is_leaf": (OneGraph(), ("is_leaf: True True False False False",)),
    "why leaves: to save memory": (OneGraph(), ("To save memory", "8 bytes", "20 bytes")),
    "only leaves keep a gradient": (
        OneGraph(),
        ("gradient: tensor([5.]) tensor([2.]) None None None", "is not a leaf Tensor"),
    ),
    "retain_grad": (Leaves(), ("tensor([2.]) None None",)),
    "grad_fn": (
        OneGraph(),
        (
            "grad_fn: None None <AddBackward0 object at 0x...> <AddBackward0 object at 0x...> "
            "<MulBackward0 object at 0x...>",
        ),
    ),
    "why a leaf's grad_fn is None": (OneGraph(), ("grad_fn is None**: you made it",)),
    "requires_grad of leaves, of a constant, of what is made": (
        Leaves(),
        ("leaves True True False", "made True True True"),
    ),
    "dynamic and static graphs": (Dynamic(), ("TensorFlow", "`torch.compile`", "`torch.export`")),
    "a loop on data": (Dynamic(dyn=LOOP, if_x=0.0), ("tensor([38.]",)),
    ".backward() calls torch.autograd.backward": (
        Backward(calls=1),
        ("hands y and its arguments on to `torch.autograd.backward`",),
    ),
    "torch.autograd.backward itself": (
        Backward(calls=1, through=True),
        ("tensor([5.]) tensor([2.])",),
    ),
    "a second backward": (Backward(), ("Trying to backward through the graph a second time",)),
    "retain_graph": (
        Backward(retain=True),
        ("tensor([5.]) tensor([2.])\ntensor([10.]) tensor([4.])",),
    ),
    "grad_tensors": (Backward(bw=VECTOR), ("tensor([9.])",)),
    "a vector needs grad_tensors": (
        Backward(bw=VECTOR, passed=False),
        ("grad can be implicitly created only for scalar outputs",),
    ),
    "several tensors": (Backward(bw=SEVERAL), ("tensor([9.]) tensor([4.])",)),
    "inputs": (Backward(bw=INPUTS), ("tensor([5.]) None",)),
    "inputs that are no leaves": (
        Backward(bw=INPUTS, inputs="[a]"),
        ("None None tensor([2.])",),
    ),
    "create_graph": (Backward(bw=CREATE), ("(tensor([2.]), tensor([1.]))",)),
    "the first derivative": (Grad(), ("(tensor([6.], grad_fn=<MulBackward0>),)",)),
    "the second derivative": (Grad(), ("(tensor([2.]),)",)),
    "grad leaves .grad alone": (Grad(), ("\nNone",)),
    "without create_graph": (Grad(second=False), ("does not require grad",)),
    "several inputs": (Grad(gr=SEVERAL_INPUTS), ("(tensor([5.]), tensor([2.]))",)),
    "an unused input": (
        Grad(gr=SEVERAL_INPUTS, inputs="(w, u)"),
        ("appears to not have been used in the graph",),
    ),
    "allow_unused": (
        Grad(gr=SEVERAL_INPUTS, inputs="(w, u)", unused="allow_unused=True"),
        ("(tensor([5.]), None)",),
    ),
    "materialize_grads": (
        Grad(gr=SEVERAL_INPUTS, inputs="(w, u)", unused="materialize_grads=True"),
        ("(tensor([5.]), tensor([0.]))",),
    ),
    "grad_outputs": (Grad(gr=BATCH), ("(tensor([4.]), tensor([3.]))",)),
    "is_grads_batched": (Grad(gr=BATCH, batched=True), ("tensor([[2.],\n        [1.]])",)),
    "gradients are not cleared": (
        Accumulating(acc=ZEROING),
        ("tensor([5.])\ntensor([10.])\ntensor([15.])\ntensor([20.])",),
    ),
    "grad.zero_()": (
        Accumulating(acc=ZEROING, zeroed="w.grad.zero_()", times=2),
        ("tensor([5.])\ntensor([0.])\ntensor([5.])\ntensor([0.])",),
    ),
    "zero_grad": (
        Accumulating(acc=ZEROING, zeroed="zero_grad(): None", times=2),
        ("tensor([5.])\nNone\ntensor([5.])\nNone",),
    ),
    "a leaf is not changed in place": (
        TurningOff(off=LEAF),
        ("a leaf Variable that requires grad is being used in an in-place operation",),
    ),
    "in place keeps the id": (TurningOff(off=SAME), ("tensor([2.]) True 1",)),
    "out of place has another": (TurningOff(off=SAME, inplace=False), ("tensor([2.]) False 0",)),
}
# What is new beside the course.
BEYOND: dict[str, tuple[Exercise, tuple[str, ...]]] = {
    "an own expression": (OwnExpression(), ("tensor([0.9526]", "tensor([0.0904])")),
    "nan starts somewhere": (OwnExpression(expr="w/(w-1)"), ("`w/(w-1)` is inf",)),
    "nothing turned off": (TurningOff(off=NOTHING), ("tensor([5.]) tensor([2.])",)),
    "no_grad": (TurningOff(off=NO_GRAD), ("tensor([2.]) tensor([2.])",)),
    "detach": (TurningOff(off=DETACH), ("tensor([2.]) tensor([2.])",)),
    "inference_mode": (TurningOff(off=INFERENCE), ("Inference tensors cannot be saved",)),
    "requires_grad_": (TurningOff(off=REQUIRES), ("None tensor([2.])",)),
    "saved, then changed": (
        TurningOff(off=SAVED),
        ("modified by an inplace operation", "v0 → v1"),
    ),
    "two losses": (Accumulating(acc=LOSSES), ("tensor([2.])\ntensor([4.])",)),
    "micro-batches": (Accumulating(acc=MICRO), ("batch tensor([15.])", "\ntensor([15.])")),
    "a hook prints": (Hooks(), ("a gets tensor([2.])",)),
    "a hook changes": (Hooks(hook=CHANGES, on="w"), ("tensor([50.]) tensor([2.])",)),
    "gradcheck passes": (Hooks(hook=CHECK), ("True",)),
    "gradcheck fails in float32": (Hooks(hook=CHECK, dtype="float32"), ("Jacobian mismatch",)),
    "gradcheck catches": (Hooks(hook=CHECK, line="return g * x"), ("Jacobian mismatch",)),
    "vanishing": (Vanishing(depth=1), ("0.19661", "1.0")),
    "matmul": (Vectors(), ("tensor([2., 2.])", "W.grad = xᵀ @ G")),
    "broadcasting": (Vectors(vec=BROADCAST), ("tensor([[30.],\n", "tensor([6., 6.])")),
    "a row times the Jacobian": (Vectors(vec=JACOBIAN), ("(tensor([3., 2.]),)",)),
    "the Jacobian times a column": (
        Vectors(vec=JACOBIAN, product="J u, forward"),
        ("tensor([3., 1., 4.])",),
    ),
    "from scratch": (FromScratch(), ("6.0 5.0 2.0", "tensor([5.]) tensor([2.])")),
    "this run": (RunGraph(iter=100), ("settles along the steepest direction",)),
}


@pytest.mark.parametrize("concept", [*COURSE, *BEYOND])
def test_every_concept_is_shown(concept: str) -> None:
    exercise, words = (COURSE | BEYOND)[concept]
    found = said(exercise)
    assert [word for word in words if word not in found] == [], found


def test_every_exercise_stands_in_the_table() -> None:
    shown = {type(exercise) for exercise, _ in (COURSE | BEYOND).values()}
    assert shown == set(EXERCISES.values())


@pytest.mark.parametrize(
    ("function", "exercise", "parts"),
    [
        (torch.autograd.backward, Backward, (AGAIN, VECTOR, SEVERAL, INPUTS, CREATE)),
        (torch.autograd.grad, Grad, (GRAPHS, SEVERAL_INPUTS, BATCH)),
    ],
)
def test_every_argument_has_a_control_or_a_line_why_not(
    function: Callable[..., object], exercise: type[Backward | Grad], parts: tuple[str, ...]
) -> None:
    assert list(exercise.arguments) == list(inspect.signature(function).parameters)
    fields = dict(described(exercise))
    part = next(iter(fields))
    everything = "\n".join(said(exercise(**{part: name})) for name in parts)
    for argument, where in exercise.arguments.items():
        assert where in fields or where in everything, argument


@pytest.fixture(scope="module")
def run_code() -> Iterator[RunCode]:
    """Runs a script: its standard output, and the last line of its traceback if it has one."""
    with subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "tests.snippets"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:

        def run(code: str) -> tuple[str, str]:
            process.stdin.write(json.dumps(code) + "\n")
            process.stdin.flush()
            printed, error = json.loads(process.stdout.readline())
            return ADDRESS.sub("0x...", printed), ADDRESS.sub("0x...", error)

        yield run
        process.stdin.close()


def values(spec: Setting) -> st.SearchStrategy[object]:
    if spec.choices is not None:
        return st.sampled_from(list(spec.choices()))
    if spec.kind is bool:
        return st.booleans()
    if spec.kind is str:
        return st.sampled_from(["x**2", "sin(x) * exp(x)", "relu(x)", "1 / x", "log(x - 7)"])
    step = spec.step or 1
    count = round((min(spec.maximum, 150) - spec.minimum) / step)
    return st.integers(0, count).map(lambda n: spec.kind(round(spec.minimum + n * step, 6)))


@st.composite
def exercises(draw: st.DrawFn) -> Exercise:
    cls = draw(st.sampled_from([one for one in EXERCISES.values() if one is not RunGraph]))
    found = {name: draw(values(spec)) for name, spec in described(cls)}
    if cls in (OwnExpression, FromScratch):
        found["expr"] = draw(texts().filter(lambda text: letters_in(parse(text))))
    return cls(**found)


def assert_it_prints_what_the_page_shows(exercise: Exercise, run_code: RunCode) -> None:
    recordings = exercise.recordings()
    exercise.remarks(recordings)
    for script, recording in zip(exercise.scripts(), recordings, strict=True):
        printed, error = run_code("\n".join((*script.folded, *script.lines)))
        assert printed == recording.printed.strip()
        assert error == (recording.error or "").strip().rpartition("\n")[2]
        outputs = [
            frame.changes["out"]["text"]
            for frame in film_of(recording).frames
            if "text" in frame.changes.get("out", {})
        ]
        assert (outputs or [""])[-1] == recording.printed


@pytest.mark.parametrize("name", EXERCISES)
def test_default_scripts_print_what_the_page_shows(name: str, run_code: RunCode) -> None:
    assert_it_prints_what_the_page_shows(EXERCISES[name](), run_code)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(exercises())
def test_any_script_prints_what_the_page_shows(run_code: RunCode, exercise: Exercise) -> None:
    assert_it_prints_what_the_page_shows(exercise, run_code)


def test_a_copied_script_is_complete() -> None:
    for name, cls in EXERCISES.items():
        for script in cls().scripts():
            if script.title != "Our engine":
                assert script.lines[0] == "import torch", name
            assert max(map(len, script.lines)) <= 72, name


def test_the_static_graph_is_one_graph_that_is_refilled() -> None:
    exercise = Dynamic()
    films = [film_of(recording) for recording in exercise.recordings()]
    tensors = [[box for box in film.boxes if box.kind == "leaf"] for film in films]
    assert list(map(len, tensors)) == [2, 1]
    [leaf] = tensors[1]
    told = [frame.changes[leaf.id] for frame in films[1].frames if leaf.id in frame.changes]
    assert [change["value"] for change in told if "value" in change] == ["1", "−2"]
    assert [change["grad"] for change in told if "grad" in change] == ["None", "2", "None", "−4"]
