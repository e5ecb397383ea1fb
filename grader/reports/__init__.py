"""Renderers: one small file a format, all from the same `Report`.

A renderer of one submission is a module with `FILENAME` and `render(report)`; a renderer of a class
is a module with `FILENAME` and `render(reports)` (see `protocol`). `write` puts them on disk.
jinja2 and rich are imported where they are used, so that importing this room stays cheap.
"""
