"""Pure functions: arrays in, terminal cells or pixels out. No Textual."""
