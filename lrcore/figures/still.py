"""Still figures of a run for a notebook: first the arrays, then `plot()` draws them.

After scikit-learn's DecisionBoundaryDisplay: what is drawn can be tested, or drawn another way.

>>> from lrcore import Run, RunConfig
>>> from lrcore.figures import boundary, curves
>>> run = Run(RunConfig())
>>> run.extend(seconds=60, iterations=40)
40
>>> display = boundary(run, 40)
>>> int(display.wrong.sum())
20
>>> display.logits.shape
(51, 51)
>>> figure = display.plot()  # a Plotly figure: a notebook shows it
>>> figure = curves(run).plot()
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go
import torch
from torch import Tensor

from lrcore import palette
from lrcore.data import Dataset
from lrcore.figures.learning_curves import empty_curves
from lrcore.figures.plane import LINES, marker_size, plane
from lrcore.figures.scene import GRID_SIZE, View, drawn_points, grid_points, logit, view_of
from lrcore.figures.style import STILL
from lrcore.training import Columns, Run, Step

_TINT = 0.35  # opacity where the model is sure, so that points and lines stay clearest
_TITLE_HEIGHT = 84  # pixels


@dataclass(frozen=True, eq=False)
class BoundaryDisplay:
    """The plane at one moment; `boundary` makes it.

    Args:
        step: the moment.
        points: those drawn, x (n, 2) and y (n,): all, or a sample of a large data set.
        is_test: (n,) bool, which of them are test points.
        wrong: (n,) bool, which of them are misclassified.
        view: the range of the axes.
        xs, ys: (GRID_SIZE,) float64, the columns and rows of the grid, within `view`.
        logits: (GRID_SIZE, GRID_SIZE) float64, the model on the grid; logits[i, j] is at
            (xs[j], ys[i]).
    """

    step: Step
    points: Dataset
    is_test: Tensor
    wrong: npt.NDArray[np.bool_]
    view: View
    xs: npt.NDArray[np.float64]
    ys: npt.NDArray[np.float64]
    logits: npt.NDArray[np.float64]

    def plot(self) -> go.Figure:
        """Draw tint, lines of equal probability, points, and rings round the mistakes."""
        figure = go.Figure(plane(self.points, self.is_test, self.view))
        points, figure.data = figure.data, ()
        self._add_tint(figure)
        self._add_lines(figure)
        figure.add_traces(points)
        self._add_rings(figure)
        title = (
            f"iteration {self.step.iteration}: loss {self.step.loss:.4f}, "
            f"accuracy {self.step.accuracy:.4f}"
        )
        return figure.update_layout(STILL, title=title, margin_t=_TITLE_HEIGHT)

    def _add_tint(self, figure: go.Figure) -> None:
        """The colour of the more probable class, stronger where the model is surer of it."""
        figure.add_heatmap(
            x=self.xs,
            y=self.ys,
            z=np.tanh(self.logits / 2),  # 2 p - 1, from -1 (class 0) to 1 (class 1)
            zmin=-1,
            zmax=1,
            zsmooth="best",
            opacity=_TINT,
            colorscale=[[0, palette.CLASS_0], [0.5, "white"], [1, palette.CLASS_1]],
            name="tint",
            showscale=False,
            hoverinfo="skip",
        )

    def _add_lines(self, figure: go.Figure) -> None:
        """Plotly's own contours: a still figure need not draw them 60 times a second."""
        for name, probability, width, dash in LINES:
            level = logit(probability)
            figure.add_contour(
                x=self.xs,
                y=self.ys,
                z=self.logits,
                contours={"start": level, "end": level, "size": 1, "coloring": "none"},
                line={"width": width, "dash": dash, "color": STILL["font_color"]},
                name=name,
                showlegend=False,
                showscale=False,
                hoverinfo="skip",
            )

    def _add_rings(self, figure: go.Figure) -> None:
        wrong = self.points.x.numpy()[self.wrong]
        figure.add_scatter(
            x=wrong[:, 0],
            y=wrong[:, 1],
            mode="markers",
            name="misclassified",
            marker={
                "symbol": "circle-open",
                "size": 2 * marker_size(self.points),
                "color": STILL["font_color"],
                "line": {"width": 2},
            },
            hoverinfo="skip",
        )


def boundary(run: Run, at: int) -> BoundaryDisplay:
    """What the plane shows at the moment `at`, computed in float64.

    Raises:
        IndexError: the moment is not recorded.
    """
    step = run.step(at)
    parameters = torch.tensor([*step.weights, step.bias], dtype=torch.float64)

    def logits(x: Tensor) -> npt.NDArray[np.float64]:
        found: npt.NDArray[np.float64] = (
            run.basis(x).double() @ parameters[:-1] + parameters[-1]
        ).numpy()
        return found

    index = drawn_points(run.data.y)
    points = run.data.take(index)
    view = view_of(run.data)
    grid = grid_points(view)
    corners = grid.double().numpy().reshape(GRID_SIZE, GRID_SIZE, 2)
    return BoundaryDisplay(
        step=step,
        points=points,
        is_test=run.is_test[index],
        wrong=(logits(points.x) >= 0) != (points.y.numpy() == 1),
        view=view,
        xs=corners[0, :, 0],
        ys=corners[:, 0, 1],
        logits=logits(grid).reshape(GRID_SIZE, GRID_SIZE),
    )


@dataclass(frozen=True, eq=False)
class CurvesDisplay:
    """Loss and accuracy of a whole run; `curves` makes it.

    Args:
        columns: the recorded moments.
        target: the accuracy to pass, as set at the end.
        changes: (k,) int64, the iterations from which on changed settings apply.
    """

    columns: Columns
    target: float
    changes: npt.NDArray[np.int64]

    def plot(self) -> go.Figure:
        """The curves, the target, and a dotted line at each live change."""
        figure = go.Figure(empty_curves(self.target, test=self.columns.test_loss is not None))
        for trace in figure.data:
            trace.update(x=self.columns.iteration, y=getattr(self.columns, trace.meta["column"]))
        for iteration in self.changes.tolist():
            figure.add_shape(
                name="change",
                type="line",
                xref="x",
                yref="paper",
                x0=iteration,
                x1=iteration,
                y0=0,
                y1=1,
                line={"width": 2, "dash": "dot", "color": "#888"},
            )
        last = int(self.columns.iteration[-1])
        return figure.update_layout(STILL, xaxis_range=[0, max(1, last)])


def curves(run: Run) -> CurvesDisplay:
    """The curves of all recorded moments."""
    changes = [segment.start for segment in run.segments[1:]]
    return CurvesDisplay(
        run.columns(), run.config.target_accuracy, np.array(changes, dtype=np.int64)
    )
