"""Parquet: the tidy table in columns, for data frames. Needs pyarrow, which is installed by choice."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import Any

from posetui.errors import TapeError
from posetui.pose.frame import PoseFrame
from posetui.tapes.formats.exchange import Export
from posetui.tapes.formats.files import written
from posetui.tapes.formats.tables import TIDY_COLUMNS, tidy_rows

_ROWS = 1 << 16
_TYPES = (
    "int64",
    "float64",
    "int32",
    "int64",
    "float32",
    "string",
    "float32",
    "float32",
    "float32",
    "string",
)


def write(frames: Iterable[PoseFrame], export: Export, path: Path) -> None:
    """Write the rows of `tables.write_tidy`, with empty cells as nulls, in groups of 65,536 rows.

    The file's metadata name the source, the backend and the version.

    Raises:
        TapeError: pyarrow is not installed, or the file cannot be written.

    """
    try:
        arrow: Any = import_module("pyarrow")
        parquet: Any = import_module("pyarrow.parquet")
    except ImportError as error:
        raise TapeError(
            "Parquet needs pyarrow, which is not installed", "Install it with: pip install 'posetui[parquet]'"
        ) from error
    columns = (*TIDY_COLUMNS, "image") if export.named else TIDY_COLUMNS
    fields = [(name, getattr(arrow, kind)()) for name, kind in zip(columns, _TYPES, strict=False)]
    header = export.header
    about = {"posetui": header.version, "source": header.source, "backend": header.backend}
    schema = arrow.schema(fields, metadata=about | {"skeleton": export.skeleton.name})
    rows = tidy_rows(frames, export)
    with written(path) as temporary, parquet.ParquetWriter(str(temporary), schema) as writer:
        while group := list(islice(rows, _ROWS)):
            cells = list(zip(*group, strict=True))
            arrays = [
                arrow.array(column, type=field.type) for column, field in zip(cells, schema, strict=True)
            ]
            writer.write_table(arrow.Table.from_arrays(arrays, schema=schema))
