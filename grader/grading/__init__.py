"""Problem + submission → `Report`: the story of grading on one screen."""

from grader.grading.grade import grade, report_of

__all__ = ["grade", "report_of"]
