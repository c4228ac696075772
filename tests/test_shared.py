"""Time and memory, which the pages of one server share."""

from __future__ import annotations

import gc
import time
import weakref
from threading import Thread

import pytest

from lrcore import LBFGS, Blobs, RunConfig
from lrcore.limits import limits_of
from lrcore.training import Run
from lrcore.ui.player import film as film_module
from lrcore.ui.player.answers import respond
from lrcore.ui.player.film import Film
from lrcore.ui.player.protocol import Request
from lrcore.ui.shared import Shared

SMALL = RunConfig(target_accuracy=1.0, max_iterations=1_000_000)
LARGE = RunConfig(data=Blobs(samples_per_class=50_000), target_accuracy=1.0)


def test_pages_take_turns_and_know_of_each_other() -> None:
    shared, order = Shared(), []

    def page(name: int) -> None:
        with shared.turn() as pages:
            order.append((name, pages))
            time.sleep(0.02)
            order.append((name, 0))

    threads = [Thread(target=page, args=(name,)) for name in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # Each ends before the next begins.
    assert [first for first, _ in order[::2]] == [second for second, _ in order[1::2]]
    assert max(pages for _, pages in order) > 1
    with shared.turn() as pages:
        assert pages == 1


def test_nobody_waits_long_for_a_page_that_takes_long() -> None:
    shared = Shared()
    with shared.turn():
        started = time.monotonic()
        thread = Thread(target=lambda: shared.turn().__enter__())
        thread.start()
        thread.join()
        assert time.monotonic() - started < 1


def test_pages_that_wait_share_the_time_to_train(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(film_module, "_SECONDS_PER_ANSWER", 3.0)
    film = Film(SMALL)
    film.take(Request(knows=respond(film).version, playing=True, rows=(120, 1_000_000)))
    lengths = [len(film.run)]
    for pages in (1, 50):
        respond(film, pages)
        lengths.append(len(film.run))
    alone, in_company = lengths[1] - lengths[0], lengths[2] - lengths[1]
    assert 0 < in_company < alone / 4


def test_memory_of_a_run_counts_what_it_keeps() -> None:
    run = Run(LARGE)
    assert run.nbytes > 100_000 * (3 + 3) * 4
    small = Run(RunConfig(optimizer=LBFGS(), target_accuracy=1.0, max_iterations=1_000_000))
    before = small.nbytes
    small.extend(60, 20_000)
    assert before < small.nbytes < 40_000_000


def test_the_page_that_takes_most_may_not_grow_when_memory_is_full() -> None:
    shared = Shared(most_bytes=2_000_000)
    large, small = Film(LARGE), Film(SMALL)
    for film in (large, small):
        shared.admit(film)
    assert shared.complaint(small) == ""
    said = shared.complaint(large)
    assert said.startswith("The memory for all pages of this server is full: 2 of them hold 0.0 GB")
    length = len(large.run)
    answer = respond(large, complaint=said)
    assert answer.state.problem == said
    assert len(large.run) == length
    large.set(SMALL)
    assert shared.complaint(large) == ""


def test_what_nobody_looks_at_any_more_is_freed() -> None:
    shared, film = Shared(), Film(LARGE)
    shared.admit(film)
    limits_of(film.run)
    respond(film)
    run, whole = weakref.ref(film.run), weakref.ref(film)
    film.set(SMALL)
    assert _is_freed(run)
    del film
    assert _is_freed(whole)


def _is_freed(reference: weakref.ref[object]) -> bool:
    """Also once what was computed beside it has come to its end."""
    deadline = time.monotonic() + 20
    while reference() is not None and time.monotonic() < deadline:
        gc.collect()
        time.sleep(0.05)
    return reference() is None
