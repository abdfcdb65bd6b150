"""Python's garbage collector as a server needs it: it looks at young objects by the thousand, and at all when nobody asks anything."""

from __future__ import annotations

import gc

YOUNG = 100_000
"""How many objects more than have gone make a look at these, whoever waits: what waits in thousands of calls is no garbage."""
IDLE = 10_000
"""How many make one in a moment in which nobody asks anything."""
SELDOM = 5
"""How many looks at the younger half make one at everything, whoever waits: it stops the process for a tenth of a second and more."""
ENOUGH = 10
"""After how many looks at the young everything is looked at in a moment in which nobody asks anything."""


def settle() -> None:
    """What has been made by now, such as the schema, lives as long as the process, and is not looked at again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, ENOUGH, SELDOM)


def tidy(*, busy: bool) -> None:
    """Look at everything, or at the young, if that is due and nobody waits or is about to ask again."""
    if busy:
        return
    young, younger, half = gc.get_count()
    if half or younger >= ENOUGH:
        gc.collect()
    elif young >= IDLE:
        gc.collect(0)
