"""What the coach says of the moment at which a page rests."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as StillComputingError
from weakref import ref

from lrcore.coach import Advice, Try, advise
from lrcore.training import FIXED_IN_A_RUN, Run
from lrcore.ui.player.atlas import Atlas, Coached
from lrcore.ui.player.protocol import LATER, Later, Numbers
from lrcore.ui.player.view_data import Coaching
from lrcore.ui.player.words import differences

_SECONDS_TO_WAIT = 0.03
_LOG = logging.getLogger(__name__)
# One at a time: playing goes on beside it. As for limits, torch must not outlive Python.
_POOL = ThreadPoolExecutor(max_workers=1, thread_name_prefix="coach")


def coach(atlas: Atlas, numbers: Numbers) -> Coaching | Later | None:
    """What is certain of a moment, found in the background; None where nothing is.

    Args:
        numbers: the moment, and others that make each look another one.
    """
    moment = int(numbers[0]) if numbers else -1
    if not 0 <= moment < len(atlas.run):
        return None
    if not atlas.limits.is_known:
        return LATER
    key = _key(atlas.run, moment)
    if atlas.coached is None or atlas.coached.key != key:
        atlas.coached = Coached(key, _POOL.submit(_advised, ref(atlas), moment))
    try:
        advice = atlas.coached.advice.result(_SECONDS_TO_WAIT)
    except StillComputingError:
        return LATER
    except (RuntimeError, MemoryError):  # too little memory, for example: the coach is silent then
        _LOG.exception("The coach could not look at a run.")
        return None
    return None if advice is None else _told(atlas.run, moment, advice, numbers)


def offered(atlas: Atlas, moment: int) -> Try | None:
    """What the coach has said that one could try at a moment of the run as it is."""
    coached = atlas.coached
    if coached is None or coached.key != _key(atlas.run, moment) or not coached.advice.done():
        return None
    advice = None if coached.advice.exception() else coached.advice.result()
    return None if advice is None else advice.attempt


def _key(run: Run, moment: int) -> object:
    """What the advice depends on: moments of the past change with the segments alone."""
    return moment, run.segments, run.status


def _advised(of_page: ref[Atlas], moment: int) -> Advice | None:
    atlas = of_page()
    return None if atlas is None else advise(atlas.run, moment, atlas.limits.found)


def _told(run: Run, moment: int, advice: Advice, question: Numbers) -> Coaching:
    label, sets, at = "", "", 0
    if advice.attempt is not None:
        label, at, config = advice.attempt.label, advice.attempt.at, advice.attempt.config
        is_new = any(getattr(config, name) != getattr(run.config, name) for name in FIXED_IN_A_RUN)
        where = "In a new run" if is_new else f"From iteration {at} on"
        sets = f"{where}: {differences(run.in_force(moment), config)}"
    return Coaching(question, advice.sentence, advice.show, label, sets, at)
