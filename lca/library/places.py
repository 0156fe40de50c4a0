"""Where files that a document names may lie: in the folder they are looked up in, nowhere else."""

from __future__ import annotations

import os
from pathlib import Path, PurePath

__all__ = ["is_file_within", "stays_within"]

_LONGEST_NAME = 1000


def stays_within(name: str) -> bool:
    """Return whether a file name leads nowhere outside the folder that it is looked up in.

    Examples
    --------
    >>> stays_within("records/run.yaml"), stays_within("../run.yaml"), stays_within("/etc/passwd")
    (True, False, False)
    """
    path = PurePath(name)
    climbs = path.is_absolute() or ".." in path.parts or "\\" in name
    return name.isprintable() and not climbs and 0 < len(os.fsencode(name)) <= _LONGEST_NAME


def is_file_within(file: Path, folder: Path) -> bool:
    """Return whether a file is there and lies in a folder, where links lead elsewhere, too."""
    try:
        return file.is_file() and file.resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError):  # a name that is too long, or links in a circle
        return False
