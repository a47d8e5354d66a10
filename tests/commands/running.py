"""How the tests run the real program."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

Finished = subprocess.CompletedProcess[str]
RunPosetui = Callable[..., Finished]

COMMAND = (sys.executable, "-m", "posetui")
