"""Gradescope: a `results.json` for each submission."""

from collections.abc import Iterator

from grader.course import Gradebook
from grader.reports import gradescope_json
from grader.reports.exports.grades import reports_without_error, waiting
from grader.reports.exports.protocol import Exported, ExportOptions
from grader.reports.folder_name import folder_name


def export(gradebook: Gradebook, options: ExportOptions) -> Exported:
    """A folder for each student, with the file."""
    files = {
        f"gradescope/{folder_name(report.submission.id)}/{gradescope_json.FILENAME}":
            gradescope_json.render(report)
        for report in reports_without_error(gradebook)
    }  # fmt: skip
    return Exported(files, (*_late(gradebook), *waiting(gradebook)))


def _late(gradebook: Gradebook) -> Iterator[str]:
    if any(standing.timing and standing.timing.credit < 1 for standing in gradebook.standings):
        yield "the scores have no penalty for late work: Gradescope applies its own"
