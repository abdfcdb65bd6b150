"""What is known for as long as nothing that it rests on is another."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Ground(Generic[T]):
    """Whatever stands on a ground, made anew when the ground is another: it is the same as long as all in it are the very same objects."""

    def __init__(self, make: Callable[[], T]) -> None:
        self.make, self.laid, self.stands = make, tuple[object, ...](), make()

    def on(self, *laid: object) -> T:
        """What stands on this ground."""
        if len(laid) != len(self.laid) or any(one is not other for one, other in zip(laid, self.laid, strict=True)):
            self.laid, self.stands = laid, self.make()
        return self.stands
