"""The pinned runs of a page in its link: `pins=0:lr=0.1~0:optimizer=Adam;137:Adam_lr=1`.

Each run stands there as those changes that lead from the settings of the address to its own, see
`changes`; at 0 any setting may be named. Runs on other points of one's own are not in a link.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lrcore.data import DataError
from lrcore.settings import SettingsError, Value
from lrcore.training import RunConfig, Segment
from lrcore.ui.changes import changeable, changed_by, entries_of, said_by, value_of, written
from lrcore.ui.controls import WEIGHTS, controls_by_key, read
from lrcore.ui.own_data import OWN_DATA
from lrcore.ui.player.ghosts import MOST_GHOSTS

# The key of the pins in a link.
PINS = "pins"
_MOST_SIGNS = 4_000
_BETWEEN = "~"
_SAME = "0"  # a run with the settings of the address


def pins_text(pins: Sequence[Sequence[Segment]], shown: RunConfig) -> str:
    """The pinned runs as a link names them.

    Args:
        pins: which settings each has from which iteration on.
        shown: the settings that the address says.
    """
    controls = controls_by_key() if pins else {}  # each answer to a player asks
    text = ""
    for segments in pins:
        data = segments[0].config.data
        if data.name in OWN_DATA and data != shown.data:
            continue
        one = written(segments, shown, controls) or _SAME
        if len(text) + len(one) < _MOST_SIGNS:
            text += f"{_BETWEEN}{one}" if text else one
    return text


def pins_of(config: RunConfig, text: str) -> list[tuple[Segment, ...]]:
    """The pinned runs that an address describes.

    Args:
        config: the settings of the address.
        text: as `pins_text` gives it; empty for none.

    Raises:
        SettingsError: the text does not say runs.
    """
    parts = text.split(_BETWEEN) if text else []
    if len(text) > _MOST_SIGNS or len(parts) > MOST_GHOSTS:
        raise SettingsError(PINS, f"at most {MOST_GHOSTS} runs in {_MOST_SIGNS:,} signs", text[:60])
    return [_run(config, part) for part in parts]


def _run(config: RunConfig, entries: str) -> tuple[Segment, ...]:
    at_start, later = controls_by_key(), changeable()
    values = said_by(at_start, config)
    found = [Segment(0, config)]
    for iteration, settings in () if entries == _SAME else entries_of(entries):
        for key, said in settings.items():
            controls = later if iteration else at_start
            text = said.replace(" ", ",") if key == WEIGHTS.key else said
            values[key] = value_of(controls, key, text, iteration)
        if iteration == 0:
            found = [Segment(0, _read(values))]
        else:
            found.append(Segment(iteration, changed_by(found[-1].config, values)))
    return tuple(found)


def _read(values: Mapping[str, Value]) -> RunConfig:
    try:
        return read(values)
    except DataError as error:
        raise SettingsError(PINS, "runs on data that there are", str(error)) from error
