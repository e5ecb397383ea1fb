"""Which mistake explains a wrong answer.

A mistake is a faulty backward pass; an answer has it if it has the values of that pass on every draw.
"""

from grader.diagnosis.diagnose import Diagnosing, Diagnosis
from grader.diagnosis.example import Examples
from grader.diagnosis.fingerprints import projection, ratio, same
from grader.diagnosis.sentences import times_text

__all__ = ["Diagnosing", "Diagnosis", "Examples", "projection", "ratio", "same", "times_text"]
