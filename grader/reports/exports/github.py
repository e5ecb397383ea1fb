"""GitHub: annotations, summary and Classroom result of every submission."""

from grader.course import Gradebook
from grader.reports import github_actions
from grader.reports.exports.grades import sound, waiting
from grader.reports.exports.protocol import Exported, ExportOptions
from grader.reports.folder_name import folder_name


def export(gradebook: Gradebook, options: ExportOptions) -> Exported:
    """A folder a student: what a workflow prints, its summary, and the result in base64."""
    files = {}
    for report in sound(gradebook):
        place = f"github/{folder_name(report.submission.id)}"
        files[f"{place}/annotations.txt"] = github_actions.annotations(report)
        files[f"{place}/summary.md"] = github_actions.summary(report)
        files[f"{place}/result.txt"] = github_actions.classroom(report) + "\n"
    return Exported(files, waiting(gradebook))
