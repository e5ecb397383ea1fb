"""JUnit XML for a class."""

from grader.course import Gradebook
from grader.reports import junit_xml
from grader.reports.exports.grades import reports_without_error, waiting
from grader.reports.exports.protocol import Exported, ExportOptions


def export(gradebook: Gradebook, options: ExportOptions) -> Exported:
    """One file, with a test suite for each student."""
    text = junit_xml.document(reports_without_error(gradebook))
    return Exported({"junit.xml": text}, waiting(gradebook))
