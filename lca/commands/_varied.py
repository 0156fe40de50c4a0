"""What the commands of what-ifs share: files to write, and progress on a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from lca.commands._shared import Settings

Tell = Callable[[int, int], None]
_ENDINGS = (".csv", ".json")


def check_files(files: Sequence[str]) -> None:
    """Refuse files of other formats before anything is computed.

    Raises
    ------
    UnknownNameError
        With the formats there are.
    """
    from lca.errors import UnknownNameError

    for file in files:
        if Path(file).suffix.lower() not in _ENDINGS:
            msg = f'no format for "{file}" (one of: {", ".join(_ENDINGS)})'
            raise UnknownNameError(msg)


def write_files(
    result: Mapping[str, Any],
    files: Sequence[str],
    as_csv: Callable[[Mapping[str, Any]], str],
    settings: Settings,
) -> None:
    """Write a result to files, as CSV or JSON by their names."""
    from lca import document
    from lca.report.as_json import dump

    for file in files:
        text = as_csv(result) if Path(file).suffix.lower() == ".csv" else dump(result)
        document.write_atomically(file, text)
        settings.say(f"wrote {file}")


@contextmanager
def progress(settings: Settings, what: str) -> Iterator[Tell]:
    """Show a bar on standard error while something runs, on a terminal only."""
    from rich.console import Console
    from rich.progress import Progress

    hidden = settings.quiet or not sys.stderr.isatty()
    with Progress(console=Console(stderr=True), transient=True, disable=hidden) as bar:
        task = bar.add_task(what, total=None)

        def tell(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        yield tell
