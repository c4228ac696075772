"""What the view of the rates asks for: how long the runs around this one take."""

from __future__ import annotations

import logging
import math
from collections.abc import Iterator

from lrcore.insight import MOMENTA, RATES, rate_map, stable_rates, with_rates
from lrcore.optim import SGD
from lrcore.training import Run, RunConfig
from lrcore.ui.player.atlas import Atlas, Filling
from lrcore.ui.player.protocol import Numbers, to_base64
from lrcore.ui.player.slices import Slices
from lrcore.ui.player.view_data import Rates

_MOST_KEPT = 4
_LOG = logging.getLogger(__name__)


def rates(atlas: Atlas, numbers: Numbers) -> Rates | None:
    """The map of rates under the settings that the controls say, as far as it is filled.

    Args:
        numbers: edition, returned with the answer, and a number that makes each look another one.
    """
    if len(numbers) != 2:
        return None
    edition, _ = numbers
    # Rate and momentum of now are those of one cell; the map is the same for all of them.
    shared = with_rates(atlas.wanted, RATES[0], MOMENTA[-1])
    kept = atlas.fillings
    try:
        if shared not in kept:
            while len(kept) >= _MOST_KEPT:
                del kept[next(iter(kept))]
            kept[shared] = Slices(_filled(atlas.run, shared))
        found, limits = kept[shared].look()
    except ValueError:  # no points
        return None
    except (RuntimeError, MemoryError):  # too little memory, for example
        _LOG.exception("The map of rates could not be computed.")
        kept.pop(shared, None)  # another question tries again
        return None
    optimizer = atlas.wanted.optimizer
    is_finite = limits is not None and all(map(math.isfinite, limits.rates))
    return Rates(
        edition=edition,
        rates=found.rates,
        momenta=found.momenta,
        iterations=to_base64(found.iterations.flatten().numpy()),
        done=found.done,
        budget=found.budget,
        here=(optimizer.lr, optimizer.momentum) if isinstance(optimizer, SGD) else None,
        limits=limits.rates if limits is not None and is_finite else None,
        at_minimum=limits is not None and limits.at_minimum,
        nesterov=isinstance(optimizer, SGD) and optimizer.nesterov,
        penalised=bool(shared.l1 or shared.l2 or getattr(shared.optimizer, "weight_decay", 0)),
        points=found.points,
        of_points=found.of_points,
    )


def _filled(run: Run, config: RunConfig) -> Iterator[Filling]:
    """The map of one run under one set of settings; a ValueError if there are no points."""
    pieces = rate_map(run, config)
    yield Filling(next(pieces), None)
    limits = stable_rates(run, config, MOMENTA)
    for piece in pieces:
        yield Filling(piece, limits)
