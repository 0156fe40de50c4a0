"""Large scenarios that a report is timed on: a fleet of many entries, and many options."""

from __future__ import annotations

import sys
from typing import Any

DEVICES = (
    "nvidia-h100-sxm5-80gb",
    "nvidia-a100-sxm4-80gb",
    "nvidia-b200-sxm-180gb",
    "nvidia-l40s",
    "nvidia-h200-sxm-141gb",
    "amd-instinct-mi300x",
    "google-tpu-v6e-trillium",
)
REGIONS = ("FR", "DE", "SE", "US", "PL", "JP", "GB", "IN")
UTILIZATIONS = ("30%", "45%", "60%", "75%")
LIFETIMES = ("4 years", "5 years", "6 years")


def fleet(entries: int) -> dict[str, Any]:
    """Return a scenario of many fleets: devices, sites, utilizations and lifetimes in turn."""
    machines = {f"fleet{place}": _entry(place) for place in range(entries)}
    return _scenario(f"Fleet of {entries} entries", machines)


def options(count: int) -> dict[str, Any]:
    """Return a scenario of one fleet with many options: another utilization each."""
    found = {
        f"option{place}": {"fleet.fleet0.utilization": f"{10 + 80 * place / count:.4g}%"}
        for place in range(count)
    }
    return _scenario(f"{count} options", {"fleet0": _entry(0)}) | {"options": found}


def _entry(place: int) -> dict[str, Any]:
    return {
        "device": DEVICES[place % len(DEVICES)],
        "count": {2027: 8 + place % 25, 2029: 1 + place % 3},
        "site": f"site{place % len(REGIONS)}",
        "utilization": UTILIZATIONS[place // 7 % len(UTILIZATIONS)],
        "lifetime": LIFETIMES[place // 11 % len(LIFETIMES)],
    }


def _scenario(title: str, machines: dict[str, Any]) -> dict[str, Any]:
    return {
        "schema": 1,
        "title": title,
        "period": "2027-2031",
        "sites": {f"site{place}": {"region": region} for place, region in enumerate(REGIONS)},
        "fleet": machines,
    }


def main(kind: str, size: int) -> None:
    """Print a scenario as YAML: ``fleet 500`` or ``options 500``."""
    import yaml

    made = {"fleet": fleet, "options": options}[kind](size)
    print(yaml.safe_dump(made, sort_keys=False))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
