"""What commands share: their common options, and how they print data and messages."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from lca.commands._inputs import keep_inputs

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem
    from rich.console import Console

    from lca.library import Library
    from lca.scenario import Scenario

Command = TypeVar("Command", bound=Callable[..., Any])
_FEW_NOTES = 6
_MOST_SAMPLES = 1 << 24


def example(*lines: str) -> str:
    """Return the end of a command's help: lines that can be typed as they stand."""
    return "\n".join(
        ["\b", "Examples:" if len(lines) > 1 else "Example:", *(f"  {x}" for x in lines)]
    )


@dataclass(frozen=True, slots=True)
class Settings:
    """The common options of a command."""

    as_json: bool = False
    db: tuple[Path, ...] = ()
    samples: int | None = None
    seed: int | None = None
    basis: str = "location"
    quiet: bool = False
    verbose: bool = False

    def library(self) -> Library:
        """Return the hardware library with the folders asked for."""
        from lca.library import Library

        return Library(self.db)

    def say(self, message: str) -> None:
        """Print a message on standard error, unless asked to be quiet."""
        if not self.quiet:
            tell(message, to_error=True)

    def notes(self, messages: Sequence[str]) -> None:
        """Print remarks on standard error: a few of them, or with ``-v`` all."""
        shown = messages if self.verbose else messages[:_FEW_NOTES]
        for message in shown:
            self.say(f"note: {message}")
        if len(shown) < len(messages):
            self.say(f"note: and {len(messages) - len(shown)} more (-v shows all)")


_LOOKING = (
    click.option("--json", "as_json", is_flag=True, help="Print JSON."),
    click.option(
        "--db",
        multiple=True,
        type=click.Path(file_okay=False, exists=True, path_type=Path),
        help="Folder of your own devices, laid out as hardware_db. Repeatable.",
    ),
    click.option("-q", "--quiet", is_flag=True, help="Print no messages, only data and errors."),
    click.option("-v", "--verbose", is_flag=True, help="Print all notes, and tracebacks of bugs."),
)
_SAMPLING = (
    click.option(
        "--samples",
        type=click.IntRange(0, _MOST_SAMPLES),
        help="Number of draws; 0 gives the central estimate alone.",
    ),
    click.option("--seed", type=click.IntRange(min=0), help="Seed of the draws."),
)
_BASIS = (
    click.option(
        "--basis",
        type=click.Choice(["location", "market"]),
        default="location",
        show_default=True,
        help="Account of electricity for parts and rankings; totals show both.",
    ),
)


_OUTPUT = (
    click.option(
        "-o",
        "--output",
        "files",
        multiple=True,
        metavar="FILE",
        help="Also write FILE.json, .csv, .md or .html (.pdf, .xlsx: lca report). Repeatable.",
    ),
    click.option(
        "--fail-if",
        "limits",
        multiple=True,
        metavar="LIMIT",
        help="Exit with 4 if a median total crosses LIMIT, such as 'gwp100 > 100 tCO2e'. Repeatable.",
    ),
)


def _packed(options: Sequence[Callable[[Any], Any]], command: Command) -> Command:
    """Add options to a command, which gets them as one `Settings`."""
    names = Settings.__dataclass_fields__

    @functools.wraps(command)
    def packed(**given: Any) -> Any:
        keep_inputs(click.get_current_context())
        common = {name: given.pop(name) for name in names if name in given}
        return command(Settings(**common), **given)

    decorated: Any = packed
    for option in reversed(options):
        decorated = option(decorated)
    return decorated  # type: ignore[no-any-return]


def looking(command: Command) -> Command:
    """Add the options of a command that looks things up."""
    return _packed(_LOOKING, command)


def sampling(command: Command) -> Command:
    """Add the options of a command that shows uncertain values."""
    return _packed((*_SAMPLING, *_LOOKING), command)


def reporting(command: Command) -> Command:
    """Add the options of a command that evaluates and writes reports."""
    decorated: Any = evaluating(command)
    for option in reversed(_OUTPUT):
        decorated = option(decorated)
    return decorated  # type: ignore[no-any-return]


def evaluating(command: Command) -> Command:
    """Add the options of a command that evaluates a scenario."""
    return _packed((*_BASIS, *_SAMPLING, *_LOOKING), command)


def tell(text: str, *, to_error: bool = False) -> None:
    """Print a text that may hold names of users, without what a terminal would obey."""
    from lca.report.paper.letters import visible

    click.echo(visible(text), err=to_error)


def console() -> Console:
    """Return the console of standard output; it knows NO_COLOR and COLUMNS."""
    from rich.console import Console

    class Page(Console):
        """A console that leaves a closed pipe to the program, which knows its exit code."""

        def on_broken_pipe(self) -> None:
            """Say that the reader has left."""
            raise BrokenPipeError

    return Page(file=sys.stdout, highlight=False)


def print_json(data: object) -> None:
    """Print plain data as JSON."""
    from lca.report.as_json import dump

    click.echo(dump(data), nl=False)


def load(path: str, settings: Settings, changes: Sequence[str] = ()) -> Scenario:
    """Load a scenario file, with values set by ``PATH=VALUE``.

    Raises
    ------
    InputError
        With every mistake of the file, or of the values.
    """
    import lca

    scenario = lca.load(path, db=settings.db)
    if not changes:
        return scenario
    return scenario.patch(dict(map(_change, changes)), scenario.name)


def _change(text: str) -> tuple[str, object]:
    from lca import document
    from lca.errors import quoted

    path, sign, value = text.partition("=")
    if not sign or not path.strip():
        msg = f'{quoted(text)} is not PATH=VALUE, such as fleet.chat.lifetime="4 years"'
        raise click.UsageError(msg)
    written = document.parse(f"value: {value}", f"--set {path.strip()}").data["value"]
    return path.strip(), written


def write_reports(result: Mapping[str, Any], files: Sequence[str], settings: Settings) -> None:
    """Write a result to files, in the formats that their names ask for."""
    from lca import document
    from lca.report import find_format

    for file in files:
        document.write_atomically(file, find_format(file)(result))
        settings.say(f"wrote {file}")


def finish(
    result: Mapping[str, Any], settings: Settings, files: Sequence[str], limits: Sequence[str]
) -> None:
    """Write and print a result, then hold it against the limits.

    Raises
    ------
    GateFailed
        If a limit is crossed.
    """
    from lca.report import gate

    write_reports(result, files, settings)
    show_result(result, settings)
    gate.check(result, [gate.read(limit) for limit in limits])


def check_output(files: Sequence[str], limits: Sequence[str]) -> None:
    """Refuse what cannot be written and unreadable limits before anything is computed."""
    from lca import document
    from lca.report import find_format, gate

    for file in files:
        find_format(file)
        document.require_writable(file)
    for limit in limits:
        gate.read(limit)


def show_result(result: Mapping[str, Any], settings: Settings) -> None:
    """Print a result on standard output and its remarks on standard error."""
    if settings.as_json:
        print_json(result)
    else:
        from lca.report import terminal

        terminal.show(result, console())
    said = set(result["fallbacks"]) if not settings.as_json else set()
    settings.notes([text for text in result["warnings"] if text not in said])


def complete_ids(kinds: Sequence[str], incomplete: str) -> list[CompletionItem]:
    """Return the ids of some kinds that begin with a text, for the shell's completion."""
    from click.shell_completion import CompletionItem

    from lca.library import Library

    library = Library()
    names = [name for kind in kinds for name in library.ids(kind)]
    return [CompletionItem(name) for name in names if name.startswith(incomplete)]


def complete_devices(
    _context: click.Context, _parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Complete ids of devices, or file names."""
    from click.shell_completion import CompletionItem

    from lca.library import DEVICE_KINDS

    found = complete_ids(DEVICE_KINDS, incomplete)
    return found or [CompletionItem(incomplete, type="file")]


def complete_entries(
    _context: click.Context, _parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Complete ids of every kind."""
    from lca.library.models import KINDS

    return complete_ids(list(KINDS), incomplete)
