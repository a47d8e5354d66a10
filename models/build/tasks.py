"""Pack the .task files of MediaPipe; runs in the metadata environment.

A .task file is a zip, stored without compression, of the detector and the landmark network. PoseLandmarker
takes their normalisation from metadata inside each network.
"""

from __future__ import annotations

import json
import sys
import types
import zipfile
from importlib.machinery import PathFinder
from pathlib import Path
from typing import Any

import layout
from recipes import TASK_PARTS


def _bare(name: str, folder: Path) -> None:
    """Enter a package without running its __init__, which would load the whole of MediaPipe."""
    module = types.ModuleType(name)
    module.__path__ = [str(folder)]
    sys.modules[name] = module


def _metadata_modules() -> tuple[Any, Any]:
    spec = PathFinder.find_spec("mediapipe")
    if spec is None or spec.origin is None:
        raise SystemExit("mediapipe is not installed in this environment")
    root = Path(spec.origin).parent
    _bare("mediapipe", root)
    _bare("mediapipe.tasks", root / "tasks")
    _bare("mediapipe.tasks.python", root / "tasks" / "python")
    from mediapipe.tasks.python.metadata import metadata
    from mediapipe.tasks.python.metadata.metadata_writers import metadata_writer

    return metadata, metadata_writer


def _with_metadata(network: bytes, mean: float, deviation: float) -> bytes:
    """Return the network with its normalisation stated, after reading it back."""
    metadata, writer = _metadata_modules()
    writing = writer.MetadataWriter.create(bytearray(network))
    writing.add_image_input([mean], [deviation])
    result = bytes(writing.populate()[0])
    told = json.loads(metadata.MetadataDisplayer.with_model_buffer(result).get_metadata_json())
    (unit,) = told["subgraph_metadata"][0]["input_tensor_metadata"][0]["process_units"]
    if unit["options"] != {"mean": [mean], "std": [deviation]}:
        raise SystemExit(f"the metadata does not say what was written: {unit}")
    return result


def main() -> None:
    """Pack them all into out/models."""
    layout.BUILT.mkdir(parents=True, exist_ok=True)
    for entry in layout.entries():
        if not entry["file"].endswith(".task"):
            continue
        print(f"packing {entry['name']}", flush=True)
        with zipfile.ZipFile(layout.BUILT / entry["file"], "w", zipfile.ZIP_STORED) as packed:
            for origin, (member, mean, deviation) in zip(entry["source"], TASK_PARTS, strict=True):
                network = layout.unpacked(origin).read_bytes()
                # A fixed time, so that the same networks give the same file.
                packed.writestr(zipfile.ZipInfo(member), _with_metadata(network, mean, deviation))


if __name__ == "__main__":
    main()
