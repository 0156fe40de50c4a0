"""Which data files a result rests on, with their hashes: a later change of one is noticed.

All tables and topics of factors are named, since a fallback may look into any of them, and of the
hardware those files whose values entered.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from lca.factors.files import ROOT
from lca.library import Library
from lca.library.models import KINDS
from lca.terms import Factor

_ID = re.compile(r"\w[\w.-]*")


def data_files(used: Iterable[Factor], library: Library) -> dict[str, str]:
    """Return the SHA-256 of every data file that may have entered, by its name.

    Parameters
    ----------
    used
        Every factor of the result.
    library
        The hardware that it was computed with. A user's own folder is laid out as
        ``hardware_db``, and its files are named alike.
    """
    parts = {part for factor in used for part in factor.identity.split("/") if _ID.fullmatch(part)}
    found = {**dict(_factors()), **dict(_hardware(parts, library))}
    return {
        name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in sorted(found.items())
    }


def _factors() -> Iterator[tuple[str, Path]]:
    """Yield tables and topics; what stands beside a table only describes it."""
    paths = set(ROOT.rglob("*.csv")) | set(ROOT.rglob("*.yaml"))
    for path in paths:
        if path.suffix == ".csv" or path.with_suffix(".csv") not in paths:
            yield f"factors/{path.relative_to(ROOT).as_posix()}", path


def _hardware(parts: set[str], library: Library) -> Iterator[tuple[str, Path]]:
    """Yield the file of every entry that is named; the first folder that has it counts."""
    for kind in KINDS:
        for folder in reversed(library.folders):
            for path in (folder / kind).glob("*.yaml"):
                if path.stem in parts:
                    yield f"hardware_db/{kind}/{path.name}", path
