"""The version, in its own file: the build reads it without importing the package."""

__version__ = "0.1.0"
