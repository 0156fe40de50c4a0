"""The page ``docs/levers.md``: every card with its figures, written from the data.

``python -m lca.workloads.levers_page docs/levers.md`` writes it anew.
"""

from __future__ import annotations

import sys
from pathlib import Path

from lca import document
from lca.workloads.levers import Case, LeverCard, Validity, cards, spoken

_HEAD = """\
# Levers

What can lower the footprint of an AI service, where each lever holds, and where it backfires.
This page is written from `lca/factors/workloads/levers_cards.yaml` and `levers.csv`.

Levers never multiply. Batch, precision and hardware interact, so a lever changes the scenario
and the model is run again (*rerun*); only where no model of its effect exists does a published
ratio multiply the energy of one phase (*factor*). A change of -10 % is a saving. Where only one
value is published, half to one and a half of the change is assumed as its interval. The bounds
of validity are those of the evidence where it states them, and judgement where it does not.

"""


def page() -> str:
    """Return the whole page."""
    topics = list(dict.fromkeys(card.topic for card in cards()))
    parts = [_topic(topic) for topic in topics]
    return _HEAD + "\n".join(parts)


def _topic(topic: str) -> str:
    shown = [_card(card) for card in cards() if card.topic == topic]
    return "\n".join([f"## {topic[0].upper()}{topic[1:]}\n", *shown])


def _card(card: LeverCard) -> str:
    applied = f"{card.application.way}: {card.application.change}"
    if card.application.paths:
        applied += " (" + ", ".join(f"`{path}`" for path in card.application.paths) + ")"
    if card.application.phase:
        applied += f" (phase {card.application.phase})"
    lines = [
        f"### {card.name} (`{card.id}`)\n",
        f"- Applied by {applied}.",
        f"- Quality: {card.quality_effect}.",
        *([f"- Note: {card.note}."] if card.note else []),
        "",
        "| holds for | verdict | figures and conditions | side effect | source |",
        "|---|---|---|---|---|",
        *(_row(case) for case in card.cases),
        "",
    ]
    return "\n".join(lines)


def _row(case: Case) -> str:
    source = f"`{case.source}` ({case.quality}; {case.provenance})"
    cells = (_bounds(case.validity), case.verdict, case.reason, case.side_effect, source)
    return "| " + " | ".join(cell.replace("|", "/") for cell in cells) + " |"


def _bounds(box: Validity) -> str:
    found = [
        f"{word} {', '.join(names)}"
        for word, names in (
            ("phase", box.phases),
            ("device", box.devices),
            ("precision", box.precision),
            ("modality", box.modalities),
        )
        if names
    ]
    ranges = (("batch", box.batch), ("parameters", box.parameters))
    found += [f"{word} {spoken(span)}" for word, span in ranges if span]
    return "; ".join(found) or "any work"


if __name__ == "__main__":
    document.write_atomically(Path(sys.argv[1]), page())
