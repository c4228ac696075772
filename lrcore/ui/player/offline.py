"""A run as one file that replays it with this player: offline, from the disk, on a phone."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import replace
from html import escape
from pathlib import Path, PurePosixPath
from posixpath import normpath

from lrcore.training import Run
from lrcore.ui.player.protocol import Answer, Ghost, LimitWords, State, Version
from lrcore.ui.player.scene import packed_rows, scene_of
from lrcore.ui.player.styles import styles
from lrcore.ui.player.words import began, ending_sentence, marks
from lrcore.ui.server.files import player_files, plotly_alone

_HERE = Path(__file__).parent
_IMPORT = re.compile(r'(from|import) "(\.{1,2}/[^"]+)"')


def page(
    run: Run, until: int | None = None, address: str = "", ghosts: Sequence[Ghost] = ()
) -> str:
    """An HTML page that plays a run up to a moment; most of its 5 MB are Plotly.

    Args:
        until: the last moment; that of the record if left out.
        address: of the live page, to come back to.
        ghosts: the runs that are pinned.
    """
    recorded = _recorded(run, len(run) - 1 if until is None else until)
    answer = json.dumps(replace(recorded, ghosts=tuple(ghosts)).message())
    parts = {
        "title": escape(f"{run.config.data.title}, {run.config.optimizer.title}"),
        "address": escape(address, quote=True),
        "styles": styles(),
        "stage": (_HERE / "stage.html").read_text("utf-8"),
        "plotly": plotly_alone().replace("</script", r"<\/script"),
        "modules": json.dumps({"imports": _modules()}),
        # "<" would end the element that holds it.
        "answer": answer.replace("<", r"\u003c"),
    }
    text = (_HERE / "offline.html").read_text("utf-8")
    return re.sub(r"\{\{(\w+)\}\}", lambda found: parts[found[1]], text)


def _recorded(run: Run, until: int) -> Answer:
    """All that a player ever asks for, in one answer."""
    is_whole = until == len(run) - 1
    state = State(
        ended=True,
        sentence=(ending_sentence(run) if is_whole else "") or "The recording ends here.",
        passed=run.passed if is_whole else None,
        since=began(run) if is_whole else None,
        problem=None,
        waiting=False,
        target=run.config.target_accuracy,
        limits=LimitWords(),
        story="",
        again="",
        undo=False,
    )
    return Answer(
        seq=0,
        version=Version(run=1, film=1),
        at=0,
        first=0,
        rows=packed_rows(run, 0, until + 1),
        state=state,
        marks=tuple(mark for mark in marks(run) if mark.iteration <= until),
        done=0,
        got={},
        scene=replace(scene_of(run), placing=False),
    )


def _modules() -> dict[str, str]:
    """The player's modules by names that do not depend on a place, each with its own address."""
    return {
        f"lrcore/{name}": "data:text/javascript;base64,"
        + b64encode(_renamed(name, path.read_text("utf-8")).encode()).decode()
        for name, path in player_files().items()
    }


def _renamed(name: str, module: str) -> str:
    """A module whose imports have the names of `_modules`."""
    folder = PurePosixPath("/", name).parent

    def rename(found: re.Match[str]) -> str:
        return f'{found[1]} "lrcore{normpath(folder / found[2])}"'

    return _IMPORT.sub(rename, module)
