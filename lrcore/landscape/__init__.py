"""The loss as a landscape over the weights: where it is low, how it bends, what to draw of it."""

from lrcore.landscape.curvature import (
    Curvature,
    Ellipse,
    curvature,
    growth_a_step,
    largest_stable_rate,
)
from lrcore.landscape.lowest import AtInfinity, Minimum, lowest
from lrcore.landscape.objective import MOST_POINTS, Objective, Sample, objective_of
from lrcore.landscape.plane import Plane, Window, plane_of_two, principal_plane, window_around
from lrcore.landscape.surface import GRID_SIZE, Mode, Surface, contour_levels, surface

__all__ = [
    "GRID_SIZE",
    "MOST_POINTS",
    "AtInfinity",
    "Curvature",
    "Ellipse",
    "Minimum",
    "Mode",
    "Objective",
    "Plane",
    "Sample",
    "Surface",
    "Window",
    "contour_levels",
    "curvature",
    "growth_a_step",
    "largest_stable_rate",
    "lowest",
    "objective_of",
    "plane_of_two",
    "principal_plane",
    "surface",
    "window_around",
]
