"""No command writes over what it reads: samples of a fleet or a scenario would be gone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import click

_WRITTEN = frozenset({"--output", "--save"})


def keep_inputs(context: click.Context) -> None:
    """Refuse an output that is one of the files a command was given to read.

    Parameters
    ----------
    context
        The command as it was called: its arguments are read, ``-o`` and ``--save`` are written.

    Raises
    ------
    UsageError
        With the name of the file.
    """
    written = [file for name in _values(context, read=False) for file in _files(name)]
    if not written:
        return
    for name in _values(context, read=True):
        for file in _files(name):
            clash = next((one for one in written if file.samefile(one)), None)
            if clash is not None:
                msg = f'"{clash}" is read by this command; give the output another name'
                raise click.UsageError(msg, context)


def _values(context: click.Context, *, read: bool) -> Iterator[str]:
    """Yield what the arguments of a command say, or its options that name outputs."""
    for one in context.command.params:
        wanted = isinstance(one, click.Argument) if read else bool(_WRITTEN & {*one.opts})
        if wanted and one.name is not None:
            yield from _texts(context.params.get(one.name))


def _texts(value: object) -> Iterable[str]:
    several = value if isinstance(value, (tuple, list)) else (value,)
    return (str(one) for one in several if isinstance(one, (str, Path)))


def _files(name: str) -> Iterator[Path]:
    """Yield the files that an argument means: itself, or what its pattern matches."""
    import glob

    try:
        if Path(name).is_file():
            yield Path(name)
        elif "*" in name or "?" in name:
            matches = glob.glob(name, recursive=True)  # noqa: PTH207 - may begin anywhere
            yield from (file for file in map(Path, matches) if file.is_file())
    except (OSError, ValueError):  # too long, or no name at all: it is said where it is opened
        return
