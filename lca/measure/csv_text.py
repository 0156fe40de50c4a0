"""Read the text of a CSV file that a person named."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lca.errors import InputError, Problem, did_you_mean

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["text_of"]


def text_of(path: Path, wanted: str) -> str:
    """Return the text of a file.

    Parameters
    ----------
    path : Path
        The file.
    wanted : str
        What it should be, such as ``a CSV file with paired readings``.

    Raises
    ------
    InputError
        There is no such file, or it is no text; the message says what is wanted.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        near = did_you_mean(path.name, [one.name for one in path.parent.glob("*.csv")])
        what = f"no such file{near}"
    except IsADirectoryError:
        what = "is a folder"
    except UnicodeDecodeError:
        what = "is not text in UTF-8"
    except OSError as error:
        what = f"cannot be read ({error.strerror})"
    raise InputError(Problem("", f"{what}; name {wanted}", str(path)))
