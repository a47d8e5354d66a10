"""Where things lie: what ships (weights, clips) and what belongs to the user (config, state, logs)."""

from __future__ import annotations

import os
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def _shipped(folder: str) -> Path:
    installed = _PACKAGE / "_shipped" / folder
    return installed if installed.is_dir() else _PACKAGE.parent / folder


def models_dir() -> Path:
    """Return the folder of the weights that ship: inside the wheel, or models/ of a checkout."""
    return _shipped("models")


def clips_dir() -> Path:
    """Return the folder of the clips that ship: inside the wheel, or tapes/ of a checkout."""
    return _shipped("tapes")


def tape_file(path: Path) -> Path:
    """Return the sample tape of this bare name, where there is no such file here; else the path itself."""
    ships = clips_dir() / path.name
    bare = path.suffix == ".mcap" and path.parent == Path()
    return ships if bare and not path.exists() and ships.is_file() else path


def config_file() -> Path:
    """Return the user's configuration file; `POSETUI_CONFIG` names another one."""
    override = os.environ.get("POSETUI_CONFIG")
    if override:
        return Path(override)
    from platformdirs import user_config_path

    return user_config_path("posetui", appauthor=False) / "config.toml"


def state_dir() -> Path:
    """Return the folder for recent sources and logs, made when missing."""
    from platformdirs import user_state_path

    folder = user_state_path("posetui", appauthor=False)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def log_file() -> Path:
    """Return the file that takes what native libraries write to stderr."""
    return state_dir() / "native.log"


def snapshots_dir() -> Path:
    """Return the folder where snapshots go: the current one."""
    return Path.cwd()


def tapes_dir(chosen: str | None = None) -> Path:
    """Return the folder where tapes go that nobody named: the chosen one, or the user's data folder."""
    if chosen:
        return Path(chosen).expanduser()
    from platformdirs import user_data_path

    return user_data_path("posetui", appauthor=False) / "tapes"
