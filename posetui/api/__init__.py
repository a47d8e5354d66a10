"""What `import posetui` gives: sources, backends and evaluation for notebooks and scripts; see docs/api.md.

Nothing of posetui but the commands may use it: it stands on top, and stays when what is below changes.
"""
