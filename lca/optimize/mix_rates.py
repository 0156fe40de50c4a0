"""What an accelerator takes for a request of a class: reading its prompt, writing its answer."""

from __future__ import annotations

from dataclasses import dataclass

from lca.errors import InputError
from lca.library.models import Device
from lca.scenario import Scenario
from lca.scenario.planned import ai_model
from lca.scenario.questions.mix import Accelerator, Mix, RequestClass
from lca.terms import Draws, Factor, Node
from lca.workloads.ai_models import AIModel
from lca.workloads.service_plan import Answering, Wanted, plan_service

PHASES = ("prefill", "decode")
_MANY = 1e7
"""Requests an hour that keep many replicas busy."""

LOAD = 0.95
"""Load at which a busy replica works, of the throughput of its largest batch within latency."""


@dataclass(frozen=True, slots=True)
class Rates:
    """What one request takes of one type.

    Attributes
    ----------
    devices
        Devices of a replica.
    hours
        Hours of a replica for a request: reading its prompt, and writing its answer.
    power
        Of one device while it serves (kW).
    """

    devices: int
    hours: tuple[float, float]
    power: float


def predicted(
    scenario: Scenario, asked: Mix
) -> tuple[dict[tuple[str, str], Rates], dict[tuple[str, str], str]]:
    """Predict what each class takes of each type.

    Returns
    -------
    dict, dict
        By class and type: the rates, or why that type cannot answer that class.
    """
    known = ai_model(asked.model, scenario.model.models[asked.model])
    rates: dict[tuple[str, str], Rates] = {}
    reasons: dict[tuple[str, str], str] = {}
    for type_name, kind in asked.types.items():
        device = scenario.library.device(kind.device)
        for name, requests in asked.classes.items():
            try:
                rates[name, type_name] = _rates(known, device, kind, requests, asked)
            except InputError as error:
                reasons[name, type_name] = error.problems[0].message
    return rates, reasons


def _rates(
    known: AIModel, device: Device, kind: Accelerator, requests: RequestClass, asked: Mix
) -> Rates:
    answering = Answering(
        known,
        device,
        kind.devices_per_replica,
        str(asked.precision),
        "text",
        _exact("output_tokens", requests.output_tokens.central, "token/request"),
        _exact("prompt_tokens", requests.prompt_tokens.central, "token/request"),
    )
    full = _exact("maximum_utilization", LOAD, "")
    rate = _exact("requests", _MANY, "request/h")
    wanted = Wanted(rate, latency=asked.latency.central, maximum_utilization=full)
    plan = plan_service(answering, wanted, 1)
    serving = plan.years[0].serving
    total = requests.output_tokens.central / _central(serving.throughput)
    share = _central(serving.prefill_share)
    reading = _central(serving.prefill_energy_per_token) / plan.devices_per_replica
    _check_first_token(requests, reading, device, asked)
    power = _central(serving.device_power)
    return Rates(plan.devices_per_replica, (share * total, (1 - share) * total), power)


def _check_first_token(
    requests: RequestClass, energy_per_token: float, device: Device, asked: Mix
) -> None:
    """Refuse a type that reads a prompt too slowly: at rated power, energy over power is time."""
    rated = device.power.tdp
    if asked.first_token is None or rated is None:
        return
    hours = requests.prompt_tokens.central * energy_per_token / rated.central
    most = asked.first_token.central
    if hours > most:
        ratio = hours / most
        msg = f"reading a prompt takes {ratio:.3g} times as long as first_token accepts"
        raise InputError(msg)


def _exact(name: str, value: float, unit: str) -> Factor:
    return Factor(name, value, unit, identity=f"{name}/{value:g}", role="decision")


def _central(node: Node) -> float:
    return float(Draws(0, 0).array(node)[0])
