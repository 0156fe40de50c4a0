"""A real browser without a window: Chromium, steered by its own driver, with no network but this machine."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

_FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
_PATIENCE = 30.0
_OWN = (
    "http://127.0.0.1:",
    "file:",
    "data:",
    "blob:",
    "about:",
    "chrome:",
    "chrome-untrusted:",
    "devtools:",
)


class Browser:
    """One browser window, and what its pages said and asked for.

    Attributes
    ----------
    driver
        Selenium's.
    folder
        Where downloads go.
    """

    def __init__(self, driver: Any, folder: Path) -> None:
        self.driver, self.folder = driver, folder
        self._command("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(folder))

    def _command(self, name: str, **given: Any) -> Any:
        return self.driver.execute_cdp_cmd(name, given)

    def open(self, address: str, *, width: int = 1280, dark: bool = False) -> None:
        """Open a page afresh, in a window of a width, on a bright or a dark screen."""
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        still = {
            "name": "prefers-reduced-motion",
            "value": "reduce",
        }  # a click needs a place at rest
        self._command("Emulation.setEmulatedMedia", features=[scheme, still])
        self._command(
            "Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False
        )  # fmt: skip
        self.driver.get("about:blank")
        self.complaints()  # those of the page before are its own
        self.driver.get(address)

    def run(self, script: str, *given: Any) -> Any:
        """Return what a script returns."""
        return self.driver.execute_script(script, *given)

    def find(self, selector: str) -> Any:
        """Return the first element of a selector."""
        return self.driver.find_element("css selector", selector)

    def text(self, selector: str) -> str:
        """Return the text that an element shows."""
        return str(self.find(selector).text)

    def press(self, *keys: str) -> None:
        """Press keys, wherever the focus is."""
        from selenium.webdriver import ActionChains

        ActionChains(self.driver).send_keys(*keys).perform()

    def until(self, holds: Callable[[], Any]) -> Any:
        """Wait until something holds, and return it; give up after a while."""
        end = time.monotonic() + _PATIENCE
        while not (found := holds()):
            if time.monotonic() > end:
                pytest.fail(f"did not come in {_PATIENCE:g} s: {self.complaints()}")
            time.sleep(0.03)
        return found

    def complaints(self) -> list[str]:
        """Return errors and warnings of the console since they were last asked for."""
        found = self.driver.get_log("browser")
        return [str(one["message"]) for one in found if one["level"] in {"SEVERE", "WARNING"}]

    def strangers(self) -> list[str]:
        """Return addresses that were asked for since this was last called, and are not this machine's."""
        messages = (
            json.loads(one["message"])["message"] for one in self.driver.get_log("performance")
        )
        asked = (
            m["params"]["request"]["url"]
            for m in messages
            if m["method"] == "Network.requestWillBeSent"
        )
        return [url for url in asked if not url.startswith(_OWN)]

    def downloaded(self, name: str) -> Path:
        """Wait for a download, and return its file."""
        file = self.folder / name
        self.until(lambda: file.exists() and not list(self.folder.glob("*.crdownload")))
        return file


@contextlib.contextmanager
def browser(folder: Path) -> Iterator[Browser]:
    """Start a browser with an empty profile, and end it.

    Where there is none the tests are skipped; a machine that says ``CI`` must have one.
    """
    program, steerer = shutil.which("chromium"), shutil.which("chromedriver")
    if program is None or steerer is None:
        why = "chromium and chromedriver are not on PATH"
        if os.environ.get("CI"):
            pytest.fail(why)
        pytest.skip(why)
    webdriver = pytest.importorskip("selenium.webdriver")
    options = webdriver.ChromeOptions()
    options.binary_location = program
    for flag in (*_FLAGS, f"--user-data-dir={folder / 'profile'}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    downloads = folder / "downloads"
    downloads.mkdir()
    driver = webdriver.Chrome(options, webdriver.ChromeService(steerer))
    try:
        yield Browser(driver, downloads)
    finally:
        driver.quit()
