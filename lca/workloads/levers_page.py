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

## The command

<!-- not run: stands for a scenario of your own; "Plan a service" runs it -->
```bash
lca levers mine.yaml
lca levers mine.yaml --lever region --lever fp8 --try region=SE --try region=PL
lca levers mine.yaml --together serving-batch,fp8
```

`lca levers` asks every card what it says of every fleet, service and piece of work of a scenario,
by phase, batch, device, precision, size and modality. What applies is tried: each trial is the
scenario with one change, evaluated on the same draws by the same embodied model, so what both runs
share cancels. Options of the scenario are left out. Trials that save in at least 95 % of the draws
come first, the largest median first; then those that may backfire, then those that backfire in at
least 95 %.

- **Compared.** Totals, where both runs deliver the same; else both are divided by a functional unit
  of the scenario, never the totals. A change of how much work is done needs a unit of work.
- **What is tried** stands at each card (*tries*). `--try NAME=VALUE` tries something else: `x2`
  multiplies what the scenario says, `+2 years` adds to it, anything else is written there. Trial
  values are choices to look at an effect, not data.
- **Published ratios** (*factor*) multiply the electricity of the accelerators at work, with their
  part of overhead and losses; hosts, idle time and machines stay as they are. Only ratios of energy
  are used, and only where the scenario says all that they depend on.
- **No number** is given to what is out of range, unsupported, published as time alone, or refused by
  the scenario (a model that does not fit, a provider without such an instance). The reason is told.
- **Measured power** given in the scenario (`power.busy`) belongs to the batch, precision and device
  it was measured with: such trials are refused, and an option with its own power is asked for.
- **Contracts** change the market-based account only. Their number is of that account, apart from
  the ranking.
- **Two at once**: `--together A,B` runs both changes, and says how far the product of the two single
  changes would be off. A power cap of planned training moves hours and power together, each draw
  after one traced job.
- **Where run and evidence disagree**, the page says so. The inference model predicts each precision
  and device count apart, so for models without rows of their own its interval for FP8 or for more
  devices is wider than that of the published pairs.

In Python: `lca.levers.rank(scenario)` and `lca.levers.together(scenario, "region", "pue")`. The JSON
of `--json` is described by `lca schema levers`.

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
        *_tries(card),
        f"- Quality: {card.quality_effect}.",
        *([f"- Note: {card.note}."] if card.note else []),
        "",
        "| holds for | verdict | figures and conditions | side effect | source |",
        "|---|---|---|---|---|",
        *(_row(case) for case in card.cases),
        "",
    ]
    return "\n".join(lines)


def _tries(card: LeverCard) -> list[str]:
    tried = [
        f"`{trial.name}` {' or '.join(trial.values) or 'as you say'}"
        + (f" ({trial.note})" if trial.note else "")
        for trial in card.trials
    ]
    return [f"- Tries {'; '.join(tried)}."] if tried else []


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
