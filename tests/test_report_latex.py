"""The paragraph for a paper: complete sentences, sources that exist, and no TeX of a user."""

from __future__ import annotations

import copy
import re
from functools import cache
from typing import Any

import pytest
from studies import STUDY

import lca
from lca.report.paper import latex, plain_text, sections, statement
from lca.report.paper.blocks import Report
from lca.report.wording import in_words

MARKUP = r"\input{/etc/passwd} \end{filecontents*} $x$ 50% & #1 a_b ^2 ~ {un} <b> |c| `q` \\"


@cache
def report(title: str = "Study", *, alone: bool = False) -> Report:
    """Return a report of a comparison, or of a scenario alone."""
    from lca.report.result import compare_result, run_result

    study = {**STUDY, "title": title} | ({"options": {}} if alone else {})
    scenario = lca.load(study)
    if alone:
        return sections.assemble(run_result(scenario, [lca.evaluate(scenario)]))
    return sections.assemble(compare_result(scenario, lca.compare(scenario)))


def changed(**fields: Any) -> Report:
    """Return the report of a result with other fields."""
    return sections.assemble({**copy.deepcopy(dict(report().result)), **fields})


def body(text: str) -> str:
    """Return the paragraph of a LaTeX file."""
    return text.rpartition("\\end{filecontents*}\n")[2]


def test_the_paragraph_says_what_a_reviewer_asks() -> None:
    """Functional unit, boundary, account, results with intervals, method, draws and version."""
    text = plain_text.render(report())
    result = report().result
    for option in result["options"]:
        assert f"{option['name']} {in_words(option['per_unit']['gwp100']['location'])}" in text
    for said in (
        "per EFLOP peak (functional unit)",
        "location-based account",
        "The boundary holds manufacture, transport, operation and end of life",
        "spread over the service life",
        result["comparison"]["verdict"],
        "64 Latin hypercube draws on draws that all options share (seed 1)",
        f"{len(result['assumptions'])} of {len(result['inputs'])} inputs are assumed",
        "Not counted, for want of data",
        f"lca {lca.__version__}",
    ):
        assert said in text


def test_a_scenario_alone_has_no_verdict() -> None:
    """Without options there is one number and nothing is said of others."""
    text = plain_text.render(report(alone=True))
    assert "lower in" not in text
    assert "options share" not in text


def test_a_central_estimate_is_not_called_a_median() -> None:
    """Without draws no interval is claimed."""
    text = plain_text.render(changed(samples=0))
    assert "Results (central estimate)" in text
    assert "no uncertainty was propagated" in text


def test_citations_and_entries_match() -> None:
    """Each key that is cited has an entry, and each entry is cited."""
    text = latex.render(report())
    cited = re.findall(r"\\cite\{([^}]*)\}", text)
    entries = re.findall(r"^@misc\{([^,]*),$", text, re.MULTILINE)
    assert entries
    assert ",".join(cited).split(",") == entries


def test_the_main_sources_are_published_ones() -> None:
    """They are of the result's bibliography, and none is an assumption of ours."""
    found = statement.main_sources(report().result)
    assert 0 < len(found) <= 6
    assert all(source in report().result["sources"] for source in found)
    assert "assumed" not in {source["seen"] for source in found}


def test_numbered_references_of_the_text_are_those_cited() -> None:
    """Numbers in brackets and in the list agree."""
    text = plain_text.render(report())
    paragraph, listed = text.split("\n\n")
    numbers = re.search(r"\[([\d, ]+)\]", paragraph)
    assert numbers is not None
    assert [f"[{n}]" for n in numbers[1].split(", ")] == [
        line.split(" ")[0] for line in listed.splitlines()
    ]


def test_no_tex_of_a_user_survives() -> None:
    """Of the title's own signs none means anything: only commands of ours are left."""
    text = body(latex.render(report(MARKUP)))
    left = set(re.findall(r"\\[A-Za-z]+", text))
    assert left <= {
        r"\textbackslash", r"\textbraceleft", r"\textbraceright", r"\textasciicircum",
        r"\textasciitilde", r"\textless", r"\textgreater", r"\textbar", r"\textasciigrave",
        r"\textsubscript", r"\cite", r"\ldots",
    }  # fmt: skip
    assert re.search(r"(?<!\\)[#%&_]", text) is None


def test_a_source_cannot_leave_its_entry() -> None:
    """Braces, line ends and percent signs of a bibliography stay inside their fields."""
    sources = [
        {**source, "title": "a } b { c % \\end{filecontents*}\n@misc{x,", "key": "k},{\\x",
         "url": "https://x.org/a}b%20\\c"}
        for source in report().result["sources"][:1]
    ]  # fmt: skip
    line = next(x for x in report().result["lines"] if x["indicator"] == "gwp100")
    text = latex.render(changed(sources=sources, lines=[{**line, "sources": ["k},{\\x"]}]))
    entry = text.split("\\begin{filecontents*}")[1].split("\\end{filecontents*}\n")[0]
    assert text.count("\\end{filecontents*}") == 1
    assert entry.count("@misc{") == 1
    assert "url = {https://x.org/a%7Db%20%5Cc}," in entry
    assert entry.count("{") == entry.count("}")
    assert "@misc{k-x," in entry


@pytest.mark.parametrize("title", ["采购训练加速器", "شراء مسرّعات التدريب"])
def test_other_scripts_stay_and_the_engine_is_named(title: str) -> None:
    """A title that pdfLaTeX cannot set is kept, with a word on which engine can."""
    text = latex.render(report(title))
    assert title in body(text)
    assert "XeLaTeX" in text
    assert "XeLaTeX" not in latex.render(report())


def test_signs_that_tex_lacks_are_written_as_commands() -> None:
    """Minus, dash, ellipsis and the index of CO2e are set, not lost."""
    assert latex.escape("−3 (−4 to –2) kgCO2e … → µ") == (
        r"$-$3 ($-$4 to --2) kgCO\textsubscript{2}e \ldots{} $\rightarrow$ $\mu$"
    )
