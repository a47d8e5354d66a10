"""Import and export: other people's formats, one module each.

Exporters take pose frames of one skeleton (`selecting` and `gaps` prepare them) and write files. Importers
read files into an `exchange.Imported`. Neither needs a tape file.
"""
