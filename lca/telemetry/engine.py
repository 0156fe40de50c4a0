"""The one place that talks to DuckDB: settings, quoting, and its errors as messages."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lca.errors import InputError, Problem, quoted
from lca.telemetry.asked import Asked, read_memory

if TYPE_CHECKING:
    import duckdb

    from lca.telemetry.kernel import Array

__all__ = ["Engine", "name_of", "opened", "text_of"]

_LONGEST = 200


def name_of(column: str) -> str:
    """Return a name as SQL: quoted, so that it can be nothing else.

    Examples
    --------
    >>> name_of('a"; drop table b')
    '"a""; drop table b"'
    """
    return '"' + column.replace('"', '""') + '"'


def text_of(value: str) -> str:
    """Return a text as SQL: quoted, so that it can be nothing else.

    Examples
    --------
    >>> text_of("it's")
    "'it''s'"
    """
    return "'" + value.replace("'", "''") + "'"


@dataclass(frozen=True, slots=True)
class Engine:
    """A database in memory that may read the given files, and write to one folder alone.

    Attributes
    ----------
    folder
        Its own temporary folder; it is removed in the end.
    threads
        How many threads it uses.
    """

    connection: duckdb.DuckDBPyConnection
    folder: Path
    threads: int

    def run(self, sql: str, file: str | None = None) -> list[tuple[Any, ...]]:
        """Run a statement and return its rows.

        Raises
        ------
        InputError
            It failed; the message is one line, beside the file's name.
        """
        import duckdb

        try:
            return self.connection.execute(sql).fetchall()
        except (duckdb.Error, UnicodeDecodeError) as error:
            raise InputError(Problem("", _said(error), file)) from None

    def batches(self, sql: str, rows: int, file: str | None = None) -> Iterator[list[Array]]:
        """Yield the columns of a query that has no NULL, at most so many rows at once.

        No other statement may run on this connection meanwhile.

        Raises
        ------
        InputError
            It failed; the message is one line, beside the file's name.
        """
        import duckdb

        try:
            for batch in self.connection.sql(sql).to_arrow_reader(rows):
                if len(batch):
                    yield [column.to_numpy() for column in batch.columns]
        except (duckdb.Error, _arrow().ArrowException, OSError, UnicodeDecodeError) as error:
            raise InputError(Problem("", _said(error), file)) from None

    def insert(self, table: str, columns: Mapping[str, Array]) -> None:
        """Add rows to a table, column by column."""
        if not columns:
            return
        self.connection.register("given", _arrow().table(dict(columns)))
        self.run(f"INSERT INTO {table} BY NAME SELECT * FROM given")
        self.connection.unregister("given")

    def another(self) -> Engine:
        """Return the same database for another thread."""
        return Engine(self.connection.cursor(), self.folder, self.threads)


def _arrow() -> Any:
    """Return pyarrow, by which columns go in and out; it has no types."""
    return import_module("pyarrow")


def _said(error: Exception) -> str:
    """Return what went wrong in one line, without the statement that failed."""
    if type(error).__name__ == "OutOfMemoryException":
        return "sorting its samples needs more memory; allow it more with --memory"
    first = str(error).strip().split("\n", 1)[0]
    return f"cannot be read as samples: {first[:_LONGEST]}"


@contextmanager
def opened(files: Sequence[Path], asked: Asked) -> Iterator[Engine]:
    """Open a database that can read some files and nothing else of the machine.

    Raises
    ------
    LcaError
        DuckDB is not installed, or its folder cannot be written.
    """
    folder = _folder(asked.folder)
    try:
        threads = asked.threads or _processors()
        connection = _connect(files, asked, folder, threads)
        try:
            yield Engine(connection, folder, threads)
        finally:
            connection.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _processors() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _folder(parent: Path | None) -> Path:
    """Make a temporary folder."""
    try:
        return Path(tempfile.mkdtemp(prefix="lca-telemetry-", dir=parent)).resolve()
    except OSError as error:
        msg = f"{quoted(parent or tempfile.gettempdir())}: cannot be written ({error.strerror})"
        msg += "; name another folder with --temp"
        raise InputError(msg) from None


def _connect(
    files: Sequence[Path], asked: Asked, folder: Path, threads: int
) -> duckdb.DuckDBPyConnection:
    """Open the database, shut it off from everything else, and lock its settings."""
    try:
        import duckdb

        _arrow()
    except ModuleNotFoundError:
        msg = "rolling up telemetry needs DuckDB and pyarrow; install them with: pip install 'lca[telemetry]'"
        raise InputError(msg) from None
    off = ("autoinstall_known_extensions", "autoload_known_extensions")
    connection = duckdb.connect(config=dict.fromkeys(off, "false"))
    allowed = ", ".join(text_of(str(file)) for file in files)
    settings = {
        "threads": str(threads),
        "TimeZone": "'UTC'",
        "preserve_insertion_order": "true",
        "temp_directory": text_of(str(folder / "spill")),
        "allowed_paths": f"[{allowed}]",
        "allowed_directories": f"[{text_of(f'{folder}/')}]",
        "enable_external_access": "false",
    }
    if asked.memory:
        settings["memory_limit"] = text_of(read_memory(asked.memory))
    for name, value in (settings | {"lock_configuration": "true"}).items():
        connection.execute(f"SET {name} = {value}")
    return connection
