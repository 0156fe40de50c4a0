"""The page itself: the form's fields as HTML, every text escaped; its script fills in the rest."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from html import escape
from importlib.util import find_spec
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Any

from lca import __version__
from lca.serve.fields import Field, plain

if TYPE_CHECKING:
    from lca.serve.composed import Composed
    from lca.serve.opened import Opened

_ASSETS = Path(__file__).parent / "assets"
_REPORT = Path(__file__).parents[1] / "report" / "paper" / "assets"
_EXTRAS = {".pdf": ("typst", "pdf"), ".xlsx": ("xlsxwriter", "xlsx")}
_FILES = (
    (".yaml", "Scenario", "for lca run and lca report"),
    (".html", "Report", "one page to send on"),
    (".pdf", "PDF", "the report to print and archive"),
    (".xlsx", "Workbook", "with live formulas"),
    (".json", "Result", "every number, for programs"),
)
_PURPOSE = "Which hardware emits least for your work? Pick options, say where and how they run."
_MOST_NAMES = 12
SUFFIXES = frozenset(suffix for suffix, _, _ in _FILES)


@cache
def statics() -> dict[str, tuple[bytes, str]]:
    """Return the files that the page loads, by name, with their type: these and no others."""
    found = {
        "report.css": (_REPORT, "text/css"),
        "report.js": (_REPORT, "text/javascript"),
        "serve.css": (_ASSETS, "text/css"),
        "serve.js": (_ASSETS, "text/javascript"),
        "combobox.js": (_ASSETS, "text/javascript"),
        "icon.svg": (_ASSETS, "image/svg+xml"),
    }
    return {name: ((folder / name).read_bytes(), kind) for name, (folder, kind) in found.items()}


def render(form: Composed | Opened, start: dict[str, Any]) -> str:
    """Return the page of a form.

    Parameters
    ----------
    start
        What the page's script starts with: options, limits.
    """
    template = Template((_ASSETS / "page.html").read_text(encoding="utf-8"))
    return template.substitute(
        title=escape(form.title),
        question=_question(form),
        picker=(_ASSETS / "picker.html").read_text(encoding="utf-8") if form.picks else "",
        fields="".join(_groups(form)),
        downloads="".join(_downloads()),
        version=escape(__version__),
        start=_embedded(start),
    )


def _question(form: Composed | Opened) -> str:
    """Return what the page is for: of a scenario its question and options."""
    base = getattr(form, "base", None)
    if base is None:
        return f'<p class="question">{_PURPOSE}</p>'
    asked = escape(base.model.question)
    names = [base.model.base_name, *base.model.options]
    rest = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    listed = ", ".join(map(escape, names[:_MOST_NAMES]))
    return (f'<p class="question" dir="auto">{asked}</p>' if asked else "") + (
        f'<p class="meta" dir="auto">Options: {listed}{rest}</p>' if len(names) > 1 else ""
    )


def _groups(form: Composed | Opened) -> Iterator[str]:
    for place, group in enumerate(form.groups):
        # ids are numbers: a name of the scenario may hold spaces, which a list of ids may not
        inner = "".join(_field(one, f"{place}-{row}") for row, one in enumerate(group.fields))
        if group.title == "Method":
            yield f'<details class="group"><summary>Method</summary>{inner}</details>'
        else:
            yield (
                f'<fieldset class="group" id="group-{place}"><legend dir="auto">{escape(group.title)}</legend>'
                f"{inner}</fieldset>"
            )


def _field(one: Field, name: str) -> str:
    make = {"range": _range, "choice": _choice}.get(one.kind, _box)
    unset = f' data-unset="{escape(one.unset)}"' if one.value is None else ""
    unset += f' data-needs="{escape(one.needs)}"' if one.needs else ""
    return (
        f'<div class="field" data-field="{escape(one.name)}" data-kind="{one.kind}" data-unit="{escape(one.unit)}"{unset}>'
        f'<label for="in-{name}">{escape(one.label)}</label>{make(one, name)}'
        f'<p class="error" id="error-{name}" hidden></p></div>'
    )


def _told(one: Field, name: str) -> tuple[str, str]:
    """Return the hint of a field, and the attribute that ties its input to hint and mistake."""
    ids = f"hint-{name} error-{name}" if one.hint else f"error-{name}"
    hint = f'<p class="hint" id="hint-{name}">{escape(one.hint)}</p>' if one.hint else ""
    return hint, f'aria-describedby="{ids}"'


def _range(one: Field, name: str) -> str:
    hint, tied = _told(one, name)
    at = one.value if one.value is not None else one.start
    at = one.low if at is None else at
    reset = (
        f'<button type="button" class="unset" hidden aria-label="{escape(one.label)}: back to what holds otherwise">reset</button>'
        if one.value is None
        else ""
    )
    return (
        f'<span class="now"><output for="in-{name}"></output>{reset}</span>'
        f'<input type="range" id="in-{name}" {_bounds(one)} value="{plain(float(at))}" {tied}>{hint}'
    )


def _box(one: Field, name: str) -> str:
    hint, tied = _told(one, name)
    value = (
        "" if one.value is None else plain(one.value) if isinstance(one.value, float) else one.value
    )
    if one.kind == "region":
        return (
            f'<input type="text" id="in-{name}" class="box" value="{escape(value)}" role="combobox" '
            f'aria-autocomplete="list" aria-expanded="false" aria-controls="list-{name}" autocomplete="off" '
            f'spellcheck="false" maxlength="200" {tied}><ul role="listbox" id="list-{name}" class="choices" '
            f'aria-label="{escape(one.label)}" hidden></ul>{hint}'
        )
    placeholder = f' placeholder="{escape(one.unset)}"' if one.unset else ""
    kind = "number" if one.kind == "number" else "text"
    bounds = _bounds(one) if one.kind == "number" else 'maxlength="200"'
    unit = f' <span class="unit">{escape(one.unit)}</span>' if one.unit else ""
    return f'<span class="with-unit"><input type="{kind}" id="in-{name}" class="box" value="{escape(value)}"{placeholder} {bounds} {tied}>{unit}</span>{hint}'


def _bounds(one: Field) -> str:
    return f'min="{plain(one.low)}" max="{plain(one.high)}" step="{plain(one.step)}"'


def _choice(one: Field, name: str) -> str:
    hint, tied = _told(one, name)
    options = "".join(
        f'<option value="{escape(value)}"{" selected" if value == one.value else ""}>{escape(text)}</option>'
        for value, text in one.choices
    )
    return f'<select id="in-{name}" class="box" {tied}>{options}</select>{hint}'


def _downloads() -> Iterator[str]:
    for suffix, label, about in _FILES:
        package, extra = _EXTRAS.get(suffix, ("lca", ""))
        missing = find_spec(package) is None
        said = f"needs pip install 'lca[{extra}]'" if missing else about
        yield (
            f'<li><button type="button" class="download" data-suffix="{suffix}">{label} '
            f'<code>{suffix}</code></button><span class="hint">{escape(said)}</span></li>'
        )


def _embedded(data: dict[str, Any]) -> str:
    """Return data as JSON that cannot end the script element it stands in."""
    text = json.dumps(data, ensure_ascii=False, allow_nan=False)
    for sign, code in (("<", "\\u003c"), (">", "\\u003e"), ("&", "\\u0026")):
        text = text.replace(sign, code)
    return text
