"""What can be measured without a download: one workload a file.

A member of this folder states `NAME`, `SENTENCE` and `SIZES`, and builds a `Workload` with
``build(size, device)``; being in the folder is the registration, and files that begin with an
underscore are shared parts. Architectures are true to their originals, weights are random
with a fixed seed, data comes from the standard library or from scikit-learn.

A workload's FLOPs are counted on torch's meta device, where every kernel is seen as the
products it consists of: two operations per multiplication with addition, in matrix products,
convolutions and attention. On real tensors the same counter misses fused kernels.

Torch is imported when a workload is loaded, not before. How many threads it uses is the
caller's choice: on a machine that is shared, one thread is quicker than several.
"""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
from typing import TYPE_CHECKING, Protocol, cast

from lca.errors import MeasurementUnavailable, UnknownNameError, did_you_mean, quoted
from lca.measure.workloads._outcome import (
    Investment,
    Judged,
    Outcome,
    Part,
    Planned,
    Quality,
    Rounds,
    Window,
    Workload,
    break_even,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "Investment",
    "Judged",
    "Member",
    "Outcome",
    "Part",
    "Planned",
    "Quality",
    "Rounds",
    "Window",
    "Workload",
    "break_even",
    "load",
    "names",
]


class Member(Protocol):
    """What a module of this folder provides."""

    NAME: str
    SENTENCE: str
    SIZES: Mapping[str, object]

    def build(self, size: str, device: str) -> Workload:
        """Prepare the workload of a size on a device: data, weights, nothing measured yet."""


def names() -> tuple[str, ...]:
    """Return the names of all workloads, sorted; torch is not needed for this."""
    found = (member.name for member in pkgutil.iter_modules(__path__))
    return tuple(sorted(name for name in found if not name.startswith("_")))


def load(name: str) -> Member:
    """Return the workload of that name.

    Raises
    ------
    UnknownNameError
        If there is no such workload; the message names those that exist.
    MeasurementUnavailable
        If torch is not installed.
    """
    known = names()
    if name not in known:
        hint = did_you_mean(name, known)
        message = f"no workload {quoted(name)}{hint}; there are: {', '.join(known)}"
        raise UnknownNameError(message)
    if importlib.util.find_spec("torch") is None:
        message = f"workload {quoted(name)} runs on torch: pip install 'lca[measure]'"
        raise MeasurementUnavailable(message)
    return cast("Member", importlib.import_module(f"{__name__}.{name}"))
