"""Ask a board for several fields in one call, without making new objects for each answer.

A thread that wakes ten times a second finds its caches cold, so that what it costs is the
code and memory that it touches: one call into the driver and one look at its answer.
"""

from __future__ import annotations

import ctypes
import struct
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["Query"]

_WIDE = {83, 191}
"""Fields of 64 bits: the energy of the board, and of a power scope. Others have 32."""


class Query:
    """Some fields of one board.

    Parameters
    ----------
    nvml : module
        The driver's bindings, initialized.
    handle : object
        The board.
    fields : sequence of (int, int)
        Number and scope of each field.
    """

    def __init__(self, nvml: Any, handle: Any, fields: Sequence[tuple[int, int]]) -> None:
        layout = nvml.c_nvmlFieldValue_t
        self._values = (layout * len(fields))()
        for value, (field, scope) in zip(self._values, fields, strict=True):
            value.fieldId, value.scopeId = field, scope
        self._handle, self._count = handle, len(fields)
        # Called past the bindings' own wrapper, which makes a list of objects for each answer.
        self._call: Callable[..., int] = nvml.nvmlLib.nvmlDeviceGetFieldValues
        self._unpack = struct.Struct("=" + "".join(_format(layout, f) for f, _ in fields)).unpack

    def ask(self) -> tuple[int, ...] | None:
        """Return for each field whether it failed (0 for not) and its value in the driver's unit.

        None if the driver refuses the whole call.
        """
        if self._call(self._handle, self._count, self._values):
            return None
        return self._unpack(self._values)


def _format(layout: Any, field: int) -> str:
    """Return how one answer lies in memory: its return code and its value, the rest skipped."""
    code, value, size = layout.nvmlReturn.offset, layout.value.offset, ctypes.sizeof(layout)
    letter, width = ("Q", 8) if field in _WIDE else ("I", 4)
    return f"{code}xi{value - code - 4}x{letter}{size - value - width}x"
