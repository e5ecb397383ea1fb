"""Papers in Markdown, LaTeX and notebooks, as one stream of markers, formulas and prose."""
