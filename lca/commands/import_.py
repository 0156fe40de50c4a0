"""``lca import``: what other tools measured, as a workload record."""

from __future__ import annotations

from pathlib import Path

import click

from lca.commands._shared import Settings, example, looking, print_json

FORMATS = ("codecarbon", "zeus", "dcgm")


def _known(_context: click.Context, _parameter: click.Parameter, name: str) -> str:
    """Refuse a format that there is not, with the nearest one."""
    from lca.errors import did_you_mean, quoted

    if name not in FORMATS:
        msg = f"no format {quoted(name)}{did_you_mean(name, FORMATS)}; there are: {', '.join(FORMATS)}"
        raise click.BadParameter(msg)
    return name


@click.command(
    "import",
    epilog=example('lca import codecarbon emissions.csv --work "1200 samples" -o r.yaml'),
)
@click.argument("form", metavar="FORMAT", callback=_known)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--work", default="", help="Work of one run or window, such as '1200 samples'.")
@click.option("--run", default="", help="Which run_id or window, where the file holds several.")
@click.option("--hardware", default="", help="Id of the boards, where the file does not name them.")
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write the record."
)
@looking
def command(
    settings: Settings,
    form: str,
    file: Path,
    work: str,
    run: str,
    hardware: str,
    output: Path | None,
) -> None:
    """Read FILE of another tool into a workload record.

    Formats: codecarbon (emissions.csv), zeus (log file of ZeusMonitor), dcgm (power samples as
    Grafana or a Prometheus client writes them to CSV). Their files state no bounds: the record's are
    wide, and say why.
    """
    from lca.commands._measured import show
    from lca.measure import importers, record_files

    record = importers.load(form, file, importers.Asked(work, run, hardware))
    if output is not None:
        record.save(output)
        settings.say(f"wrote {output}")
    if settings.as_json:
        print_json(record_files.written(record))
    else:
        show(record)
