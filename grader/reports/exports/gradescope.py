"""Gradescope: a `results.json` a submission."""

from grader.course import Gradebook
from grader.reports import gradescope_json
from grader.reports.exports.protocol import Exported, Options
from grader.reports.folder_name import folder_name


def export(gradebook: Gradebook, options: Options) -> Exported:
    """A folder a student, each with its file."""
    return Exported({
        f"gradescope/{folder_name(report.submission.id)}/{gradescope_json.FILENAME}":
            gradescope_json.render(report)
        for report in gradebook.reports
    })  # fmt: skip
