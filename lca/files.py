"""Write files: the one way in which this package puts anything on a disk.

A file is replaced, never changed: the new content goes into a hidden file beside it, to the
disk, and then takes its place in one step. Whatever ends the program, the name stands for the
old content or the new, each whole. What a killed run leaves is the hidden file, ``.lca-*.tmp``:
nothing reads it, and it may be deleted.

A link is followed, and what it names is replaced. Permissions stay, and so does the owner where
the system lets it. A hard link keeps the old content: it is another name of the old file. A pipe,
a terminal and ``/dev/stdout`` are given the content as it is; other devices are refused.
"""

from __future__ import annotations

import os
import re
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NoReturn

from lca.errors import DocumentError, Problem, quoted

__all__ = ["LEFT_OVER", "reason", "replacing", "require_writable", "write_atomically"]

LEFT_OVER = ".lca-*.tmp"
"""Names of the hidden files that only a killed run leaves behind."""

_OPENED = re.compile(r"/dev/(stdout|stderr)|/(?:dev|proc/self)/fd/(\d{1,6})")
_HARMLESS = {os.devnull, "/dev/full"}
_NO_NAME = 'a name is needed; to print, leave it out or write "/dev/stdout"'


def write_atomically(path: str | os.PathLike[str], content: str | bytes) -> None:
    """Write a file whole or not at all.

    Raises
    ------
    DocumentError
        The file cannot be written; what was there is untouched.
    BrokenPipeError
        It is a pipe whose reader has left.

    """
    raw = content.encode() if isinstance(content, str) else content
    with _told(path):
        if _is_stream(Path(path)):
            _pour(Path(path), raw)
            return
        with replacing(path) as temporary, temporary.open("r+b") as output:
            output.write(raw)


@contextmanager
def replacing(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Give a hidden file beside `path` to write into; at the end it takes the place of `path`.

    What is raised meanwhile deletes the hidden file and leaves `path` as it was.

    Raises
    ------
    DocumentError
        The system refuses to write, here or in the body; what was there is untouched.

    """
    with _told(path):
        if _is_stream(Path(path)):
            _refuse("this format needs a file")
        file = Path(os.path.realpath(path))  # a link stays, what it names is replaced
        temporary = file.with_name(f".lca-{os.urandom(8).hex()}.tmp")
        try:
            old = _status(file)
            # Nobody may read meanwhile what nobody but its owner may read afterwards.
            temporary.touch(0o600 if old else 0o666, exist_ok=False)
            yield temporary
            _take_over(temporary, old)
            temporary.replace(file)
        finally:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
        _to_disk(file.parent)


def require_writable(path: str | os.PathLike[str]) -> None:
    """Refuse a file that surely cannot be written, before long work is done for it.

    Raises
    ------
    DocumentError
        It is a folder or a device, or lies in no folder that takes a new file.

    """
    with _told(path):
        _is_stream(Path(path))


@contextmanager
def _told(path: str | os.PathLike[str]) -> Iterator[None]:
    """Say in one line what the system refuses."""
    try:
        if os.fspath(path) in {"", "-"}:
            _refuse(_NO_NAME)
        yield
    except BrokenPipeError:
        raise
    except (OSError, ValueError) as error:
        raise DocumentError(Problem("", f"cannot be written: {reason(error)}", str(path))) from None


def reason(error: OSError | ValueError) -> str:
    """Return what the system said of a file; some libraries put its number into a text of theirs."""
    number = re.search(r"errno (\d+)", str(error))
    known = getattr(error, "strerror", None)
    return known or (os.strerror(int(number[1])) if number else str(error))


def _is_stream(file: Path) -> bool:
    """Return whether a path takes what it is given, instead of being replaced.

    Raises
    ------
    OSError
        It takes nothing.

    """
    if _OPENED.fullmatch(str(file)):
        return True
    mode = getattr(_status(file), "st_mode", stat.S_IFREG)
    if stat.S_ISDIR(mode):
        _refuse("this is a folder; name a file in it")
    if stat.S_ISFIFO(mode) or (stat.S_ISCHR(mode) and _is_harmless(file)):
        return True
    if not stat.S_ISREG(mode):
        _refuse("this is a device or a socket, not a file")
    _require_room(file)
    return False


def _status(file: Path) -> os.stat_result | None:
    """Return what the system knows of a file, None where there is none."""
    try:
        return file.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None


def _is_harmless(file: Path) -> bool:
    """Whether a character device is a terminal, or does nothing with what it is given."""
    if os.path.realpath(file) in _HARMLESS:
        return True
    opened = os.open(file, os.O_WRONLY | os.O_NOCTTY)
    try:
        return os.isatty(opened)
    finally:
        os.close(opened)


def _require_room(file: Path) -> None:
    """Refuse a file that may not be written, or whose folder takes no new file."""
    folder = Path(os.path.realpath(file)).parent
    if not folder.is_dir():
        _refuse(f"no such folder {quoted(folder)}")
    if hasattr(os, "statvfs") and os.statvfs(folder).f_flag & os.ST_RDONLY:
        _refuse(f"{quoted(folder)} is on a read-only file system")
    if not os.access(folder, os.W_OK | os.X_OK):
        _refuse(f"no permission in {quoted(folder)}")
    if file.exists() and not os.access(file, os.W_OK):
        _refuse("no permission to write this file")


def _refuse(reason: str) -> NoReturn:
    """Refuse as the system does, in words of our own."""
    raise OSError(reason)


def _pour(file: Path, raw: bytes) -> None:
    """Give a pipe, a terminal or what is open already its content."""
    found = _OPENED.fullmatch(str(file))
    if found:
        if sys.stdout is not None:
            sys.stdout.flush()  # what was printed before comes first
        # Opened anew, a redirected output would be overwritten from its beginning.
        opened = os.dup(int(found[2] or ("stdout", "stderr").index(found[1]) + 1))
    else:
        opened = _open_stream(file)
    with os.fdopen(opened, "wb") as output:
        output.write(raw)


def _open_stream(file: Path) -> int:
    """Open a pipe or a terminal; a pipe that nobody reads would be waited for without end."""
    try:
        opened = os.open(file, os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY)
    except OSError:
        if file.is_fifo():
            _refuse("nobody reads this pipe")
        raise
    os.set_blocking(opened, True)
    return opened


def _take_over(temporary: Path, old: os.stat_result | None) -> None:
    """Bring the new file to the disk, with owner and permissions of the old one."""
    with temporary.open("rb+") as output:
        os.fsync(output.fileno())
    if old is None:
        return
    with suppress(OSError):
        os.chown(temporary, old.st_uid, old.st_gid)
    temporary.chmod(stat.S_IMODE(old.st_mode))


def _to_disk(folder: Path) -> None:
    """Bring the new name to the disk, where the system can."""
    with suppress(OSError):
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)
