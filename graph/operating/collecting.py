"""Python's garbage collector as a server needs it: it looks at the young when that is worth it, at all when nobody asks anything."""

from __future__ import annotations

import gc

FEW = 10_000
"""How many objects more than have gone make a look at these while looks find garbage: it stops the process for ten milliseconds."""
MANY = 100_000
"""How many make one while looks find none: what waits in thousands of calls is no garbage."""
WORTH = 5_000
"""How many objects a look frees that was worth it."""
SELDOM = 5
"""How many looks at the younger half make one at everything, whoever waits: it stops the process for a tenth of a second and more."""
ENOUGH = 10
"""After how many looks at the young everything is looked at in a moment in which nobody asks anything."""


def settle() -> None:
    """What has been made by now, such as the schema, lives as long as the process, and is not looked at again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(FEW, ENOUGH, SELDOM)
    if learn not in gc.callbacks:
        gc.callbacks.append(learn)


def learn(phase: str, found: dict[str, int]) -> None:
    """After a look at the young, the next comes soon or late, as this one was worth it or not."""
    if phase == "stop" and found["generation"] == 0:
        gc.set_threshold(FEW if found["collected"] >= WORTH else MANY, ENOUGH, SELDOM)


def tidy(*, busy: bool) -> None:
    """Look at everything, or at the young, if that is due and nobody waits or is about to ask again."""
    if busy:
        return
    young, younger, half = gc.get_count()
    if half or younger >= ENOUGH:
        gc.collect()
    elif young >= FEW:
        gc.collect(0)
