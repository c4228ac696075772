"""What can be learnt of a run from others like it."""

from lrcore.insight.fleet import Outcome
from lrcore.insight.race import LADDER_BUDGET, RATE_LADDER, Entrant, race
from lrcore.insight.rates import (
    MOMENTA,
    RATES,
    RateMap,
    StableRates,
    rate_map,
    stable_rates,
    with_rates,
)

__all__ = [
    "LADDER_BUDGET",
    "MOMENTA",
    "RATES",
    "RATE_LADDER",
    "Entrant",
    "Outcome",
    "RateMap",
    "StableRates",
    "race",
    "rate_map",
    "stable_rates",
    "with_rates",
]
