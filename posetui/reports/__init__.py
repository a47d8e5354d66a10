"""Reports of evaluations: a page and a Markdown file, with plots and pictures."""
