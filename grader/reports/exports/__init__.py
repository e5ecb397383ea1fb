"""Exports of a gradebook for learning platforms and CI: a module for each format."""
