"""What several tests share: the example scenarios, and a small scenario to vary."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Any

import pytest

from lca.library import Library

ROOT = Path(__file__).parents[1]
SCENARIO_FILES = sorted((ROOT / "scenarios").glob("*.yaml"))


@pytest.fixture(scope="session", autouse=True)
def _heed_signals() -> None:
    """Let programs be ended that start here: a run in the background ignores what would end them."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
        signal.signal(signal.SIGHUP, signal.SIG_DFL)


@pytest.fixture(scope="session")
def library() -> Library:
    """Return the packaged hardware database."""
    return Library()


@pytest.fixture
def small() -> dict[str, Any]:
    """Return eight accelerators of exact power in one country for the whole of their life."""
    return {
        "schema": 1,
        "title": "small",
        "period": "2027-2031",
        "functional_unit": ["EFLOP peak", "device year"],
        "sites": {"here": {"region": "DE", "pue": "1.2", "wue": "1.8 L/kWh"}},
        "fleet": {
            "chat": {
                "device": "nvidia-h100-sxm5-80gb",
                "count": 8,
                "lifetime": "5 years",
                "site": "here",
                "utilization": "60%",
                "power": {"idle": "100 W", "busy": "600 W"},
            }
        },
    }
