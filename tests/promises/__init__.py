"""What the help texts promise, asserted on numbers: one claim a text, with settings that show it.

A text that tells to watch, try or press something has its claim here. The others promise nothing,
and stand in `NOTHING`; `tests/test_promises.py` asks for one or the other of every setting.
"""

from tests.promises import data, features, optimisers, training
from tests.promises.table import PROMISES

__all__ = ["NOTHING", "PROMISES", "data", "features", "optimisers", "training"]

NOTHING = {
    *("RunConfig.test_share", "RunConfig.target_on", "RunConfig.loss", "RunConfig.shuffle_seed"),
    *("RunConfig.device", "RunConfig.target_accuracy", "RunConfig.max_iterations"),
    *("LBFGS.lr", "LBFGS.max_iter", "start", "weights"),
}
