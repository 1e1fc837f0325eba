"""Programs of the operating system that pip cannot bring: a browser, a writer of PDF files."""

from __future__ import annotations

import os
import shutil

from . import steps

BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def ensure(package: str, purpose: str, commands: tuple[str, ...] = ()) -> bool:
    """Tell whether one of the commands is there, installing Debian's package first where we may.

    Never fails: without the right to install, it says so and what will be missing.

    :param purpose: what cannot be done without it, to go after "cannot"
    :param commands: names under which the program may be on the PATH; none: always install
    """
    if any(map(shutil.which, commands)):
        return True
    prefix = [] if os.geteuid() == 0 else ["sudo", "-n"]
    install = f"apt-get update && apt-get install -y --no-install-recommends {package}"
    if shutil.which("apt-get") and (not prefix or shutil.which("sudo")):
        try:
            command = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "sh", "-c", install]
            steps.run(f"Installing {package} with apt-get", command, f"system-{package}", "1 min")
            return True
        except steps.Failed as failure:
            steps.say(str(failure))
    steps.say(f"Warning: cannot {purpose}: {package} is missing and cannot be installed from here.")
    return False
