"""What follows from a workspace's options, worked out once for as long as they stay."""

from collections.abc import Callable, Hashable, Mapping
from typing import Concatenate, Final, Generic, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")
_KEPT: Final = 256


class OncePerOptions(Generic[P, T]):
    """Stands for ``work``, whose first argument is a workspace's options and whose others can be keys of a dictionary.

    Every act asks for it. A workspace's options are never changed in place: a change makes another mapping of them.
    """

    __slots__ = ("_known", "_work")

    def __init__(self, work: Callable[Concatenate[Mapping[str, str], P], T]) -> None:
        self._work = work
        self._known: dict[Hashable, tuple[Mapping[str, str], T]] = {}

    def __call__(self, options: Mapping[str, str], *args: P.args, **kwargs: P.kwargs) -> T:
        key = (id(options), args, *kwargs.items())
        known = self._known.get(key)
        if known is not None:  # what is held keeps its number
            return known[1]
        made = self._work(options, *args, **kwargs)
        if len(self._known) >= _KEPT:
            self._known.clear()
        self._known[key] = (options, made)
        return made
