"""A comparison of two accelerators that several tests of reports share."""

from __future__ import annotations

from typing import Any

STUDY: dict[str, Any] = {
    "schema": "1",
    "title": "Study",
    "functional_unit": ["EFLOP peak"],
    "period": "2027-2029",
    "indicators": ["gwp100", "water"],
    "sites": {"here": {"region": "DE", "pue": "1.2"}},
    "fleet": {
        "x": {
            "device": "nvidia-h100-sxm5-80gb",
            "count": 8,
            "lifetime": "6 years",
            "site": "here",
            "utilization": "60%",
        }
    },
    "base_name": "h100",
    "options": {"mi300x": {"fleet.x.device": "amd-instinct-mi300x"}},
    "uncertainty": {"samples": 64, "seed": 1},
}
