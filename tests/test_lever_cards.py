"""Lever cards: figures, ranges, verdicts, what backfires, and the page that shows them."""

from __future__ import annotations

import typing
from pathlib import Path

import numpy as np
import pytest

from lca import factors
from lca.errors import InputError, UnknownNameError
from lca.library import Library
from lca.library.fields import Record
from lca.scenario.models import ScenarioModel
from lca.workloads import levers, levers_page
from lca.workloads.levers_cards import Effect

PAGE = Path(__file__).parents[1] / "docs" / "levers.md"
TOPICS = {
    "batch",
    "power cap",
    "FP8",
    "int8 and NF4",
    "pruning",
    "distillation",
    "mixture of experts",
    "speculative decoding",
    "compile",
    "newer hardware",
    "region",
    "longer life",
    "shared or cloud resources",
    "compression of data",
    "renewable supply",
    "unsupported",
}
H100 = "nvidia-h100-sxm5-80gb"


def verdict(name: str, **work: object) -> str:
    """Return what is said of one lever for a piece of work."""
    found = {one.card.id: one.verdict for one in levers.applying(**work)}  # type: ignore[arg-type]
    return found[name]


# --- cards ------------------------------------------------------------------------------------


def test_every_kind_of_lever_has_a_card() -> None:
    """No lever that was asked for is missing; ids are used once."""
    assert {card.topic for card in levers.cards()} >= TOPICS
    names = [card.id for card in levers.cards()]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("card", levers.cards(), ids=lambda card: card.id)
def test_a_card_is_whole(card: levers.LeverCard, library: Library) -> None:
    """Each says what it does to quality and how it is applied; each case, on whose word."""
    assert card.quality_effect
    assert card.application.way in {"rerun", "factor", "none"}
    assert bool(card.application.paths) == (card.application.way == "rerun")
    assert (card.application.phase in levers.PHASES) == (card.application.way == "factor")
    assert {phase for case in card.cases for phase in case.validity.phases} <= set(levers.PHASES)
    for case in card.cases:
        assert case.verdict in set(levers.VERDICTS) - {levers.OUT_OF_RANGE}
        assert case.source in library.sources
        assert case.reason


def test_devices_and_precisions_of_cards_are_known(library: Library) -> None:
    """Families are those of devices in the database; precisions are those that may be asked for."""
    known = {levers.CPU} | {
        entry.architecture.split(" ")[0].lower()  # type: ignore[attr-defined]
        for entry in library.entries("gpu")
    }
    boxes = [case.validity for card in levers.cards() for case in card.cases]
    assert set(levers.families()) <= known
    assert {name for box in boxes for name in box.precision} <= set(levers.PRECISIONS)
    assert {card.precision_to for card in levers.cards()} <= {"", *levers.PRECISIONS}


def test_ranges_of_cards_run_upward() -> None:
    """No range is backwards or below one."""
    boxes = [case.validity for card in levers.cards() for case in card.cases]
    spans = [span for box in boxes for span in (box.batch, box.parameters) if span]
    assert spans
    assert all(1 <= low <= high for low, high in spans)


def at_path(model: type[Record], steps: list[str]) -> bool:
    """Whether a path of a card leads to a field of the scenario."""
    if not steps:
        return True
    field = model.model_fields.get(steps[0])
    if field is None:
        return False
    rest = [step for step in steps[1:] if step != "*"]
    inner = [part for part in records(field.annotation) if at_path(part, rest)]
    return bool(inner) or not rest


def records(annotation: object) -> list[type[Record]]:
    """List the records that a field may hold."""
    if isinstance(annotation, type) and issubclass(annotation, Record):
        return [annotation]
    return [found for part in typing.get_args(annotation) for found in records(part)]


@pytest.mark.parametrize(
    "path", sorted({path for card in levers.cards() for path in card.application.paths})
)
def test_every_path_of_a_card_leads_into_a_scenario(path: str) -> None:
    """What a card would change is something a scenario may hold."""
    assert at_path(ScenarioModel, path.split("."))


def test_a_path_that_leads_nowhere_is_noticed() -> None:
    """The check above can fail."""
    assert not at_path(ScenarioModel, ["fleet", "*", "lifetme"])
    assert not at_path(ScenarioModel, ["work", "*", "train", "power_limit"])


def test_every_figure_that_no_card_shows_is_known_here() -> None:
    """Two published rows say nothing that a card could apply; every other row is evidence."""
    shown = {case.evidence for card in levers.cards() for case in card.cases}
    rows = {row["id"] for row in factors.rows("workloads/levers")}
    assert shown - {""} <= rows
    assert rows - shown == {"hw_b200_h100_min", "precision_bert_squad"}


def test_what_nobody_measured_never_gets_a_number() -> None:
    """QAOA and unary gradient descent are unsupported in every piece of work, without a factor."""
    for name in ("quantum-optimization", "unary-gradient-descent"):
        card = levers.card(name)
        assert card.application.way == "none"
        assert [case.factor() for case in card.cases] == [None]
        assert verdict(name, phase="training") == verdict(name) == levers.UNSUPPORTED


# --- effects ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ratios", "expected"),
    [
        ((0.8, 0.9, 1.0), levers.SAVES),
        ((0.8, 0.9, 1.1), levers.MAY_BACKFIRE),
        ((1.13, 1.3, 1.56), levers.BACKFIRES),
        ((None, 0.985, None), levers.MAY_BACKFIRE),
        ((None, 0.85, None), levers.SAVES),
        ((None, 1.26, None), levers.BACKFIRES),
        ((0.27, None, None), levers.SAVES),
    ],
)
def test_verdict_follows_the_range(
    ratios: tuple[float | None, float | None, float | None], expected: str
) -> None:
    """Saving over the whole range, in none of it, or in a part; nothing within two percent."""
    assert Effect("energy", *ratios).verdict == expected


def test_a_lone_value_gets_an_assumed_interval() -> None:
    """-20 % alone is -30 to -10 %; 'up to -30 %' is anything from there to nothing."""
    lone = Effect("energy", None, 0.8, None).distribution
    assert (lone.parameters[0], lone.central, lone.parameters[2]) == pytest.approx((0.7, 0.8, 0.9))
    upto = Effect("energy", 0.7, None, None).distribution
    assert upto.parameters == pytest.approx((0.7, 1.0))


@pytest.mark.parametrize(
    ("name", "evidence", "ratios"),
    [
        ("serving-batch", "batch_infer_v3", (1 / 32.65, 1 / 6.785, 1 / 1.472)),
        ("shared-resources", "datacentre", (0.5, None, 1 / 1.4)),
        ("fp8", "fp8_b8_16", (1.13, 1.30, 1.56)),
        ("reasoning", "reasoning_on", (None, 25.0, None)),
    ],
)
def test_figures_are_read_as_new_over_old(
    name: str, evidence: str, ratios: tuple[float | None, float | None, float | None]
) -> None:
    """Fractions, 'times less' and 'times more' become one ratio, the best first."""
    case = next(case for case in levers.card(name).cases if case.evidence == evidence)
    assert case.effect is not None
    found = (case.effect.best, case.effect.central, case.effect.worst)
    assert [known is None for known in found] == [known is None for known in ratios]
    assert [x for x in found if x] == pytest.approx([x for x in ratios if x])


def test_a_factor_carries_source_and_conditions(library: Library) -> None:
    """Every case with figures gives a cited ratio above zero with an interval."""
    made = [case.factor() for card in levers.cards() for case in card.cases]
    known = [leaf for leaf in made if leaf is not None]
    assert len(known) > 30
    for leaf in known:
        assert leaf.source in library.sources
        assert leaf.note
        assert leaf.distribution.quantile(np.array([0.001]))[0] > 0


# --- which apply ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("batch", "expected"),
    [
        (8, levers.BACKFIRES),
        (16, levers.BACKFIRES),
        (17, levers.MAY_BACKFIRE),
        (128, levers.SAVES),
        (1024, levers.MAY_BACKFIRE),
    ],
)
def test_fp8_costs_energy_at_a_small_batch(batch: int, expected: str) -> None:
    """+30 % at 8 to 16, nothing at 17 to 64, -11 % at 65 to 256."""
    assert verdict("fp8", phase="inference", device=H100, precision="bf16", batch=batch) == expected


@pytest.mark.parametrize(
    ("name", "work", "expected"),
    [
        (
            "int8",
            {"device": "ada", "batch": 1, "parameters": 7e9, "precision": "fp16"},
            "backfires",
        ),
        ("nf4", {"device": "blackwell", "batch": 1, "parameters": 3e9}, "backfires"),
        ("nf4", {"device": "blackwell", "batch": 1, "parameters": 7e9}, "saves"),
        ("speculative-decoding", {"batch": 128}, "backfires"),
        ("speculative-decoding", {"batch": 64}, "out of range"),
        ("pruning-unstructured", {"device": H100}, "may backfire"),
        ("newer-hardware", {"device": H100, "modality": "text"}, "may backfire"),
        ("more-devices", {"device": H100}, "backfires"),
        ("mixture-of-experts", {"device": "ada", "batch": 8, "parameters": 7e9}, "backfires"),
        ("serving-batch", {"device": H100, "batch": 8}, "saves"),
        ("renewable-supply", {}, "may backfire"),
    ],
)
def test_levers_that_backfire_are_said_to(
    name: str, work: dict[str, object], expected: str
) -> None:
    """The published failures come out as such in their own range, and not beyond it."""
    assert verdict(name, phase="inference", **work) == expected


def test_beyond_a_range_the_range_is_named() -> None:
    """Out of range says for what the figures are known, and what was asked."""
    found = {one.card.id: one for one in levers.applying(phase="inference", batch=64)}
    lever = found["speculative-decoding"]
    assert lever.reason == ("known for batch 1 to 16, not 64; known for batch 128 to 4090, not 64")
    assert lever.cases == ()


def test_a_precision_that_is_there_already_is_no_lever() -> None:
    """FP8 is out of range where FP8 is used."""
    assert verdict("fp8", phase="inference", precision="fp8", batch=128) == levers.OUT_OF_RANGE


def test_what_is_not_known_of_the_work_stands_in_the_reason() -> None:
    """Without a batch, FP8 depends on it: both signs are shown with their ranges."""
    found = {one.card.id: one for one in levers.applying(phase="inference", device=H100)}
    assert found["fp8"].verdict == levers.MAY_BACKFIRE
    assert "batch 1 to 16" in found["fp8"].reason
    assert "batch 65 to 256" in found["fp8"].reason


def test_levers_of_other_phases_are_left_out() -> None:
    """Training has no speculative decoding, inference no training batch; region is in all."""
    for phase, absent in (("training", "speculative-decoding"), ("inference", "training-batch")):
        names = {one.card.id for one in levers.applying(phase=phase)}
        assert absent not in names
        assert {"region", "longer-life", "renewable-supply"} <= names


def test_those_that_save_come_first() -> None:
    """The list is in the order of verdicts."""
    order = [levers.VERDICTS.index(one.verdict) for one in levers.applying(phase="inference")]
    assert order == sorted(order)


def test_a_device_belongs_to_its_family() -> None:
    """Devices by their architecture, processors together, a family by its own name."""
    assert levers.family(H100) == "hopper"
    assert levers.family("nvidia-h200-sxm-141gb") == "hopper"
    assert levers.family("amd-epyc-7302") == "cpu"
    assert levers.family("volta") == "volta"


@pytest.mark.parametrize(
    ("work", "message"),
    [
        ({"phase": "infrence"}, 'did you mean "inference"'),
        ({"precision": "fp-8"}, 'did you mean "fp8"'),
        ({"modality": "sound"}, 'no modality "sound"'),
        ({"device": "nvidia-h100-smx"}, "did you mean"),
        ({"batch": 0}, "batch 0: give 1 or more"),
        ({"parameters": float("nan")}, "parameters nan"),
    ],
)
def test_work_that_cannot_be_is_refused(work: dict[str, object], message: str) -> None:
    """Names with the nearest, numbers with what is accepted."""
    with pytest.raises((UnknownNameError, InputError), match=message):
        levers.applying(**work)  # type: ignore[arg-type]


def test_an_unknown_lever_names_the_nearest() -> None:
    """A slip in the name of a lever is found."""
    with pytest.raises(UnknownNameError, match='did you mean "power-cap"'):
        levers.card("power-capp")


# --- page -------------------------------------------------------------------------------------


def test_the_page_is_that_of_the_data() -> None:
    """docs/levers.md shows every card as the data has it."""
    assert PAGE.read_text(encoding="utf-8") == levers_page.page()


def test_the_page_shows_every_card_with_its_figures() -> None:
    """Names, verdicts and the figures of FP8 at a small batch can be read."""
    text = levers_page.page()
    assert all(f"(`{card.id}`)" in text for card in levers.cards())
    assert "| backfires | energy per token +30 % (+13 % to +56 %)" in text
