"""Reads the text of a paper into one tree; every character belongs to exactly one leaf."""
