"""The changes of a run in its link: `changes=100:lr=0.15,zero_grad=false;250:optimizer=Adam`.

A run starts with the settings of the address. From the iteration of an entry on, its settings hold
as well, named as they are elsewhere in links. The controls of a page, and with them its address,
say the settings of now; an entry at 0 tells what they were at the start, where that is something
else. The address as a whole so describes the run exactly.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from lrcore.settings import SettingsError, Value, described
from lrcore.training import FIXED_IN_A_RUN, RunConfig, Segment
from lrcore.ui.controls import (
    GROUPS,
    Control,
    as_text,
    controls_by_key,
    parsed,
    read_entry,
    values_of,
)

# The key of the changes in a link.
CHANGES = "changes"
_LAST = 1_000_000
# Far more than a lecture makes; an address must stay one that can be sent.
_MOST_CHANGES = 1_000
_MOST_SIGNS = 20_000
_EXPECTED = (
    "entries such as 100:lr=0.15 with semicolons between them, "
    f"at rising iterations from 0 to {_LAST:,}"
)


def changeable() -> dict[str, Control]:
    """The controls of settings that can change within a run, by key."""
    names = [name for name, _ in described(RunConfig) if name not in FIXED_IN_A_RUN]
    for group in GROUPS:
        if group.key not in FIXED_IN_A_RUN:
            names.append(group.key)
            for entry in group.registry:
                names += [control.key for control in group.entry_controls(entry)]
    found = controls_by_key()
    return {name: found[name] for name in names}


def segments_of(config: RunConfig, text: str) -> tuple[Segment, ...]:
    """The run that an address describes.

    Args:
        config: the settings of the address.
        text: the changes that it names; empty for none.

    Returns:
        Which settings hold from which iteration on, the first from 0.

    Raises:
        SettingsError: the text does not say changes that a run can take.
    """
    controls = changeable()
    values = said_by(controls, config)
    found = [Segment(0, config)]
    for iteration, settings in entries_of(text) if text else ():
        for key, said in settings.items():
            values[key] = value_of(controls, key, said, iteration)
        config = changed_by(config, values)
        if iteration == 0:
            found = [Segment(0, config)]
        elif config != found[-1].config:
            found.append(Segment(iteration, config))
    return tuple(found)


def text_of(segments: Sequence[Segment], shown: RunConfig) -> str:
    """The changes of a run as its link names them; empty where there are too many for a link.

    Args:
        segments: which settings hold from which iteration on, the first from 0.
        shown: the settings that the address says.
    """
    if [segment.config for segment in segments] == [shown]:
        return ""  # as most often: each answer to a player asks
    if len(segments) > _MOST_CHANGES:
        return ""
    text = written(segments, shown, changeable())
    return text if len(text) <= _MOST_SIGNS else ""


def written(segments: Sequence[Segment], shown: RunConfig, controls: Mapping[str, Control]) -> str:
    """The entries that lead from the settings `shown` to those of a run."""
    before = said_by(controls, shown)
    entries = []
    for start, config in ((segment.start, segment.config) for segment in segments):
        now = said_by(controls, config, before)
        said = [
            # A comma would end the entry; of all values, typed weights alone have some.
            f"{key}={as_text(controls[key].spec, value).replace(',', ' ')}"
            for key, value in now.items()
            if value != before[key]
        ]
        if said:
            entries.append(f"{start}:{','.join(said)}")
        before = now
    return ";".join(entries)


def said_by(
    controls: Mapping[str, Control], config: RunConfig, before: Mapping[str, Value] | None = None
) -> dict[str, Value]:
    """What each of the controls says of `config`; one that says nothing of it stays as it was
    before, or at its default."""
    said = values_of(config)
    if before is None:
        before = {key: control.default for key, control in controls.items()}
    return {key: said.get(key, before[key]) for key in controls}


def entries_of(text: str) -> Iterator[tuple[int, Mapping[str, str]]]:
    """The iterations of a text and the settings at each, rising; as they stand there."""
    parts = text.split(";")
    if len(text) > _MOST_SIGNS or len(parts) > _MOST_CHANGES:
        raise SettingsError(CHANGES, f"at most {_MOST_CHANGES} entries", text[:60])
    last = -1
    for part in parts:
        start, colon, rest = part.partition(":")
        settings = dict(item.partition("=")[::2] for item in rest.split(","))
        if not (colon and start.isascii() and start.isdigit() and all(settings)):
            raise SettingsError(CHANGES, _EXPECTED, part[:60])
        iteration = int(start) if len(start) <= len(str(_LAST)) else _LAST + 1
        if not last < iteration <= _LAST:
            raise SettingsError(CHANGES, _EXPECTED, part[:60])
        last = iteration
        yield iteration, settings


def value_of(controls: Mapping[str, Control], key: str, text: str, iteration: int) -> Value:
    """What an entry says of a control."""
    if key not in controls:
        expected = f"settings that can change within a run (at iteration {iteration:,})"
        raise SettingsError(CHANGES, expected, key[:60])
    control = controls[key]
    return parsed(control._replace(key=f"{key} at iteration {iteration:,}"), text)


def changed_by(config: RunConfig, values: Mapping[str, Value]) -> RunConfig:
    """`config` with those settings that can change within a run as the controls say them."""
    changes: dict[str, object] = {
        name: values[name] for name, _ in described(RunConfig) if name in values
    }
    changes |= {group.key: read_entry(group, values) for group in GROUPS if group.key in values}
    return config.changed_within_run(changes)
