"""``lca import``: what other tools measured, as a workload record; samples of a fleet, rolled up."""

from __future__ import annotations

from pathlib import Path

import click

from lca.commands._shared import Settings, example, looking, print_json

FORMATS = ("codecarbon", "zeus", "dcgm", "telemetry")


def _known(_context: click.Context, _parameter: click.Parameter, name: str) -> str:
    """Refuse a format that there is not, with the nearest one."""
    from lca.errors import did_you_mean, quoted

    if name not in FORMATS:
        msg = f"no format {quoted(name)}{did_you_mean(name, FORMATS)}; there are: {', '.join(FORMATS)}"
        raise click.BadParameter(msg)
    return name


@click.command(
    "import",
    epilog=example(
        'lca import codecarbon emissions.csv --work "1200 samples" -o r.yaml',
        "lca import telemetry 'power/*.parquet' --by job,hour -o jobs.csv -o fleet.yaml",
    ),
)
@click.argument("form", metavar="FORMAT", callback=_known)
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@click.option("--work", default="", help="Work of one run or window, such as '1200 samples'.")
@click.option("--run", default="", help="Which run_id or window, where the file holds several.")
@click.option("--hardware", default="", help="Id of the boards, where the file does not name them.")
@click.option(
    "-o", "--output", "outputs", multiple=True, type=click.Path(dir_okay=False, path_type=Path),
    help="Write the record; of telemetry, FILE.csv, .parquet or .json with the rows, or the record "
    "as FILE.yaml. Repeatable.",
)  # fmt: skip
@click.option("--by", default="device", show_default=True,
              help="Telemetry: sum by any of device,host,job,hour.")  # fmt: skip
@click.option("--column", "columns", multiple=True, metavar="ROLE=NAME",
              help="Telemetry: which column is the power, time, device, job... Repeatable.")  # fmt: skip
@click.option("--unit", "units", multiple=True, metavar="ROLE=UNIT",
              help="Telemetry: unit of power, energy or time. Repeatable.")  # fmt: skip
@click.option("--gap", default="", metavar="TIME",
              help="Telemetry: time without a sample that is not measured. [default: five times the usual]")  # fmt: skip
@click.option("--highest", default="", metavar="POWER",
              help="Telemetry: power above which a sample is no reading. [default: 5 kW]")  # fmt: skip
@click.option("--from", "since", default="", metavar="TIME",
              help="Telemetry: first time to read, such as 2026-01-31T08:00Z.")  # fmt: skip
@click.option("--until", default="", metavar="TIME", help="Telemetry: last time to read.")
@click.option("--memory", default="", metavar="SIZE",
              help="Telemetry: memory to use before disk, such as 2GB.")  # fmt: skip
@click.option("--temp", type=click.Path(file_okay=False, path_type=Path),
              help="Telemetry: folder for temporary files.")  # fmt: skip
@looking
def command(
    settings: Settings,
    form: str,
    files: tuple[str, ...],
    work: str,
    run: str,
    hardware: str,
    outputs: tuple[Path, ...],
    **asked: object,
) -> None:
    """Read FILE of another tool into a workload record, or roll up samples of a fleet.

    Formats: codecarbon (emissions.csv), zeus (log file of ZeusMonitor), dcgm (power samples as
    Grafana or a Prometheus client writes them to CSV). Their files state no bounds: the record's are
    wide, and say why. And telemetry: any number of files of samples (Parquet, CSV, CSV.gz, Prometheus
    JSON) or of sacct -P, summed by device, job and hour (extra telemetry; quote the pattern).
    """
    if form == "telemetry":
        _telemetry(settings, files, work, hardware, outputs, **asked)
        return
    if len(files) > 1:
        msg = f"{form} reads one file, {len(files)} are given"
        raise click.UsageError(msg)
    from lca.commands._measured import show
    from lca.measure import importers, record_files

    record = importers.load(form, Path(files[0]), importers.Asked(work, run, hardware))
    for output in outputs:
        record.save(output)
        settings.say(f"wrote {output}")
    if settings.as_json:
        print_json(record_files.written(record))
    else:
        show(record)


def _telemetry(
    settings: Settings,
    files: tuple[str, ...],
    work: str,
    hardware: str,
    outputs: tuple[Path, ...],
    **asked: object,
) -> None:
    """Roll up samples, write them, and print the table."""
    from lca.commands._telemetry import asked_of, show_rollup
    from lca.telemetry import roll_up, writing
    from lca.telemetry.asked import read_by

    for output in outputs:
        writing.check(output)
    by, given = read_by(str(asked["by"])), asked_of(hardware, asked)
    found = roll_up(files, by, given)
    for output in outputs:
        writing.write(found, output, work)
        settings.say(f"wrote {output}")
    if settings.as_json:
        print_json(writing.result(found))
    else:
        show_rollup(found)
    settings.notes(found.notes)
