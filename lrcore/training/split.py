"""Which points are held out for testing."""

from __future__ import annotations

import torch
from torch import Tensor


def held_out(y: Tensor, share: float, seed: int) -> Tensor:
    """Draw the same share of test points from each class.

    Args:
        y: (n,), 0 or 1.
        share: fraction of each class, from 0 to 1; the number of points is rounded down.
        seed: of a generator that draws nothing else.

    Returns:
        (n,) bool, true for test points.
    """
    generator = torch.Generator().manual_seed(seed)
    mask = torch.zeros(len(y), dtype=torch.bool)
    if share == 0:  # a million points would be shuffled for nothing
        return mask
    for label in (0, 1):
        members = (y == label).nonzero().squeeze(1)
        order = torch.randperm(len(members), generator=generator)
        # In floating point, 0.35 * 180 is a little less than 63.
        mask[members[order[: int(share * len(members) + 1e-9)]]] = True
    return mask
