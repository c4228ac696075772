"""The page of exercises as Streamlit runs it, without a browser."""

from __future__ import annotations

import json
import re

import pytest
from streamlit.testing.v1 import AppTest

from lrcore import Blobs, Run, RunConfig
from lrcore.autograd.exercises import EXERCISES
from lrcore.autograd.exercises.turning_off import LEAF, SAVED
from lrcore.settings import described
from lrcore.ui.autograd.charts import bars
from lrcore.ui.autograd.controls import controls_of
from lrcore.ui.session import Session
from tests.pages import elements, words


def script() -> None:
    from lrcore.ui.autograd.page import page

    page()


def opened(exercise: str, run: Run | None = None, **controls: str) -> AppTest:
    app = AppTest.from_function(script, default_timeout=30)
    for key, value in ({"ex": exercise} | controls).items():
        app.query_params[key] = value
    if run is not None:
        app.session_state["session"] = Session(lab_run=run)
    app.run()
    assert not app.exception
    return app


def films(app: AppTest) -> list[dict[str, object]]:
    """What the component is given to play."""
    found = [item.proto for item in elements(app.main) if item.type == "bidi_component"]
    assert [proto.component_name for proto in found] == ["lrcore_graph"]
    return json.loads(found[0].json)[0]


def lines(app: AppTest) -> str:
    return "\n".join("\n".join(film["lines"]) for film in films(app))


CHOICES = [
    (name, field, choice)
    for name, cls in EXERCISES.items()
    for field, spec in described(cls)
    if spec.choices is not None
    for choice in spec.choices()
]


@pytest.mark.parametrize("name", EXERCISES)
def test_every_exercise_opens_with_a_film_and_says_what_to_try(name: str) -> None:
    app = opened(name)
    assert (
        lines(app) == "\n".join("\n".join(script.lines) for script in EXERCISES[name]().scripts())
        or name == "The graph of this run"
    )
    assert "**Try:**" in app.markdown[0].value


@pytest.mark.parametrize(("name", "field", "choice"), CHOICES)
def test_every_choice_in_a_link_is_taken(name: str, field: str, choice: str) -> None:
    key = f"g_{field}"
    cls = EXERCISES[name]
    needs = dict(described(cls))[field].needs
    first = {}
    if needs is not None:
        first = {
            f"g_{needs.key}": other
            for other in dict(described(cls))[needs.key].choices()
            if needs.fitting(other)
        }
    app = opened(name, **(first | {key: choice}))
    assert app.selectbox(key=key).value == choice


@pytest.mark.parametrize("name", EXERCISES)
def test_a_slider_moves_what_is_played_there_and_back(name: str) -> None:
    app = opened(name)
    shown: dict[float, object] = {}
    for value in (app.slider[0].max, app.slider[0].min, app.slider[0].max):
        app.slider[0].set_value(value).run()
        assert not app.exception
        shown.setdefault(value, films(app))
        assert films(app) == shown[value]
    highest, lowest = shown.values()
    assert highest != lowest


# Links of the first edition: the code that each shows.
OLD_LINKS = {
    "ex=One graph&g_w=3&g_step=5": "w = torch.tensor([3.], requires_grad=True)",
    "ex=Your own expression&g_expr=x*2&g_own_step=3": "y = x * 2",
    "ex=Leaves and retain_grad&g_req_x=false&g_ret_b=true": "b.retain_grad()",
    "ex=autograd.backward&g_retain=true&g_calls=3": "for call in range(3):\n    y.backward(retain_",
    "ex=autograd.backward&g_rebuild=true&g_zero=true": "    w.grad = x.grad = None\n    a =",
    "ex=autograd.backward&g_bw=Vector output&g_v0=-1.5": "v = torch.tensor([-1.5, 2.])",
    "ex=autograd.backward&g_bw=Vector output&g_pass=false": "y.backward()\nprint(w.grad)",
    "ex=autograd.backward&g_bw=create_graph&g_create=false": "y.backward()\ng = w.grad",
    "ex=autograd.grad&g_f=sin(x)&g_at=1&g_order=3": "grad_3 = torch.autograd.grad(grad_2[0], x)",
    "ex=Dynamic and static graphs&g_if_x=3&g_rec=x = −1": "static = record(f, -1.0)",
    "ex=Dynamic and static graphs&g_dyn=An if on data": "    if x > 0:",
    f"ex=Dynamic and static graphs&g_dyn={LEAF}&g_no_grad=true": "with torch.no_grad():\n    w.ad",
    f"ex=Dynamic and static graphs&g_dyn={SAVED}&g_exp_x=2": "x = torch.tensor([2.], requires",
    f"ex=Dynamic and static graphs&g_dyn={SAVED}&g_inplace=false": "y = a + 1",
    "ex=The graph of this run&g_batch=false&g_point=7&g_iter=20": "x = torch.tensor([[",
}


@pytest.mark.parametrize("link", OLD_LINKS)
def test_an_old_link_shows_what_it_showed(link: str) -> None:
    query = dict(part.split("=", 1) for part in link.split("&"))
    app = opened(query.pop("ex"), **query)
    assert OLD_LINKS[link] in lines(app)
    assert not {"g_step", "g_own_step", "g_pass"} & set(app.query_params)


@pytest.mark.parametrize("text", ["", "nothing of the kind", "-7", "1e99"])
@pytest.mark.parametrize(
    ("exercise", "key"),
    [
        ("One graph", "ex"),
        ("One graph", "g_w"),
        ("autograd.backward", "g_bw"),
        ("autograd.backward", "g_calls"),
        ("autograd.backward", "g_retain"),
        ("Dynamic and static graphs", "g_rec"),
        ("The graph of this run", "g_iter"),
    ],
)
def test_what_a_link_cannot_mean_opens_what_is_usual(exercise: str, key: str, text: str) -> None:
    app = opened(exercise, **{key: text})
    assert films(app) == films(opened(exercise))
    assert key not in app.query_params


@pytest.mark.parametrize(
    ("exercise", "key"), [("Your own expression", "g_expr"), ("autograd.grad", "g_f")]
)
def test_a_bad_expression_gets_a_pointer_not_a_traceback(exercise: str, key: str) -> None:
    app = opened(exercise, **{key: "x + foo(x)"})
    assert words(app.error[0].value).startswith("foo is not known here.")
    assert app.code[0].value == "x + foo(x)\n    ^^^"
    app.text_input(key=key).set_value("x * 2").run()
    assert "y = x * 2" in lines(app)
    assert app.query_params[key] == "x * 2"


def test_an_expression_of_any_length_is_shown_in_part() -> None:
    app = opened("Your own expression", g_expr=60_000 * "w")
    assert len(app.code[0].value) < 300


def test_an_expression_has_the_sliders_of_its_letters() -> None:
    app = opened("Your own expression", g_expr="exp(w) * a")
    assert [slider.label for slider in app.slider] == ["Value of w", "Value of a"]


def test_derivatives_are_checked_beside_their_curves() -> None:
    app = opened("autograd.grad", g_gr="Curves", g_order="3")
    [chart] = app.get("plotly_chart")
    assert "At x = 3, f is 9 and its slope 6." in chart.proto.alt
    table = app.table[0].value
    assert list(table["torch.autograd.grad"]) == ["6", "2", "0"]
    assert [round(float(text), 5) for text in table["finite difference"]] == [6, 2, 0]


def test_bars_are_as_high_as_the_gradients() -> None:
    assert re.findall(r"<span>(.*?)</span>.*?height:(.*?)%", bars([-0.25, 0.5, 1.0])) == [
        ("-0.25", "25.0"),
        ("0.5", "50.0"),
        ("1", "100.0"),
    ]


def run_of(iterations: int, **settings: object) -> Run:
    run = Run(RunConfig(target_accuracy=1.0, **settings))
    run.extend(60, iterations)
    return run


def test_a_value_beyond_a_new_bound_is_cut() -> None:
    """The same session, after another run has become the one that is shown."""
    app = opened("The graph of this run", run_of(90), g_batch="false")
    app.slider(key="g_iter_of_90").set_value(85).run()
    app.slider(key="g_point_of_199").set_value(150).run()
    assert app.query_params["g_iter"] == "85"
    app.session_state["session"].lab_run = run_of(5, data=Blobs(samples_per_class=10))
    app.run()
    assert not app.exception
    assert app.slider(key="g_iter_of_5").value == 5
    assert app.slider(key="g_point_of_19").value == 19


def test_a_run_of_one_moment_and_one_point_is_shown() -> None:
    run = Run(RunConfig(data=Blobs(samples_per_class=10), test_share=0.8))
    app = opened("The graph of this run", run)
    assert app.slider[0].disabled


def test_keys_tell_settings_apart() -> None:
    for cls in EXERCISES.values():
        keys = [control.key for _, control in controls_of(cls)]
        assert len(set(keys)) == len(keys)
        assert all(
            control.is_bound or control.spec.choices is None for _, control in controls_of(cls)
        )
