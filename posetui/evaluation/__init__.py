"""How right poses are: metrics against truth, and how stable they are without it. NumPy only."""
