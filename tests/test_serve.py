"""The what-if page's server: lca's own numbers, for this machine and its page alone."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import SCENARIO_FILES
from serving import DEVICES, Place, asked, served

import lca
from lca import allocations
from lca.cli import main
from lca.library import Library, constants
from lca.scenario.assumption_models import Assumptions
from lca.serve import guard
from lca.serve.composed import Composed
from lca.serve.fields import Field, composed_groups
from lca.serve.opened import Opened
from lca.serve.page import render
from lca.serve.server import listen
from lca.serve.turns import SupersededError, Turns

ROOT = Path(__file__).parent.parent
NASTY = "</script><img src=x onerror=alert(1)>\"' onload=x"
FEW = 256


@pytest.fixture(scope="module")
def page(library: Library) -> Iterator[Place]:
    """Return the served page that compares devices."""
    with served(Composed(library), library) as place:
        yield place


@pytest.fixture(scope="module")
def desks(library: Library) -> lca.Scenario:
    """Return a scenario file with two sites and three options, with few draws."""
    found = lca.load(ROOT / "scenarios" / "workstation.yaml", library=library)
    return found.patch({"uncertainty.samples": FEW, "title": f"Desks {NASTY}"}, found.name)


@pytest.fixture(scope="module")
def opened(desks: lca.Scenario, library: Library) -> Iterator[Place]:
    """Return the served page over that scenario."""
    with served(Opened(desks), library) as place:
        yield place


def _spoken(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    assert main([*words, "--json", "-q"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def _numbers(result: dict[str, Any], basis: str = "location") -> list[Any]:
    best = result["comparison"]["probability_best"]
    return [
        (o["name"], o["total"]["gwp100"][basis], o["per_unit"]["gwp100"][basis], best[o["name"]])
        for o in result["options"]
    ]


def _shown(answer: dict[str, Any]) -> list[Any]:
    return [(o["name"], o["total"], o["per"], o["lowest"]) for o in answer["options"]]


class TestAnswers:
    """What the page shows is what the command line says."""

    def test_numbers_are_those_of_lca_compare(
        self, page: Place, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """The same choice gives the same medians, intervals, probabilities and verdict, to the last digit."""
        body = asked(years=4, region="FR", utilization=60, spread=10, pue=1.2, count=8)
        whole = page.post("/api/answer", body | {"whole": True}).data
        flags = ["--region", "FR", "--years", "4", "--utilization", "60% ± 10%", "--pue", "1.2"]
        said = _spoken(capsys, "compare", *DEVICES, *flags, "--count", "8")
        assert _shown(whole) == _numbers(said)
        assert whole["verdict"] == said["comparison"]["verdict"]

    def test_first_answer_has_the_same_draws(self, page: Place) -> None:
        """What comes at once is a part of what comes whole, not a rough guess of it."""
        body = asked(samples=FEW)
        first = page.post("/api/answer", body).data
        whole = page.post("/api/answer", body | {"whole": True}).data
        assert _shown(first) == _shown(whole)
        assert whole["verdict"].startswith(first["verdict"].removesuffix("."))
        assert {one["id"] for one in first["sections"]} < {one["id"] for one in whole["sections"]}

    def test_pictures_matrix_and_sources_are_the_report_s(self, page: Place) -> None:
        """Strips, stages, matrix, warnings and sources come as the report has them."""
        whole = page.post("/api/answer", asked(samples=FEW, region="SE") | {"whole": True}).data
        text = "".join(one["html"] for one in whole["sections"])
        for name in ("ranges", "stages", "probabilities", "tornado", "cumulative"):
            assert f'id="picture-{name}"' in text
        assert "Sources" in text
        assert "grid" in text
        assert whole["trails"]["numbers"]

    def test_what_is_not_counted_is_shown_open(self, page: Place) -> None:
        """Where a part of an option is unknown, the list of what is missing is not folded away."""
        body = asked(DEVICES[0], "aws-trainium2", samples=FEW)
        scope = next(
            s for s in page.post("/api/answer", body).data["sections"] if s["id"] == "scope"
        )
        assert scope["open"]
        assert "Not counted" in scope["html"]
        whole = page.post("/api/answer", asked(samples=FEW)).data["sections"]
        assert not next(one for one in whole if one["id"] == "scope")["open"]

    def test_a_host_or_count_of_its_own_is_an_option(self, page: Place) -> None:
        """One device in two hosts is two options, and the host counts."""
        options = [{"device": DEVICES[0]}, {"device": DEVICES[0], "host": "none", "count": 3}]
        answer = page.post("/api/answer", {"options": options, "inputs": {"samples": FEW}}).data
        own, bare = answer["options"]
        assert bare["name"] == f"{DEVICES[0]} without host times 3"
        assert bare["per"]["median"] < own["per"]["median"]
        assert bare["total"]["median"] > own["total"]["median"]

    def test_the_market_account_and_method_choices_are_asked_for(
        self, page: Place, capsys: pytest.CaptureFixture[str], tmp_path: Path
    ) -> None:
        """Account and methods of the page are those of the scenario that it hands out."""
        body = asked(
            basis="market", region="DE", embodied_model="wafer", end_of_life="cff", samples=FEW
        )
        answer = page.post("/api/answer", body | {"whole": True}).data
        file = tmp_path / "mine.yaml"
        file.write_bytes(page.post("/api/download/yaml", body).body)
        assert "embodied_model: wafer" in file.read_text()
        said = _spoken(capsys, "compare", str(file), "--basis", "market")
        assert _shown(answer) == _numbers(said, "market")


class TestDownloads:
    """Everything can be taken away, and gives the same numbers elsewhere."""

    def test_the_scenario_gives_the_same_numbers_in_lca_run(
        self, page: Place, capsys: pytest.CaptureFixture[str], tmp_path: Path
    ) -> None:
        """The YAML is a scenario that ``lca run`` accepts, with the totals that the page showed."""
        body = asked(*DEVICES, "google-tpu-v6e-trillium", samples=FEW, seed=3, pue=1.3, region="PL")
        shown = page.post("/api/answer", body).data
        reply = page.post("/api/download/yaml", body)
        assert reply.heads["content-disposition"].startswith("attachment")
        file = tmp_path / "mine.yaml"
        file.write_bytes(reply.body)
        said = _spoken(capsys, "run", str(file))
        totals = [one["total"]["gwp100"]["location"] for one in said["options"]]
        assert [one["total"] for one in shown["options"]] == totals

    def test_the_result_is_that_of_lca_compare(
        self, page: Place, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """The JSON is the result of the same comparison on the command line."""
        found = page.post("/api/download/json", asked(samples=FEW)).data
        said = _spoken(capsys, "compare", *DEVICES, "--samples", str(FEW))
        assert found["options"] == said["options"]
        assert found["comparison"] == said["comparison"]

    @pytest.mark.parametrize(
        ("kind", "begins"), [("html", b"<!doctype html>"), ("pdf", b"%PDF-"), ("xlsx", b"PK\x03\x04")]
    )  # fmt: skip
    def test_reports_are_whole_files(self, page: Place, kind: str, begins: bytes) -> None:
        """Report, PDF and workbook come as files of their kind."""
        reply = page.post(f"/api/download/{kind}", asked(samples=FEW))
        assert reply.status == 200
        assert reply.body.startswith(begins)
        assert (kind == "html") == (b'class="sliders"' in reply.body)

    def test_a_missing_extra_says_what_to_install(
        self, page: Place, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Without typst the page keeps working, and the PDF button says what it needs."""
        monkeypatch.setitem(sys.modules, "typst", None)
        reply = page.post("/api/download/pdf", asked(samples=FEW))
        assert reply.status == 422
        assert "pip install 'lca[pdf]'" in reply.fields[""]

    def test_no_other_file_is_handed_out(self, page: Place) -> None:
        """Formats that the page does not offer do not exist."""
        assert page.post("/api/download/md", asked()).status == 404


class TestOpened:
    """A scenario file on the page: its inputs change, all else stays as written."""

    def test_what_is_left_alone_is_the_file_s(self, opened: Place, desks: lca.Scenario) -> None:
        """Without a change the numbers are those of the scenario, all options of it."""
        found = lca.compare(desks, methods=False)
        answer = opened.post("/api/answer", {"inputs": {}}).data
        assert [o["name"] for o in answer["options"]] == ["oslo", "gdansk", "rtx-5090"]
        assert [o["per"]["median"] for o in answer["options"]] == [
            found.values[o["name"]].median for o in answer["options"]
        ]

    @pytest.mark.parametrize(
        ("field", "given", "path", "value"),
        [
            ("fleet.desks.lifetime", 3, "fleet.desks.lifetime", "3 years"),
            ("fleet.desks.count", 9, "fleet.desks.count", 9),
            ("sites.oslo.region", "IN", "sites.oslo.region", "IN"),
            ("sites.gdansk.pue", 1.5, "sites.gdansk.pue", "1.5"),
        ],
    )
    def test_a_change_is_scenario_replace(
        self,
        opened: Place,
        desks: lca.Scenario,
        field: str,
        given: object,
        path: str,
        value: object,
    ) -> None:
        """Each input changes what the same value in the file would."""
        changed = lca.compare(desks.replace(path, value), methods=False)
        answer = opened.post("/api/answer", {"inputs": {field: given}}).data
        expected = [one.total().median for one in changed.ledgers]
        assert [o["total"]["median"] for o in answer["options"]] == expected
        before = opened.post("/api/answer", {"inputs": {}}).data
        assert before["options"] != answer["options"]

    def test_the_changed_file_gives_the_numbers_shown(
        self, opened: Place, capsys: pytest.CaptureFixture[str], tmp_path: Path
    ) -> None:
        """The YAML holds the change, keeps identities, and ``lca run`` gives the same totals."""
        inputs = {"fleet.desks.utilization": 50, "spread of fleet.desks.utilization": 10}
        shown = opened.post("/api/answer", {"inputs": inputs}).data
        file = tmp_path / "mine.yaml"
        file.write_bytes(opened.post("/api/download/yaml", {"inputs": inputs}).body)
        assert "identity: desk-utilization" in file.read_text()
        said = _spoken(capsys, "run", str(file))
        totals = [one["total"]["gwp100"]["location"] for one in said["options"]]
        assert [one["total"] for one in shown["options"]] == totals

    def test_a_single_option_has_a_result_and_no_comparison(
        self, small: dict[str, Any], library: Library
    ) -> None:
        """A scenario without options is shown as an account of its own."""
        single = lca.load(small | {"uncertainty": {"samples": FEW}}, library=library)
        with served(Opened(single), library) as place:
            answer = place.post("/api/answer", {"inputs": {}, "whole": True}).data
        assert answer["options"][0]["total"]["median"] == lca.evaluate(single).total().median
        assert "comparison" not in {one["id"] for one in answer["sections"]}

    @pytest.mark.parametrize("file", SCENARIO_FILES, ids=lambda file: file.stem)
    def test_every_example_opens(self, file: Path, library: Library) -> None:
        """Each packaged scenario has a form, whose answers as they start change nothing."""
        base = lca.load(file, library=library)
        form = Opened(base)
        start = {one.name: one.value for group in form.groups for one in group.fields}
        assert form.scenario({"inputs": start})[0] is base
        assert all(one.complaint(one.value) == "" for group in form.groups for one in group.fields)
        assert base.model.title.split(",")[0] in render(form, {})

    def test_texts_of_the_file_are_escaped(self, opened: Place) -> None:
        """A title with markup shows as text, on the page and in its report."""
        assert b"<img" not in opened.get("/").body
        whole = opened.post("/api/answer", {"inputs": {}, "whole": True})
        assert "<img" not in "".join(one["html"] for one in whole.data["sections"])


class TestMistakes:
    """A mistake is told beside the field at fault, in the words of the command line."""

    @pytest.mark.parametrize(
        ("inputs", "field", "words"),
        [
            ({"region": "Frnce"}, "region", 'did you mean "France (FR)"'),
            ({"region": "AQ"}, "region", "no grid factor of Antarctica"),
            ({"pue": 0.5}, "pue", "1 to 2.5"),
            ({"years": 99}, "years", "1 to 12"),
            ({"years": 2.5}, "years", "whole number"),
            ({"years": None}, "years", "cannot be left empty"),
            ({"first_year": 2098}, "first_year", "1990 to 2100"),
            ({"lifetime": 400}, "lifetime", "0.5 to 30 years"),
            ({"utilization": "much"}, "utilization", "expected a number"),
            ({"utilization": True}, "utilization", "expected a number"),
            ({"utilization": 10**400}, "utilization", "expected a number"),
            ({"samples": 1e9}, "samples", "0 to 65536"),
            ({"embodied_model": "wafers"}, "embodied_model", 'did you mean "wafer"'),
            ({"regoin": "FR"}, "", 'did you mean "region"'),
            ({"region": "x" * 300}, "region", "at most 200 letters"),
        ],
    )
    def test_inputs(self, page: Place, inputs: dict[str, Any], field: str, words: str) -> None:
        """Each wrong input is named, with what is accepted."""
        reply = page.post("/api/answer", asked(**inputs))
        assert reply.status == 422
        assert words in reply.fields[field]

    @pytest.mark.parametrize(
        ("options", "field", "words"),
        [
            ([], "options", "2 to 6 devices"),
            ([{"device": DEVICES[0]}], "options", "found 1"),
            ([{"device": name} for name in "abcdefg"], "options", "found 7"),
            ("all", "options", "no list"),
            ([{"device": "nvidia-h100"}, {"device": "h200"}], "options.0", "did you mean"),
            ([{"device": DEVICES[0]}, {"device": DEVICES[0]}], "options.1", "twice"),
            ([{"device": DEVICES[0]}, {"device": DEVICES[1], "host": "hgx"}], "options.1", "no server"),
            ([{"device": DEVICES[0]}, {"device": DEVICES[1], "count": 0.5}], "options.1", "whole number"),
            ([{"device": DEVICES[0]}, {"device": DEVICES[1], "hots": ""}], "options.1", 'did you mean "host"'),
            ([{"device": "../../etc/passwd"}, {"device": DEVICES[1]}], "options.0", "no device"),
            ([7, {"device": DEVICES[1]}], "options.0", "expected a device"),
        ],
    )  # fmt: skip
    def test_options(self, page: Place, options: Any, field: str, words: str) -> None:
        """Each wrong option is named by its place."""
        reply = page.post("/api/answer", {"options": options, "inputs": {}})
        assert reply.status == 422
        assert words in reply.fields[field]

    def test_all_are_told_together(self, page: Place) -> None:
        """Two mistakes are two messages, in one answer."""
        assert set(page.post("/api/answer", asked(pue=9, years=0)).fields) == {"pue", "years"}

    @pytest.mark.parametrize(
        "body",
        [b"{", b"[]", b'{"inputs": NaN}', b"[" * 9000, b'{"shell": "rm"}', b'{"inputs": [1]}', b'{"page": 7}', b"\xff",
         b'{"inputs": {"a": ' + b"[" * 900 + b"]" * 900 + b"}}", b'{"inputs": {"region": "\\ud800"}}'],
    )  # fmt: skip
    def test_what_is_no_question_is_refused(self, page: Place, body: bytes) -> None:
        """Broken JSON, other shapes and unknown keys are refused with a sentence."""
        reply = page.post("/api/answer", body)
        assert reply.status == 422
        assert reply.fields[""]


class TestGuard:
    """The page is for this machine, and answers itself alone."""

    @pytest.mark.parametrize(
        ("host", "status"),
        [
            ("127.0.0.1:{}", 200), ("localhost:{}", 200), ("[::1]:{}", 200), ("evil.example:{}", 421),
            ("127.0.0.1", 421), ("127.0.0.1:1", 421), ("127.0.0.1.evil.example:{}", 421), ("0.0.0.0:{}", 421),
        ],
    )  # fmt: skip
    def test_only_local_names_are_answered(self, page: Place, host: str, status: int) -> None:
        """A name that points here from elsewhere is refused: DNS rebinding gets nothing."""
        assert page.get("/", Host=host.format(page.port)).status == status

    @pytest.mark.parametrize(
        ("heads", "status"),
        [
            ({}, 200),
            ({"Origin": "http://127.0.0.1:{}", "Sec_Fetch_Site": "same-origin"}, 200),
            ({"Origin": "http://evil.example"}, 403),
            ({"Origin": "null"}, 403),
            ({"Origin": "https://127.0.0.1:{}"}, 403),
            ({"Sec_Fetch_Site": "cross-site"}, 403),
            ({"Sec_Fetch_Site": "same-site"}, 403),
            ({"Content_Type": "text/plain"}, 415),
            ({"Content_Type": "application/x-www-form-urlencoded"}, 415),
        ],
    )
    def test_only_the_page_may_post(self, page: Place, heads: dict[str, str], status: int) -> None:
        """Other sites cannot post: neither by script nor by a form."""
        sent = {name.replace("_", "-"): text.format(page.port) for name, text in heads.items()}
        sent = {"Content-Type": "application/json"} | sent
        body = json.dumps(asked(samples=0)).encode()
        assert page.send("POST", "/api/answer", body, sent).status == status

    def test_too_much_is_not_read(self, page: Place) -> None:
        """A body above the limit is refused, whether its size is told or not."""
        large = b" " * (guard.LARGEST_BODY + 1)
        assert page.post("/api/answer", large).status == 413
        head = f"POST /api/answer HTTP/1.1\r\nHost: 127.0.0.1:{page.port}\r\n"
        head += "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
        chunk = b"%x\r\n%s\r\n" % (len(large), large)
        with socket.create_connection(("127.0.0.1", page.port), timeout=20) as caller:
            caller.sendall(head.encode() + chunk)
            assert b" 413 " in caller.recv(64)

    @pytest.mark.parametrize("path", ["/api/answer", "/api/download/yaml"])
    def test_reading_changes_nothing(self, page: Place, path: str) -> None:
        """What computes can only be posted; an address or a picture cannot start it."""
        assert page.get(path).status == 405

    @pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "TRACE"])
    def test_other_methods_are_refused(self, page: Place, method: str) -> None:
        """A pre-flight of another site gets no consent."""
        reply = page.send(method, "/", None, {})
        assert reply.status == 405
        assert "access-control-allow-origin" not in reply.heads

    @pytest.mark.parametrize(
        "path",
        ["..%2ffields.yaml", "../fields.yaml", "%2e%2e/page.py", "page.html", "", "/etc/passwd"],
    )
    def test_no_path_leads_to_other_files(self, page: Place, path: str) -> None:
        """Only the files that the page loads are handed out."""
        assert page.get(f"/static/{path}").status == 404

    @pytest.mark.parametrize("path", ["/", "/static/serve.js", "/nothing", "/api/catalog"])
    def test_a_browser_is_told_to_load_nothing_from_elsewhere(self, page: Place, path: str) -> None:
        """Every answer carries the policy, also a refusal; nothing is kept in a cache."""
        heads = page.get(path).heads
        assert heads["content-security-policy"].startswith(
            "default-src 'none'; script-src 'self'; "
        )
        assert "unsafe" not in heads["content-security-policy"]
        assert heads["x-content-type-options"] == "nosniff"
        assert heads["cache-control"] == "no-store"
        refused = page.get(path, Host="evil.example").heads
        assert refused["content-security-policy"] == heads["content-security-policy"]

    def test_a_hanging_client_blocks_nobody(self, page: Place) -> None:
        """While one caller says half of its request, another is answered."""
        with socket.create_connection(("127.0.0.1", page.port)) as hanging:
            hanging.sendall(b"POST /api/answer HTTP/1.1\r\nHost: ")
            assert page.get("/").status == 200

    def test_a_body_that_does_not_come_is_given_up(
        self, page: Place, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Who says it sends and does not is told so, and let go."""
        monkeypatch.setattr(guard, "SLOWEST_BODY", 0.05)
        head = f"POST /api/answer HTTP/1.1\r\nHost: 127.0.0.1:{page.port}\r\n"
        head += "Content-Type: application/json\r\nContent-Length: 50\r\n\r\n{"
        with socket.create_connection(("127.0.0.1", page.port), timeout=20) as caller:
            caller.sendall(head.encode())
            assert b" 408 " in caller.recv(64)

    @pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.0.7", "example.org", ""])
    def test_no_other_address_is_listened_on(self, host: str) -> None:
        """There is no way to show the page to a network; the message says how to forward a port."""
        with pytest.raises(lca.errors.InputError, match="for this machine alone"):
            listen(host, 0)


class TestPage:
    """The page offers all that the database knows."""

    def test_everything_can_be_picked(self, page: Place, library: Library) -> None:
        """All accelerators, hosts that carry them, and all regions are in the catalog."""
        found = page.get("/api/catalog").data
        kinds = ("gpu", "tpu", "accelerator")
        assert {one["id"] for one in found["devices"]} == {n for k in kinds for n in library.ids(k)}
        assert {"hgx-8-gpu", "workstation"} <= {one["id"] for one in found["hosts"]}
        assert {"WORLD", "DE", "US-VA", "aws:eu-central-1"} <= {
            one["id"] for one in found["regions"]
        }

    def test_choices_are_those_of_a_scenario(self) -> None:
        """Methods on the page are the methods there are, by name."""
        fields = {one.name: one for group in composed_groups() for one in group.fields}
        hints = Assumptions.model_fields
        for name, accepted in (
            ("embodied_model", hints["embodied_model"]),
            ("boundary", hints["boundary"]),
        ):
            known = {value for value, _ in fields[name].choices}
            assert known == set(accepted.metadata[-1].names)
        rules = set(allocations.names())
        assert {value for value, _ in fields["end_of_life"].choices} == rules

    def test_every_field_starts_with_what_it_accepts(self) -> None:
        """No field begins with a value that it would refuse."""
        for group in composed_groups():
            for one in group.fields:
                assert one.complaint(one.value) == "", one.name

    def test_every_input_has_a_label_and_its_mistake(self, page: Place) -> None:
        """Each input is tied to a label, and to the place where its mistake is shown."""
        text = page.get("/").body.decode()
        for group in composed_groups():
            for one in group.fields:
                assert f'data-field="{one.name}"' in text
        assert text.count('<label for="in-') == sum(len(g.fields) for g in composed_groups())
        assert text.count('class="error" id="error-') >= text.count('<label for="in-')

    def test_an_unset_field_shows_the_cited_default(self, page: Place) -> None:
        """What holds while a slider is not moved is the value of the factor file, with its interval."""
        low, high = constants("defaults").value("pue", "").distribution.interval()
        text = page.get("/").body.decode()
        assert f'data-unset="1.25 ({low:.3g}–{high:.3g})"' in text

    def test_a_field_refuses_what_is_no_number(self) -> None:
        """Infinity is no length of service."""
        assert "expected a number" in Field("years", "Years", "range").complaint(float("inf"))


class TestTurns:
    """Of each page the last question is answered."""

    def test_a_later_question_replaces_those_that_wait(self) -> None:
        """Of three questions of one page the first may run, the second is dropped, the third is answered."""
        turns, done = Turns(), []

        async def ask_all() -> list[Any]:
            def work(name: str) -> Any:
                return lambda _check: done.append(name) or name

            pages = [("a", "one"), ("b", "other"), ("a", "two"), ("a", "three")]
            tasks = [turns.run(page, work(name)) for page, name in pages]
            return await asyncio.gather(*tasks, return_exceptions=True)

        found = asyncio.run(ask_all())
        turns.close()
        assert found[1] == "other"
        assert found[3] == "three"
        assert isinstance(found[2], SupersededError)
        assert "two" not in done


class TestCommand:
    """``lca serve`` says where the page is, and what is wrong, and ends when told."""

    def test_it_says_its_address_and_ends_on_interrupt(self) -> None:
        """Port 0 is any free one, told on standard error; Ctrl-C ends it with code 0."""
        words = [sys.executable, "-m", "lca.cli", "serve", "--port", "0", "--no-open"]
        with subprocess.Popen(words, stderr=subprocess.PIPE, cwd=ROOT, text=True) as running:
            assert running.stderr is not None
            line = running.stderr.readline()
            port = int(line.split("/")[2].rpartition(":")[2])
            assert Place(f"http://127.0.0.1:{port}/", port).get("/").status == 200
            running.send_signal(signal.SIGINT)
            rest = running.stderr.read()
        assert running.returncode == 0
        assert rest == "stopped\n"

    def test_a_taken_port_is_told(self, page: Place, capsys: pytest.CaptureFixture[str]) -> None:
        """A port in use is a sentence with what to do, not a traceback."""
        assert main(["serve", "--port", str(page.port), "--no-open"]) == 3
        assert f"port {page.port} of 127.0.0.1 is in use" in capsys.readouterr().err

    def test_other_addresses_are_refused(self, capsys: pytest.CaptureFixture[str]) -> None:
        """No flag exposes the page."""
        assert main(["serve", "--host", "0.0.0.0", "--no-open"]) == 3
        assert "for this machine alone" in capsys.readouterr().err

    def test_a_missing_extra_is_told(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Without the extra the command says what to install."""
        monkeypatch.setitem(sys.modules, "uvicorn", None)
        assert main(["serve", "--no-open"]) == 3
        assert "pip install 'lca[serve]'" in capsys.readouterr().err

    def test_a_wrong_scenario_is_told_before_anything_is_served(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Mistakes of the file come with file and line, as from every command."""
        file = tmp_path / "mine.yaml"
        file.write_text("schema: 1\nperiod: 2027\nflet: {}\n")
        assert main(["serve", str(file), "--no-open"]) == 3
        assert f"{file}:3:1" in capsys.readouterr().err
