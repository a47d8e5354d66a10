"""Rebuild the weights from the packages that they come from, and compare them with their sources.

    python models/build/build.py            rebuild into models/build/out/models and compare
    python models/build/build.py --install  the same, then replace the files that ship
    python models/build/build.py --golden   only run the sources: rewrite tests/backends/golden (golden.py)

Needs Python 3.11 or 3.12 with pip, npm, the network, and 3 GB below models/build/out; takes some minutes.
The exit code is 1 when an output differs from its source by more than its bound (recipes.py).

A conversion is not reproducible to the byte, so a rebuilt file has another SHA-256 than the one that ships;
that its outputs agree is the proof.
"""

from __future__ import annotations

import argparse
import shutil

import layout
from environments import environment, script
from fetch import fetch
from install import install


def main() -> int:
    """Run the whole build; return the exit code."""
    summary, _, rest = (__doc__ or "").partition("\n\n")
    options = argparse.ArgumentParser(
        description=summary, epilog=rest, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--install", action="store_true", help="replace the files that ship, if all is well")
    options.add_argument("--compare-only", action="store_true", help="compare what was rebuilt before")
    options.add_argument("--golden", action="store_true", help="write what the sources give, for the tests")
    chosen = options.parse_args()

    converting = environment("convert", "requirements.txt")
    fetch(converting)
    if chosen.golden:
        return script(converting, "golden.py")
    if not chosen.compare_only:
        shutil.rmtree(layout.BUILT, ignore_errors=True)
        writing = environment("metadata", "requirements-metadata.txt", "--no-deps")
        if script(converting, "convert.py") or script(writing, "tasks.py"):
            return 1
    if script(converting, "compare.py"):
        return 1
    if chosen.install:
        print("installed:", ", ".join(install()) or "nothing has changed")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
