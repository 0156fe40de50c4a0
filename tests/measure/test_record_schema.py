"""The published schema of workload records: what is saved obeys it, and it names every field."""

from __future__ import annotations

import json
import math
from dataclasses import fields
from pathlib import Path

import jsonschema

import lca
from lca import document
from lca.measure.integrate import Energy
from lca.measure.records import DeviceRecord, EnergyPerUnit, WindowRecord, Work, WorkloadRecord

SCHEMA = json.loads(
    (Path(lca.__file__).parent / "schemas" / "record.schema.json").read_text(encoding="utf-8")
)
RECORD = WorkloadRecord(
    workload="finetune",
    work=Work(1200.0, "sample"),
    started="2026-11-22T08:30:00+00:00",
    duration=6.25,
    devices=(
        DeviceRecord("gpu0", "board", "GPU-1", None, 10.0, 9.0, 12.0, "counter", coverage=1.0),
        DeviceRecord("gpu1", reasons=("no reading inside the window",)),
    ),
    energy_per_unit=EnergyPerUnit(None, 1.0, math.inf, "sample", (1.01, 1.05)),
    windows=(WindowRecord("step", 0.5, 2.0, Energy(4.0, 3.0, 5.0, 1.0, "counter"), "measured"),),
    metrics={"accuracy": 0.97, "break-even by energy": None},
    quality="measured",
)


def test_a_saved_record_obeys_its_schema(tmp_path: Path) -> None:
    """A record with a measured, an unmeasured and a repeated part is what the contract says."""
    RECORD.save(tmp_path / "r.yaml")
    jsonschema.validate(document.read(tmp_path / "r.yaml").data, SCHEMA)


def test_the_schema_names_every_field_of_a_record() -> None:
    """A field that is written and not in the contract, or the reverse, is noticed."""
    assert set(SCHEMA["properties"]) == {field.name for field in fields(WorkloadRecord)}
