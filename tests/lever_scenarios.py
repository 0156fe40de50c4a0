"""Scenarios that tests of levers share, as fixtures, and how they look a lever up."""

from __future__ import annotations

from typing import Any

import pytest

import lca
from lca.levers import LeverResult, rank
from lca.scenario import Scenario

B200 = "nvidia-b200-sxm-180gb"
SAMPLES = 400


@pytest.fixture
def fleet(small: dict[str, Any]) -> dict[str, Any]:
    """Return a fleet that delivers tokens."""
    small["fleet"]["chat"]["serves"] = {"throughput": "1000 token/s"}
    small["functional_unit"] = ["1 million tokens", "device year"]
    return small


@pytest.fixture
def answers() -> dict[str, Any]:
    """Return answers of a model that was measured at two precisions, on four B200."""
    return {
        "schema": 1,
        "title": "answers",
        "period": "2027",
        "functional_unit": ["1 million requests"],
        "sites": {"here": {"region": "DE", "pue": "1.2"}},
        "models": {
            "vision": {
                "name": "Qwen/Qwen3-VL-235B-A22B-Instruct",
                "parameters": "235e9",
                "active_parameters": "22e9",
            }
        },
        "work": {
            "answer": {
                "phase": "inference",
                "device": B200,
                "site": "here",
                "requests": "1e9 requests",
                "answer": {
                    "model": "vision",
                    "modality": "image",
                    "batch": 8,
                    "output_tokens": "920 tokens",
                    "devices_per_replica": 4,
                },
            }
        },
    }


@pytest.fixture
def training() -> dict[str, Any]:
    """Return a training run on V100, whose power caps were traced."""
    return {
        "schema": 1,
        "title": "training",
        "period": "2027",
        "sites": {"here": {"region": "DE", "pue": "1.2"}},
        "models": {"m": {"preset": "bert-base"}},
        "work": {
            "train": {
                "device": "nvidia-tesla-v100-sxm2-32gb",
                "site": "here",
                "train": {"model": "m", "tokens": "1e11 tokens", "precision": "fp16"},
            }
        },
    }


def found(scenario: Scenario | dict[str, Any], lever: str, **more: Any) -> list[LeverResult]:
    """Return what is found of one lever."""
    loaded = scenario if isinstance(scenario, Scenario) else lca.load(scenario)
    return rank(loaded, only=[lever], **{"samples": SAMPLES, **more})


def relative(result: LeverResult) -> Any:
    """Return new over old less one, for a result that has a number."""
    assert result.effect is not None, result.reason
    return result.effect.relative
