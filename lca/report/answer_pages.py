"""Pages of an answer: for the terminal at 80 columns, and as Markdown."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console

from lca.optimize.answer import Answer
from lca.report import answers
from lca.report.markdown import plain, section, table_lines, title_line
from lca.report.tables import Table
from lca.report.terminal import paragraph, print_section, print_table


def _tables(answer: Answer) -> Iterator[Table]:
    yield answers.choice_table(answer)
    for table in (
        answers.front_table(answer),
        answers.alternative_table(answer),
        answers.regret_table(answer),
    ):
        if table is not None:
            yield table
    yield from answers.further_tables(answer)


def _heading(answer: Answer) -> str:
    return f"{answer.question.replace('_', ' ')}: {answer.scenario}"


def show(answer: Answer, console: Console) -> None:
    """Print an answer: verdict, choice beside usual, front, alternatives, regret, what binds."""
    paragraph(_heading(answer), console, style="bold")
    console.print()
    for sentence in answer.verdict:
        paragraph(sentence, console, style="bold green")
    console.print()
    print_section("What is decided", list(answers.decided_lines(answer)), console)
    for table in _tables(answer):
        print_table(table, console)
    print_section("What holds it back", list(answers.binding_lines(answer)), console)
    facts = [line for line in (answers.saved_line(answer),) if line]
    print_section("Figures", [*facts, *answers.fact_lines(answer.facts)], console)


def markdown(answer: Answer) -> str:
    """Return an answer as a Markdown document."""
    return "\n".join(_lines(answer)).rstrip() + "\n"


def _lines(answer: Answer) -> Iterator[str]:
    yield from title_line(_heading(answer))
    for sentence in answer.verdict:
        yield from (f"**{plain(sentence)}**", "")
    yield from section("What is decided", list(answers.decided_lines(answer)))
    for table in _tables(answer):
        yield from table_lines(table)
    yield from section("What holds it back", list(answers.binding_lines(answer)))
    facts = [line for line in (answers.saved_line(answer),) if line]
    yield from section("Figures", [*facts, *answers.fact_lines(answer.facts)])
    yield from section("Remarks", list(answer.remarks))
