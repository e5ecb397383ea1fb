"""Renderers: a module for each format, all from the same `Report`.

A renderer of a submission has `FILENAME` and `render(report)`. A renderer of a class has `FILENAME`
and `render(gradebook)` (see `protocol`). `write` writes their files. jinja2 and rich are imported where
they are used, so that this package is fast to import.
"""
