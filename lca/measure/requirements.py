"""Refuse what is not measured, where that is required."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lca.errors import MeasurementUnavailable

if TYPE_CHECKING:
    from lca.measure.meters import Opened
    from lca.measure.records import WorkloadRecord

__all__ = ["check_meters", "check_quality"]

_HINT = "name only devices with a meter (devices=[0]) to leave models out"


def check_meters(opened: Opened) -> None:
    """Refuse to begin where nothing can be measured.

    Raises
    ------
    MeasurementUnavailable
        No meter is better than a model.
    """
    methods = {device.method for meter in opened.meters for device in meter.devices()}
    if not methods & {"counter", "power"}:
        reasons = "; ".join(opened.missing) or "no meter was given"
        msg = f"nothing on this machine can be measured: {reasons}"
        raise MeasurementUnavailable(msg)


def check_quality(record: WorkloadRecord) -> None:
    """Refuse a record that is not measured.

    Raises
    ------
    MeasurementUnavailable
        Its energy is modeled, or none is known.
    """
    if record.quality != "measured":
        reasons = [*record.reasons, *record.total.reasons, _HINT]
        msg = f"the energy is {record.quality}, not measured: {'; '.join(reasons)}"
        raise MeasurementUnavailable(msg)
