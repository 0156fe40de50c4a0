"""The application: a page, its files, a catalog, answers and downloads; nothing is kept but a few results."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from lca.errors import InputError, LcaError, Problem
from lca.serve import answers, page
from lca.serve.catalog import catalog
from lca.serve.composed import FEWEST, MOST
from lca.serve.guard import Guard
from lca.serve.turns import BusyError, SupersededError, Turns

if TYPE_CHECKING:
    from lca.library import Library
    from lca.serve.composed import Composed
    from lca.serve.opened import Opened

_KEYS = frozenset({"options", "inputs", "page", "whole"})
_DEEPEST = 6
_TYPES = {
    ".yaml": "application/yaml",
    ".html": "text/html",
    ".pdf": "application/pdf",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".json": "application/json",
}
_START = [{"device": "nvidia-h100-sxm5-80gb"}, {"device": "amd-instinct-mi300x"}]
"""What an empty page compares: two options that state their peak, in no order."""


class Site:
    """What the routes share: the form, the threads and the last results."""

    def __init__(self, form: Composed | Opened, library: Library) -> None:
        self.form, self.library = form, library
        self.turns, self.studies = Turns(), answers.Studies()

    async def page(self, _request: Request) -> Response:
        """Return the page; it is the same whatever its address says."""
        start = {"picks": self.form.picks, "options": _START, "fewest": FEWEST, "most": MOST}
        return HTMLResponse(page.render(self.form, start))

    async def static(self, request: Request) -> Response:
        """Return a file of the page: one of a fixed list, so no path leads elsewhere."""
        found = page.statics().get(request.path_params["name"])
        if found is None:
            return PlainTextResponse("no such file", 404)
        return Response(found[0], media_type=found[1])

    async def catalog(self, _request: Request) -> Response:
        """Return what can be picked."""
        return await self._told("", lambda _check: JSONResponse(catalog(self.library)))

    async def answer(self, request: Request) -> Response:
        """Return the comparison that a page asks for, at first in short, then whole."""

        def make(body: Mapping[str, Any], check: answers.Check) -> Response:
            scenario, basis = self.form.scenario(body)
            check()
            if not body.get("whole"):
                return JSONResponse(answers.first_answer(scenario, basis, check))
            return JSONResponse(answers.whole_answer(self.studies.get(scenario, basis, check)))

        return await self._asked(request, make, superseded=True)

    async def download(self, request: Request) -> Response:
        """Return the comparison as a file."""
        suffix = f".{request.path_params['kind']}"
        if suffix not in page.SUFFIXES:
            return PlainTextResponse("no such format", 404)

        def make(body: Mapping[str, Any], check: answers.Check) -> Response:
            scenario, basis = self.form.scenario(body)
            study = self.studies.get(scenario, basis, check)
            name = re.sub(r"[^A-Za-z0-9_-]+", "-", scenario.name).strip("-")[:60] or "scenario"
            heads = {"Content-Disposition": f'attachment; filename="{name}{suffix}"'}
            content = answers.file_of(study, suffix)
            return Response(content, headers=heads, media_type=_TYPES[suffix])

        return await self._asked(request, make, superseded=False)

    async def _asked(
        self,
        request: Request,
        make: Callable[[Mapping[str, Any], answers.Check], Response],
        *,
        superseded: bool,
    ) -> Response:
        """Read what a request asks, and make the answer in its turn."""
        try:
            body = read_body(await request.body())
        except InputError as refusal:
            return _refused(refusal)
        asker = body.get("page", "") if superseded else ""
        return await self._told(asker, lambda check: make(body, check))

    async def _told(self, asker: str, work: Callable[[answers.Check], Response]) -> Response:
        """Do some work in its turn; every refusal becomes an answer."""
        try:
            return await self.turns.run(asker, work)
        except LcaError as refusal:
            return _refused(refusal)
        except SupersededError:
            return PlainTextResponse("a later question of this page is answered instead", 409)
        except BusyError:
            return PlainTextResponse("too many evaluations are waiting", 503)
        except Exception as bug:  # no traceback may reach a page
            what = " ".join(f"{type(bug).__name__}: {bug}".split())
            return _problems([("", f"{what} (this is a bug)")], 500)


def _refused(refusal: LcaError) -> Response:
    """Return the mistakes of a request, each with the field at fault."""
    return _problems([(one.path, one.message) for one in refusal.problems], 422)


def _problems(found: list[tuple[str, str]], status: int) -> Response:
    told = [{"field": field, "message": message} for field, message in found]
    return JSONResponse({"problems": told}, status)


def read_body(raw: bytes) -> dict[str, Any]:
    """Return what a page asks.

    Raises
    ------
    InputError
        If it is not JSON of the expected shape.
    """
    try:
        body = json.loads(raw, parse_constant=_no_constant)
        json.dumps(body, ensure_ascii=False).encode()  # half a character cannot be answered
        deep = _depth(body) > _DEEPEST
    except (ValueError, RecursionError):
        msg = "the request is not JSON"
        raise InputError(msg) from None
    if deep or not isinstance(body, dict) or not set(body) <= _KEYS:
        msg = f"expected a mapping of {', '.join(sorted(_KEYS))}"
        raise InputError(msg)
    if not isinstance(body.get("inputs", {}), dict):
        raise InputError(Problem("", "inputs: expected a mapping of fields"))
    if not isinstance(body.get("page", ""), str) or len(body.get("page", "")) > 64:
        raise InputError(Problem("", "page: expected a short text"))
    return body


def _no_constant(name: str) -> float:
    raise ValueError(name)


def _depth(data: object) -> int:
    inner = data.values() if isinstance(data, dict) else data if isinstance(data, list) else ()
    return 1 + max(map(_depth, inner), default=0)


def application(form: Composed | Opened, library: Library, port: int) -> ASGIApp:
    """Return the guarded application of a form, for a port."""
    site = Site(form, library)
    routes = [
        Route("/", site.page),
        Route("/static/{name}", site.static),
        Route("/api/catalog", site.catalog),
        Route("/api/answer", site.answer, methods=["POST"]),
        Route("/api/download/{kind}", site.download, methods=["POST"]),
    ]
    return Guard(Starlette(routes=routes), port)
