"""The method of EcoLogits for one answer of a language model, with the factors that a case gives.

References
----------
EcoLogits (GenAI Impact), methodology of language models, version 0.11: energy per output token of
the accelerators, time per output token, and the share of a server that one answer holds.
"""

from __future__ import annotations

import numpy as np

from lca.formulas import embodied, operation, sharing
from lca.uncertain import Array
from lca.validation.engine import Found, Resolver, Solver
from lca.validation.names import Term

__all__ = ["by_tokens"]

_NAMES = (
    "alpha",
    "beta",
    "gamma",
    "a",
    "b",
    "c",
    "batch",
    "gpu_memory",
    "memory_overhead",
    "bits",
    "server_power",
    "server_gpus",
    "server_embodied",
    "gpu_embodied",
)
_BITS_OF_A_BYTE = 8
_BILLION = 1e9
_SECONDS = 3600.0
_WATT_HOURS = 1000.0

Factors = dict[str, Array]


def by_tokens(base: str) -> Resolver:
    """Return the resolver of one result: ``it_energy`` (kWh) or ``embodied_used`` (kgCO2e)."""

    def resolve(solver: Solver, _term: Term) -> Found | None:
        factors = _factors(solver)
        if factors is None:
            return None
        gpus = accelerators(factors)
        time = latency(factors)
        formula = _energy if base == "it_energy" else _embodied
        inputs = frozenset(fact.name for fact in solver.facts.facts if _key(fact.name) in factors)
        return Found(
            formula(factors, gpus, time), frozenset(), ("one answer, by EcoLogits",), inputs
        )

    return resolve


def _key(name: str) -> str:
    return name.rsplit(".", maxsplit=1)[-1]


def _factors(solver: Solver) -> Factors | None:
    """Return the factors of the method by their own names, None where one is not given."""
    found = {_key(fact.name): fact.values for fact in solver.facts.facts if "." in fact.name}
    if not found.keys() >= set(_NAMES):
        return None
    for name, base in (
        ("active", "parameters"),
        ("total", "total_parameters"),
        ("tokens", "output_length"),
    ):
        term = solver.find(Term(base))
        if term is None:
            return None
        found[name] = term.values
    lifetime = solver.find(Term("lifetime"))
    if lifetime is None:
        return None
    found["lifetime"] = lifetime.values
    limit = solver.fact(Term("duration", frozenset({"request"})))
    return found if limit is None else {**found, "request_latency": limit.values}


def accelerators(factors: Factors) -> Array:
    """Return the accelerators that hold a model: as many as its memory needs, a power of two."""
    weights = factors["total"] / _BILLION * factors["bits"] / _BITS_OF_A_BYTE
    needed = np.ceil(factors["memory_overhead"] * weights / factors["gpu_memory"])
    return np.asarray(2 ** np.ceil(np.log2(needed)))


def latency(factors: Factors) -> Array:
    """Return the time of one answer in hours, no more than the time that was measured."""
    active = factors["active"] / _BILLION
    each = factors["a"] * active + factors["b"] * factors["batch"] + factors["c"]
    modeled = factors["tokens"] * each / _SECONDS
    return np.asarray(np.minimum(modeled, factors.get("request_latency", np.inf)))


def _energy(factors: Factors, gpus: Array, time: Array) -> Array:
    """Return IT energy in kWh: accelerators by token, the server's rest by its time."""
    active = factors["active"] / _BILLION
    each = factors["alpha"] * np.exp(factors["beta"] * factors["batch"]) * active + factors["gamma"]
    accelerator = factors["tokens"] * each / _WATT_HOURS
    host = operation.it_energy(factors["server_power"], time)
    share = gpus / factors["server_gpus"] / factors["batch"]
    return np.asarray(host * share + gpus * accelerator)


def _embodied(factors: Factors, gpus: Array, time: Array) -> Array:
    """Return the share of server and accelerators that one answer wears off, in kgCO2e."""
    server = embodied.shared_footprint(factors["server_embodied"], factors["server_gpus"])
    whole = gpus * (server + factors["gpu_embodied"])
    hourly = sharing.hourly_footprint(whole, factors["lifetime"], 365.25 * 24, 1.0)
    return np.asarray(hourly * time / factors["batch"])
