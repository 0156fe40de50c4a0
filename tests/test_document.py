"""What a YAML document is to this package: text with positions, and refusals that help."""

from __future__ import annotations

import pickle
import time
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from lca import document, errors, yaml_reader
from lca.document import dump, parse, read, write_atomically
from lca.errors import DocumentError, InputError, LcaError, Problem, did_you_mean, nearest

SCENARIO = """\
title: Chat
sites:
  oslo: {region: NO, pue: [1.1, 1.2]}
fleet:
  chat:
    device: nvidia-h100-smx
    count: {2027: 64}
    notes:
      - first
      - second: |
          text
"""

SPECIAL = ["NO", "1e3", "12:30", "017", "yes", "null", "~", "", "<<", "- a", "a: b", "a #b", "a:"]
MARKS = ["{x", "*a", "&a", "!t", "%d", "@x", "`x", "|", ">", "---", "...", "=", "#", "'", '"', "\\"]
SPACES = ["a\nb", "a\nb\n", " a\nb", "a ", "\x00", "\ufeff", "\u2028", "\t", "k" * 1100]
TEXT = st.text(max_size=20) | st.sampled_from([*SPECIAL, *MARKS, *SPACES])
DATA = st.recursive(
    TEXT | st.none(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=20,
)


@pytest.fixture(params=["libyaml", "pure Python"], autouse=True)
def _parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run every test with both parsers that PyYAML may have."""
    if request.param == "pure Python":
        monkeypatch.delattr(yaml, "CSafeLoader", raising=False)
    elif not hasattr(yaml, "CSafeLoader"):
        pytest.skip("PyYAML was built without libyaml")


def refusal(text: str) -> str:
    """Return what is said about a text that must be refused."""
    with pytest.raises(DocumentError) as caught:
        parse(text, "x.yaml")
    return str(caught.value)


# Values


@pytest.mark.parametrize("text", ["NO", "1e3", "12:30", "017", "yes", "0x1F", "2023-03-21", ".nan"])
def test_scalars_stay_the_text_that_was_written(text: str) -> None:
    """YAML 1.1 has no say in what a value means."""
    assert parse(f"a: {text}").data == {"a": text}


@pytest.mark.parametrize("text", ["null", "~", ""])
def test_only_plain_null_is_none(text: str) -> None:
    """A quoted null is text."""
    assert parse(f"a: {text}\nb: '{text}'").data == {"a": None, "b": text}


def test_keys_are_text() -> None:
    """Years and words that YAML 1.1 would convert are text as keys, too."""
    assert parse("2027: a\nno: b\nnull: c\n'': d").data == {
        "2027": "a",
        "no": "b",
        "null": "c",
        "": "d",
    }


def test_json_is_read() -> None:
    """JSON is YAML, and its numbers are text here."""
    assert parse('{"a": [1, true, null, "x"]}').data == {"a": ["1", "true", None, "x"]}


def test_an_alias_repeats_a_value_without_sharing_it() -> None:
    """Changing one of two repeated values leaves the other alone."""
    data = parse("a: &x [1, {b: 2}]\nc: *x").data
    assert data["a"] == data["c"]
    assert data["a"] is not data["c"]


def test_a_byte_order_mark_is_not_part_of_the_text(tmp_path: Path) -> None:
    """Editors that write UTF-8 with a mark are served."""
    file = tmp_path / "a.yaml"
    file.write_bytes(b"\xef\xbb\xbfa: 1")
    assert read(file).data == {"a": "1"}
    assert read(file).position(("a",)) == (1, 4)


# Positions


@pytest.mark.parametrize(
    ("path", "value", "key"),
    [
        ((), (1, 1), (1, 1)),
        (("sites", "oslo", "region"), (3, 18), (3, 10)),
        (("sites", "oslo", "pue", 1), (3, 33), (3, 33)),
        (("fleet", "chat"), (6, 5), (5, 3)),
        (("fleet", "chat", "device"), (6, 13), (6, 5)),
        (("fleet", "chat", "count", 2027), (7, 19), (7, 13)),
        (("fleet", "chat", "notes", 1, "second"), (10, 17), (10, 9)),
        (("fleet", "chat", "devise", "x"), (6, 5), (5, 3)),
        (("nothing",), (1, 1), (1, 1)),
    ],
)
def test_positions_of_values_and_keys(
    path: tuple[str | int, ...], value: tuple[int, int], key: tuple[int, int]
) -> None:
    """Lines and columns count from 1; a missing path has its nearest ancestor's."""
    document = parse(SCENARIO)
    assert (document.position(path), document.key_position(path)) == (value, key)


def test_the_parts_of_an_alias_are_where_they_are_written() -> None:
    """The alias has its own place; what is in it has the place of the original."""
    document = parse("a: &x\n  b: 1\nc: *x")
    assert document.position(("c",)) == (3, 4)
    assert document.position(("c", "b")) == (2, 6)


def test_a_problem_shows_the_line_and_the_name_that_was_meant() -> None:
    """The form that the design promises."""
    names = ["nvidia-h100-nvl", "nvidia-h100-sxm5-80gb", "nvidia-h200-sxm-141gb"]
    message = f'no device "nvidia-h100-smx"{did_you_mean("nvidia-h100-smx", names)} (lca list gpu)'
    problem = parse(SCENARIO, "scenario.yaml").problem(("fleet", "chat", "device"), message)
    assert problem.render().splitlines() == [
        'scenario.yaml:6:13: fleet.chat.device: no device "nvidia-h100-smx";'
        ' did you mean "nvidia-h100-sxm5-80gb"? (lca list gpu)',
        "    device: nvidia-h100-smx",
        "            ^",
    ]


# Refusals


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "x.yaml: the file is empty"),
        ("# only a comment\n", "x.yaml: the file is empty"),
        ("---\n", "x.yaml: the file is empty"),
        ("- a", "x.yaml:1:1: the top level must be a mapping"),
        ("text", "x.yaml:1:1: the top level must be a mapping"),
        ("a: 1\n---\nb: 2", "x.yaml:2:1: a second document begins here"),
        ("a:\n\tb: 1", "x.yaml:2:1: a tab indents this line; YAML is indented with spaces only"),
        ("a:\n  b: 1\n\tc: 2", "x.yaml:3:1: a tab indents this line"),
        ("a: b: c", 'x.yaml:1:5: a ":" where no key can stand'),
        ("a: 1\n b: 2", 'x.yaml:2:3: a ":" where no key can stand'),
        ("a: 1\nfoo\nb: 2", 'x.yaml:2:1: a line that is neither "key: value" nor "- item"'),
        ("a: [1, 2\nb: 3", 'the list "[" that begins at 1:4 is not closed'),
        ("a: {b: 2", 'x.yaml:1:4: the mapping "{" that begins at 1:4 is not closed'),
        ("a: 'x\nb: 1", "x.yaml:1:4: the quotes that open here are never closed"),
        ('a: "\\q"', "no such escape in double quotes"),
        ("a: @x", "x.yaml:1:4: a value cannot begin with this character"),
        ("a: *", "x.yaml:1:4: a value cannot begin with this character"),
        ("a: - b", 'x.yaml:1:4: a list item "- " needs a line of its own'),
        ("a:\n    b: 1\n  c: 2", "x.yaml:3:3: this does not fit the lines above it"),
        ("a: |x\n  y", 'the text of "|" or ">" begins on the next line'),
        ("%YAML 3.0\n---\na: 1", "x.yaml:1:1: not readable as YAML: found incompatible"),
        ("a: !!python/object/apply:os.system [ls]", 'a: tag "!!python/object/apply:os.system"'),
        ("a: !thing 1", 'x.yaml:1:4: a: tag "!thing": tags are not read'),
        ("a: !x!thing 1", "x.yaml:1:4: tags are not read"),
        ("<<: {a: 1}", 'x.yaml:1:1: <<: merge keys "<<" are not read'),
        ("? [a]\n: b", "x.yaml:1:3: a key must be text"),
        ("a: {{ name }}", "x.yaml:1:5: a: a key must be text"),
        ("a: &x b\n*x : c", "x.yaml:2:1: a key must be text"),
        ("?\n: b", 'a key is missing before ":"'),
        ("a: &x [1, *x]", 'x.yaml:1:11: a[1]: alias "*x" would contain itself'),
        ("a: 1\nb: [", "x.yaml:2:"),
        ("a: *x", 'x.yaml:1:4: a: "*x" repeats nothing'),
        ("a: 1\nb: \0", "x.yaml:2:4: a NUL byte"),
        ("a: \x1b[31m", "x.yaml:1:4: control character U+001B"),
        ("a: \u2028", "x.yaml:1:4: control character U+2028"),
        ("a: \ud800", "x.yaml:1:4: control character U+D800"),
    ],
)
def test_what_is_refused_and_how(text: str, said: str) -> None:
    """A message says where and what to do."""
    assert said in refusal(text)


def test_half_a_character_is_refused() -> None:
    """No text that cannot be written again comes out of a document."""
    assert "x.yaml:1:" in refusal('a: "\\ud800"')


def test_all_duplicate_keys_are_told_with_their_first_place() -> None:
    """A key written thrice is two mistakes."""
    said = refusal("a: 1\nb: {c: 1, c: 2}\na: 2\na: {d: 1, d: 2}").splitlines()
    assert [line for line in said if line.startswith("x.yaml")] == [
        "x.yaml:2:11: b.c: this key is already written at 2:5; keep one",
        "x.yaml:3:1: a: this key is already written at 1:1; keep one",
        "x.yaml:4:1: a: this key is already written at 1:1; keep one",
        "x.yaml:4:11: d: this key is already written at 4:5; keep one",
    ]


def test_a_syntax_error_comes_with_the_mistakes_before_it() -> None:
    """All mistakes at once, in the order of their lines."""
    said = refusal("a: 1\na: 2\nb: [")
    assert said.index("x.yaml:2:1") < said.index("x.yaml:3:")


def test_mistakes_without_end_are_cut() -> None:
    """A hundred mistakes are enough to read."""
    assert f"{document.MAX_PROBLEMS} mistakes so far" in refusal("a: 1\n" * 1000)


@settings(max_examples=500, deadline=None)
@given(st.text(alphabet=" \n\t\r:-[]{}&*!|>'\"#%@ab1?,<~\\é\x00", max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    """Nothing but a document or a `DocumentError` comes out, and each problem can be shown."""
    try:
        data = parse(text).data
    except DocumentError as error:
        outcome = str(error)
    else:
        outcome = "read" if parse(dump(data)).data == data else ""
    assert outcome


# Bounds


def bomb(levels: int) -> str:
    """Return a billion laughs: each level repeats the one before nine times."""
    lines = [f"a{n + 1}: &a{n + 1} [{', '.join([f'*a{n}'] * 9)}]" for n in range(levels)]
    return "\n".join(["a0: &a0 [x, x, x, x, x, x, x, x, x]", *lines])


def test_an_alias_bomb_is_refused_at_once() -> None:
    """Aliases are counted before they are expanded."""
    begin = time.perf_counter()
    said = refusal(bomb(30))
    assert "alias bomb" in said
    assert time.perf_counter() - begin < 1


def test_aliases_cannot_nest_without_bound() -> None:
    """Depth through aliases counts like depth that is written out."""
    text = "a0: &a0 [x]\n" + "\n".join(f"a{n + 1}: &a{n + 1} [*a{n}]" for n in range(100))
    assert "nested too deep" in refusal(text)


@pytest.mark.parametrize(
    "text",
    [
        "a: " + "[" * 100_000,
        "a: " + "{b: " * 10_000,
        "- " * 10_000,
        "  a:\n".join("  " * n for n in range(500)),
    ],
)
def test_deep_nesting_is_refused(text: str) -> None:
    """No recursion: depth is a sentence, not a crash."""
    assert "nested too deep: more than 64 levels" in refusal(text)


def test_nesting_up_to_the_limit_is_read() -> None:
    """The limit itself is allowed."""
    depth = document.MAX_DEPTH - 1
    assert parse("a: " + "[" * depth + "]" * depth).data["a"]


def test_a_document_that_is_too_large_is_refused_at_once() -> None:
    """The size is looked at before the text."""
    text = "x" * 100_000_000
    begin = time.perf_counter()
    assert refusal(text) == "x.yaml: too large: 100 MB; a document has at most 16 MB"
    assert time.perf_counter() - begin < 1


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    """The size of a file is asked for before its bytes."""
    file = tmp_path / "large.yaml"
    with file.open("wb") as output:
        output.truncate(10**12)
    with pytest.raises(DocumentError, match="too large: 1000000 MB; a document has at most 16 MB"):
        read(file)


def test_one_value_that_is_too_long_is_refused() -> None:
    """A megabyte is no value."""
    assert "a: a text of 1000001 characters" in refusal("a: " + "x" * 1_000_001)


def test_too_many_values_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Values are counted without aliases, too; keys are not values."""
    monkeypatch.setattr(yaml_reader, "MAX_NODES", 5)
    assert parse("a: [1, 2, 3]").data
    assert "more than 5 values" in refusal("a: [1, 2, 3, 4]")


# Files


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"a: 1\nb: caf\xe9", "2:7: not UTF-8: byte 0xE9 at offset 11; save it as UTF-8"),
        ("a: é\nb".encode() + b"\xff", "2:2: not UTF-8: byte 0xFF at offset 7"),
        ("a: 1".encode("utf-16"), ": the file is UTF-16; save it as UTF-8"),
        ("a: 1".encode("utf-16-be"), ":1:1: a NUL byte"),
    ],
)
def test_other_encodings_are_refused(tmp_path: Path, raw: bytes, said: str) -> None:
    """Text is UTF-8; what is not is named with its place."""
    file = tmp_path / "a.yaml"
    file.write_bytes(raw)
    with pytest.raises(DocumentError) as caught:
        read(file)
    assert f"{file}:{said}".replace("::", ":") in str(caught.value)


def test_a_missing_file_names_the_nearest(tmp_path: Path) -> None:
    """A typing error in a file name is answered with the name."""
    (tmp_path / "scenario.yaml").write_text("a: 1")
    with pytest.raises(DocumentError, match=r'no such file; did you mean "scenario\.yaml"\?'):
        read(tmp_path / "scenaro.yml")
    with pytest.raises(DocumentError, match="no such folder"):
        read(tmp_path / "none" / "scenario.yaml")


def test_a_folder_is_not_a_file(tmp_path: Path) -> None:
    """A folder is answered with a file in it."""
    (tmp_path / "scenario.yaml").write_text("a: 1")
    with pytest.raises(DocumentError, match=r'this is a folder.*such as "scenario\.yaml"'):
        read(tmp_path)


def test_a_file_without_permission_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A lock is not a traceback."""

    def deny(*_: object, **__: object) -> None:
        raise PermissionError

    file = tmp_path / "a.yaml"
    file.write_text("a: 1")
    monkeypatch.setattr(Path, "open", deny)
    with pytest.raises(DocumentError, match="no permission to read this file"):
        read(file)


@pytest.mark.parametrize("name", ["a\0b", "x" * 5000])
def test_impossible_names_are_told(name: str) -> None:
    """What the system cannot open is a refusal, too."""
    with pytest.raises(DocumentError, match="cannot be read"):
        read(name)


# Writing


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(TEXT, DATA, max_size=5))
def test_what_is_dumped_is_read_back(data: dict[str, document.Data]) -> None:
    """Any nested text survives, with the order of its keys."""
    text = dump(data)
    back = parse(text).data
    assert back == data
    assert list(back) == list(data)
    assert dump(back) == text


def test_a_dump_is_readable() -> None:
    """Plain where it can be, quoted where YAML would see something else."""
    data = {"count": "64", "region": "NO", "at": "12:30", "share": "55% ± 10%", "years": [1.5, 2]}
    assert dump(
        data | {"ok": True, "none": None, "sites": [{"a": {}, "b": []}], "note": "x\ny"}
    ) == (
        'count: 64\nregion: "NO"\nat: "12:30"\nshare: 55% ± 10%\nyears:\n  - 1.5\n  - 2\n'
        "ok: true\nnone: null\nsites:\n  - a: {}\n    b: []\nnote: |-\n  x\n  y\n"
    )


def test_a_dump_means_the_same_text_to_others() -> None:
    """Other YAML readers see text where the data is no number and no truth value."""
    data = {text: text for text in ("NO", "yes", "12:30", "017", "null", "~", "2023-03-21", "0x1F")}
    assert yaml.safe_load(dump(data)) == data


def test_what_cannot_be_dumped_is_refused() -> None:
    """Cycles, half characters and other objects do not become a broken file."""
    cycle: dict[str, object] = {}
    cycle["a"] = cycle
    with pytest.raises(DocumentError, match="nested deeper than 64 levels"):
        dump(cycle)
    with pytest.raises(DocumentError, match="half of a character"):
        dump({"a": "\ud800"})
    with pytest.raises(TypeError, match="cannot write a set as YAML"):
        dump({"a": {1}})


def test_a_file_is_written_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A failure leaves the old file and nothing beside it."""

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    file = tmp_path / "a.txt"
    write_atomically(file, "old")
    file.chmod(0o640)
    write_atomically(file, b"new")
    assert (file.read_bytes(), oct(file.stat().st_mode)[-3:]) == (b"new", "640")
    monkeypatch.setattr("os.fsync", fail)
    with pytest.raises(DocumentError, match="cannot be written: No space left on device"):
        write_atomically(file, "newer")
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("a.txt", "new")]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    """The file that a link names is written, not the link."""
    file, link = tmp_path / "a.txt", tmp_path / "link.txt"
    file.write_text("old")
    link.symlink_to(file)
    write_atomically(link, "new")
    assert (link.is_symlink(), file.read_text()) == (True, "new")


# Errors


def test_problems_are_told_once_and_in_order() -> None:
    """By file and line; what concerns the whole file comes first."""
    late, early = Problem("b", "2", "f", 2, 1), Problem("a", "1", "f", 1)
    whole = Problem("", "all", "f")
    assert str(InputError([late, whole, early, late])) == "f: all\nf:1: a: 1\nf:2:1: b: 2"


@pytest.mark.parametrize("column", [1, 30, 80, 100, 150, 199, 200])
def test_a_long_line_is_trimmed_around_its_caret(column: int) -> None:
    """Eighty columns at most, and the caret under the right character."""
    line = "".join(chr(0x4E00 + n) if n % 7 == 0 else chr(48 + n % 75) for n in range(200))
    _, shown, caret = Problem("a", "x", "f", 1, column, line).render().splitlines()
    width = [2 if ord(char) >= 0x4E00 else 1 for char in shown]
    assert sum(width) <= errors.EXCERPT_WIDTH
    under = next(i for i in range(len(shown)) if sum(width[:i]) == caret.index("^"))
    assert shown[under] == line[column - 1]


def test_control_characters_never_reach_a_terminal() -> None:
    """What a file holds cannot color, move or clear the screen."""
    said = Problem("a\x1b", "b\x1b[2J", "c\x1b", 1, 3, "\t\x1b[31mred\u202e").render()
    assert said.replace("\n", "").isprintable()
    assert said.splitlines()[1:] == ["\\t\\x1b[31mred\\u202e", "      ^"]


@pytest.mark.parametrize(
    ("name", "choices", "meant"),
    [
        ("NVIDIA_H100 PCIe", ["nvidia-h100-pcie", "nvidia-h200"], "nvidia-h100-pcie"),
        ("h100pcie", ["h100-pcie", "h100-pci"], "h100-pcie"),
        ("nvidia-h100-s", ["nvidia-h100-nvl", "nvidia-h100-sxm5-80gb"], "nvidia-h100-sxm5-80gb"),
        ("b200", ["nvidia-h200", "nvidia-b200-sxm"], "nvidia-b200-sxm"),
        ("lifetme", ["lifetime", "site", "count"], "lifetime"),
        ("se", ["DE", "SE"], "SE"),
        ("zebra", ["lifetime", "site", "count"], None),
        ("", ["a"], None),
        ("a", [], None),
        ("x" * 10_000, ["x" * 9_999], None),
    ],
)
def test_the_nearest_name(name: str, choices: list[str], meant: str | None) -> None:
    """Case and hyphens do not count; parts of a name find it; nonsense finds nothing."""
    assert nearest(name, choices) == meant
    assert did_you_mean(name, choices) == (f'; did you mean "{meant}"?' if meant else "")


def test_exit_codes_follow_the_tree() -> None:
    """What a user wrote is 3, a failed gate 4, no measurement 5, all else 1."""
    kinds = (LcaError, errors.UnitError, errors.GateFailed, errors.MeasurementUnavailable)
    assert [kind.exit_code for kind in kinds] == [1, 3, 4, 5]


def test_an_error_crosses_processes() -> None:
    """Its problems survive pickling."""
    error = errors.HardwareError([Problem("a", "x", "f", 1, 2, "abc")])
    assert pickle.loads(pickle.dumps(error)).problems == error.problems
