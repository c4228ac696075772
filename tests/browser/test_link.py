"""link.js: which questions are asked, and when, on a clock that the test moves."""

from __future__ import annotations

from tests.browser.conftest import OpenModule
from tests.browser.javascript import Plain

_RUN = """async ({ Link }, calls) => {
    const folder = (name) => import(`http://player.test/${name}`);
    const [{ Film }, { Playhead }] = await Promise.all([folder("film.js"), folder("playhead.js")]);
    let now = 0;
    const sent = [];
    const [film, playhead] = [new Film(), new Playhead()];
    const copy = (value) => JSON.parse(JSON.stringify(value));
    let isAtWork = false;
    const send = (request) => sent.push(copy(request));
    const link = new Link(send, film, playhead, () => isAtWork, () => now, 1);
    const answer = (run, first, count, more = {}) => {
        const message = {
            seq: link.seq, version: { run, branch: 0, config: 0, film: 0 }, first,
            rows: btoa("\\0".repeat(4 * 7 * count)), done: 0, got: {}, marks: [], ghosts: [],
            ...more, state: { ended: false, problem: null, ...more.state },
        };
        const isNew = link.receive(message);
        if (isNew.run) film.begin({ terms: ["a", "b"], columns: ["loss", "accuracy"] });
        film.take(message, isNew.branch);
        link.know(message.version);
        return isNew;
    };
    const found = [];
    const steps = {
        link, film, playhead, answer,
        wait: (ms) => { now += ms; },
        work: (whether) => { isAtWork = whether; },
    };
    for (const [path, ...given] of calls) {
        const [owner, name] = path.split(".");
        const result = name ? steps[owner][name](...given) : steps[owner](...given);
        if (owner === "answer") found.push(result);
    }
    return [sent, found];
}"""
OPENED: list[Plain] = [["link.ask", {}], ["answer", 1, 0, 120]]
NEED: list[Plain] = ["link.askIfNeeded", {}]


def sent(js: OpenModule, *calls: Plain) -> list[dict[str, Plain]]:
    """The questions that follow from the calls, without the first one."""
    return js("link.js").run(_RUN, [*OPENED, *calls])[0][1:]


def test_first_question_knows_nothing(js: OpenModule) -> None:
    [question] = js("link.js").run(_RUN, [["link.ask", {}]])[0]
    nothing = {"run": 0, "branch": 0, "config": 0, "film": 0}
    assert (question["seq"], question["knows"], question["at"]) == (1, nothing, 0)


def test_paused_page_asks_for_nothing(js: OpenModule) -> None:
    assert sent(js, *[["wait", 60_000], NEED] * 3) == []


def test_playing_page_asks_when_two_seconds_are_left(js: OpenModule) -> None:
    play: list[Plain] = [["playhead.tick", 0, 400, False], ["playhead.play", 400, False]]
    assert sent(js, ["answer", 1, 120, 280], *play, NEED) == []
    [question] = sent(
        js, ["answer", 1, 120, 280], *play, *[["playhead.tick", 250, 400, False]] * 20, NEED, NEED
    )
    at = 20 * 15
    assert question["rows"] == [400, at + 240]
    assert (question["at"], question["playing"], question["speed"]) == (at, True, 60)


def test_one_question_at_a_time_and_again_when_it_is_lost(js: OpenModule) -> None:
    calls: list[Plain] = [["playhead.play", 120, False], NEED, ["wait", 1500], NEED, NEED]
    assert len(sent(js, *calls)) == 1
    first, second = sent(js, *calls, ["wait", 1], NEED)
    assert second == first | {"seq": first["seq"] + 1}


def test_a_busy_server_is_asked_again_later_and_later(js: OpenModule) -> None:
    """Each question breaks off what Streamlit does for the one before: it would never be done."""
    seconds: list[Plain] = [["wait", 500], NEED]
    minute = [["playhead.play", 120, False], NEED, *seconds * 120]
    assert len(sent(js, *minute)) == 6  # at 0, 2, 5.5, 12, 24.5 and 49 seconds
    at_work = [["work", True], *minute]
    assert len(sent(js, *at_work)) == 3  # it may hang all the same
    back: list[Plain] = [*seconds * 9, ["work", False], NEED]  # as after a dropped connection
    assert len(sent(js, *at_work, *back)) == 4
    assert len(sent(js, *at_work, *back, ["wait", 3100], NEED)) == 5

    slow: list[Plain] = [["wait", 4000], ["answer", 1, 120, 0], NEED]
    opened: list[Plain] = [["playhead.play", 120, False], NEED]
    once, quick = ["wait", 7900], [["wait", 100], ["answer", 1, 120, 0], NEED, ["wait", 1501]]
    for calls, more in (([*slow, once, NEED], 0), ([*slow, *quick, NEED], 2)):
        assert len(sent(js, *opened, *calls)) == 2 + more


def test_a_question_to_a_server_that_is_gone_is_not_waited_for(js: OpenModule) -> None:
    calls: list[Plain] = [["playhead.play", 120, False], NEED]
    other = {"run": 1, "branch": 0, "config": 0, "film": 7}
    answer: list[Plain] = ["answer", 1, 0, 120, {"seq": 0, "version": other}]
    first, second = sent(js, *calls, answer, NEED)
    assert (first["knows"]["film"], second["knows"]) == (0, other)


def test_where_the_playhead_rests_is_told_to_another_server(js: OpenModule) -> None:
    rest: list[Plain] = [["playhead.seek", 50, 120, False], ["playhead.tick", 0, 120, False]]
    tell: list[Plain] = [["link.tellWhereItRests", 150], ["wait", 150], NEED]
    [known] = sent(js, *rest, *tell, ["answer", 1, 120, 0], *tell)
    other = {"run": 1, "branch": 0, "config": 0, "film": 7}
    answer: list[Plain] = ["answer", 1, 0, 120, {"version": other, "at": 30}]
    _, again = sent(js, *rest, *tell, answer, *tell)
    assert (known["at"], again["at"], again["knows"]) == (50, 50, other)
    refused = {"version": other, "state": {"problem": "out of memory"}}
    problem: list[Plain] = ["answer", 1, 120, 0, refused]
    assert len(sent(js, *rest, *tell, answer, problem, *tell)) == 1  # a question would try again


def test_ended_run_and_a_problem_end_the_questions(js: OpenModule) -> None:
    for state in ({"ended": True}, {"problem": "out of memory"}):
        stop: list[Plain] = ["answer", 1, 120, 0, {"state": state}]
        assert sent(js, stop, ["playhead.play", 120, False], NEED) == []


def test_commands_are_numbered_and_come_until_they_are_confirmed(js: OpenModule) -> None:
    place: list[Plain] = ["link.command", "Place", {"points": [[1, 2]]}]
    first, second, third = sent(
        js,
        place,
        ["link.ask", {}],
        ["link.command", "Restart"],
        ["link.ask", {}],
        ["answer", 1, 120, 0, {"done": 1}],
        ["link.ask", {}],
    )
    placed, restart = first["do"][0], second["do"][1]
    assert placed == {"command": "Place", "number": 1, "points": [[1, 2]]}
    assert restart == {"command": "Restart", "number": 2}
    assert (first["do"], second["do"], third["do"]) == ([placed], [placed, restart], [restart])


def test_a_command_that_is_not_carried_out_yet_comes_without_need(js: OpenModule) -> None:
    place: list[Plain] = [["link.command", "Place", {"points": [[1, 2]]}], ["link.ask", {}]]
    rests: list[Plain] = ["answer", 1, 120, 0]
    first, second = sent(js, *place, rests, NEED)
    assert first["do"] == second["do"] != []
    assert len(sent(js, *place, ["answer", 1, 120, 0, {"done": 1}], NEED)) == 1


def test_a_page_does_what_was_left_by_the_one_before_of_the_same_film(js: OpenModule) -> None:
    left = [{"command": "Undo", "number": number} for number in (4, 5)]
    answer: Plain = {"version": {"film": 0}, "done": 4}
    adopt: list[Plain] = [["link.adopt", {"film": 0, "commands": left}, answer], NEED]
    [first] = sent(js, *adopt)
    assert first["do"] == left[1:]
    [_, second] = sent(js, *adopt, ["link.command", "Pin"], ["link.ask", {}])
    assert [one["number"] for one in second["do"]] == [5, 6]
    for other in ({"film": 1, "commands": left}, {}):
        assert sent(js, ["link.adopt", other, answer], NEED) == []


def test_numbers_go_on_where_an_earlier_player_stopped(js: OpenModule) -> None:
    told: list[Plain] = ["answer", 1, 120, 0, {"done": 7}]
    [question] = sent(js, told, ["link.command", "Restart"], ["link.ask", {}])
    assert question["do"][0]["number"] == 8


def test_wish_of_a_view_is_asked_once_whatever_the_answer(js: OpenModule) -> None:
    wish: list[Plain] = ["link.askIfNeeded", {"grid": [0, 1, 2, 3]}]
    other: list[Plain] = ["link.askIfNeeded", {"grid": [0, 1, 2, 4]}]
    answered: list[Plain] = ["answer", 1, 120, 0, {"got": {"grid": None}}]
    questions = sent(js, wish, wish, answered, wish, other)
    assert [question["wants"] for question in questions] == [wish[1], other[1]]


def test_report_tells_the_playhead_even_while_a_question_is_under_way(js: OpenModule) -> None:
    moves: list[Plain] = [["playhead.seek", 30, 120, False], ["playhead.tick", 0, 120, False]]
    [report] = sent(js, *moves, ["link.report", {}])
    assert (report["at"], report["rows"]) == (30, [120, 90])
    assert len(sent(js, *moves, ["link.ask", {}], ["link.report", {}])) == 2


def test_nothing_is_asked_while_the_page_is_left(js: OpenModule) -> None:
    leave: list[Plain] = [["link.leave"], ["link.ask", {}], ["wait", 9999], ["link.ask", {}]]
    assert sent(js, *leave) == []
    assert len(sent(js, *leave, ["wait", 1], ["link.ask", {}])) == 1


def test_question_without_need_comes_when_it_is_due(js: OpenModule) -> None:
    due: list[Plain] = [["link.askIn", 300], ["link.askIn", 900], NEED, ["wait", 299], NEED]
    assert sent(js, *due) == []
    assert len(sent(js, *due, ["wait", 1], NEED, ["answer", 1, 120, 0], ["wait", 900], NEED)) == 1


def test_answer_says_whether_it_brings_another_run_or_branch(js: OpenModule) -> None:
    again: Plain = ["answer", 1, 120, 0]
    branch: Plain = [
        "answer",
        1,
        30,
        20,
        {"version": {"run": 1, "branch": 1, "config": 1, "film": 0}},
    ]
    other: Plain = ["answer", 2, 0, 20]
    found = js("link.js").run(_RUN, [*OPENED, again, branch, again, other])[1]
    seen = [(entry["run"], entry["branch"]) for entry in found]
    assert seen == [(True, True), (False, False), (False, True), (False, True), (True, True)]


def test_forgotten_run_is_asked_for_from_its_start(js: OpenModule) -> None:
    [question] = sent(js, ["link.forget", 70], ["film.forgive"], ["link.ask", {}])
    assert question["knows"] == {"run": 0, "branch": 0, "config": 0, "film": 0}


def test_a_wish_that_is_still_computed_is_asked_again_after_a_while(js: OpenModule) -> None:
    wish: list[Plain] = ["link.askIfNeeded", {"landscape": [1, 2]}]
    later: list[Plain] = ["answer", 1, 120, 0, {"got": {}}]
    assert len(sent(js, wish, later, wish, ["wait", 100], wish)) == 1
    assert len(sent(js, wish, later, ["wait", 200], wish)) == 2
    slow: list[Plain] = [wish, ["wait", 1000], later, ["wait", 900], wish]
    assert len(sent(js, *slow)) == 1  # a busy server has as long a rest as it took
    assert len(sent(js, *slow, ["wait", 100], wish)) == 2
    done: list[Plain] = ["answer", 1, 120, 0, {"got": {"landscape": {}}}]
    assert len(sent(js, wish, later, ["wait", 200], wish, done, ["wait", 900], wish)) == 2


def test_a_question_rests_while_streamlit_works_or_is_away(js: OpenModule) -> None:
    said = js("streamlit.js").run(
        """({ isAtWork }, states) => {
        const app = document.createElement("div");
        const seen = [isAtWork()];
        document.body.append(app);
        for (const [script, connection] of states) {
            Object.assign(app.dataset, {
                testid: "stApp", testScriptState: script, testConnectionState: connection,
            });
            seen.push(isAtWork());
        }
        app.remove();
        return seen;
    }""",
        [["notRunning", "CONNECTED"], ["running", "CONNECTED"], ["notRunning", "CONNECTING"]],
    )
    assert said == [False, False, True, True]
