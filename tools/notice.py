"""Write NOTICE: whose data this package passes on, under which licence, and what was changed.

Run ``python tools/notice.py`` to compare the file with the data, ``--write`` to write it anew.
"""

from __future__ import annotations

import re
import sys
import textwrap
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from lca import document, exports
from lca.factors import Sidecar, sidecar, tables
from lca.factors.files import ROOT
from lca.library import Library
from lca.sources import Source

NOTICE = Path(__file__).parents[1] / "NOTICE"

_OPEN = re.compile(
    r"\b(CC BY|CC0|MIT|Apache-2\.0|BSD|MPL-2\.0|Open Government Licence|reuse permitted"
    r"|acknowledgement requested)"
)
_OWN_PUBLISHER = "lca"
_LICENCE_TEXTS = {
    "CC0 1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
    "CC BY 4.0": "https://creativecommons.org/licenses/by/4.0/",
    "Open Government Licence v3.0": (
        "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/ "
        "(contains public sector information licensed under the Open Government Licence v3.0)"
    ),
    "Apache-2.0": "the file LICENSE",
    "MIT": "https://opensource.org/license/mit",
    "BSD-3-Clause": "https://opensource.org/license/bsd-3-clause",
    "MPL-2.0": "https://www.mozilla.org/MPL/2.0/",
}
_HEAD = """\
lca
Copyright 2026 the authors of lca

The program is licensed under the Apache License, Version 2.0; see LICENSE.
The data come from the sources below. Every value names its source; the whole
bibliography, with what was read of each source, is hardware_db/sources.yaml.
`python tools/notice.py --write` makes this file from the data.
"""


def notice() -> str:
    """Return the text that NOTICE should hold."""
    parts = [
        _HEAD,
        _section("Tables passed on, with changes where said", map(_table, _attributed())),
        _section("Schemas passed on, unaltered, in lca/exports/schemas", map(_schema, _schemas())),
        _section("Values taken from sources under open terms", map(_source, _open_sources())),
        _section("Texts of the licences", map(_text, _LICENCE_TEXTS.items())),
    ]
    return "\n".join(parts)


def _attributed() -> Iterator[Sidecar]:
    hourly = map(_hourly, sorted((ROOT / "hourly").glob("*.yaml")))
    known = (*(sidecar(table) for table in tables()), *hourly)
    return (about for about in known if about.attribution)


def _hourly(path: Path) -> Sidecar:
    """Return what is known of an hourly series: it is compressed, and no table of factors."""
    entries: dict[str, Any] = document.read(path).data
    known = {name: value for name, value in entries.items() if name in Sidecar.__slots__}
    return Sidecar(**known | {"table": f"hourly/{path.stem}"})


def _schemas() -> list[tuple[str, Any]]:
    folder = Path(exports.__file__).parent / "schemas"
    return list(document.read(folder / "copies.yaml").data["copies"].items())


def _schema(pair: tuple[str, Any]) -> str:
    name, about = pair
    return (
        f"{name}: {about['title']}, {about['version']}. {about['attribution']}. {about['source']}"
    )


def _open_sources() -> list[Source]:
    found = Library().sources.values()
    return sorted(
        (s for s in found if _OPEN.search(s.licence) and s.publisher != _OWN_PUBLISHER),
        key=lambda source: source.key,
    )


def _table(about: Sidecar) -> str:
    ending = ".csv.gz" if about.table.startswith("hourly/") else ".csv"
    text = f"{about.table}{ending}: {about.attribution}. Licence: {about.licence}."
    return f"{text} Changes: {about.changes}" if about.changes else text


def _source(source: Source) -> str:
    published = f"{source.publisher}, {source.year}" if source.year else source.publisher
    link = f" {source.url}" if source.url else ""
    return f"{source.key}: {source.title} ({published}). Licence: {source.licence}.{link}"


def _text(pair: tuple[str, str]) -> str:
    return f"{pair[0]}: {pair[1]}"


def _section(heading: str, entries: Iterable[str]) -> str:
    items = (textwrap.fill(text, 88, subsequent_indent="    ", **_WRAP) for text in entries)
    return "\n".join([heading, "-" * len(heading), "", *items, ""])


_WRAP = {"initial_indent": "  ", "break_long_words": False, "break_on_hyphens": False}


def main(arguments: list[str]) -> int:
    """Write NOTICE, or say whether it is up to date."""
    wanted = notice()
    if "--write" in arguments:
        NOTICE.write_text(wanted, encoding="utf-8")
        return 0
    if NOTICE.is_file() and NOTICE.read_text(encoding="utf-8") == wanted:
        return 0
    sys.stderr.write("NOTICE is not what the data ask for: python tools/notice.py --write\n")
    return 4


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
