"""A headless Chromium, in which pictures and pages are opened as a person would.

Where there is none its tests are skipped; see programs.py.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from selenium.webdriver import Chrome, ChromeOptions, ChromeService

from tests.programs import needs

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
CHROMIUM = next(filter(None, map(shutil.which, NAMES)), None)
DRIVER = shutil.which("chromedriver")
needs_browser = needs("chromium with its driver", CHROMIUM, DRIVER)
_FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--window-size=1200,1000", "--force-device-scale-factor=1", "--hide-scrollbars"),
)


class Browser:
    """One window; what it asks the network for, and what its console says, is kept."""

    def __init__(self, driver: Chrome) -> None:
        self.driver = driver

    def open(self, path: Path, **preferences: str) -> None:
        """A file of this machine; preferences as prefers_color_scheme="dark"."""
        features = [
            {"name": name.replace("_", "-"), "value": value} for name, value in preferences.items()
        ]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
        self.driver.get(path.as_uri())

    def script(self, text: str, *arguments: Any) -> Any:
        """What a script returns."""
        return self.driver.execute_script(text, *arguments)

    def screenshot(self) -> bytes:
        """The window as PNG."""
        return self.driver.get_screenshot_as_png()

    def console(self) -> list[str]:
        """Messages since the last question."""
        return [str(entry["message"]) for entry in self.driver.get_log("browser")]  # type: ignore[no-untyped-call]

    def requests(self) -> list[str]:
        """Addresses that were asked for since the last question."""
        entries = self.driver.get_log("performance")  # type: ignore[no-untyped-call]
        events = (json.loads(entry["message"])["message"] for entry in entries)
        return [address for event in events if (address := _address(event))]


def _address(event: Mapping[str, Any]) -> str:
    if event["method"] == "Network.requestWillBeSent":
        return str(event["params"]["request"]["url"])
    if event["method"] == "Network.webSocketCreated":
        return str(event["params"]["url"])
    return ""


@contextmanager
def opened() -> Iterator[Browser]:
    """A browser with a profile of its own, which is gone afterwards."""
    assert CHROMIUM, "chromium is required and not installed"
    assert DRIVER, "chromedriver is required and not installed"
    options = ChromeOptions()
    options.binary_location = CHROMIUM
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    with TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        for flag in (*_FLAGS, f"--user-data-dir={profile}"):
            options.add_argument(flag)
        driver = Chrome(options=options, service=ChromeService(DRIVER))
        try:
            yield Browser(driver)
        finally:
            driver.quit()
