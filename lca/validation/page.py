"""The tables of the manual's page: published against computed, between two marks of the page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from lca.errors import InputError
from lca.validation.dimensions import BY_DIMENSIONS
from lca.validation.report import summary
from lca.validation.scoring import Score, Target

__all__ = ["BEGIN", "END", "rendered"]

BEGIN, END = "<!-- tables: begin -->", "<!-- tables: end -->"
"""What stands between is written by ``lca validate --published --page``."""


def rendered(page: str, scores: Sequence[Score], unseen: Sequence[Score] = ()) -> str:
    """Return a page with its tables made afresh.

    Parameters
    ----------
    page : str
        The page as it is.
    scores, unseen : sequence of Score
        The packaged cases; those that the rules were tried by after they were written.

    Raises
    ------
    InputError
        If the page lacks the marks that the tables stand between.
    """
    if BEGIN not in page or END not in page:
        msg = f"the page has no place for tables: write a line {BEGIN} and a line {END}"
        raise InputError(msg)
    head, tail = page.split(BEGIN, maxsplit=1)[0], page.split(END)[1]
    return f"{head}{BEGIN}\n\n{tables(scores, unseen)}\n\n{END}{tail}"


def tables(scores: Sequence[Score], unseen: Sequence[Score] = ()) -> str:
    """Return the summary, what is unsupported, and one row a target, in Markdown."""
    found = summary(scores)
    parts = [
        _bars(found["bars"]),
        _groups("kind", found["by_kind"]),
        _groups("subkind", found["by_subkind"]),
        _groups("status as published", found["by_published_status"]),
        "## Flags\n\n" + "\n".join(_flags(scores)),
        "## Rules that a single case rests on\n\n" + ", ".join(found["thin_rules"]) + ".",
        "## Every target\n\n" + "\n".join(_targets(scores)),
    ]
    if unseen:
        parts.append("## Cases with other names, as they stand now\n\n" + _unseen(unseen))
        parts.append("\n".join(_targets(unseen)))
    return "\n\n".join(parts)


def _unseen(scores: Sequence[Score]) -> str:
    """Return how the rules fare now on the cases that they were tried by."""
    wanted = [target for score in scores for target in score.targets if target.published.target]
    by_dimensions = [target for target in wanted if target.method == BY_DIMENSIONS]
    broken = [s for s in scores if s.case.status == "inconsistent_as_published"]
    return (
        f"{len(scores)} cases: {sum(t.within is True for t in wanted)} of {len(wanted)} targets"
        f" within, {sum(t.within is False for t in wanted)} outside,"
        f" {sum(t.within is None for t in wanted)} unsupported; {len(by_dimensions)} by dimensions"
        f" alone, {sum(t.within is True for t in by_dimensions)} of them within;"
        f" {sum(bool(s.flags) for s in broken)} of {len(broken)} inconsistent cases flagged."
    )


def _bars(bars: dict[str, Any]) -> str:
    strict, interval = bars["strict"], bars["interval_contains"]
    broken, wrong = bars["inconsistent_as_published"], bars["must_not_match"]["failed"]
    covered = interval["cases"] - len(interval["missed"])
    flagged = broken["cases"] - len(broken["not_flagged"])
    return "\n".join(
        (
            "## Bars",
            "",
            "| what | reached | bar |",
            "| --- | --- | --- |",
            f"| targets that must match, within | {strict['within']} of {strict['targets']} |"
            f" {strict['bar']:.0%} |",
            f"| cases that an interval must contain | {covered} of {interval['cases']} | all |",
            f"| inconsistent cases flagged | {flagged} of {broken['cases']} | all |",
            f"| wrong values reproduced without a flag | {len(wrong)} | 0 |",
        )
    )


def _groups(name: str, groups: dict[str, Any]) -> str:
    rows = [
        f"| {group.replace('_', ' ')} | {found['cases']} | {found['targets']} | {found['within']} |"
        f" {', '.join(f'{n} {status}' for status, n in found['status'].items())} |"
        for group, found in groups.items()
    ]
    head = [
        f"## By {name}",
        "",
        f"| {name} | cases | targets | within | cases by result |",
        "| --- | --: | --: | --: | --- |",
    ]
    return "\n".join([*head, *rows])


def _flags(scores: Sequence[Score]) -> Iterator[str]:
    for score in scores:
        for flag in score.flags:
            yield f"- `{score.case.id}`: **{flag.code}**: {flag.message}"


def _targets(scores: Sequence[Score]) -> Iterator[str]:
    yield "| case | quantity | published | computed | error | result |"
    yield "| --- | --- | --: | --: | --: | --- |"
    for score in scores:
        for target in score.targets:
            if target.published.target or target.published.must_not_match:
                yield _row(score, target)


def _row(score: Score, target: Target) -> str:
    known = target.published.known
    unit = "" if known.unit == "" else f" {known.unit}"
    cells = (
        f"`{score.case.id}`",
        known.name.replace("_", " "),
        f"{float(known.value):.5g}{unit}",
        _computed(target),
        "" if target.rel_error is None else f"{target.rel_error:+.2%}",
        _result(target),
    )
    return f"| {' | '.join(cells)} |"


def _computed(target: Target) -> str:
    if target.computed is None:
        return "not computed"
    if target.low is None or target.high is None:
        return f"{target.computed:.5g}"
    return f"{target.computed:.4g} ({target.low:.4g} to {target.high:.4g})"


def _result(target: Target) -> str:
    if target.computed is None:
        return target.missing
    if target.published.must_not_match:
        return "reproduced, though wrong" if target.within else "wrong as printed, not reproduced"
    return "within" if target.within else "outside"
