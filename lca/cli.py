"""The command line: finds the command, runs it, and turns refusals into messages and exit codes.

Exit codes: 0 ok, 1 unexpected, 2 usage, 3 invalid input, 4 gate failed, 5 measurement not
available, 128 + n ended by signal n: 130 interrupted, 143 terminated. Data go to standard
output, messages to standard error.
"""

from __future__ import annotations

import errno
import gc
import importlib
import keyword
import os
import pkgutil
import signal
import sys
import threading
import traceback
from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from typing import Any

import click

from lca import __version__, commands
from lca.errors import LcaError, did_you_mean

_UNEXPECTED, _INVALID, _SIGNALED, _PIPE_CLOSED = 1, 3, 128, 141
_RARELY = 100_000
"""Objects made between two searches for cycles; Python's 700 doubles the time of a large fleet."""


_ENDINGS = {"SIGINT": "interrupted", "SIGTERM": "terminated", "SIGHUP": "the terminal has gone"}
_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EROFS}
"""What a system says of a disk that takes no more: no bug of ours."""
_asked: list[int] = []
"""Signals that asked this process to end. Some libraries raise errors of their own for them."""


class _ReaderLeftError(Exception):
    """Whoever read our output has closed the pipe: nobody is left to be told anything."""


def _spoken(module: str) -> str:
    """Return the command of a module: ``import_`` cannot be called ``import`` in Python."""
    return module.removesuffix("_").replace("_", "-")


@cache
def _names(*folders: str) -> tuple[str, ...]:
    """Return the names of all commands of folders; help asks for them once for each command."""
    found = (member.name for member in pkgutil.iter_modules(folders))
    return tuple(sorted(_spoken(name) for name in found if not name.startswith("_")))


class Commands(click.Group):
    """The commands of ``lca/commands``, each loaded when it is asked for."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; a closed pipe is kept from click, which would exit by itself."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            raise _ReaderLeftError from None
        except KeyboardInterrupt as stop:  # which click would tell with an empty line
            raise click.Abort from stop

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands: the public modules of the folder, sorted."""
        del ctx
        return list(_names(*commands.__path__))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command by name, or None if no file has it."""
        if cmd_name not in self.list_commands(ctx):
            return None
        name = f"{cmd_name.replace('-', '_')}{'_' if keyword.iskeyword(cmd_name) else ''}"
        module = importlib.import_module(f"lca.commands.{name}")
        found: click.Command = module.command
        return found

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, naming the nearest where there is none."""
        name = args[0] if args else ""
        names = self.list_commands(ctx)
        if name and not name.startswith("-") and name not in names:
            ctx.fail(f'no command "{name}"{did_you_mean(name, names)} (one of: {", ".join(names)})')
        return super().resolve_command(ctx, args)


_SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


_EPILOG = """\b
Start here:
  lca list gpu
  lca compare nvidia-h100-sxm5-80gb amd-instinct-mi300x --region FR
  lca init procurement -o mine.yaml
  lca run mine.yaml
\b
Completion of commands, options and ids (bash_source, zsh_source or fish_source):
  eval "$(_LCA_COMPLETE=bash_source lca)"
\b
Exit codes: 0 ok, 1 unexpected, 2 usage, 3 invalid input, 4 gate failed,
5 measurement not available.
"""


@click.command(cls=Commands, context_settings=_SETTINGS, no_args_is_help=True, epilog=_EPILOG)
@click.version_option(__version__, prog_name="lca", message="%(prog)s %(version)s")
def group() -> None:
    """Account for the carbon of AI hardware over its life: making, running, scrapping."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Parameters
    ----------
    arguments
        Words after the program's name; by default those of the process.

    Returns
    -------
    int
        The exit code.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    if arguments is None:  # a process of its own: what it makes, it mostly keeps to its end
        gc.set_threshold(_RARELY)
        _heed_signals()
    try:
        code = _run(words)
        if sys.stdout is not None:
            sys.stdout.flush()
    except (BrokenPipeError, _ReaderLeftError):
        _silence()
        return _PIPE_CLOSED
    except OSError as error:
        return _report_room(error)
    return code


def _heed_signals() -> None:
    """Let a request to terminate tidy up as an interrupt does; one that is ignored stays so."""
    if threading.current_thread() is not threading.main_thread():
        return
    for name in _ENDINGS:
        number = getattr(signal, name, None)
        usual = {signal.SIG_DFL, signal.default_int_handler}
        if number is not None and signal.getsignal(number) in usual:
            signal.signal(number, _stop)


def _stop(number: int, _frame: object) -> None:
    _asked.append(number)
    raise KeyboardInterrupt


def _silence() -> None:
    """Leave what could not be printed: Python must not complain again when it closes the stream."""
    with suppress(OSError, AttributeError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _run(words: list[str]) -> int:
    try:
        found: Any = group.main(words, prog_name="lca", standalone_mode=False)
        return found if isinstance(found, int) else 0
    except click.ClickException as refusal:
        refusal.show()
        return refusal.exit_code
    except (click.Abort, KeyboardInterrupt):
        return _report_end()
    except LcaError as refusal:
        click.echo(str(refusal), err=True)
        return refusal.exit_code
    except (BrokenPipeError, _ReaderLeftError):
        raise
    except Exception as bug:  # no traceback may reach a user
        return _report_other(bug, {"-v", "--verbose"} & set(words))


def _report_other(bug: Exception, verbose: object) -> int:
    """Tell what is no refusal of ours: what a signal or a full disk brought about, or a bug."""
    if _asked:
        return _report_end()
    if isinstance(bug, OSError) and bug.errno in _ROOM:
        return _report_room(bug)
    return _report_bug(bug, verbose)


def _report_end() -> int:
    """Say which signal ended the work, and return its code."""
    number = _asked[-1] if _asked else int(signal.SIGINT)
    with suppress(OSError):  # the terminal may have gone
        after = "\n" if sys.stderr is not None and sys.stderr.isatty() else ""  # what it shows: ^C
        click.echo(f"{after}{_ENDINGS[signal.Signals(number).name]}", err=True)
    return _SIGNALED + number


def _report_room(error: OSError) -> int:
    """Say what the system refused to take."""
    name = error.filename or "standard output"
    with suppress(OSError):
        click.echo(f"{name}: cannot be written: {error.strerror or error}", err=True)
    _silence()
    return _INVALID


def _report_bug(bug: Exception, verbose: object) -> int:
    if verbose:
        click.echo("".join(traceback.format_exception(bug)), err=True, nl=False)
    what = " ".join(f"{type(bug).__name__}: {bug}".split())
    hint = "" if verbose else "; run with -v for the traceback"
    click.echo(f"lca: {what} (this is a bug{hint})", err=True)
    return _UNEXPECTED


if __name__ == "__main__":
    sys.exit(main())
