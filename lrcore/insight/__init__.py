"""What can be learnt of a run from others like it."""

from lrcore.insight.fleet import Outcome
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
    "MOMENTA",
    "RATES",
    "Outcome",
    "RateMap",
    "StableRates",
    "rate_map",
    "stable_rates",
    "with_rates",
]
