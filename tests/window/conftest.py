"""Apps on terminals of their own."""

from tests.tui.conftest import open_app

__all__ = ["open_app"]
