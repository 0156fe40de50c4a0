"""What sort of number an unknown is, told from its identity and name."""

from __future__ import annotations

import re

_KINDS: tuple[tuple[str, str], ...] = (
    (r"(generation|grid|losses)/.*|residual/[A-Z]{2}.*/\d{4}|.*\.(grid|contract)\b.*", "grid"),
    (r"(end_of_life|end-of-life).*|assumptions\.end_of_life.*", "end of life"),
    (r"freight.*|.*\.freight.*", "transport"),
    (r"water/.*|.*\.wue", "water"),
    (r"(prices?|cost)[./].*", "cost"),
    (r"(memory|storage|process|published|residual|calibrated|memory-family|storage-family)[-/].*",
     "embodied"),
    (r"inference/power/.*|.*/power/.*|.*\.power\..*", "power"),
    (r"inference/.*|services\..*|record/.*|training/.*", "work"),
)  # fmt: skip
"""Patterns of identities; the first that fits says the kind."""

_NAMES: tuple[tuple[str, str], ...] = (
    (r".*(utilization|occupancy)", "utilization"),
    (r"pue|facility_.*", "facility"),
    (r".*(throughput|tokens_per_.*|_length)", "work"),
    (r".*_(power|fraction)", "power"),
    (r".*(intensity_index|grid_intensity|source_spread)", "grid"),
    (r".*(footprint|carbon_per_\w+|_yield|_area)", "embodied"),
)
"""Patterns of names of quantities, where the identity is a user's own."""

_STAGES = {
    "manufacture": "embodied",
    "transport": "transport",
    "operation": "operation, other",
    "end_of_life": "end of life",
    "recovery_credit": "end of life",
}


def kind_of(identity: str, name: str, stages: tuple[str, ...]) -> str:
    """Return the kind of an unknown.

    Parameters
    ----------
    identity
        Key of the draws.
    name
        Name of the quantity.
    stages
        Stages that depend on it: they decide where neither text is known.

    Examples
    --------
    >>> kind_of("generation/lifecycle/wind", "source_spread", ("operation",))
    'grid'
    >>> kind_of("cluster", "utilization", ("manufacture", "operation"))
    'utilization'
    """
    for text, patterns in ((name, _NAMES[:2]), (identity, _KINDS), (name, _NAMES)):
        for pattern, kind in patterns:
            if re.fullmatch(pattern, text):
                return kind
    kinds = {_STAGES.get(stage, "other") for stage in stages}
    return kinds.pop() if len(kinds) == 1 else "other"
