"""Build data and positions from the events of a YAML parser: bounded, without recursion."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NoReturn, TypeAlias

from lca.errors import DocumentError, Problem, dotted, quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import yaml

MAX_SCALAR = 1_000_000
"""Characters of one value or key."""

MAX_NODES = 200_000
"""Values of a document, aliases expanded."""

MAX_CHARACTERS = 16_000_000
"""Characters of all values and keys, aliases expanded."""

MAX_DEPTH = 64
"""Lists and mappings inside one another, aliases expanded."""

MAX_PROBLEMS = 100
"""Mistakes after which reading stops."""

Data: TypeAlias = "dict[str, Data] | list[Data] | str | None"
"""What YAML text becomes."""

Steps: TypeAlias = "Sequence[str | int]"

Position: TypeAlias = tuple[int, int]

BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")

FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]"
)

SURROGATE = re.compile("[\ud800-\udfff]")

NULLS = frozenset({"", "~", "null", "Null", "NULL"})

LONGEST_KEY = 1000  # YAML looks for the ":" of a key within 1024 characters

_TABS = "a tab indents this line; YAML is indented with spaces only"

_TAGS = "tags are not read, every value is text; take it out, or put the text in quotes"

_QUOTE = "a value cannot begin with this character; put the text in quotes"

_SHAPE = "this does not fit the lines above it; check the indentation and the quotes"

_BLOCK = 'the text of "|" or ">" begins on the next line'

_OPEN = 'the {kind} that begins at {begin} is not closed, or a "," is missing'

_REASONS = {
    "mapping values are not allowed": 'a ":" where no key can stand; check the indentation,'
    ' and put a text that has ": " in it in quotes',
    "could not find expected ':'": 'a line that is neither "key: value" nor "- item"',
    "',' or ']'": _OPEN.replace("{kind}", 'list "["'),
    "',' or '}'": _OPEN.replace("{kind}", 'mapping "{"'),
    "unexpected end of stream": "the quotes that open here are never closed",
    "unknown escape": 'no such escape in double quotes; write "\\\\", or use single quotes',
    "tab character": _TABS,
    "cannot start any token": _QUOTE,
    "node content": "something is missing here, or begins with a character that needs quotes",
    "alphabetic or numeric": _QUOTE,
    "sequence entries are not allowed": 'a list item "- " needs a line of its own',
    "tag handle": _TAGS,
    "comment or line break": _BLOCK,
    "chomping or indentation": _BLOCK,
    "expected key": _SHAPE,
    "'-' indicator": _SHAPE,
    "block end>": _SHAPE,
    "document start>": _SHAPE,
}

_AT_BEGIN = ("could not find expected ':'", "unexpected end of stream")


@dataclass(slots=True)
class Spot:
    """Where a value, its key and its parts are written; lines and columns from 0."""

    at: Position
    parts: dict[str | int, Spot]
    key: Position | None = None


@dataclass(frozen=True)
class Source:
    """A named text that can point at its own lines."""

    name: str
    text: str

    @cached_property
    def lines(self) -> list[str]:
        """The lines, as YAML counts them."""
        return BREAK.split(self.text)

    def problem(self, message: str, at: Position, path: Steps = ()) -> Problem:
        """Return a problem at a position counted from 0."""
        line, column = at
        excerpt = self.lines[line] if line < len(self.lines) else None
        return Problem(dotted(path), message, self.name, line + 1, column + 1, excerpt)

    def position(self, offset: int) -> Position:
        """Return the line and column, from 0, of a character."""
        before = BREAK.split(self.text[:offset])
        return len(before) - 1, len(before[-1])

    @cached_property
    def end(self) -> Position:
        """The line and column, from 0, behind the last thing written."""
        return self.position(len(self.text.rstrip()))

    def ends(self, at: Position) -> bool:
        """Whether nothing is written from a position on."""
        return at >= self.end


def _syntax(source: Source, error: yaml.MarkedYAMLError) -> Problem:
    """Return a parser's complaint in plain words, at the place where it helps."""
    marks = [mark for mark in (error.problem_mark, error.context_mark) if mark]
    at, begin = ((mark.line, mark.column) for mark in (marks[0], marks[-1]))
    reason = str(error.problem)
    found = (text for part, text in _REASONS.items() if part in reason)
    message = next(found, f"not readable as YAML: {reason}")
    ends = source.ends(at) and "block" not in str(error.context)
    if ends or any(part in reason for part in _AT_BEGIN):
        at = begin
    if source.ends(at):
        at, message = source.end, "the text ends where more is expected"
    line = source.lines[at[0]] if at[0] < len(source.lines) else ""
    if "\t" in line[: len(line) - len(line.lstrip())] and "flow" not in str(error.context):
        message = _TABS
    return source.problem(message.replace("{begin}", f"{begin[0] + 1}:{begin[1] + 1}"), at)


@dataclass(slots=True)
class _Frame:
    """A value with its spot: a list or mapping being read, or one that aliases may repeat."""

    data: Data
    spot: Spot
    anchor: str | None = None
    nodes: int = 1
    characters: int = 0
    height: int = 0
    key: str | int | None = None
    key_at: Position | None = None
    wants_key: bool = False


class Reader:
    """Build data and spots from the events of a YAML parser, without recursion."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.problems: list[Problem] = []
        self.stack: list[_Frame] = []
        self.anchors: dict[str, _Frame | None] = {}
        self.nodes = 0
        self.characters = 0
        self.top: _Frame | None = None
        self.actions: dict[str, Callable[[Any], None]] = {
            "DocumentStartEvent": self.start,
            "MappingStartEvent": self.open,
            "SequenceStartEvent": self.open,
            "MappingEndEvent": self.close,
            "SequenceEndEvent": self.close,
            "ScalarEvent": self.scalar,
            "AliasEvent": self.alias,
        }

    def read(self) -> tuple[dict[str, Data], Spot]:
        """Return the top mapping and its spot, or raise all problems found."""
        for event in self.events():
            action = self.actions.get(type(event).__name__)
            if action:
                action(event)
        if self.top is None or self.top.data is None:
            self.problems.append(Problem("", "the file is empty", self.source.name))
        elif isinstance(self.top.data, dict) and not self.problems:
            return self.top.data, self.top.spot
        elif not isinstance(self.top.data, dict):
            self.refuse('the top level must be a mapping, lines of "key: value"', self.top.spot.at)
        raise DocumentError(self.problems)

    def events(self) -> Iterator[yaml.Event]:
        """Yield what the parser finds: libyaml where PyYAML has it, else pure Python."""
        import yaml

        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        try:
            yield from yaml.parse(self.source.text, Loader=loader)
        except yaml.MarkedYAMLError as error:
            self.problems.append(_syntax(self.source, error))
            raise DocumentError(self.problems) from None
        except (yaml.YAMLError, ValueError, OverflowError) as error:
            self.stop(f"not readable as YAML: {error}", (0, 0))

    def start(self, event: yaml.Event) -> None:
        """Begin the only document."""
        if self.top:
            self.stop('a second document begins here ("---"); write one in a file', _at(event))

    def open(self, event: yaml.CollectionStartEvent) -> None:
        """Begin a list or mapping."""
        at = self.enter(event)
        if self.stack and self.stack[-1].wants_key:
            self.stop("a key must be text; put what begins with a bracket in quotes", at)
        if len(self.stack) >= MAX_DEPTH:
            self.stop(f"nested too deep: more than {MAX_DEPTH} levels", at)
        mapping = type(event).__name__ == "MappingStartEvent"
        begins = (self.nodes, self.characters)
        frame = _Frame({} if mapping else [], Spot(at, {}), event.anchor, *begins, height=1)
        frame.key, frame.wants_key = (None, True) if mapping else (0, False)
        if event.anchor:
            self.anchors[event.anchor] = None
        self.put(frame)
        self.stack.append(frame)

    def close(self, _event: yaml.Event) -> None:
        """End a list or mapping."""
        frame = self.stack.pop()
        frame.nodes = self.nodes - frame.nodes + 1
        frame.characters = self.characters - frame.characters
        if frame.anchor:
            self.anchors[frame.anchor] = frame
        self.next(frame.height)

    def scalar(self, event: yaml.ScalarEvent) -> None:
        """Take a text, as a key or as a value."""
        at = self.enter(event)
        text, plain = event.value, not event.style
        if len(text) > MAX_SCALAR:
            self.refuse(f"a text of {len(text)} characters; at most {MAX_SCALAR}", at)
        if not text.isascii() and SURROGATE.search(text):
            self.refuse("an escape that is half of a character; write the character", at)
        self.characters += len(text)
        frame = _Frame(None if plain and text in NULLS else text, Spot(at, {}))
        frame.characters = len(text)
        if event.anchor:
            self.anchors[event.anchor] = frame
        if self.stack and self.stack[-1].wants_key:
            self.nodes -= 1
            self.name(text, at, plain)
        else:
            self.put(frame)
            self.next(0)

    def alias(self, event: yaml.AliasEvent) -> None:
        """Repeat an anchored value, its text copied and its parts' positions shared."""
        at = self.enter(event)
        name = f"*{event.anchor}"
        if event.anchor not in self.anchors:
            self.stop(f"{quoted(name)} repeats nothing; a text that begins with * needs quotes", at)
        anchored = self.anchors[event.anchor]
        if anchored is None:
            self.stop(f"alias {quoted(name)} would contain itself", at)
        self.nodes += anchored.nodes - 1
        self.characters += anchored.characters
        self.check_nodes(at)
        if len(self.stack) + anchored.height > MAX_DEPTH:
            self.stop(f"nested too deep: alias {quoted(name)} passes {MAX_DEPTH} levels", at)
        if self.stack and self.stack[-1].wants_key:
            self.stop("a key must be text; an alias cannot be one", at)
        self.put(_Frame(_copy(anchored.data), Spot(at, anchored.spot.parts)))
        self.next(anchored.height)

    def enter(self, event: Any) -> Position:
        """Count a value, refuse its tag, and return where it is written."""
        at = _at(event)
        self.nodes += 1
        self.check_nodes(at)
        tag = getattr(event, "tag", None)
        if tag:
            tag = tag.replace("tag:yaml.org,2002:", "!!")
            self.refuse(f"tag {quoted(tag)}: {_TAGS}", at)
        return at

    def name(self, text: str, at: Position, plain: bool) -> None:
        """Take the key of the next value; a value whose key is refused is dropped."""
        frame = self.stack[-1]
        first = frame.spot.parts.get(text)
        frame.key, frame.key_at, frame.wants_key = text, at, False
        if first and first.key:
            line, column = first.key
            self.refuse(f"this key is already written at {line + 1}:{column + 1}; keep one", at)
            frame.key = None
        elif plain and text == "<<":
            self.refuse('merge keys "<<" are not read; write the keys out', at)
        elif plain and not text:
            self.refuse('a key is missing before ":"', at)

    def put(self, value: _Frame) -> None:
        """Place a value where it belongs in the innermost list or mapping."""
        if not self.stack:
            self.top = value
            return
        parent = self.stack[-1]
        if isinstance(parent.data, list):
            parent.data.append(value.data)
        elif isinstance(parent.data, dict) and isinstance(parent.key, str):
            parent.data[parent.key] = value.data
        if parent.key is not None:
            value.spot.key = parent.key_at
            parent.spot.parts[parent.key] = value.spot

    def next(self, height: int) -> None:
        """Make the innermost list or mapping ready for what follows a value."""
        if not self.stack:
            return
        parent = self.stack[-1]
        parent.height = max(parent.height, height + 1)
        if isinstance(parent.data, list):
            parent.key = len(parent.data)
        else:
            parent.key, parent.wants_key = None, True

    def check_nodes(self, at: Position) -> None:
        """Refuse a document that grows without bound."""
        if self.nodes > MAX_NODES:
            bomb = " once its aliases are expanded: an alias bomb" if self.anchors else ""
            self.stop(f"a document of more than {MAX_NODES} values{bomb}", at)
        if self.characters > MAX_CHARACTERS:
            self.stop(f"aliases repeat more than {MAX_CHARACTERS} characters: an alias bomb", at)

    def refuse(self, message: str, at: Position) -> None:
        """Remember a problem and go on, unless there are too many."""
        path = [frame.key for frame in self.stack if frame.key is not None]
        self.problems.append(self.source.problem(message, at, path))
        if len(self.problems) == MAX_PROBLEMS:
            self.stop(f"{MAX_PROBLEMS} mistakes so far; the rest is not read", at)

    def stop(self, message: str, at: Position) -> NoReturn:
        """Raise all problems, this one the last."""
        path = [frame.key for frame in self.stack if frame.key is not None]
        raise DocumentError([*self.problems, self.source.problem(message, at, path)])


def _at(event: yaml.Event) -> Position:
    """Return where an event begins, from 0."""
    mark: Any = event.start_mark
    return mark.line, mark.column


def _copy(data: Data) -> Data:
    """Return data that shares nothing with the original; its depth is already bounded."""
    if isinstance(data, dict):
        return {key: _copy(value) for key, value in data.items()}
    return [_copy(value) for value in data] if isinstance(data, list) else data
