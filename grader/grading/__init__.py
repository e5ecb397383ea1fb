"""Problem + submission → `Report`: the story of grading on one screen."""

from grader.grading.grade import grade

__all__ = ["grade"]
