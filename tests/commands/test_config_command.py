from __future__ import annotations

import json
from pathlib import Path

from posetui.settings import OPTIONS
from tests.commands.running import RunPosetui


def test_it_tells_values_and_origins(posetui: RunPosetui, config_path: Path) -> None:
    config_path.write_text("max_people = 3\n", encoding="utf-8")
    done = posetui("--threshold", "0.3", "config", env={"POSETUI_THEME": "light"})
    rows = {line.split()[0]: line.split(maxsplit=2)[1:] for line in done.stdout.splitlines()[2:]}
    assert done.stdout.startswith(f"Config file: {config_path}\n")
    assert rows["max_people"] == ["3", "config file, line 1"]
    assert rows["threshold"] == ["0.3", "--threshold"]
    assert rows["theme"] == ["light", "POSETUI_THEME"]
    assert rows["flip"] == ["off", "default"]
    assert (done.returncode, done.stderr) == (0, "")


def test_json_and_no_password(posetui: RunPosetui, config_path: Path) -> None:
    done = posetui("--source", "rtsp://me:p@ss@host/x?token=abc", "config", "--json")
    answer = json.loads(done.stdout)
    assert answer["path"] == str(config_path)
    assert answer["exists"] is False
    assert set(answer["settings"]) == {option.name for option in OPTIONS}
    assert answer["settings"]["source"] == {"value": "rtsp://***@host/x?token=***", "from": "--source"}


def test_init_writes_once(posetui: RunPosetui, config_path: Path) -> None:
    assert posetui("config", "--init").returncode == 0
    assert "#threshold = 0.5" in config_path.read_text(encoding="utf-8")
    config_path.write_text("flip = true\n", encoding="utf-8")
    refused = posetui("config", "--init")
    assert refused.returncode == 2
    assert "--force" in refused.stderr
    assert config_path.read_text(encoding="utf-8") == "flip = true\n"
    assert posetui("config", "--init", "--force").returncode == 0
    assert "#flip = false" in config_path.read_text(encoding="utf-8")


def test_another_file_is_named_by_the_environment(posetui: RunPosetui, tmp_path: Path) -> None:
    other = tmp_path / "other.toml"
    missing = posetui("config", env={"POSETUI_CONFIG": str(other)})
    assert missing.returncode == 2
    assert "does not exist" in missing.stderr
    assert posetui("config", "--init", env={"POSETUI_CONFIG": str(other)}).returncode == 0
    assert posetui("config", env={"POSETUI_CONFIG": str(other)}).stdout.startswith(f"Config file: {other}\n")
