"""A real browser on Airflow's page, for the tests and the pictures.

``python -m docs.browser`` sees to it that this machine has one, or says what to type.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

VARIABLE = "CHROMIUM"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ADVICE = (
    "no Chromium for tests/browser: type `apt-get install chromium` as root, "
    f"or name one that is there: `{VARIABLE}=/path/to/chrome make test`"
)
INSTALL = (
    ("apt-get", "update", "-qq"),
    ("apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"),
)


def find_chromium() -> str | None:
    """Where Chromium is: what the environment names, and nothing else where it names one."""
    named = os.environ.get(VARIABLE)
    found = (shutil.which(name) for name in ([named] if named else NAMES))
    return next(filter(None, found), None)


@contextmanager
def started(path: str) -> Iterator[Browser]:
    """A running Chromium.

    Args:
        path: of the program.
    """
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path)
        try:
            yield browser
        finally:
            browser.close()


def sign_in(page: Page, user: str, password: str) -> None:
    """Fill Airflow's own login form in, wherever the page was headed for.

    Args:
        page: that shows the form.
        user: the name.
        password: the password.
    """
    page.get_by_label("Username").fill(user)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/auth/login" not in url)


def open_report(page: Page) -> None:
    """Open the tab *Report* of a run.

    Args:
        page: that shows the run.
    """
    page.get_by_role("link", name="Report", exact=True).click()
    page.frame_locator("iframe").get_by_role("heading", name="Findings").wait_for()


def main() -> None:
    """Install Chromium where there is none and it can be done; never a reason to stop."""
    able = os.geteuid() == 0 and shutil.which("apt-get") and VARIABLE not in os.environ
    if not find_chromium() and able:
        sys.stderr.write("installing Chromium with apt-get, for tests/browser\n")
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in INSTALL:
            subprocess.run(command, env=environment, capture_output=True, check=False)
    if not find_chromium():
        sys.stderr.write(f"{ADVICE}\n")


if __name__ == "__main__":
    main()
