"""posetui: htop for human pose."""

__version__ = "0.1.0"
