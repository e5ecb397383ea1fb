"""Answer files: YAML and JSON, with the place of every answer."""
