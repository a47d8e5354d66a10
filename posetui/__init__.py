"""posetui: htop for human pose."""

from posetui.version import __version__

__all__ = ["__version__"]
