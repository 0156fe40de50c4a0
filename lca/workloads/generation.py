"""Energy of making images and videos: drawn to measured rows of the model, else wide.

>>> answer = generation_energy(model="black-forest-labs/FLUX.1-dev", steps=28)
>>> answer.unit, answer.per
('kWh', 'image')
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from lca import terms
from lca.errors import InputError, UnknownNameError, did_you_mean, quoted
from lca.formulas.generation import energy_per_output
from lca.library import Library
from lca.library.models import Device
from lca.terms import Factor, Node, Term
from lca.uncertain import lognormal
from lca.workloads.generation_model import predict_outputs
from lca.workloads.generation_rows import QUANTITIES, Outputs, generation_rows, generation_values
from lca.workloads.inference_coefficients import SOURCE
from lca.workloads.inference_model import packaged_library
from lca.workloads.inference_table import Table
from lca.workloads.measured_rows import DEVICES, model_key, texts
from lca.workloads.prediction import Prediction


def generation_energy(
    *,
    model: str = "",
    parameters: float | None = None,
    device: str | Device = "nvidia-h100-sxm5-80gb",
    device_count: int = 1,
    steps: float,
    height: float | None = None,
    width: float | None = None,
    frames: float | None = None,
    batch: float = 1.0,
    library: Library | None = None,
) -> Prediction:
    """Predict the electricity of all accelerators for one image or video.

    Parameters
    ----------
    model
        Name of a diffusion model; if it was measured, its rows decide, and what is left out of
        ``parameters``, ``height``, ``width`` and ``frames`` is taken from them.
    parameters
        Parameters that work in a denoising step; needed where the model was not measured.
    device, device_count
        Id in the hardware database (or a device), and how many make the output together.
    steps
        Denoising steps.
    height, width, frames
        Of the output, in pixels; one frame is an image.
    batch
        Outputs that are made together; one by default, as where nobody waits for others.
    library
        Where the device is looked up.

    Raises
    ------
    InputError
        If something is missing or means nothing.
    """
    found = (library or packaged_library()).device(device) if isinstance(device, str) else device
    given = {"parameters": parameters, "height": height, "width": width, "frames": frames}
    known, taken = _completed(model, given)
    _check({**known, "device count": device_count, "steps": steps, "batch": batch})
    asked = _row(model, found, known, (steps, batch, device_count))
    table = predict_outputs(asked)
    question = _Question(asked, found, table)
    remarks = (*taken, *question.remarks())
    return Prediction(question.energy(), "kWh", str(asked.modality[0]), question.basis(), remarks)


def _completed(
    model: str, given: dict[str, float | None]
) -> tuple[dict[str, float], tuple[str, ...]]:
    """Fill in, from the measured rows of a model, what was not given."""
    rows, _ = generation_rows()
    here = np.array([bool(model) and model_key(name) == model_key(model) for name in rows.model])
    missing = [name for name, value in given.items() if value is None and name != "frames"]
    if missing and not here.any():
        names = sorted({name.rsplit("/", 1)[-1] for name in rows.model})
        if model and given["parameters"] is None:
            msg = f"no measured model {quoted(model)}{did_you_mean(model.rsplit('/', 1)[-1], names)} (one of: {', '.join(names)}); for another, give parameters, height and width"
            raise UnknownNameError(msg)
        msg = f"{', '.join(missing)}: not given, and no measured rows to take them from"
        raise InputError(msg)
    known = {name: value for name, value in given.items() if value is not None}
    if not here.any():
        return {"frames": 1.0, **known}, ()
    measured = rows.take(here)
    typical = {
        "parameters": float(measured.active_parameters[0]),
        "frames": float(np.median(measured.output_frames)),
        "height": math.sqrt(float(np.median(measured.output_pixels))),
        "width": math.sqrt(float(np.median(measured.output_pixels))),
    }
    taken = [name for name in typical if name not in known]
    said = f"{', '.join(taken)}: not given, as in the measured rows of {model}" if taken else ""
    return {**typical, **known}, (said,) if said else ()


def _check(given: dict[str, float]) -> None:
    wrong = [
        f"{name}: {value:g} is not at least 1"
        for name, value in given.items()
        if not (math.isfinite(value) and value >= 1)
    ]
    if wrong:
        raise InputError("\n".join(wrong))


def _row(
    model: str, device: Device, known: dict[str, float], further: tuple[float, float, float]
) -> Outputs:
    steps, batch, count = further
    kind = "image" if known["frames"] == 1 else "video"
    pixels = known["height"] * known["width"]
    numbers = (known["parameters"], steps, pixels, known["frames"], batch, count)
    rows, _ = generation_rows()
    same = rows.model == model
    earlier = bool(same.any() and np.all(rows.earlier[same] > 0))
    arrays = [np.array([float(number)]) for number in (*numbers, float(earlier))]
    names = [texts([name]) for name in (device.id, kind, model)]
    return Outputs(*arrays, *names)


@dataclass(frozen=True)
class _Question:
    """One output, its device and its prediction."""

    asked: Outputs
    device: Device
    table: Table

    def energy(self) -> Node:
        """Return the term."""
        inputs: dict[str, Node] = {"reference_energy": _fitted("reference_energy", "kWh")}
        for name in QUANTITIES:
            inputs[name] = Factor(
                name,
                float(getattr(self.asked, name)[0]),
                "",
                identity=f"generation/{name}/{self.asked.model[0]}",
                role="decision",
            )
        for ours, written in _EXPONENTS.items():
            inputs[ours] = _fitted(written, "", ours)
        for ours, written in _REFERENCES.items():
            inputs[ours] = _fitted(written, "", ours)
        inputs["condition_ratio"] = self._condition()
        inputs["energy_residual"] = self._residual()
        return Term("energy_per_output", energy_per_output, inputs)

    def _condition(self) -> Node:
        holds = {
            "video": self.asked.modality[0] == "video",
            "blackwell": self.device.id == DEVICES["B200"],
            "ampere": self.device.id == DEVICES["A100-40GB"],
            "earlier": self.asked.earlier[0] > 0,
        }
        parts: dict[str, Node] = {
            "reference": Factor("reference", 1.0, "", identity="inference/one")
        }
        parts |= {key: _fitted(f"{key}_ratio", "") for key, true in holds.items() if true}
        return terms.product("condition_ratio", "", **parts)

    def _residual(self) -> Node:
        table, name = self.table, str(self.asked.model[0])
        shared, spread = float(table.shared[0]), float(table.spread[0])
        own = math.sqrt(max(spread**2 - shared**2, 0.0))
        case = f"{name}/{self.device.id}"
        correction = Factor(
            "measured_correction",
            float(table.correction[0]),
            "",
            identity=f"generation/correction/{case}",
            source="mlenergy-inference-rows",
            quality="derived",
        )
        return terms.product(
            "energy_residual",
            "",
            measured_correction=correction,
            model_residual=_spread("model_residual", shared, f"generation/model/{name}"),
            case_residual=_spread("case_residual", own, f"generation/case/{case}"),
        )

    def basis(self) -> str:
        """Say what the prediction rests on."""
        return self.table.basis[0]

    def remarks(self) -> tuple[str, ...]:
        """Say what a reader must know."""
        said = []
        if not self.table.support[0]:
            said.append(
                "this model was not measured: models of one size differ by a factor of several"
            )
        if self.device.id not in DEVICES.values():
            said.append(
                f"{self.device.id} was not measured and is taken for an H100; interval widened by an assumed factor"
            )
        return tuple(said)


_EXPONENTS = {
    "parameter_exponent": "active_parameters_exponent",
    "step_exponent": "denoising_steps_exponent",
    "pixel_exponent": "output_pixels_exponent",
    "frame_exponent": "output_frames_exponent",
    "batch_exponent": "batch_exponent",
    "device_exponent": "devices_per_replica_exponent",
}
_REFERENCES = {
    "reference_parameters": "reference_active_parameters",
    "reference_steps": "reference_denoising_steps",
    "reference_pixels": "reference_output_pixels",
}


def _fitted(written: str, unit: str, name: str = "") -> Factor:
    value = generation_values()[written]
    identity = f"generation/{written}"
    return Factor(name or written, value, unit, identity=identity, source=SOURCE, quality="derived")


def _spread(name: str, spread: float, identity: str) -> Factor:
    known = lognormal(1.0, math.exp(spread))
    return Factor(name, known, "", identity=identity, source=SOURCE, quality="derived")
