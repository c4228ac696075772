"""What pinned runs are called: by what makes them others than the page's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lrcore.settings import Value, described
from lrcore.training import RunConfig, Segment

_ENTRIES = ("data", "features", "optimizer")
# Where such a thing differs, its name says enough.
_IN_WORDS = {"initial_weights": "other start", "init_seed": "other start"}
_NOTHING = "same settings"

Plan = Sequence[Segment]


def labels(own: Plan, pins: Sequence[Plan]) -> list[str]:
    """Short names of the page's run and of each pinned one, such as "lr 0.1", "Adam from 137 on".

    They say those of the last settings in which the runs differ.
    """
    said = [_said(plan[-1].config) for plan in (own, *pins)]
    differing = {
        key
        for one in said
        for key in one
        if len({str(other[key]) for other in said if key in other}) > 1
    }
    return [_label(plan, says, differing) for plan, says in zip((own, *pins), said, strict=True)]


def _said(config: RunConfig) -> Mapping[tuple[str, str], Value]:
    """What a run's settings say, by entry and name; settings of the run itself have no entry."""
    found: dict[tuple[str, str], Value] = {
        ("", name): getattr(config, name) for name, _ in described(RunConfig)
    }
    found["", "initial_weights"] = str(config.initial_weights)
    for group in _ENTRIES:
        entry = getattr(config, group)
        found["", group] = entry.title
        found |= {(entry.name, name): getattr(entry, name) for name, _ in described(type(entry))}
    return found


def _label(
    plan: Plan, says: Mapping[tuple[str, str], Value], differing: set[tuple[str, str]]
) -> str:
    parts = [
        _IN_WORDS.get(name) or _words(name, value)
        for (entry, name), value in says.items()
        if (entry, name) in differing
    ]
    label = ", ".join(dict.fromkeys(parts)) or _NOTHING
    return f"{label} from {plan[-1].start:,} on" if len(plan) > 1 else label


def _words(name: str, value: Value) -> str:
    if name in _ENTRIES:
        return str(value)
    if isinstance(value, bool):
        return f"{name} {'on' if value else 'off'}"
    return f"{name} {value:g}" if isinstance(value, float) else f"{name} {value}"
