"""Gradebooks for learning platforms and CI: a module a format."""
