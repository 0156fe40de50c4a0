"""Targets that read CSV files."""

from __future__ import annotations

import gzip
import math

import numpy as np

from fuzz.promises import file_of, folder, require, require_numbers
from lca.hourly import reading as hours
from lca.library import Library
from lca.measure import importers, record_files, records
from lca.measure import readings as paired
from lca.workloads import scoring_file

_MAGIC = b"\x1f\x8b"
_ASKED = importers.Asked(work="1200 samples")
_EPOCH = importers.Asked(work="1200 samples", run="epoch")


def hourly(raw: bytes) -> None:
    """Demand that a year of hours is whole or refused; packed files are packed well or refused."""
    name = "hours.csv.gz" if raw.startswith(_MAGIC) else "hours.csv"
    found = hours.read(file_of(raw, name))
    require(found.hours >= 24, "a series of less than a day")
    for numbers in found.intensities.values():
        require(bool(np.isfinite(numbers).all()), "an intensity is not finite")
    if not raw.startswith(_MAGIC):
        hours.read(file_of(gzip.compress(raw, 1), "hours.csv.gz"))


def inference(raw: bytes) -> None:
    """Demand that measured rows are read or refused, every number finite."""
    for row in scoring_file.read_rows(file_of(raw, "rows.csv"), Library()):
        require(math.isfinite(float(row["energy_j_per_unit"])), "an energy is not finite")


def readings(raw: bytes) -> None:
    """Demand that paired readings are positive and finite."""
    for one in paired.read(file_of(raw, "pairs.csv")):
        require_numbers([one.measured, one.wall, one.time], "a reading")


def codecarbon(raw: bytes) -> None:
    """Demand that a file of CodeCarbon becomes a record that survives its file."""
    _imported("codecarbon", raw)


def zeus(raw: bytes) -> None:
    """Demand that a log of Zeus becomes a record that survives its file."""
    _imported("zeus", raw)


def dcgm(raw: bytes) -> None:
    """Demand that samples of DCGM become a record that survives its file."""
    _imported("dcgm", raw)


def _imported(tool: str, raw: bytes) -> None:
    asked = _EPOCH if b"epoch" in raw else _ASKED
    found = importers.load(tool, file_of(raw, f"{tool}.csv"), asked)
    numbers = [one.energy for one in found.devices if one.energy is not None]
    require(all(math.isfinite(number) for number in numbers), "an energy is not finite")
    saved = folder() / f"{tool}.yaml"
    found.save(saved)
    again = record_files.written(records.load(saved))
    require(again == record_files.written(found), "saving and loading changed the record")


def telemetry(raw: bytes) -> None:
    """Demand that samples of a fleet are rolled up or refused."""
    from lca.telemetry import Asked, roll_up

    found = roll_up(
        (str(file_of(raw, "samples.csv")),), ("device",), Asked(memory="200MB", threads=1)
    )
    require_numbers([found.total.energy or 0.0], "the energy")
