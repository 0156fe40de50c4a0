"""Every line of a ledger is proved dimensionally: the same terms, evaluated on pint quantities."""

from __future__ import annotations

from typing import Any

import pytest

import lca
from lca import units
from lca.ledger import INDICATORS
from lca.lines import Line
from lca.terms import Draws, Factor, Node, walk

SCENARIO: dict[str, Any] = {
    "schema": "1",
    "period": "2027-2030",
    "functional_unit": ["EFLOP useful", "device year", "1 million tokens"],
    "indicators": ["gwp100", "water", "primary_energy", "adp_elements", "e_waste"],
    "sites": {
        "paris": {"region": "FR", "pue": "1.2 ± 0.1", "wue": "1.8 L/kWh"},
        "oregon": {
            "region": "US",
            "grid_path": {"decline": "3%"},
            "contract": {"kind": "ppa", "share": "40%", "source": "wind"},
        },
    },
    "models": {
        "small": {"preset": "llama-3.1-8b"},
        "experts": {"parameters": "30e9", "active_parameters": "3e9"},
    },
    "services": {
        "helper": {
            "model": "small",
            "device": "nvidia-h100-sxm5-80gb",
            "output_tokens": {"low": "100 tokens", "mode": "300 tokens", "high": "500 tokens"},
            "prompt_tokens": "700 tokens",
            "latency": "20 ms",
            "demand": {"requests": "1e6 request/day", "growth": "20%", "peak": "2"},
            "redundancy": "10%",
            "lifetime": "4 years",
            "site": "paris",
        }
    },
    "fleet": {
        "chat": {
            "device": "nvidia-h100-sxm5-80gb",
            "count": {"2027": 8, "2029": 4},
            "lifetime": "2 years",
            "site": "paris",
            "utilization": "55% ± 10%",
            "serves": {"throughput": "2500 token/s"},
        }
    },
    "work": {
        "tune": {
            "phase": "optimization",
            "instance": "aws-p5.48xlarge",
            "instance_hours": "100 h",
            "site": "oregon",
        },
        "pretrain": {
            "phase": "training",
            "train": {
                "model": "small",
                "tokens": "1e12 tokens",
                "sequence": "4096 tokens",
                "development_factor": "1.5",
            },
            "device": "nvidia-h100-sxm5-80gb",
            "site": "oregon",
        },
        "adapt": {
            "phase": "optimization",
            "train": {
                "model": "experts",
                "tokens": "1e9 tokens",
                "method": "lora",
                "precision": "fp8",
            },
            "device": "nvidia-h100-sxm5-80gb",
            "site": "oregon",
            "runs_per_year": "2",
        },
        "answer": {
            "phase": "inference",
            "answer": {"model": "experts", "output_tokens": "250 tokens", "batch": "8 ± 3"},
            "requests": "1e6 requests",
            "instance": "aws-p5.48xlarge",
            "site": "oregon",
        },
        "move": {"phase": "data_collection", "transfer": {"data": "20 TB"}, "site": "paris"},
        "keep": {"phase": "data_collection", "store": {"data": "20 TB"}, "site": "paris"},
        "clean": {
            "phase": "preprocessing",
            "cores": {"cpu": "amd-epyc-7763", "core_hours": "1e5 h", "server": "hgx-8-gpu"},
            "site": "paris",
        },
        "train": {
            "phase": "training",
            "it_energy": "433 MWh",
            "site": "oregon",
            "tokens": "366e9 token",
        },
    },
    "assumptions": {"end_of_life": {"rule": "cff", "reuse": "20%"}, "embodied_model": "calibrated"},
}


def in_quantities(node: Node) -> Any:
    """Evaluate a node's central value with pint quantities all the way."""
    if isinstance(node, Factor):
        return units.quantity(node.distribution.central, node.unit)
    return node.formula(**{name: in_quantities(part) for name, part in node.inputs})


def expected_unit(line: Line) -> str:
    """Return the unit an intensity must have so that times its activity it is the indicator's."""
    indicator = INDICATORS.get(line.indicator)
    if indicator is None:
        return ""
    return indicator if line.per in {"", "device"} else f"{indicator}/h"


@pytest.fixture(scope="module")
def ledgers() -> list[lca.Ledger]:
    """Ledgers of a scenario that uses every stage, under each embodied model."""
    models = ("calibrated", "vendor", "wafer", "act", "boavizta")
    base = lca.load(SCENARIO)
    return [lca.evaluate(base, samples=0, embodied_model=model) for model in models]


def test_every_intensity_has_the_dimension_of_its_indicator_over_its_activity(
    ledgers: list[lca.Ledger],
) -> None:
    """Intensity times activity has the unit of the indicator, on every line."""
    ureg = units.registry()
    for ledger in ledgers:
        for line in ledger.lines:
            if line.indicator.startswith("unit:"):
                continue
            wanted = ureg.parse_expression(expected_unit(line)).dimensionality
            for node in set(line.intensity):
                found = units.quantity(1.0, node.unit).dimensionality
                assert found == wanted, f"{line.stage}/{line.component}/{line.process}: {node.unit}"


def test_every_term_below_has_the_dimension_it_states(ledgers: list[lca.Ledger]) -> None:
    """No node on the way, sum or product included, is labeled with a unit it does not have."""
    nodes = {part for ledger in ledgers for node in ledger.index.nodes for part in walk(node)}
    quantity = units.registry().Quantity
    for node in nodes:
        if not isinstance(node, Factor):
            wanted = units.quantity(1.0, node.unit).dimensionality
            assert quantity(in_quantities(node)).dimensionality == wanted, node


def test_terms_evaluated_on_quantities_give_the_bare_numbers(ledgers: list[lca.Ledger]) -> None:
    """The whole tree of formulas, run on pint quantities, agrees in number and in unit."""
    bare = Draws(0, 0)
    carbon = [line for ledger in ledgers for line in ledger.lines if line.indicator == "gwp100"]
    assert len(carbon) > 100
    for node in {node for line in carbon for node in line.intensity}:
        with_units = in_quantities(node).to(units.quantity(1.0, node.unit).units).magnitude
        assert with_units == pytest.approx(float(bare.array(node)[0]), rel=1e-12)
