"""The guard: who may talk to the page, how large a question may be, and what a browser may do with it.

A page on this machine can be reached by every web site that its user visits. So the name it is
called by must be this machine's own (a site could point its own name here: DNS rebinding), what is
posted must come from the page itself and be JSON (a form of another site cannot send that), and a
browser is told to load nothing from elsewhere. Reading never changes anything.
"""

from __future__ import annotations

import asyncio
from collections.abc import MutableMapping
from typing import Any

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LARGEST_BODY = 64_000
"""Bytes of a request."""

SLOWEST_BODY = 10.0
"""Seconds in which a request must have come in whole."""

LOCAL_NAMES = ("127.0.0.1", "localhost", "[::1]")
_SAME = frozenset({"same-origin", "none"})
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class Guard:
    """Refuses what does not come from the page itself, and adds headers to what goes out.

    Parameters
    ----------
    app
        What is guarded.
    port
        Port that the server listens on: part of the names it answers to.
    """

    def __init__(self, app: ASGIApp, port: int) -> None:
        self._app = app
        self._hosts = {f"{name}:{port}" for name in LOCAL_NAMES}
        if port == 80:
            self._hosts |= set(LOCAL_NAMES)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def headed(message: Message) -> None:
            if message["type"] == "http.response.start":
                _add_headers(message)
            await send(message)

        refusal = self._refusal(scope)
        if refusal is None and scope["method"] == "POST":
            body = await _whole(receive)
            if isinstance(body, PlainTextResponse):
                refusal = body
            else:
                receive = _once(body)
        await self._answered(refusal or self._app, scope, receive, headed)

    async def _answered(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer; a bug becomes an answer too where none has begun, and never a traceback."""
        begun = False

        async def seen(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await app(scope, receive, seen)
        except Exception as bug:
            if not begun:
                what = " ".join(f"{type(bug).__name__}: {bug}".split())
                await PlainTextResponse(f"{what} (this is a bug)", 500)(scope, receive, send)

    def _refusal(self, scope: Scope) -> PlainTextResponse | None:
        """Return the answer to a request that is refused for its head, or None."""
        heads = _Heads(scope)
        if heads.all("host") not in [[name] for name in self._hosts]:
            text = (
                f"this page answers only to {sorted(self._hosts)[0]} and this machine's other names"
            )
            return PlainTextResponse(text, 421)
        if scope["method"] not in {"GET", "HEAD", "POST"}:
            return PlainTextResponse("only GET, HEAD and POST", 405, {"Allow": "GET, HEAD, POST"})
        if scope["method"] != "POST":
            return None
        return self._refused_post(heads)

    def _refused_post(self, heads: _Heads) -> PlainTextResponse | None:
        origins = heads.all("origin")
        if origins and not (
            len(origins) == 1 and origins[0] in {f"http://{h}" for h in self._hosts}
        ):
            return PlainTextResponse("what is posted must come from this page", 403)
        if any(site not in _SAME for site in heads.all("sec-fetch-site")):
            return PlainTextResponse("what is posted must come from this page", 403)
        if [kind.partition(";")[0].strip().lower() for kind in heads.all("content-type")] != [
            "application/json"
        ]:
            return PlainTextResponse("send application/json", 415)
        sizes = heads.all("content-length")
        if any(not size.isdecimal() or int(size) > LARGEST_BODY for size in sizes):
            return _TOO_LARGE
        return None


_TOO_LARGE = PlainTextResponse(f"at most {LARGEST_BODY} bytes are read", 413)
_TOO_SLOW = PlainTextResponse(f"the request did not arrive within {SLOWEST_BODY:g} seconds", 408)


class _Heads:
    """The heads of a request, each with all its values."""

    def __init__(self, scope: Scope) -> None:
        self._pairs = [
            (k.decode("latin-1").lower(), v.decode("latin-1")) for k, v in scope["headers"]
        ]

    def all(self, name: str) -> list[str]:
        """Return every value of a head."""
        return [value for key, value in self._pairs if key == name]


async def _whole(receive: Receive) -> bytes | PlainTextResponse:
    """Return the body of a request, or the refusal of one too large or too slow."""
    try:
        return await asyncio.wait_for(_read(receive), SLOWEST_BODY)
    except TimeoutError:
        return _TOO_SLOW


async def _read(receive: Receive) -> bytes | PlainTextResponse:
    parts, size = [], 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return _TOO_SLOW
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > LARGEST_BODY:
            return _TOO_LARGE
        if not message.get("more_body"):
            return b"".join(parts)


def _once(body: bytes) -> Receive:
    """Return what gives the application a body that was read already."""
    message: Message = {"type": "http.request", "body": body, "more_body": False}

    async def receive() -> Message:
        return message

    return receive


def _add_headers(message: MutableMapping[str, Any]) -> None:
    heads = [pair for pair in message["headers"] if pair[0] not in _RAW_NAMES]
    message["headers"] = [*heads, *_RAW]


_RAW = [(name.lower().encode(), value.encode()) for name, value in _HEADERS.items()]
_RAW_NAMES = frozenset(name for name, _ in _RAW)
