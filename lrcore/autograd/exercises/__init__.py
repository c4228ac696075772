"""The exercises of the autograd lab. ADD AN EXERCISE: a module here, a line in `EXERCISES`.

An exercise is a script made of a few settings; menu, controls, link, film and tests follow.
"""

from __future__ import annotations

from lrcore.autograd.exercises.accumulating import Accumulating
from lrcore.autograd.exercises.backward import Backward
from lrcore.autograd.exercises.base import Exercise, Script
from lrcore.autograd.exercises.dynamic import Dynamic
from lrcore.autograd.exercises.from_scratch import FromScratch
from lrcore.autograd.exercises.grad import Grad
from lrcore.autograd.exercises.hooks import Hooks
from lrcore.autograd.exercises.leaves import Leaves
from lrcore.autograd.exercises.one_graph import OneGraph
from lrcore.autograd.exercises.own_expression import OwnExpression
from lrcore.autograd.exercises.run_graph import RunGraph
from lrcore.autograd.exercises.turning_off import TurningOff
from lrcore.autograd.exercises.vanishing import Vanishing
from lrcore.autograd.exercises.vectors import Vectors
from lrcore.settings import Registry

__all__ = ["EXERCISES", "Exercise", "Script"]

# First the graph, then the two functions of the course, then what one does with them.
EXERCISES: Registry[type[Exercise]] = Registry(
    OneGraph,
    OwnExpression,
    Leaves,
    Backward,
    Grad,
    Dynamic,
    TurningOff,
    Accumulating,
    Vectors,
    Hooks,
    Vanishing,
    FromScratch,
    RunGraph,
)
