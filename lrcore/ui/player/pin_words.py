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
_Said = Mapping[tuple[str, str], Value]


def labels(own: Plan, pins: Sequence[Plan]) -> list[str]:
    """A short name for each pinned run, such as "lr 0.1" or "Adam from 137 on".

    It says those of its last settings that differ from the page's own run; and of an optimiser that
    this does not have, those in which the pinned runs differ from each other.
    """
    usual, *said = [_said(plan[-1].config) for plan in (own, *pins)]
    return [
        _label(plan, _differing(says, usual, said)) for plan, says in zip(pins, said, strict=True)
    ]


def own_label(own: Plan, pins: Sequence[Plan]) -> str:
    """The optimiser of the page's run, where a pinned one has another; else nothing."""
    titles = [plan[-1].config.optimizer.title for plan in (own, *pins)]
    return titles[0] if len(set(titles)) > 1 else ""


def _differing(says: _Said, usual: _Said, others: Sequence[_Said]) -> _Said:
    def differs(key: tuple[str, str], value: Value) -> bool:
        compared = [usual] if key in usual else others
        return any(str(one[key]) != str(value) for one in compared if key in one)

    return {key: value for key, value in says.items() if differs(key, value)}


def _said(config: RunConfig) -> _Said:
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


def _label(plan: Plan, differing: _Said) -> str:
    parts = [_IN_WORDS.get(name) or _words(name, value) for (_, name), value in differing.items()]
    label = ", ".join(dict.fromkeys(parts)) or _NOTHING
    return f"{label} from {plan[-1].start:,} on" if len(plan) > 1 else label


def _words(name: str, value: Value) -> str:
    if name in _ENTRIES:
        return str(value)
    if isinstance(value, bool):
        return f"{name} {'on' if value else 'off'}"
    return f"{name} {value:g}" if isinstance(value, float) else f"{name} {value}"
