"""What a record says of software and machine; no names of people, machines or folders."""

from __future__ import annotations

import platform
import sys
from functools import cache

__all__ = ["host", "software"]


def software() -> dict[str, str]:
    """Return versions of what is loaded."""
    import lca

    found = {"lca": lca.__version__, "python": platform.python_version()}
    torch = sys.modules.get("torch")
    if torch is not None:
        found["torch"] = str(torch.__version__)
        cuda = getattr(torch.version, "cuda", None)
        if cuda:
            found["cuda"] = str(cuda)
    return found


@cache
def host() -> dict[str, str]:
    """Return what the machine is."""
    from lca.measure.model_cpu import identify

    name, threads = identify()
    return {
        "system": f"{platform.system()} {platform.machine()}",
        "processor": name,
        "threads": str(threads),
    }
