"""Where the browser for the browser tests is."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

COMMANDS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC_APPLICATIONS = (
    Path("/Applications/Chromium.app/Contents/MacOS/Chromium"),
    Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"),
)

ARGUMENTS = (
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-background-networking",  # it must not call its maker
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",  # nor anybody else: such a request fails
    "--disable-gpu-compositing",  # a processor that plays graphics card takes longer than one that paints
    # Pages of its own that it opens for each window, unseen: they take longer than most pages of ours.
    "--disable-features=PreloadTopChromeWebUI,WebUIOmniboxPopup,WebUIOmniboxAimPopup",
)
"""How tests and benches start it."""

HOW_TO_GET_IT = (
    "To run them too, install Chromium (Debian, Ubuntu: sudo apt-get install chromium) or Google Chrome,\n"
    "or set UNROLL_CHROMIUM to the program's path."
)


def find_chromium() -> str | None:
    """Find a Chromium or Chrome on this computer.

    Returns:
        The program's path: UNROLL_CHROMIUM if set, else the first that is installed; None if there is none.
    """
    named = os.environ.get("UNROLL_CHROMIUM")
    if named:
        return shutil.which(named)
    for command in COMMANDS:
        if path := shutil.which(command):
            return path
    return next((str(path) for path in MAC_APPLICATIONS if path.is_file()), None)
