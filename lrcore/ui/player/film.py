"""Which run a page shows, where it branches, and the answers to its player."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

from lrcore.training import (
    FIXED_IN_A_RUN,
    Planned,
    Run,
    RunConfig,
    Segment,
    Status,
    TrainingError,
    ending_in,
)
from lrcore.ui.player.atlas import Atlas
from lrcore.ui.player.ghosts import Ghosts
from lrcore.ui.player.limits import LimitsOfRun
from lrcore.ui.player.protocol import FIRST_ROWS, Request, Version
from lrcore.ui.player.question import Question
from lrcore.ui.player.race import Raced, order, ready_runs
from lrcore.ui.player.words import left_out_sentence

_SECONDS_PER_ANSWER = 0.1


class _Before(NamedTuple):
    """What a drag of the boundary has replaced: a run, its settings, and its playhead."""

    run: Run
    wanted: RunConfig
    at: int


class Film:
    """The run of one browser page, and what it takes to answer its player.

    A change of settings applies at the playhead. Where Python knows the playhead, because the page
    is paused or has just told it, the run branches at once; else the answer says that a change is
    waiting, and the player's next question tells where.

    A run from a link may bring changes with it: they are made once training has come to them.

    Args:
        config: the settings of the first run.
        changes: what else is to hold from which iteration on, rising.
        at: the moment that the player is to show first.
        number: tells it from the film of another session: a player may outlive its server.

    Attributes:
        wanted: the settings that the controls say; the run has them once it has branched.
        left_out: what is to be said of changes that the run did not live to see.
        done: number of the last command that was carried out.
        atlas: what is known of the run.
        ghosts: the runs that are pinned.
    """

    def __init__(
        self,
        config: RunConfig,
        clock: Callable[[], float] = time.monotonic,
        *,
        changes: Sequence[Segment] = (),
        at: int = 0,
        number: int = 0,
    ) -> None:
        self.wanted = changes[-1].config if changes else config
        self.left_out = ""
        self.done = 0
        self.ghosts = Ghosts()
        self._race = Raced(None, ())
        self._question = Question(at, clock)
        self._number, self._run_number, self._config_number = number, 0, 0
        self._before: _Before | None = None
        self._show(Run(config), changes, at)

    def _show(self, run: Run, changes: Sequence[Segment] = (), at: int = 0) -> None:
        self._plan = Planned(run, changes)
        self._starts_at = at
        self._before = None
        self.atlas = Atlas(run, self.ghosts)
        self._run_number += 1
        self._back_to: int | None = None

    @property
    def run(self) -> Run:
        """The present run."""
        return self._plan.run

    @property
    def request(self) -> Request:
        """The question of the player."""
        return self._question.request

    @property
    def limits(self) -> LimitsOfRun:
        """What accuracy is possible."""
        return self.atlas.limits

    @property
    def segments(self) -> tuple[Segment, ...]:
        """Which settings hold from which iteration on, those included that are yet to come."""
        return self._plan.segments

    @property
    def nbytes(self) -> int:
        """What the page's runs take, those included that are pinned or can be brought back."""
        before = self._before.run.nbytes if self._before else 0
        return self.run.nbytes + before + self.ghosts.nbytes

    @property
    def is_known(self) -> bool:
        """Whether the player has the present run."""
        knows = self.request.knows
        return (knows.run, knows.film) == (self._run_number, self._number)

    @property
    def known_ghosts(self) -> dict[int, int]:
        """How many moments the player has of each ghost: those of another film are others."""
        is_ours = self.request.knows.film == self._number
        return dict(self.request.ghosts) if is_ours else {}

    @property
    def version(self) -> Version:
        """What a player has that knows everything."""
        branches = len(self._plan.branched_at)
        return Version(self._run_number, branches, self._config_number, self._number)

    @property
    def at(self) -> int:
        """The playhead, as far as the run has come."""
        at = self._starts_at if self._is_of_before(self.request) else self._question.at
        return min(at, len(self.run) - 1)

    @property
    def shown_at(self) -> int:
        """The moment that the player shows, or is to show once it has been trained."""
        if self._is_of_before(self.request):
            return self._starts_at
        return self.at if self.request.knows.run else self.request.at

    def _is_of_before(self, request: Request) -> bool:
        """Whether a player has asked that shows another run yet; it may ask so more than once."""
        return request.knows.run not in (0, self._run_number)

    def set(self, config: RunConfig) -> None:
        """Take settings from the controls; other data or initial weights start a new run.

        Changes of a link that are yet to come are no more: these settings come before them.

        Raises:
            TrainingError: the new run cannot start; the present one goes on.
        """
        if config == self.wanted:
            return
        present = self.run.config
        if any(getattr(config, name) != getattr(present, name) for name in FIXED_IN_A_RUN):
            self._show(Run(config))
            self._question.put(0)  # a player that has just come says no more
        self.wanted = config
        self._plan.to_come.clear()
        self._config_number += 1

    def start_from(self, weights: tuple[float, ...]) -> None:
        """Start again from where the boundary was dragged to, the bias last; `undo` takes it back.

        Raises:
            TrainingError: the new run cannot start; the present one goes on.
        """
        before = _Before(self.run, self.wanted, self.at)
        self.set(replace(self.wanted, initial_weights=weights))
        if self.run is not before.run:
            self._before = before

    def open(self, segments: Sequence[Segment], at: int = 0) -> None:
        """Show another run, with the changes that are to come, from a moment on.

        Raises:
            TrainingError: it cannot start; the present one goes on.
        """
        self._bring(Run(segments[0].config), segments[-1].config, at, segments[1:])

    def begin_with(self, config: RunConfig) -> None:
        """Start again under these settings, which then hold from the start of the run.

        Raises:
            TrainingError: the new run cannot start; the present one goes on.
        """
        self.set(config)
        self.restart()

    def branch(self, at: int, config: RunConfig) -> None:
        """Go back to a recorded moment, and on from there under these settings; a new run starts
        where they are others of those that are fixed in a run.

        Raises:
            TrainingError: the new run cannot start; the present one goes on.
        """
        before = self.run
        self.set(config)
        if self.run is before:
            self._back_to = at

    def race(self, card: int) -> None:
        """Show the slowest run of a race that is ready, with the others as its ghosts."""
        runs = ready_runs(self.atlas, card)
        if not runs:
            return
        *others, slowest = runs
        self.ghosts.clear()
        for run in others:
            self.ghosts.add(Planned(run))
        self._bring(slowest, slowest.config, at=0)
        self._race = Raced(self._runs, order([*others, slowest]))

    @property
    def _runs(self) -> object:
        """Which runs are shown, and under which settings."""
        return self.segments, self.ghosts.numbers

    def undo(self) -> None:
        """Bring back the run that a drag has replaced, at its moment."""
        before = self._before
        if before is None:
            return
        self._bring(before.run, before.wanted, before.at)

    def _bring(self, run: Run, wanted: RunConfig, at: int, changes: Sequence[Segment] = ()) -> None:
        """Show another run from there on; the player has yet to hear of it."""
        self._show(run, changes, at)
        self.wanted = wanted
        self._config_number += 1
        self._question.put(at)

    def pin(self) -> None:
        """Keep the present run as a ghost.

        Raises:
            TrainingError: it cannot start.
        """
        self.ghosts.pin(self.segments)

    def take(self, request: Request) -> None:
        """Take a question; `respond` answers it, as often as the page is drawn."""
        self._question.take(request)

    def restart(self) -> None:
        """Go back to the start under the present settings alone, with the next answer."""
        changed = len(self.segments) > 1 or self.run.config != self.wanted
        self._back_to = 0 if changed else None
        self._plan.to_come.clear()

    def go_on(self, pages: int = 1, complaint: str = "") -> str | None:
        """Train as far as the present question asks.

        Args:
            pages: how many wait for an answer; they share the time.
            complaint: why the run may not grow, if so.

        Returns:
            What kept it from that, or None.
        """
        problem = complaint or None
        until = self.request.rows[1] if self.is_known else self.shown_at + FIRST_ROWS
        try:
            branch = self._branch_point()
            if branch is not None:
                self._plan.branch(branch, self.wanted)
                self._back_to = None
                until = max(until, branch + FIRST_ROWS)
            if not self.is_waiting and not complaint:
                seconds = _SECONDS_PER_ANSWER / pages / (2 if len(self.ghosts) else 1)
                self._plan.extend(seconds, until)
                self._leave_out()
                self.ghosts.extend(seconds, self.run, self.request.axis)
        except TrainingError as error:
            problem = f"{error}. The run is kept; change a setting or press play to try again."
        if self.limits.measured_on != self.run.config.target_on:
            self.atlas.limits = LimitsOfRun(self.run)
        return problem

    @property
    def is_waiting(self) -> bool:
        """Whether the run has yet to branch at the playhead."""
        changed = not self._plan.to_come and self.run.config != self.wanted
        return self._back_to is not None or (changed and not self._is_over)

    @property
    def is_settled(self) -> bool:
        """Whether the run has all changes that were made, or can take no more."""
        return not (self.is_waiting or self._plan.to_come)

    @property
    def can_undo(self) -> bool:
        """Whether there is a run to bring back."""
        return self._before is not None

    @property
    def race_order(self) -> tuple[str, ...]:
        """Along each axis, the order of a race, for as long as its runs are shown."""
        return self._race.order if self._race.runs == self._runs else ()

    @property
    def first_new(self) -> int:
        """The first moment that the player lacks, or has from before a branch."""
        unseen = self._plan.branched_at[self.request.knows.branch :] if self.is_known else [0]
        return min([self.request.rows[0], len(self.run), *unseen])

    @property
    def _is_over(self) -> bool:
        """Whether the player rests where the run has ended, and where the settings would end it."""
        last = len(self.run) - 1
        ended = self.run.status is not Status.RUNNING and self.at == last
        return ended and ending_in(self.run.columns(last), self.wanted) is not None

    def _branch_point(self) -> int | None:
        """Where the run branches now; None if nothing has changed or the playhead is not known."""
        if not self.is_waiting:
            return None
        if self._back_to is not None:
            return self._back_to
        return self.at if self._question.tells_where(self._config_number) else None

    def _leave_out(self) -> None:
        """Go without changes that lie beyond the end of the run."""
        if not (self._plan.has_ended and self._plan.to_come):
            return
        starts = [change.start for change in self._plan.to_come]
        self.left_out = left_out_sentence(starts, len(self.run) - 1)
        self._plan.to_come.clear()
        self.wanted = self.run.config
