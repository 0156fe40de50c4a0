"""Run the blocks of a page and write what they print, so that a page shows what happens.

What the language of a block means:

``console``
    Commands behind ``$``, run one after another in a folder of the page's own, which holds the packaged
    ``scenarios`` as a checkout does; what they print stands below them and is written anew.
``python``
    Run, with the names of the blocks before it; a ``text`` block behind it is what it prints.
``yaml``
    Must be readable.
``yaml title="NAME"``, and so for ``python`` and ``text``
    Written into that folder under this name.
``bash``
    Not run.

A comment in front of a block changes that: ``<!-- not run: REASON -->``, ``<!-- output not shown:
REASON -->`` for a block that must run but whose output is long or another on every machine, and
``<!-- refused: REASON -->`` where a command must end with an exit code other than 0: all others must not.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

BLOCK = re.compile(
    r"(?P<mark><!-- (?P<how>not run|output not shown|refused): (?P<why>[^>]+) -->\n)?"
    r"^```(?P<language>\w+)(?: title=\"(?P<title>[^\"]+)\")?\n(?P<body>.*?)^```$"
    r"(?P<output>\n\n```text\n.*?^```$)?",
    re.DOTALL | re.MULTILINE,
)
RUN = frozenset({"console", "python", "yaml"})
PASSIVE = frozenset({"text", "csv", "json", "usage", "equation", "pycon"})
_SHELL = re.compile(r"[|<>;&$`*~]")
_IN_PROCESS = re.compile(r"lca (?!measure )")
"""``lca measure`` starts programs, whose output cannot be caught in this process."""

_HEAD = re.compile(r"^(.*) \| head -(\d+)$")
_ENVIRONMENT = {"COLUMNS": "80", "NO_COLOR": "1", "PYTHONUTF8": "1"}


class PageError(Exception):
    """A block of a page does not do what the page says."""


@dataclass
class Runner:
    """A page that is being run: its folder, and the names its Python has made."""

    folder: Path
    names: dict[str, Any] = field(default_factory=dict)

    def block(self, found: re.Match[str]) -> str:
        """Return a block as it should be."""
        if found["how"] == "not run":
            return found[0]
        act: Callable[[re.Match[str]], str] | None = getattr(self, f"_{found['language']}", None)
        return act(found) if act else found[0]

    def _console(self, found: re.Match[str]) -> str:
        commands = [line[2:] for line in found["body"].splitlines() if line.startswith("$ ")]
        answers = [_answer(command) for command in commands]
        for command, (text, code) in zip(commands, answers, strict=True):
            if code and found["how"] != "refused":
                msg = f"{command} ended with {code}: {text[-300:]}"
                raise PageError(msg)
        if found["how"] == "refused" and not any(code for _, code in answers):
            msg = "nothing was refused"
            raise PageError(msg)
        if found["how"] == "output not shown":
            return found[0]
        shown = (f"$ {c}\n{text}".rstrip() for c, (text, _) in zip(commands, answers, strict=True))
        body = "\n".join(shown)
        return f"{found['mark'] or ''}```console\n{body}\n```{found['output'] or ''}"

    def _python(self, found: re.Match[str]) -> str:
        if found["title"]:
            return self._kept(found)
        code = compile(found["body"], "<page>", "exec")
        text = _printed(lambda: exec(code, self.names))
        if not found["output"] or found["how"]:
            return found[0]
        return f"```python\n{found['body']}```\n\n```text\n{text.rstrip()}\n```"

    def _text(self, found: re.Match[str]) -> str:
        return self._kept(found) if found["title"] else found[0]

    def _yaml(self, found: re.Match[str]) -> str:
        from lca import document

        document.parse(found["body"], found["title"] or "block of the page")
        return self._kept(found) if found["title"] else found[0]

    def _kept(self, found: re.Match[str]) -> str:
        """Write a block into the page's folder, for the commands behind it."""
        (self.folder / found["title"]).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / found["title"]).write_text(found["body"], encoding="utf-8")
        return found[0]


def rendered(text: str) -> str:
    """Return a page with the output of every block that runs made anew.

    Raises
    ------
    PageError
        If a block fails; its first line is named.
    """
    from lca.library import packaged_scenarios

    with tempfile.TemporaryDirectory() as name, _inside(Path(name)):
        shutil.copytree(packaged_scenarios(), Path(name) / "scenarios")
        runner = Runner(Path(name))
        return BLOCK.sub(lambda found: _told(runner, found), text)


def _told(runner: Runner, found: re.Match[str]) -> str:
    try:
        return runner.block(found)
    except Exception as error:
        first = found["body"].partition("\n")[0]
        msg = f"{found['language']} block that begins with {first!r}: {error}"
        raise PageError(msg) from error


@contextlib.contextmanager
def _inside(folder: Path) -> Iterator[None]:
    """Work in a folder, in the environment in which pages are shown."""
    before = {name: os.environ.get(name) for name in (*_ENVIRONMENT, "PATH")}
    scripts = str(Path(sys.executable).parent)
    os.environ |= {**_ENVIRONMENT, "PATH": scripts + os.pathsep + os.environ["PATH"]}
    with contextlib.chdir(folder):
        try:
            yield
        finally:
            for name, value in before.items():
                os.environ.pop(name) if value is None else os.environ.update({name: value})


def _printed(act: Callable[[], Any]) -> str:
    stream = io.StringIO()
    with contextlib.redirect_stdout(stream), contextlib.redirect_stderr(stream):
        act()
    return stream.getvalue()


def _answer(command: str) -> tuple[str, int]:
    """Return what a command prints, and its exit code."""
    cut = _HEAD.match(command)
    plain, most = (cut[1], int(cut[2])) if cut else (command, None)
    if _IN_PROCESS.match(plain) and not _SHELL.search(re.sub(r"'[^']*'", "", plain)):
        from lca.cli import main

        codes: list[int] = []
        text, code = _printed(lambda: codes.append(main(shlex.split(plain)[1:]))), codes[0]
    else:
        (text, code), most = _shell(command), None
    return "\n".join(line.rstrip() for line in text.splitlines()[:most]), code


def _shell(command: str) -> tuple[str, int]:
    done = subprocess.run(
        ["bash", "-c", command],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
    return done.stdout, done.returncode
