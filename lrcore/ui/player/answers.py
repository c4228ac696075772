"""What the player of a page is told."""

from __future__ import annotations

from lrcore.stories import sentence_of
from lrcore.training import Status
from lrcore.ui.player.film import Film
from lrcore.ui.player.protocol import LATER, MOST_ROWS, Answer, State
from lrcore.ui.player.scene import packed_rows, scene_of
from lrcore.ui.player.views import VIEWS
from lrcore.ui.player.words import began, differences, ending_sentence, marks


def respond(film: Film, pages: int = 1, complaint: str = "") -> Answer:
    """Train a film as far as its player's question asks, and answer it; see `Film.go_on`."""
    problem = film.go_on(pages, complaint)
    run, request, first = film.run, film.request, film.first_new
    return Answer(
        seq=request.seq,
        version=film.version,
        at=film.shown_at,
        first=first,
        rows=packed_rows(run, first, first + MOST_ROWS),
        state=_state(film, problem),
        marks=marks(run),
        done=film.done,
        got=_got(film) if film.is_known else {},
        scene=None if film.is_known else scene_of(run),
        ghosts=film.ghosts.told(run, film.known_ghosts),
    )


def _state(film: Film, problem: str | None) -> State:
    run = film.run
    return State(
        ended=run.status is not Status.RUNNING,
        sentence=ending_sentence(run),
        passed=run.passed,
        since=began(run),
        problem=problem,
        waiting=film.is_waiting,
        target=run.config.target_accuracy,
        limits=film.limits.words(film.wanted),
        story=sentence_of(film.wanted),
        again=differences(run.config, film.wanted) if film.is_settled else "",
        undo=film.can_undo,
        label=film.ghosts.label_of(run),
        race=film.race_order,
    )


def _got(film: Film) -> dict[str, object]:
    """Answers to what the views want; what no view may ask for is passed over."""
    film.atlas.wanted = film.wanted
    answers = {
        name: VIEWS[name](film.atlas, arguments)
        for name, arguments in film.request.wants.items()
        if name in VIEWS
    }
    return {name: answer for name, answer in answers.items() if answer is not LATER}
