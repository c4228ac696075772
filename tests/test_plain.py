"""Text of a stranger is shown as it is, wherever the page shows some."""

from __future__ import annotations

import re
from string import punctuation

import pytest
from streamlit.testing.v1 import AppTest

from lrcore import Run, RunConfig
from lrcore.data import Dataset, Uploaded
from lrcore.figures import boundary
from lrcore.ui.plain import plain
from tests.pages import opened, words

MARKUP = (
    "![i](http://x.example/i.png) <a href='http://x.example'>a</a> %{x} $y$ :joy: -> www.x.example"
)
# What Streamlit replaces even where it is escaped; each stands in `MARKUP`.
REPLACED = ("http://", ":joy:", "->", "www.")
SIGN = re.compile(f"[{re.escape(punctuation)}]")
TEMPLATES = ("<a", "</a", "%{", "$")


def assert_plain(markdown: str) -> None:
    assert not SIGN.search(re.sub(r"\\.", "", markdown))
    unescaped = markdown.replace("\\", "")
    assert [sign for sign in REPLACED if sign in unescaped] == []
    assert len(words(markdown)) <= 400


def shown(page: AppTest) -> list[str]:
    """All that a page says in Markdown."""
    kinds = ("error", "caption", "markdown", "warning", "alert_success", "info")
    return [item.value for kind in kinds for item in page.get(kind)] + [t.value for t in page.toast]


def test_a_reader_sees_the_text_itself() -> None:
    assert words(plain(MARKUP)) == MARKUP
    assert words(plain("x,  1.5\n# -1\u202e\ud800")) == "x, 1.5 # -1"
    assert plain("1.5 and 3") == "1\\.5 and 3"  # can be copied
    assert_plain(plain(MARKUP))
    assert len(words(plain("x" * 100_000))) == 400


@pytest.mark.parametrize(
    "link",
    [
        {"std": MARKUP},
        {"loss": MARKUP},
        {"data": MARKUP},
        {"start": "typed", "weights": MARKUP},
        {"start": "typed", "w0": MARKUP},
        {"data": "placed", "placed_points": MARKUP},
        {"std": 20_000 * MARKUP[:7]},
        {"data": "placed", "placed_points": f"1,2,{20_000 * MARKUP[:7]}"},
        {"start": "typed", "weights": 20_000 * MARKUP[:7]},
    ],
    ids=lambda link: f"{[*link][-1]} {len(str(link))}",
)
def test_a_link_is_told_as_plain_text(link: dict[str, str]) -> None:
    page = opened(**link)
    [toast] = page.toast
    assert words(toast.value).count("![i](") == 1 or len(str(link)) > 1000
    assert_plain(toast.value)


def test_a_file_is_told_as_plain_text() -> None:
    page = opened(data="csv")
    name = MARKUP.replace("/", "_") + ".csv"
    text = f"{MARKUP},y,kind\n1,2,{MARKUP}\n3,4,b\n"
    for content in (text, text[:-6], text.replace("1,2", "1,,")):
        page.file_uploader[0].set_value((name, content.encode(), "text/csv")).run()
        assert not page.exception
        said = [text for text in shown(page) if "i.png" in words(text)]
        assert said
        for sentence in said:
            assert_plain(sentence)


def test_an_expression_is_told_as_plain_text() -> None:
    page = AppTest.from_function(lab, default_timeout=30)
    page.query_params["ex"] = "Your own expression"
    page.query_params["g_expr"] = MARKUP
    page.run()
    [error] = page.error
    assert_plain(error.value)


def lab() -> None:
    from lrcore.ui.autograd.page import page

    page()


def test_names_in_a_figure_are_plain() -> None:
    x, y, *_ = RunConfig().data.sample()
    named = Uploaded(Dataset(x, y, (MARKUP, "50%"), ("<=50K", MARKUP)))
    figure = boundary(Run(RunConfig(data=named, test_share=0.3)), 0).plot()
    texts = [figure.layout.xaxis.title.text, figure.layout.yaxis.title.text]
    for trace in figure.data:
        if trace.meta:
            texts += [
                trace.name,
                trace.hovertemplate.replace("%{x:.2f}", "").replace("%{y:.2f}", ""),
            ]
    assert "&lt;=50K" in texts
    assert [text for text in texts if any(sign in text for sign in TEMPLATES)] == []
