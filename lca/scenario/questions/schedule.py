"""What a scenario may ask of ``lca optimize schedule``."""

from __future__ import annotations

from lca.library.fields import Record


class Schedule(Record):
    """Placeholder of the question: its fields are written with its solver."""
