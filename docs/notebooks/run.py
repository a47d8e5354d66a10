"""Runs the notebook beside it, and keeps what it shows in it: `make notebook`.

What native libraries print on stderr is left out, and so are the times of running: they differ every time.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import nbformat
from nbclient import NotebookClient

NOTEBOOK = Path(__file__).with_name("compare.ipynb")


def executed(path: Path, folder: Path, timeout: int = 600) -> nbformat.NotebookNode:
    """Return a notebook with what its cells show; nbclient's CellExecutionError when one fails.

    Args:
        path: the notebook.
        folder: where it runs.
        timeout: seconds that a cell may take.

    """
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(
        notebook,
        timeout=timeout,
        kernel_name="python3",
        record_timing=False,
        resources={"metadata": {"path": str(folder)}},
    ).execute()
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [one for one in cell.outputs if one.get("name") != "stderr"]
    notebook.metadata.pop("widgets", None)
    return notebook


def main() -> None:
    """Run it in the folder of the checkout, and store it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-o", "--output", type=Path, default=NOTEBOOK)
    nbformat.write(executed(NOTEBOOK, NOTEBOOK.parents[2]), parser.parse_args().output)


if __name__ == "__main__":
    main()
