"""Every exercise through Streamlit: it shows no error, and its code prints what it shows."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest
from streamlit.testing.v1 import AppTest

from lrcore import SGD, Adam, Blobs, Run, RunConfig
from lrcore.ui.autograd.page import EXERCISES
from lrcore.ui.session import Session
from tests.pages import words

RunCode = Callable[[str], tuple[str, str]]


def script() -> None:
    from lrcore.ui.autograd.page import page

    page()


def opened(exercise: str, **controls: object) -> AppTest:
    app = AppTest.from_function(script, default_timeout=30)
    for key, value in ({"ex": exercise} | controls).items():
        app.query_params[key] = value
    return app.run()


CASES = [
    ("Your own expression", {"g_expr": "exp(w) * -x ** 2 / (a + 3) - sin(2) * b"}),
    ("Your own expression", {"g_expr": "log(w - 3) + x"}),
    ("Your own expression", {"g_expr": "x"}),
    ("Leaves and retain_grad", {}),
    ("Leaves and retain_grad", {"g_req_x": "false", "g_ret_b": "true", "g_ret_y": "true"}),
    ("Leaves and retain_grad", {"g_req_w": "false", "g_req_x": "false"}),
    ("autograd.backward", {}),
    ("autograd.backward", {"g_retain": "true", "g_calls": "3"}),
    ("autograd.backward", {"g_rebuild": "true", "g_zero": "true"}),
    ("autograd.backward", {"g_bw": "Vector output", "g_v0": "-1.5"}),
    ("autograd.backward", {"g_bw": "Vector output", "g_pass": "false"}),
    ("autograd.backward", {"g_bw": "create_graph"}),
    ("autograd.backward", {"g_bw": "create_graph", "g_create": "false"}),
    ("Dynamic and static graphs", {}),
    ("Dynamic and static graphs", {"g_rec": "x = −1"}),
    ("Dynamic and static graphs", {"g_dyn": "Change a leaf"}),
    ("Dynamic and static graphs", {"g_dyn": "Change a leaf", "g_no_grad": "true"}),
    ("Dynamic and static graphs", {"g_dyn": "Change a saved tensor"}),
    ("Dynamic and static graphs", {"g_dyn": "Change a saved tensor", "g_inplace": "false"}),
    ("The graph of this run", {}),
    ("The graph of this run", {"g_batch": "false"}),
]


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
            return printed, error

        yield run
        process.stdin.close()


@pytest.mark.parametrize(("exercise", "controls"), CASES)
def test_the_code_prints_what_the_page_shows(
    run_code: RunCode, exercise: str, controls: dict[str, str]
) -> None:
    app = opened(exercise, **controls)
    assert not app.exception
    output, error = run_code(app.code[0].value)
    shown = app.code[1].value if len(app.code) > 1 else ""
    assert output == shown
    said = [box.value for box in app.error if box.value.startswith("PyTorch says: ")]
    assert said == ([f"PyTorch says: {error}"] if error else [])
    assert output or error


def test_the_courses_table_is_what_its_code_prints(run_code: RunCode) -> None:
    app = opened("One graph")
    assert not app.exception
    output, _ = run_code(app.code[0].value)
    rows = app.table[0].value
    assert output.splitlines() == [" ".join(row[1:]) for row in rows.itertuples(index=False)]
    assert list(rows["grad"]) == ["tensor(5.)", "tensor(2.)", "None", "None", "None"]


def test_derivatives_are_what_the_code_prints(run_code: RunCode) -> None:
    app = opened("autograd.grad", g_order="3", g_f="x**2")
    assert not app.exception
    output, _ = run_code(app.code[0].value)
    assert output.splitlines() == ["0 9.0", "1 6.0", "2 2.0", "3 0.0"]
    table = app.table[0].value
    assert list(table["torch.autograd.grad"]) == ["6", "2", "0"]


def seen(app: AppTest) -> list[object]:
    """All that an exercise shows, graphs and tables included."""
    graphs = [chart.proto.spec for chart in app.get("graphviz_chart")]
    texts = [[item.value for item in app.get(kind)] for kind in ("code", "latex", "markdown")]
    return [*graphs, *texts, *(table.value.to_dict() for table in app.table)]


@pytest.mark.parametrize("exercise", list(EXERCISES))
def test_a_slider_moves_what_is_seen_there_and_back(exercise: str) -> None:
    app = opened(exercise)
    shown = {}
    for value in (app.slider[0].max, app.slider[0].min, app.slider[0].max):
        app.slider[0].set_value(value).run()
        assert not app.exception
        shown.setdefault(value, seen(app))
        assert seen(app) == shown[value]
    highest, lowest = shown.values()
    assert highest != lowest


@pytest.mark.parametrize("exercise", ["Your own expression", "autograd.grad"])
def test_a_bad_expression_gets_a_pointer_not_a_traceback(exercise: str) -> None:
    app = opened(exercise, g_expr="x + foo(x)", g_f="x + foo(x)")
    assert not app.exception
    assert words(app.error[0].value).startswith("foo is not known here.")
    assert app.code[0].value == "x + foo(x)\n    ^^^"


def test_a_nan_is_traced_to_its_origin() -> None:
    app = opened("Your own expression", g_expr="x + log(w - 3)")
    assert app.error[0].value == (
        "t2 = `log(w - 3)` is nan: log is defined for positive numbers only."
    )


@pytest.mark.parametrize("step", range(12))
def test_every_step_of_the_courses_graph_is_drawn(step: int) -> None:
    app = opened("One graph", g_step=str(step))
    assert not app.exception
    assert app.slider(key="g_step").value == step


def test_the_buttons_step() -> None:
    app = opened("One graph")
    app.button(key="g_step_back").click().run()
    assert app.slider(key="g_step").value == 10
    app.button(key="g_step_next").click().run()
    assert app.slider(key="g_step").value == 11
    assert app.button(key="g_step_next").disabled


def test_a_shorter_expression_starts_at_its_own_end() -> None:
    app = opened("Your own expression", g_expr="sin(w) * cos(x) + a")
    app.slider(key="g_own_step").set_value(12).run()
    app.text_input(key="g_expr").set_value("x * 2").run()
    assert not app.exception
    assert app.slider(key="g_own_step").max == 4
    assert app.button(key="g_own_step_next").disabled


def test_a_shorter_expression_and_a_step_back_in_one_go() -> None:
    """As a click on "Back" does it that takes the field its focus."""
    app = opened("Your own expression", g_expr="sin(w) * cos(x) + a")
    app.text_input(key="g_expr").set_value("x * 2")
    app.button(key="g_own_step_back").click().run()
    assert not app.exception
    assert app.slider(key="g_own_step").value == app.slider(key="g_own_step").max == 4


@pytest.mark.parametrize("text", ["", "nothing of the kind"])
@pytest.mark.parametrize(
    ("exercise", "key"),
    [
        ("One graph", "ex"),
        ("autograd.backward", "g_bw"),
        ("Dynamic and static graphs", "g_dyn"),
        ("Dynamic and static graphs", "g_rec"),
    ],
)
def test_a_choice_that_is_none_opens_with_the_first(exercise: str, key: str, text: str) -> None:
    app = opened(exercise, **{key: text})
    assert not app.exception
    assert seen(app) == seen(opened(exercise))
    assert key not in app.query_params


def test_an_expression_of_any_length_is_shown_in_part() -> None:
    app = opened("Your own expression", g_expr=60_000 * "w")
    assert len(app.code[0].value) < 300


def beside(run: Run, **controls: str) -> AppTest:
    """Exercise 7 in a session that has a run."""
    app = AppTest.from_function(script, default_timeout=30)
    app.query_params["ex"] = "The graph of this run"
    for key, value in controls.items():
        app.query_params[key] = value
    app.session_state["session"] = Session(lab_run=run)
    app.run()
    assert not app.exception
    return app


def paragraphs(app: AppTest) -> str:
    return "\n".join(item.value for item in app.markdown)


def test_settings_are_those_of_the_moment() -> None:
    run = Run(RunConfig(loss="bce", target_accuracy=1.0))
    run.extend(60, 100)
    run.branch(100, loss="mse", optimizer=SGD(lr=0.5))
    run.extend(60, 10)
    before, after = beside(run, g_iter="20"), beside(run, g_iter="100")
    assert "F.binary_cross_entropy(p, y)" in before.code[0].value
    assert "in use: 0.01." in paragraphs(before)
    assert "F.mse_loss(p, y)" in after.code[0].value
    assert "in use: 0.5." in paragraphs(after)
    assert float(before.code[1].value.split()[0]) == pytest.approx(run.step(20).loss, rel=1e-5)


@pytest.mark.parametrize(
    ("config", "said"),
    [
        (RunConfig(), "SGD with this momentum settles"),
        (RunConfig(optimizer=SGD(momentum=0.0)), "SGD settles"),
        (RunConfig(optimizer=Adam()), ""),
        (RunConfig(zero_grad=False), ""),
    ],
)
def test_limit_of_the_rate_is_shown_where_it_holds(config: RunConfig, said: str) -> None:
    run = Run(config)
    run.extend(60, 20)
    assert ("settles" in paragraphs(beside(run))) == bool(said)
    assert said in paragraphs(beside(run))
    assert "settles" not in paragraphs(beside(run, g_batch="false"))


def test_gradient_that_cannot_be_differentiated_is_not_said_to_be() -> None:
    off = opened("autograd.backward", g_bw="create_graph", g_create="false")
    assert "a plain number now" in paragraphs(off)
    assert "differentiated again" not in paragraphs(off)


@pytest.mark.parametrize(
    ("text", "at", "said"),
    [
        ("relu(x)", "0", "f has a kink here: PyTorch picks one slope"),
        ("log(x)", "-2", "f has no finite value here; PyTorch still gives a slope, -0.5."),
        ("x**2", "1", ""),
    ],
)
def test_columns_that_differ_are_explained(text: str, at: str, said: str) -> None:
    shown = paragraphs(opened("autograd.grad", g_f=text, g_at=at))
    assert said in shown
    assert ("here" in shown) == bool(said)


def test_a_large_batch_is_cut_in_the_code_with_a_notice() -> None:
    run = Run(RunConfig(data=Blobs(samples_per_class=300)))
    run.extend(iterations=2)
    [said] = [item.value for item in beside(run).caption if "of 600 points" in item.value]
    assert said.startswith("The code has 400 of 600 points, evenly from both classes")
