"""Scores as plain data for ``--json``, and their summary by kind, subkind and status."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from lca.validation.scoring import Score, Target

__all__ = ["BAR", "STRICT", "as_data", "summary", "thin_rules"]

STRICT = ("complete", "inputs_inferred", "recomputed_from_authors_data")
"""Statuses whose targets must come out within the tolerance of the case."""

BAR = 0.95
"""Share of those targets that must."""


def as_data(scores: Sequence[Score]) -> dict[str, Any]:
    """Return what ``lca validate CASES.yaml --json`` prints."""
    return {
        "schema_version": 1,
        "cases": [_case(score) for score in scores],
        "summary": summary(scores),
    }


def _case(score: Score) -> dict[str, Any]:
    case = score.case
    return {
        "id": case.id,
        "kind": case.kind,
        "subkind": case.subkind,
        "published_status": case.status,
        "expect": case.expect,
        "status": score.status,
        "targets": [_target(target) for target in score.targets],
        "flags": [{"code": flag.code, "message": flag.message} for flag in score.flags],
        "unknown_inputs": list(score.unknown),
        "unused_inputs": list(score.unused),
    }


def _target(target: Target) -> dict[str, Any]:
    published = target.published
    return {
        "quantity": published.known.name,
        "published": published.known.value,
        "computed": target.computed,
        "low": target.low,
        "high": target.high,
        "unit": published.known.unit,
        "rel_error": target.rel_error,
        "within": target.within,
        "target": published.target,
        "must_not_match": published.must_not_match,
        "missing": target.missing,
        "method": target.method,
        "candidates": list(target.candidates),
        "rules": list(target.rules),
        "inputs": list(target.inputs),
    }


def summary(scores: Sequence[Score]) -> dict[str, Any]:
    """Return counts by kind, subkind and status, and the bars with what was reached."""
    return {
        "cases": len(scores),
        "status": dict(sorted(Counter(score.status for score in scores).items())),
        "by_kind": _grouped(scores, lambda score: score.case.kind),
        "by_subkind": _grouped(scores, lambda score: score.case.subkind),
        "by_published_status": _grouped(scores, lambda score: score.case.status),
        "bars": _bars(scores),
        "thin_rules": thin_rules(scores),
    }


def _grouped(scores: Sequence[Score], key: Callable[[Score], str]) -> dict[str, Any]:
    groups: dict[str, list[Score]] = {}
    for score in scores:
        groups.setdefault(key(score), []).append(score)
    return {name: _counted(members) for name, members in sorted(groups.items())}


def _counted(scores: Sequence[Score]) -> dict[str, Any]:
    wanted = [target for score in scores for target in score.targets if target.published.target]
    return {
        "cases": len(scores),
        "status": dict(sorted(Counter(score.status for score in scores).items())),
        "targets": len(wanted),
        "within": sum(target.within is True for target in wanted),
        "computed": sum(target.computed is not None for target in wanted),
    }


def _bars(scores: Sequence[Score]) -> dict[str, Any]:
    strict = _counted([score for score in scores if score.case.status in STRICT])
    share = strict["within"] / strict["targets"] if strict["targets"] else None
    intervals = [score for score in scores if score.case.expect == "interval_contains"]
    broken = [score for score in scores if score.case.status == "inconsistent_as_published"]
    return {
        "strict": {**strict, "share": share, "bar": BAR, "met": share is None or share >= BAR},
        "must_not_match": {"failed": [score.case.id for score in scores if score.failed]},
        "interval_contains": {
            "cases": len(intervals),
            "missed": [s.case.id for s in intervals if not _all_within(s)],
        },
        "inconsistent_as_published": {
            "cases": len(broken),
            "not_flagged": [score.case.id for score in broken if not score.flags],
        },
    }


def _all_within(score: Score) -> bool:
    return all(target.within for target in score.targets if target.published.target)


def thin_rules(scores: Sequence[Score]) -> list[str]:
    """Return the rules that a single case rests on: they are not yet shown to be general."""
    users: dict[str, set[str]] = {}
    for score in scores:
        for target in score.targets:
            for rule in target.rules:
                users.setdefault(rule, set()).add(score.case.id)
    return sorted(rule for rule, cases in users.items() if len(cases) == 1)
