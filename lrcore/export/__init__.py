"""A run to take home: as a script of PyTorch, as a notebook, as a table."""

from lrcore.export.notebook import notebook
from lrcore.export.script import script

__all__ = ["notebook", "script"]
