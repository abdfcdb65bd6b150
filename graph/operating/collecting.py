"""Python's garbage collector as a server needs it: it looks at young objects by the thousand, and at all when nobody asks anything."""

from __future__ import annotations

import gc

YOUNG = 10_000
"""How many objects more than have gone make a look at these: what waits in thousands of calls is no garbage."""
SELDOM = 5
"""How many looks at the younger half make one at everything, whoever waits: it stops the process for a tenth of a second and more."""
ENOUGH = 1
"""After how many of them everything is looked at in a moment in which nobody asks anything."""


def settle() -> None:
    """What has been made by now, such as the schema, lives as long as the process, and is not looked at again."""
    gc.collect()
    gc.freeze()
    _, middle, _ = gc.get_threshold()
    gc.set_threshold(YOUNG, middle, SELDOM)


def tidy(*, busy: bool) -> None:
    """Look at everything, if that is due and nobody waits or is about to ask again."""
    if not busy and gc.get_count()[2] >= ENOUGH:
        gc.collect()
