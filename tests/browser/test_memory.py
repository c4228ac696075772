"""memory.js: what the address says of the player, on a history that the test reads."""

from __future__ import annotations

from tests.browser.conftest import OpenModule
from tests.browser.javascript import Plain

_RUN = """({ Memory }, search, kept, calls) => {
    const made = [];
    const [origin, pathname] = ["http://here", "/"];
    const location = { origin, pathname, search, href: `${origin}/${search}` };
    const go = (kind) => (state, title, address) => {
        made.push([kind, address]);
        const { search: now, href, pathname } = new URL(address, location.href);
        Object.assign(location, { search: now, href, pathname });
    };
    // A browser has these two in the prototype of its history.
    const history = Object.create({ pushState: go("push"), replaceState: go("replace") });
    const sessionStorage = { getItem: () => kept, setItem: (key, said) => { kept = said; } };
    const body = document.createElement("body");
    body.innerHTML = '<a href="/autograd"></a><a href="#"></a><a href="/run.csv" download></a>';
    body.addEventListener("click", (event) => event.preventDefault());
    const memory = new Memory({ location, history, sessionStorage, document: body });
    memory.follow = (which) => body.children[which].click();
    const begins = [memory.speed, memory.playing, memory.told.changes];
    const found = calls.map(([name, ...given]) => {
        const owner = name in memory ? memory : history;
        return owner[name](...given) ?? null;
    });
    return { begins, made, found, search: location.search, kept: JSON.parse(kept) };
}"""


def kept(js: OpenModule, search: str, *calls: Plain, before: str = "null") -> dict[str, Plain]:
    return js("memory.js").run(_RUN, search, before, list(calls))


def told_of(changes: str = "", pins: str = "", **settings: str) -> Plain:
    return {"changes": changes, "pins": pins, "settings": {**settings}}


def test_what_one_stage_leaves_the_next_takes_once(js: OpenModule) -> None:
    left = {"film": 1, "commands": []}
    assert kept(js, "", ["leave", left], ["takeLeft"], ["takeLeft"])["found"][1:] == [left, {}]
    assert kept(js, "", ["takeLeft"], before="someone else's")["found"] == [{}]


def test_settings_that_python_has_set_are_not_lost(js: OpenModule) -> None:
    """Streamlit may lose those of controls that it draws for the first time; what stands there is
    the user's."""
    lent = ["takeTold", told_of(lr="0.3", momentum="0.5")]
    found = kept(js, "?momentum=0.7", lent, ["address", 9, 60])
    assert found["search"] == "?momentum=0.7&lr=0.3"
    assert found["found"][-1] == "http://here/?momentum=0.7&lr=0.3&at=9"
    back = ["takeTold", told_of(momentum="0.5")]
    assert kept(js, "?momentum=0.7", lent, back)["search"] == "?momentum=0.7"
    assert kept(js, "?momentum=0.7", ["takeTold", told_of()])["search"] == "?momentum=0.7"


def test_the_address_of_a_moment_leaves_the_page_as_it_is(js: OpenModule) -> None:
    found = kept(js, "?lr=0.5&at=7&changes=1%3Alr%3D0.1", ["address", 30, 120], ["address", 0, 60])
    assert found["found"] == [
        "http://here/?lr=0.5&at=30&changes=1:lr=0.1&speed=120",
        "http://here/?lr=0.5&changes=1:lr=0.1",
    ]
    assert found["made"] == []
    assert kept(js, "", ["address", 0, "max"])["found"] == ["http://here/?speed=max"]
    assert kept(js, "", ["address", 0, 60])["found"] == ["http://here/"]


def test_an_address_that_says_so_already_is_left_alone(js: OpenModule) -> None:
    search = "?at=7&changes=1%3Alr%3D0.1%3B2%3Alr%3D1&speed=max"
    found = kept(
        js,
        search,
        ["takeTold", told_of("1:lr=0.1;2:lr=1")],
        ["keep", 7, "max", False],
    )
    assert found["made"] == []


def test_changes_stand_in_the_address_at_once_and_go_with_the_run(js: OpenModule) -> None:
    told, nothing = told_of("0:lr=0.1;2:lr=1", "0~0:optimizer=Adam"), told_of()
    found = kept(js, "?lr=1", ["takeTold", told], ["takeTold", nothing])
    assert found["made"] == [
        ["replace", "http://here/?lr=1&changes=0:lr=0.1;2:lr=1&pins=0~0:optimizer=Adam"],
        ["replace", "http://here/?lr=1"],
    ]


def test_a_tab_keeps_its_speed_and_whether_it_plays(js: OpenModule) -> None:
    said = kept(js, "?lr=1&at=9&speed=2", ["keep", 12, 300, True])
    assert said["search"] == "?lr=1&at=12&speed=300"
    before = '{"settings": "lr=1", "playing": true, "speed": "300"}'
    assert said["kept"] == {"settings": "lr=1", "playing": True, "speed": "300"}
    assert kept(js, "?lr=1", before=before)["begins"] == ["300", True, ""]
    assert kept(js, "?lr=2&speed=max", before=before)["begins"] == ["max", False, ""]
    for speed in ("7", "-1", "NaN", "<b>", ""):
        assert kept(js, f"?speed={speed}")["begins"][0] == "60"
    assert kept(js, "", before='{"speed": 5}')["begins"][0] == "60"


def test_choices_of_views_go_with_the_address_and_stay_in_the_tab(js: OpenModule) -> None:
    said = kept(
        js, "?lr=1&t=0.3&view=old", ["choose", "view", "sigmoid"], ["address", 0, 60],
        ["choose", "t", "0.2"], ["keep", 0, 60, False],
    )  # fmt: skip
    assert said["found"][1] == "http://here/?lr=1&view=sigmoid"
    assert said["search"] == "?lr=1&t=0.2&view=sigmoid"
    assert said["kept"] == {
        "settings": "lr=1", "playing": False, "speed": "60", "view": "sigmoid", "t": "0.2",
    }  # fmt: skip
    gone = kept(js, "?view=sigmoid", ["choose", "view", ""], ["keep", 0, 60, False])
    assert gone["search"] == ""


def test_a_choice_of_the_link_stays_in_it(js: OpenModule) -> None:
    found = js("memory.js").run(
        """({ Memory }, address) => {
          let now = address;
          const replaceState = (state, title, to) => { now = to; };
          const history = Object.create({ pushState() {}, replaceState });
          const sessionStorage = { getItem: () => null, setItem() {} };
          const memory = new Memory({ location: new URL(address), history, sessionStorage });
          const found = ["t", "axis"].map((key) => memory.chosen(key, (text) => text !== "no"));
          memory.keep(3, 60, false);
          return [found, now];
        }""",
        "http://here/?lr=1&t=0.3&axis=no",
    )
    assert found == [["0.3", None], "http://here/?lr=1&t=0.3&at=3"]


def test_an_address_of_the_same_page_makes_no_entry(js: OpenModule) -> None:
    found = kept(js, "?lr=1", ["pushState", {}, "", "/?lr=2"], ["pushState", {}, "", "/autograd"])
    assert found["made"] == [["replace", "/?lr=2"], ["push", "/autograd"]]


def test_on_the_way_to_another_page_this_one_keeps_its_address(js: OpenModule) -> None:
    """Streamlit may empty the address before it names the page that a link leads to."""
    way = (["follow", 0], ["pushState", {}, "", "/"], ["pushState", {}, "", "/autograd"])
    there = ["pushState", {}, "", "/autograd?g_w=2"]
    made = kept(js, "?lr=1", *way, there)["made"]
    assert made == [["push", "/autograd"], ["replace", "/autograd?g_w=2"]]
    for elsewhere in (1, 2):  # on this page, and a file
        made = kept(js, "?lr=1", ["follow", elsewhere], ["pushState", {}, "", "/"])["made"]
        assert made == [["replace", "/"]]


def test_a_link_is_read_as_from_the_first_page(js: OpenModule) -> None:
    away = js("memory.js").run(
        """async (module, hrefs) => {
          const { leadsAway } = await import("/entries.js");
          const before = location.href;
          history.pushState(null, "", "/autograd");
          const away = hrefs.map((href) => {
            const way = document.createElement("a");
            way.setAttribute("href", href);
            return leadsAway(way, {});
          });
          history.pushState(null, "", before);
          return away;
        }""",
        ["", "?lr=1", "./?lr=1", "stories", "autograd", "autograd?ex=1", "#main", "http://other/"],
    )
    assert away == [True, True, True, True, False, False, False, False]
