"""JUnit XML for a class."""

from grader.course import Gradebook
from grader.reports import junit_xml
from grader.reports.exports.grades import sound, waiting
from grader.reports.exports.protocol import Exported, ExportOptions


def export(gradebook: Gradebook, options: ExportOptions) -> Exported:
    """One file with a test suite a student."""
    return Exported({"junit.xml": junit_xml.document(sound(gradebook))}, waiting(gradebook))
