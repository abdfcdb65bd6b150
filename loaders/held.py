"""Outcomes that were found to hold, for as long as nothing that this rests on is another."""

from __future__ import annotations

from dataclasses import dataclass, field

from loaders.links import Identity


@dataclass
class Held:
    """By person, the outcome that holds on a `ground`: the very rules, mapping file and directories that were looked at."""

    ground: tuple[object, ...] = ()
    sure: dict[str, Identity] = field(default_factory=dict)

    def on(self, *ground: object) -> dict[str, Identity]:
        """The outcomes that hold on this ground; none yet where it is another than it was."""
        if len(ground) != len(self.ground) or any(one is not other for one, other in zip(ground, self.ground, strict=True)):
            self.ground, self.sure = ground, {}
        return self.sure
