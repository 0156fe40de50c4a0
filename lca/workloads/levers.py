"""Which reduction levers apply to a piece of work, which do not, and which backfire.

Levers never multiply: each says how the scenario is changed and run again. Only where no
model of an effect exists does a published ratio multiply the energy of one phase.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lca.errors import InputError, UnknownNameError, did_you_mean, quoted
from lca.library import Library
from lca.workloads.levers_cards import (
    BACKFIRES,
    MAY_BACKFIRE,
    OUT_OF_RANGE,
    SAVES,
    UNSUPPORTED,
    VERDICTS,
    Application,
    Case,
    Effect,
    LeverCard,
    Range,
    Trial,
    Validity,
    cards,
)

PHASES = (
    "data_collection",
    "preprocessing",
    "training",
    "optimization",
    "inference",
    "deployment",
)
PRECISIONS = ("fp64", "fp32", "tf32", "bf16", "fp16", "fp8", "int8", "fp4", "mxfp4", "nf4", "int4")
MODALITIES = ("text", "image generation", "video generation")
CPU = "cpu"


@dataclass(frozen=True, slots=True)
class Applying:
    """What a lever does to a piece of work.

    Attributes
    ----------
    card
        The lever.
    verdict
        One of ``saves``, ``may backfire``, ``backfires``, ``out of range``, ``unsupported``.
    reason
        Why: figures and conditions, or the range in which it would hold.
    cases
        The cases that hold; empty if out of range.
    """

    card: LeverCard
    verdict: str
    reason: str
    cases: tuple[Case, ...]


@dataclass(frozen=True, slots=True)
class _Use:
    """The work in question; None is not known."""

    phase: str | None
    batch: float | None
    device: str | None
    precision: str | None
    parameters: float | None
    modality: str | None


def card(name: str) -> LeverCard:
    """Return the card of this id.

    Raises
    ------
    UnknownNameError
        If there is none; the nearest is named.
    """
    found = {one.id: one for one in cards()}
    if name not in found:
        msg = f"no lever {quoted(name)}{did_you_mean(name, found)} (one of: {', '.join(found)})"
        raise UnknownNameError(msg)
    return found[name]


def applying(
    *,
    phase: str | None = None,
    batch: float | None = None,
    device: str | None = None,
    precision: str | None = None,
    parameters: float | None = None,
    modality: str | None = None,
    library: Library | None = None,
) -> list[Applying]:
    """Return what each lever of a phase does to a piece of work, those that save first.

    Parameters
    ----------
    phase
        Phase of the work; all levers if None.
    batch
        Sequences or samples worked on together now.
    device
        Id of a device or processor, or a family such as ``hopper`` or ``cpu``.
    precision
        Precision used now.
    parameters
        Parameters of the model.
    modality
        What is made: one of `MODALITIES`.
    library
        Where the device is looked up; the packaged database if None.

    Raises
    ------
    UnknownNameError
        If phase, device, precision or modality is not known; the nearest is named.
    InputError
        If batch or parameters are below 1.
    """
    for what, given, accepted in (
        ("phase", phase, PHASES),
        ("precision", precision, PRECISIONS),
        ("modality", modality, MODALITIES),
    ):
        _one_of(what, given, accepted)
    for what, number in (("batch", batch), ("parameters", parameters)):
        if number is not None and not number >= 1:
            msg = f"{what} {number:g}: give 1 or more"
            raise InputError(msg)
    found = family(device, library) if device is not None else None
    use = _Use(phase, batch, found, precision, parameters, modality)
    judged = [_judge(one, use) for one in cards() if _in_phase(one, phase)]
    return sorted(judged, key=lambda one: VERDICTS.index(one.verdict))


def family(device: str, library: Library | None = None) -> str:
    """Return the family of a device: the first word of its architecture, or ``cpu``.

    Raises
    ------
    UnknownNameError
        If it is neither a device, a processor nor a family.
    """
    known = library or Library()
    if device in families():
        return device
    try:
        known.cpu(device)
    except UnknownNameError:
        return known.device(device).architecture.split(" ")[0].lower()
    return CPU


def families() -> tuple[str, ...]:
    """Return the families of devices that cards speak of."""
    return tuple(
        sorted({name for one in cards() for case in one.cases for name in case.validity.devices})
    )


def _one_of(what: str, given: str | None, accepted: tuple[str, ...]) -> None:
    if given is not None and given not in accepted:
        msg = f"no {what} {quoted(given)}{did_you_mean(given, accepted)} (one of: {', '.join(accepted)})"
        raise UnknownNameError(msg)


def _in_phase(one: LeverCard, phase: str | None) -> bool:
    return phase is None or any(_holds(case.validity.phases, phase) for case in one.cases)


def _holds(accepted: tuple[str, ...], given: str | None) -> bool:
    return given is None or not accepted or given in accepted


def _judge(one: LeverCard, use: _Use) -> Applying:
    if one.precision_to and use.precision == one.precision_to:
        return Applying(one, OUT_OF_RANGE, f"the precision is {use.precision} already", ())
    ofphase = [case for case in one.cases if _holds(case.validity.phases, use.phase)]
    holding = tuple(case for case in ofphase if not _outside(case.validity, use))
    if not holding:
        bounds = dict.fromkeys(why for case in ofphase for why in _outside(case.validity, use))
        return Applying(one, OUT_OF_RANGE, "; ".join(bounds), ())
    verdicts = {case.verdict for case in holding}
    verdict = verdicts.pop() if len(verdicts) == 1 else MAY_BACKFIRE
    reason = " | ".join(f"{_unknown(case.validity, use)}{case.reason}" for case in holding)
    return Applying(one, verdict, reason, holding)


_LISTED: tuple[tuple[str, str, Callable[[Validity], tuple[str, ...]]], ...] = (
    ("device", "device", lambda box: box.devices),
    ("precision", "precision", lambda box: box.precision),
    ("modality", "modality", lambda box: box.modalities),
)
_RANGED: tuple[tuple[str, str, Callable[[Validity], Range | None]], ...] = (
    ("batch", "batch", lambda box: box.batch),
    ("parameters", "parameters", lambda box: box.parameters),
)


def _outside(box: Validity, use: _Use) -> list[str]:
    """Say each bound of a case that the work is known to be outside of."""
    found = [
        f"known for {word} {', '.join(bound(box))}, not {getattr(use, name)}"
        for name, word, bound in _LISTED
        if not _holds(bound(box), getattr(use, name))
    ]
    for name, word, ranged in _RANGED:
        span, given = ranged(box), getattr(use, name)
        if span is not None and given is not None and not span[0] <= given <= span[1]:
            found.append(f"known for {word} {spoken(span)}, not {_number(given)}")
    return found


def _unknown(box: Validity, use: _Use) -> str:
    """Say on what a case depends that is not known of the work."""
    words = [
        f"{word} {' or '.join(bound(box))}"
        for name, word, bound in _LISTED
        if bound(box) and getattr(use, name) is None
    ]
    for name, word, ranged in _RANGED:
        span = ranged(box)
        if span is not None and getattr(use, name) is None:
            words.append(f"{word} {spoken(span)}")
    return f"if {', '.join(words)}: " if words else ""


def spoken(span: Range) -> str:
    """Return a range as it is said: ``1 to 16``, ``3 billion to 32 billion``."""
    low, high = (_number(end) for end in span)
    return low if low == high else f"{low} to {high}"


def _number(value: float) -> str:
    for word, size in (("trillion", 1e12), ("billion", 1e9), ("million", 1e6)):
        if value >= size:
            return f"{value / size:g} {word}"
    return f"{value:g}"


__all__ = [
    "BACKFIRES",
    "MAY_BACKFIRE",
    "OUT_OF_RANGE",
    "PHASES",
    "PRECISIONS",
    "SAVES",
    "UNSUPPORTED",
    "VERDICTS",
    "Application",
    "Applying",
    "Case",
    "Effect",
    "LeverCard",
    "Trial",
    "Validity",
    "applying",
    "card",
    "cards",
    "families",
    "family",
    "spoken",
]
