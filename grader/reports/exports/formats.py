"""The table of exports. A new export is a module and a row here."""

from collections.abc import Mapping

from grader.reports.exports import (
    canvas,
    csv_table,
    github,
    gradescope,
    gradescope_autograder,
    junit,
    moodle,
    moodle_worksheet,
)
from grader.reports.exports.protocol import Exporter

FORMATS: Mapping[str, Exporter] = {
    "csv": csv_table,
    "canvas": canvas,
    "moodle": moodle,
    "moodle-worksheet": moodle_worksheet,
    "gradescope": gradescope,
    "gradescope-autograder": gradescope_autograder,
    "junit": junit,
    "github": github,
}

FILLED_IN = ("canvas", "moodle-worksheet")
"""The formats that fill in a file from the platform."""
