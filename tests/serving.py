"""A real server of the what-if page on a free port, and requests to it as anybody could send them."""

from __future__ import annotations

import contextlib
import json
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from lca.library import Library
from lca.serve.composed import Composed
from lca.serve.opened import Opened
from lca.serve.server import address_of, listen, make_server

DEVICES = ("nvidia-h100-sxm5-80gb", "amd-instinct-mi300x")


@dataclass(frozen=True)
class Reply:
    """What came back."""

    status: int
    heads: Mapping[str, str]
    body: bytes

    @property
    def data(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    @property
    def fields(self) -> dict[str, str]:
        """Mistakes by the field at fault."""
        return {one["field"]: one["message"] for one in self.data["problems"]}


@dataclass
class Place:
    """A served page."""

    address: str
    port: int
    heads: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, **heads: str) -> Reply:
        """Return the answer to a request that reads."""
        return self.send("GET", path, None, heads)

    def post(self, path: str, body: object, **heads: str) -> Reply:
        """Return the answer to JSON that is posted."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.send("POST", path, raw, {"Content-Type": "application/json"} | heads)

    def send(self, method: str, path: str, body: Any, heads: Mapping[str, str]) -> Reply:
        """Return the answer to a request, a refusal too; None takes a head out."""
        named = {key.replace("_", "-"): value for key, value in heads.items()}
        request = urllib.request.Request(
            self.address.rstrip("/") + path, body, named, method=method
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as found:
                return Reply(found.status, dict(found.headers), found.read())
        except urllib.error.HTTPError as refusal:
            with refusal:
                return Reply(refusal.code, dict(refusal.headers), refusal.read())


@contextlib.contextmanager
def served(form: Composed | Opened, library: Library) -> Iterator[Place]:
    """Serve a form from a thread."""
    with listen("127.0.0.1", 0) as found:
        port = found.getsockname()[1]
        server = make_server(form, library, port)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [found]})
        thread.start()
        try:
            yield Place(address_of(found), port)
        finally:
            server.should_exit = True
            thread.join()


def asked(*devices: str, **inputs: object) -> dict[str, Any]:
    """Return what a page that compares devices would ask."""
    return {"options": [{"device": name} for name in devices or DEVICES], "inputs": inputs}
