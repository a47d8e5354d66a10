"""What every test needs: OpenCV without display libraries; properties without a clock; the longest first."""

import pytest
from hypothesis import settings

from posetui import native

native.prepare()

# How long an example takes depends on what else the machine does.
settings.register_profile("posetui", deadline=None)
settings.load_profile("posetui")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the screen: its few long files would keep one process busy at the end while others wait."""
    items.sort(key=lambda item: "tui" not in item.path.parts)
