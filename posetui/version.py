"""The version, by itself: whoever needs it does not depend on the package's whole interface."""

__version__ = "0.1.0"
