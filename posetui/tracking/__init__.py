"""Identities across frames."""
