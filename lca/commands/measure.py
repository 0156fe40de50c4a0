"""``lca measure``: the energy of a command or of a built-in workload, as a record."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lca.commands._shared import Settings, example, looking, print_json

if TYPE_CHECKING:
    from lca.commands._run_workload import Ran
    from lca.errors import LcaError
    from lca.measure.records import WorkloadRecord


class _Measure(click.Command):
    """A command that leaves all behind ``--`` alone: that is the program to be measured."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read what stands before ``--``; keep what stands behind it."""
        place = args.index("--") if "--" in args else len(args)
        ctx.meta["lca.program"] = tuple(args[place + 1 :])
        ctx.meta["lca.dashes"] = place < len(args)
        return super().parse_args(ctx, args[:place])


@click.command(
    "measure",
    cls=_Measure,
    options_metavar="[OPTIONS]",
    epilog=example(
        "lca measure gpt2_generate --size small --save r.yaml",
        'lca measure --save r.yaml --work "1200 samples" -- python train.py',
        "lca measure compare before.yaml after.yaml",
        'lca measure compare "python a.py" "python b.py" --repeat 5 --cool-down 30s',
        "lca measure list",
    ),
)
@click.argument("words", nargs=-1, metavar="WORKLOAD | compare A B | list | -- COMMAND...")
@click.option("--size", default="small", show_default=True, help="Size of a workload: small, full.")
@click.option("--work", help="Work of one run of COMMAND, such as '1200 samples'. [default: 1 run]")
@click.option(
    "--repeat", type=click.IntRange(min=1), default=1, show_default=True, help="Runs, at least."
)
@click.option("--at-least", help="Repeat until this time has passed, such as 5s.")
@click.option(
    "--device",
    "devices",
    multiple=True,
    help="Which to measure: UUID, its beginning, index, or cpu. A workload also runs there: "
    "on cuda or cuda:1 the processors are measured, too; 1 is that board alone. Repeatable. "
    "[default: all that are visible]",
)
@click.option(
    "--idle",
    type=click.Choice(["total", "above_idle", "share"]),
    default="total",
    show_default=True,
    help="What of the devices' energy counts.",
)
@click.option("--share", type=click.FloatRange(0, 1, min_open=True), help="For --idle share.")
@click.option("--save", type=click.Path(dir_okay=False, path_type=Path), help="Write the record.")
@click.option("--require", type=click.Choice(["measured"]), help="Exit with 5 if it is not.")
@click.option(
    "--apply",
    "calibration",
    type=click.Path(path_type=Path),
    help="Node calibration (lca calibrate -o): adds energy at the wall to the record.",
)
@click.option("--cool-down", default="0 s", help="Pause before each round of compare, such as 30s.")
@looking
def command(settings: Settings, words: tuple[str, ...], **asked: Any) -> int | None:
    """Measure the energy of a built-in WORKLOAD, or of any COMMAND behind --.

    A built-in workload does the work of a window again until the meters can tell its energy.
    A command's exit code is passed on, and its record is kept whatever it is. Its output is left
    alone; the record's summary goes to standard error (with --json, the record to standard output
    and the command's output to standard error).
    """
    from lca.commands import _run_measured as running

    context = click.get_current_context()
    if asked["share"] is not None and asked["idle"] != "share":
        msg = (
            "--share counts with --idle share only: lca measure --idle share --share 0.5 -- COMMAND"
        )
        raise click.UsageError(msg)
    running.check_save(asked["save"])
    program, dashes = context.meta["lca.program"], context.meta["lca.dashes"]
    if dashes:
        if words or not program:
            msg = (
                "write the command behind --, and options before it: lca measure -- python train.py"
            )
            raise click.UsageError(msg)
        return _of_program(program, asked, settings)
    if words[:1] == ("compare",):
        return _compare(words[1:], asked, settings)
    if words == ("list",):
        _list(settings)
    elif len(words) == 1:
        _of_workload(words[0], asked, settings)
    else:
        msg = "name one workload (lca measure list), or write a command behind --"
        raise click.UsageError(msg)
    return None


def _list(settings: Settings) -> None:
    """Print the names of the built-in workloads."""
    from lca.measure import workloads

    names = workloads.names()
    if settings.as_json:
        print_json(list(names))
    else:
        click.echo("\n".join(names))


def _of_program(program: tuple[str, ...], asked: dict[str, Any], settings: Settings) -> int:
    """Measure a command; return its exit code."""
    from lca.commands import _run_measured as running

    running.check_program(program)
    wanted = _read_calibration(asked)
    code, record, failure = running.measure_program(program, asked, settings)
    record, failure = _finished(record, wanted, asked, failure)
    if settings.as_json:
        print_json(_data(record))
    elif not settings.quiet:
        from lca.commands import _measured

        _measured.show(record, to_error=True)
    _told_saved(asked, settings, failure)
    if failure is not None and code == 0:
        raise failure
    if failure is not None:
        settings.say(str(failure))
    return code


def _of_workload(name: str, asked: dict[str, Any], settings: Settings) -> None:
    """Measure a built-in workload."""
    from dataclasses import replace

    from lca.commands import _run_workload as running

    if asked["work"]:
        msg = "a workload counts its own work; take --work out"
        raise click.UsageError(msg)
    wanted = _read_calibration(asked)
    ran = running.measure_workload(name, asked, settings)
    record, failure = _finished(ran.record, wanted, asked, ran.failure)
    if settings.as_json:
        print_json(_data(record))
    else:
        _show(replace(ran, record=record))
    _told_saved(asked, settings, failure)
    if failure is not None:
        raise failure


def _read_calibration(asked: dict[str, Any]) -> Any:
    """Return the calibration that is asked for, before anything runs."""
    from lca.measure import calibrate

    return None if asked["calibration"] is None else calibrate.load(asked["calibration"])


def _finished(
    record: WorkloadRecord, calibration: Any, asked: dict[str, Any], failure: LcaError | None
) -> tuple[WorkloadRecord, LcaError | None]:
    """Return the record as it is kept, with its calibration, and what went wrong first."""
    from lca.errors import LcaError
    from lca.measure import calibrate, ranks

    try:
        if calibration is not None:
            record = calibrate.applied(calibration, record)
    except LcaError as error:
        failure = failure or error
    try:
        if asked["save"] is not None:
            record.save(ranks.file_of_rank(asked["save"]))
    except LcaError as error:  # the exit code of the command matters more
        failure = failure or error
    return record, failure


def _told_saved(asked: dict[str, Any], settings: Settings, failure: Exception | None) -> None:
    """Say where the record is: that of a rank has a name of its own."""
    from lca.measure import ranks

    if asked["save"] is not None and failure is None:
        settings.say(f"wrote {ranks.file_of_rank(asked['save'])}")


def _compare(sides: tuple[str, ...], asked: dict[str, Any], settings: Settings) -> int | None:
    """Compare two saved records, or two commands that are measured in turns."""
    from lca.commands import _measured
    from lca.measure import compare_records, records

    if len(sides) != 2:
        msg = "compare needs two records, or two commands in quotes: lca measure compare a.yaml b.yaml"
        raise click.UsageError(msg)
    if all(side.endswith((".yaml", ".yml")) for side in sides):
        pair = [records.load(side) for side in sides]
    else:
        code, pair = _measured_in_turns(sides, asked, settings)
        if code:
            return code
    found = compare_records.compare(*pair)
    if settings.as_json:
        print_json(_measured.comparison_data(found))
    else:
        _measured.show_comparison(found, *sides)
    return None


def _measured_in_turns(
    sides: tuple[str, ...], asked: dict[str, Any], settings: Settings
) -> tuple[int, list[WorkloadRecord]]:
    """Measure two commands in turns, each as often as the other."""
    import shlex

    from lca.commands import _run_measured as running

    try:
        programs = [tuple(shlex.split(side)) for side in sides]
    except ValueError as error:
        msg = f"a command cannot be read: {error}"
        raise click.UsageError(msg) from None
    for program in programs:
        running.check_program(program)
    pause = running.seconds(asked["cool_down"], "--cool-down")
    code, pair = running.compare_programs(programs, asked | {"cool_down": pause}, settings)
    if code:
        settings.say(f"a command ended with exit code {code}: nothing is compared")
    return code, pair


def _data(record: WorkloadRecord) -> dict[str, Any]:
    """Return a record as plain data; a figure that does not exist is null, its reason a remark."""
    from lca.measure import record_files

    return record_files.written(record)


def _show(ran: Ran) -> None:
    """Print what a workload took and what it gave."""
    from lca.commands import _measured, _workload_table

    _measured.show(ran.record, _workload_table.rows(ran))
