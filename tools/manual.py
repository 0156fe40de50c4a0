"""The manual: write its generated pages, check them, or build the site.

    python tools/manual.py --check        exit 1 if a generated page is not up to date
    python tools/manual.py --write        write the generated pages
    python tools/manual.py --build DIR    build the whole manual as a site that asks no network

Pages are plain Markdown below ``docs/``. What is generated: the formulas, the reference, the page on
what decides, the gallery, and the outputs shown in the walk-throughs and task pages.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))


def stale() -> dict[str, str]:
    """Return the generated pages that are not as they should be, by path below ``docs/``."""
    from manual_pages import everything
    from manual_pages.text import DOCS

    return {name: text for name, text in everything().items() if _read(DOCS / name) != text}


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def main() -> int:
    """Do what was asked for."""
    parser = argparse.ArgumentParser(description="Write, check or build the manual.")
    asked = parser.add_mutually_exclusive_group(required=True)
    asked.add_argument("--check", action="store_true", help="exit 1 if a page is not up to date")
    asked.add_argument("--write", action="store_true", help="write the generated pages")
    asked.add_argument("--build", type=Path, metavar="DIR", help="build the site into DIR")
    words = parser.parse_args()
    if words.build:
        from manual_pages.site import build

        build(words.build)
        return 0
    from manual_pages.running import PageError

    try:
        found = stale()
    except PageError as error:
        print(error)
        return 1
    if words.write:
        from manual_pages.text import DOCS

        for name, text in found.items():
            (DOCS / name).parent.mkdir(parents=True, exist_ok=True)
            (DOCS / name).write_text(text, encoding="utf-8")
            print(f"wrote docs/{name}")
        return 0
    for name in found:
        print(f"docs/{name} is not up to date: python tools/manual.py --write")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
