"""A class as the instructor sees it: students, deadlines and the gradebook."""

from grader.course.gradebook import Column, Gradebook, Standing, StudentStatus
from grader.course.student import Student
from grader.course.timing import Timing

__all__ = ["Column", "Gradebook", "Standing", "Student", "StudentStatus", "Timing"]
