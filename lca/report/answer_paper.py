"""An answer of the optimizer as a page: the same blocks, style and script as a report."""

from __future__ import annotations

from collections.abc import Iterator

import lca
from lca.optimize.answer import Answer
from lca.report import answers, html
from lca.report.paper import by_hour, cost_carbon
from lca.report.paper.blocks import Block, Listing, Paragraph, Report, Section, TableBlock
from lca.report.tables import Table


def page(answer: Answer) -> str:
    """Return an answer as a page of HTML that needs nothing else."""
    return html.write(paper(answer))


def paper(answer: Answer) -> Report:
    """Return an answer as a document of sections, with its pictures."""
    sections = (
        ("verdict", "Verdict", _verdict(answer)),
        ("choices", "Choices", _choices(answer)),
        ("hours", "By the hour", iter(by_hour.of_answer(answer))),
        ("unknowns", "If the unknowns turn out otherwise", _table(answers.regret_table(answer))),
        ("details", "Details", _details(answer)),
    )
    filled = ((name, title, tuple(blocks)) for name, title, blocks in sections)
    return Report(
        f"{answer.question.replace('_', ' ')}: {answer.scenario}".capitalize(),
        (("scenario", answer.scenario),),
        tuple(Section(*one) for one in filled if one[2]),
        {"lca_version": lca.__version__},
    )


def _table(table: Table | None, first: str = "choice") -> Iterator[Block]:
    if table is not None and table.rows:
        yield TableBlock(table, first_column=first)


def _list(items: Iterator[str], title: str) -> Iterator[Block]:
    told = tuple(items)
    if told:
        yield Listing(told, title)


def _verdict(answer: Answer) -> Iterator[Block]:
    for sentence in answer.verdict:
        yield Paragraph(sentence, "lead")
    yield from _table(answers.choice_table(answer), "objective")
    yield from _list(answers.decided_lines(answer), "What is decided")


def _choices(answer: Answer) -> Iterator[Block]:
    picture = cost_carbon.of_answer(answer)
    if picture is not None:
        yield picture
    yield from _table(answers.front_table(answer))
    yield from _table(answers.alternative_table(answer))


def _details(answer: Answer) -> Iterator[Block]:
    for table in answers.further_tables(answer):
        yield from _table(table, "")
    yield from _list(answers.binding_lines(answer), "What holds it back")
    saved = answers.saved_line(answer)
    yield from _list(iter([*([saved] if saved else []), *answers.fact_lines(answer.facts)]), "Figures")  # fmt: skip
    yield from _list(iter(answer.remarks), "Remarks")
