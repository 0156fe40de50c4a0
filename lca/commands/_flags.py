"""What commands do with flags: fail where the user asks for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def fail_if_flagged(file: str, flags: Sequence[Mapping[str, Any]]) -> None:
    """Refuse what is flagged, naming the codes.

    Raises
    ------
    GateFailed
        If there is any flag.
    """
    from lca.errors import GateFailed

    if flags:
        codes = ", ".join(sorted({str(flag["code"]) for flag in flags}))
        count = f"{len(flags)} flag{'s' if len(flags) > 1 else ''}"
        msg = f"{file}: {count} ({codes})"
        raise GateFailed(msg)
