"""Arrays in, Plotly figures out: the only part of lrcore that draws with Plotly.

In a notebook, `boundary(run, at).plot()` and `curves(run).plot()` draw a run.
"""

from lrcore.figures.still import BoundaryDisplay, CurvesDisplay, boundary, curves

__all__ = ["BoundaryDisplay", "CurvesDisplay", "boundary", "curves"]
