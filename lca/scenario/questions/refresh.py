"""What a scenario may ask of ``lca optimize refresh``."""

from __future__ import annotations

from lca.library.fields import Record


class Refresh(Record):
    """Placeholder of the question: its fields are written with its solver."""
