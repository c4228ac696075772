"""What an exercise is: settings that make lines of PyTorch, and a few sentences.

The lab runs the lines and plays what happened; an exercise has no drawing code.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from lrcore.autograd.recorder import Recording, record
from lrcore.settings import Entry


@dataclass(frozen=True, slots=True)
class Script:
    """Lines of PyTorch, complete: a student can copy and run them.

    Args:
        title: what stands over the film.
        lines: one an entry, `import torch` first.
        folded: helper code that runs before the lines and is shown folded away.
    """

    title: str
    lines: tuple[str, ...]
    folded: tuple[str, ...] = ()


@dataclass(frozen=True)
class Exercise(Entry):
    """Base of the exercises: a frozen settings dataclass, see `lrcore.settings.setting`.

    `sentence` says what it shows, `trying` what to try.
    """

    sentence: ClassVar[str]
    trying: ClassVar[str]

    def scripts(self) -> tuple[Script, ...]:
        """One script, or two that are played side by side under one transport."""
        raise NotImplementedError

    def recordings(self) -> tuple[Recording, ...]:
        """What the scripts did when they ran, one recording each."""
        return tuple(record(script.lines, script.folded) for script in self.scripts())

    def remarks(self, recordings: Sequence[Recording]) -> list[str]:
        """Sentences with the real numbers of the recorded scripts; may be empty."""
        return []
