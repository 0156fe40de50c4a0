"""Reads a file of measured rows, checks every cell, and scores the model on it."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from lca import units
from lca.errors import InputError, Problem, did_you_mean, quoted
from lca.library import Library
from lca.uncertain import Array
from lca.workloads import validity
from lca.workloads.generation_model import predict_outputs
from lca.workloads.generation_rows import outputs_of
from lca.workloads.inference_model import packaged_library
from lca.workloads.inference_table import Table, predict
from lca.workloads.measured_rows import DEVICES, MODALITIES, TOKEN, conditions_of, packaged
from lca.workloads.scoring import score

COMMON = (
    "row_id",
    "modality",
    "unit",
    "total_params_b",
    "active_params_b",
    "gpu_model",
    "num_gpus",
    "energy_j_per_unit",
)
OF_TOKENS = ("weight_precision", "avg_batch", "avg_output_tokens")
OF_OUTPUTS = ("denoising_steps", "out_height_px", "out_width_px")
OPTIONAL = (
    "source",
    "benchmark_version",
    "task",
    "model_id",
    "architecture",
    "tensor_parallel",
    "expert_parallel",
    "data_parallel",
    "pipeline_parallel",
    "max_batch",
    "avg_prompt_tokens",
    "out_frames",
)
TEXT_COLUMNS = ("row_id", "modality", "unit", "gpu_model", "weight_precision")
OUTPUT_UNITS = ("image", "video")
_NUMERIC_OPTIONAL = (
    "data_parallel",
    "pipeline_parallel",
    "max_batch",
    "avg_prompt_tokens",
    "out_frames",
)
_MANY = 20
_BEYOND = 1e12

Row = Mapping[str, str]


def score_file(path: Path, library: Library | None = None) -> dict[str, Any]:
    """Predict every row of a file and score the predictions.

    Parameters
    ----------
    path
        A csv file with the columns of the packaged measurements.
    library
        Where devices are looked up.

    Returns
    -------
    dict
        ``summary`` by modality, and ``rows``; energies in J per unit, as in the file.

    Raises
    ------
    InputError
        With every mistake of the file.
    """
    used = library or packaged_library()
    table = read_rows(path, used)
    measured = np.array([float(row["energy_j_per_unit"]) for row in table])
    bounds, basis = _predicted(table, used)
    return {
        "fitted_rows": _fitted(table),
        "summary": summary([row["modality"] for row in table], measured, bounds),
        "rows": [
            {
                "row_id": row["row_id"],
                "modality": row["modality"],
                "measured": float(measured[place]),
                "p5": float(bounds[0, place]),
                "p50": float(bounds[1, place]),
                "p95": float(bounds[2, place]),
                "unit": f"J/{row['unit']}",
                "basis": basis[place],
            }
            for place, row in enumerate(table)
        ],
    }


def _fitted(table: Sequence[Row]) -> int:
    """Count the rows that the model was fitted to: they are no test of it."""
    known = {(row["row_id"], row["energy_j_per_unit"]) for row in packaged()}
    return sum((row["row_id"], row["energy_j_per_unit"]) in known for row in table)


def summary(modalities: Sequence[str], measured: Array, bounds: Array) -> dict[str, Any]:
    """Return the scores of each modality; ``bounds`` holds p5, p50 and p95, shape ``(3, rows)``."""
    kinds = np.array(modalities)
    return {
        str(kind): asdict(score(measured[kinds == kind], *bounds[:, kinds == kind]))
        for kind in sorted(set(modalities), key=_order)
    }


def _order(kind: str) -> tuple[int, str]:
    known = (*MODALITIES, *OUTPUT_UNITS)
    return (known.index(kind) if kind in known else len(known), kind)


def _predicted(table: Sequence[Row], library: Library) -> tuple[Array, list[str]]:
    """Return p5, p50 and p95 in J, and what each rests on."""
    bounds = np.empty((3, len(table)))
    basis = [""] * len(table)
    joule = 1 / units.parse("1 J", "kWh")
    for tokens in (True, False):
        places = [k for k, row in enumerate(table) if (row["unit"] == TOKEN) == tokens]
        if not places:
            continue
        found = _table([table[k] for k in places], library, tokens=tokens)
        bounds[:, places] = np.array([found.p5, found.p50, found.p95]) * joule
        for place, said in zip(places, found.basis, strict=True):
            basis[place] = said
    return bounds, basis


def _table(rows: Sequence[Row], library: Library, *, tokens: bool) -> Table:
    if not tokens:
        return predict_outputs(outputs_of(rows))
    asked = conditions_of(rows)
    wider = [
        validity.remarks(
            library.device(asked.device[k]), rows[k]["weight_precision"], asked.take([k])
        )[1]
        for k in range(len(rows))
    ]
    return predict(asked, library=library, wider=np.array(wider))


def read_rows(path: Path, library: Library) -> list[Row]:
    """Read a file of measured rows.

    Raises
    ------
    InputError
        With every missing column and every cell that means nothing, by line.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        msg = f"{quoted(path)}: cannot be read: {reason}"
        raise InputError(msg) from None
    lines = csv.reader(text.splitlines())
    try:
        header = next(lines, [])
        numbered = [(lines.line_num, cells) for cells in lines if any(cells)]
    except csv.Error as error:
        told = f"cannot be read as CSV: {error}"
        raise InputError(Problem("", told, str(path), lines.line_num)) from None
    _check_header(path, header, [cells for _, cells in numbered])
    if not numbered:
        msg = f"{quoted(path)}: no rows below the heading; nothing to score"
        raise InputError(msg)
    wrong = [
        Problem("", f"{len(cells)} cells where the heading has {len(header)}", str(path), number)
        for number, cells in numbered
        if len(cells) != len(header)
    ]
    table = [(number, dict(zip(header, cells, strict=False))) for number, cells in numbered]
    if not wrong:
        wrong = list(_cell_problems(path, table, library))
    if wrong:
        raise InputError(_first(wrong))
    return [row for _, row in table]


def _first(wrong: list[Problem]) -> list[Problem]:
    """Return the first problems, and how many more there are."""
    if len(wrong) <= _MANY:
        return wrong
    last = wrong[_MANY]
    more = Problem("", f"and {len(wrong) - _MANY} more mistakes", last.file, last.line)
    return [*wrong[:_MANY], more]


def _check_header(path: Path, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Refuse a file that lacks a column which one of its rows needs; all of them are named."""
    if not header:
        msg = f"{quoted(path)}: the file is empty; it needs the columns {', '.join(COMMON)}"
        raise InputError(msg)
    needed = [*COMMON, *(OF_OUTPUTS if _makes_outputs(header, rows) else ())]
    needed += OF_TOKENS if not rows or any(TOKEN in cells for cells in rows) else ()
    missing = [name for name in needed if name not in header]
    others = [name for name in header if name not in (*needed, *OF_TOKENS, *OF_OUTPUTS, *OPTIONAL)]
    if missing:
        raise InputError(
            [
                Problem("", f'no column "{name}"{did_you_mean(name, others)}', str(path), 1)
                for name in missing
            ]
        )


def _makes_outputs(header: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    """Tell whether a row is about an image or a video that was made."""
    if "unit" not in header:
        return False
    place = header.index("unit")
    return any(cells[place : place + 1] == [kind] for cells in rows for kind in OUTPUT_UNITS)


def _cell_problems(
    path: Path, table: Sequence[tuple[int, Row]], library: Library
) -> Iterator[Problem]:
    for number, row in table:
        for column, message in _row_problems(row, library):
            yield Problem(column, message, str(path), number)


def _row_problems(row: Row, library: Library) -> Iterator[tuple[str, str]]:
    units_known = (TOKEN, *OUTPUT_UNITS)
    if row["unit"] not in units_known:
        yield "unit", _unknown("unit", row["unit"], units_known)
        return
    tokens = row["unit"] == TOKEN
    kinds = tuple(MODALITIES) if tokens else OUTPUT_UNITS
    if row["modality"] not in kinds:
        yield "modality", _unknown("modality", row["modality"], kinds)
    yield from _device_problems(row, library)
    if tokens and row.get("weight_precision", "").lower() not in validity.PRECISIONS:
        known = tuple(validity.PRECISIONS)
        yield "weight_precision", _unknown("precision", row.get("weight_precision", ""), known)
    needed = (*COMMON, *(OF_TOKENS if tokens else OF_OUTPUTS))
    numeric = [name for name in needed if name not in TEXT_COLUMNS]
    bad = [(name, said) for name in numeric if (said := _number_problem(row.get(name, "")))]
    bad += [
        (name, said)
        for name in _NUMERIC_OPTIONAL
        if row.get(name) and (said := _number_problem(row[name]))
    ]
    yield from bad
    if not bad and float(row["active_params_b"]) > float(row["total_params_b"]):
        yield (
            "active_params_b",
            f"{row['active_params_b']} are active of {row['total_params_b']} in total",
        )


def _device_problems(row: Row, library: Library) -> Iterator[tuple[str, str]]:
    name = row["gpu_model"]
    ids = [one for kind in ("gpu", "tpu", "accelerator") for one in library.ids(kind)]
    if name not in DEVICES and name not in ids:
        near = did_you_mean(name, (*DEVICES, *ids))
        known = ", ".join(DEVICES)
        yield (
            "gpu_model",
            f"no device {quoted(name)}{near} (one of: {known}, or an id of lca list gpu)",
        )
        return
    try:
        validity.hardware(library.device(DEVICES.get(name, name)))
    except InputError as refusal:
        yield "gpu_model", refusal.problems[0].message


def _number_problem(text: str) -> str:
    """Return what is wrong with a number, or nothing."""
    try:
        value = float(text)
    except ValueError:
        return f"{quoted(text)} is not a number" if text else "empty; a number is needed"
    if value >= _BEYOND:
        return f"{text} is beyond what can be scored; expected less than {_BEYOND:g}"
    return "" if math.isfinite(value) and value > 0 else f"{text} is not above zero"


def _unknown(what: str, name: str, known: Sequence[str]) -> str:
    return f"no {what} {quoted(name)}{did_you_mean(name, known)} (one of: {', '.join(known)})"
