"""`autograder.zip` for Gradescope's programming assignments: it checks each hand-in as it comes."""

import io
import zipfile

from grader.course import Gradebook
from grader.reports import gradescope_json
from grader.reports.exports.protocol import Exported, ExportError, Options
from grader.version import __version__

_SETUP = f"""#!/usr/bin/env bash
# Installs the grader once, when the image is built.
set -euo pipefail
apt-get update && apt-get install -y python3 python3-pip python3-venv
python3 -m venv /opt/grader
/opt/grader/bin/pip install 'gradient-grader=={__version__}'
"""

_RUN = """#!/usr/bin/env bash
# Checks one hand-in. The placeholder stands until a result replaces it: a crash is never a grade.
mkdir -p /autograder/results
cp /autograder/source/placeholder.json /autograder/results/results.json
/opt/grader/bin/grader check /autograder/source/problem /autograder/submission \\
    --format gradescope --out /autograder/results/results.json
exit 0
"""
_WHEN = (2026, 1, 1, 0, 0, 0)  # the same zip every time


def export(gradebook: Gradebook, options: Options) -> Exported:
    """The zip to upload. Raises ExportError if the problem's files are not given."""
    if not options.problem:
        raise ExportError("the problem is not where it was graded; name it with --problem")
    files = {"setup.sh": _SETUP.encode(), "run_autograder": _RUN.encode(),
             "placeholder.json": gradescope_json.placeholder().encode()}  # fmt: skip
    files |= {f"problem/{name}": data for name, data in sorted(options.problem.items())}
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, data in files.items():
            member = zipfile.ZipInfo(name, _WHEN)
            mode = 0o755 if name in ("setup.sh", "run_autograder") else 0o644
            member.external_attr = (0o100000 | mode) << 16
            zipped.writestr(member, data)
    return Exported({"autograder.zip": stream.getvalue()})
