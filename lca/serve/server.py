"""The server: on this machine's own address only, until it is interrupted."""

from __future__ import annotations

import errno
import ipaddress
import os
import socket
from collections.abc import Callable
from typing import TYPE_CHECKING

from lca.errors import InputError

if TYPE_CHECKING:
    import uvicorn

    from lca.library import Library
    from lca.serve.composed import Composed
    from lca.serve.opened import Opened

_BACKLOG = 128


def require_extra() -> None:
    """Refuse to go on without the packages of the extra.

    Raises
    ------
    InputError
        With what to install.
    """
    try:
        import starlette  # noqa: F401
        import uvicorn  # noqa: F401
    except ModuleNotFoundError:
        msg = "serve needs the starlette and uvicorn packages: pip install 'lca[serve]'"
        raise InputError(msg) from None


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens on an address of this machine alone.

    Raises
    ------
    InputError
        If the address can be reached from elsewhere, or the port is taken.
    """
    address = _loopback(host)
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    found = socket.socket(family, socket.SOCK_STREAM)
    try:
        if os.name == "posix":  # elsewhere this would let two servers share a port
            found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind((address, port))
        found.listen(_BACKLOG)
    except OSError as error:
        found.close()
        raise InputError(_taken(address, port, error)) from None
    return found


def _loopback(host: str) -> str:
    if host == "localhost":
        return "127.0.0.1"
    try:
        if ipaddress.ip_address(host) in {
            ipaddress.ip_address("127.0.0.1"),
            ipaddress.ip_address("::1"),
        }:
            return host
    except ValueError:
        pass
    msg = (
        f'the page is for this machine alone: "{host}" is not 127.0.0.1, localhost or ::1; to reach it '
        "from elsewhere, forward the port, such as ssh -L 8765:127.0.0.1:8765"
    )
    raise InputError(msg)


def _taken(address: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} of {address} is in use; name another with --port, or --port 0 for any free one"
    if error.errno == errno.EACCES:
        return f"port {port} needs rights that you do not have; name one above 1023 with --port"
    return f"{address}:{port} cannot be listened on: {error.strerror or error}"


def address_of(found: socket.socket) -> str:
    """Return the web address of a listening socket."""
    host, port = found.getsockname()[:2]
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def make_server(form: Composed | Opened, library: Library, port: int) -> uvicorn.Server:
    """Return the server of a form, ready to run on a socket of that port."""
    import uvicorn

    from lca.serve.app import application

    config = uvicorn.Config(
        application(form, library, port),
        log_config=None,
        log_level="error",
        access_log=False,
        lifespan="off",
        ws="none",
        server_header=False,
        date_header=False,
        proxy_headers=False,
        timeout_keep_alive=5,
        timeout_graceful_shutdown=2,
    )
    return uvicorn.Server(config)


def serve(
    form: Composed | Opened, library: Library, *, host: str, port: int, ready: Callable[[str], None]
) -> None:
    """Serve the page of a form until interrupted.

    Parameters
    ----------
    host, port
        Where to listen; port 0 is any free one.
    ready
        Called with the page's address once it is listened on.
    """
    with listen(host, port) as found:
        server = make_server(form, library, found.getsockname()[1])
        ready(address_of(found))
        try:
            server.run(sockets=[found])
        except KeyboardInterrupt:
            return
