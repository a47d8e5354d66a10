"""The Textual app: screens and widgets. Shows; decides nothing about pose."""
