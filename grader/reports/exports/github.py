"""GitHub: annotations, summary and Classroom result of each submission."""

from grader.course import Gradebook
from grader.reports import github_actions
from grader.reports.exports.grades import reports_without_error, waiting
from grader.reports.exports.protocol import Exported, ExportOptions
from grader.reports.folder_name import folder_name


def export(gradebook: Gradebook, options: ExportOptions) -> Exported:
    """A folder for each student: the annotations to print, the summary, and the result in base64."""
    files = {}
    for report in reports_without_error(gradebook):
        folder = f"github/{folder_name(report.submission.id)}"
        files[f"{folder}/annotations.txt"] = github_actions.annotations(report)
        files[f"{folder}/summary.md"] = github_actions.summary(report)
        files[f"{folder}/result.txt"] = github_actions.classroom(report) + "\n"
    return Exported(files, waiting(gradebook))
