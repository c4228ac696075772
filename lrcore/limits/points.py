"""Points and classes, checked and in float64, as all limits need them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import torch

Floats = npt.NDArray[np.float64]


def checked(x: torch.Tensor, y: torch.Tensor) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """The points (n, 2), and which are of class 1 (n,).

    Raises:
        ValueError: a shape is wrong; a coordinate is not finite or a class is neither 0 nor 1.
    """
    if x.dim() != 2 or x.shape[1] != 2 or y.shape != x.shape[:1]:
        raise ValueError(
            f"x must be of shape (n, 2) and y of shape (n,); got {tuple(x.shape)} and "
            f"{tuple(y.shape)}"
        )
    points = x.detach().cpu().double().contiguous().numpy()
    classes = y.detach().cpu().numpy()
    if not np.isfinite(points).all():
        raise ValueError("x must hold finite numbers only")
    is_1 = classes == 1
    if not (is_1 | (classes == 0)).all():
        raise ValueError("y must hold 0 and 1 only")
    return points, is_1
