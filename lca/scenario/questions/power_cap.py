"""What a scenario may ask of ``lca optimize power-cap``."""

from __future__ import annotations

from lca.library.fields import Record


class PowerCap(Record):
    """Placeholder of the question: its fields are written with its solver."""
