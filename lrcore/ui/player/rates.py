"""What the view of the rates asks for: how long the runs around this one take."""

from __future__ import annotations

import logging
import math

from lrcore.insight import MOMENTA, RATES, with_rates
from lrcore.optim import SGD
from lrcore.ui.player.filling import Filling
from lrcore.ui.player.protocol import LATER, Later, Numbers, to_base64
from lrcore.ui.player.view_data import Rates
from lrcore.ui.player.weights import Atlas

_MOST_KEPT = 4
_LOG = logging.getLogger(__name__)


def rates(atlas: Atlas, numbers: Numbers) -> Rates | Later | None:
    """The map of rates under the settings that the controls say, as far as it is filled.

    Args:
        numbers: edition, which makes each question another one, and the last iteration that the
            view knows of it; below 0 if none.
    """
    if len(numbers) != 2:
        return None
    edition, known = numbers
    # Rate and momentum of now are those of one cell; the map is the same for all of them.
    shared = with_rates(atlas.wanted, RATES[0], MOMENTA[-1])
    if shared not in atlas.fillings:
        while len(atlas.fillings) >= _MOST_KEPT:
            del atlas.fillings[next(iter(atlas.fillings))]
        atlas.fillings[shared] = Filling(atlas.run, shared)
    filling = atlas.fillings[shared]
    try:
        found = filling.after(known)
    except (ValueError, RuntimeError, MemoryError) as error:
        del atlas.fillings[shared]  # another question tries again
        if not isinstance(error, ValueError):  # too little memory, for example
            _LOG.exception("The map of rates could not be computed.")
        return None
    if found is None:
        return LATER
    optimizer, limits = atlas.wanted.optimizer, filling.limits
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
