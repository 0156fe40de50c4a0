"""What a scenario may ask of ``lca optimize second-life``."""

from __future__ import annotations

from lca.library.fields import Record


class SecondLife(Record):
    """Placeholder of the question: its fields are written with its solver."""
