"""What compiled execution counts of itself, for the metrics of the process."""

from __future__ import annotations

from collections import Counter

COUNTS: Counter[str] = Counter()
"""How many selections were `compiled`, how often that was a `fault` of the compiler, how many values were `odd`, and how many
times a `portion` was shown."""
