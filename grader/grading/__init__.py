"""From a problem and a submission to a `Report`."""

from grader.grading.run import grade, report_of

__all__ = ["grade", "report_of"]
