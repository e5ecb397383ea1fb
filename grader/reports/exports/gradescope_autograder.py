"""`autograder.zip` for Gradescope's programming assignments: it checks each new submission."""

import io
import zipfile

from grader.course import Gradebook
from grader.reports import gradescope_json
from grader.reports.exports import own_wheel
from grader.reports.exports.protocol import Exported, ExportError, ExportOptions

_SETUP = """#!/usr/bin/env bash
# Installs the grader once, when the image is built.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive
apt-get update

# The grader needs Python 3.11; plain python3 is 3.10 in the image that Gradescope takes by default.
python=""
for version in 3.13 3.12 3.11; do
    if apt-get install -y "python$version" "python$version-venv"; then
        python="python$version"
        break
    fi
done
if [ -z "$python" ]; then
    echo "This image has no Python 3.11 or newer: choose a newer one under Base Image." >&2
    exit 1
fi
"$python" -m venv /opt/grader
# The grader comes with this zip. Its requirements come from the index, in the versions that were tried.
/opt/grader/bin/pip install --constraint /autograder/source/constraints.txt /autograder/source/*.whl
"""

_RUN = """#!/usr/bin/env bash
# Checks one submission. The placeholder stays if the grader crashes: a crash is no grade.
mkdir -p /autograder/results
cp /autograder/source/placeholder.json /autograder/results/results.json

# Whose draw arrays were computed from: what stands before the @ of the address.
student=$(/opt/grader/bin/python -c '
import json
users = json.load(open("/autograder/submission_metadata.json"))["users"]
print(users[0]["email"].partition("@")[0])
' 2>/dev/null)
/opt/grader/bin/grader check /autograder/source/problem /autograder/submission \\
    ${student:+--student "$student"} --format gradescope --out /autograder/results/results.json
exit 0
"""
_DATE = (2026, 1, 1, 0, 0, 0)  # fixed, so that the zip is always the same


def export(gradebook: Gradebook, options: ExportOptions) -> Exported:
    """The zip to upload. Raises ExportError without the files of the problem."""
    if not options.problem:
        raise ExportError("the problem is no longer in its place; give the new one with --problem")
    scripts = {"setup.sh": _SETUP, "run_autograder": _RUN}
    wheel_name, wheel = own_wheel.wheel()
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, text in scripts.items():
            _add(zipped, name, text.encode(), 0o755)
        _add(zipped, wheel_name, wheel)
        _add(zipped, "constraints.txt", own_wheel.constraints().encode())
        _add(zipped, "placeholder.json", gradescope_json.placeholder().encode())
        for name, data in sorted(options.problem.items()):
            _add(zipped, f"problem/{name}", data)
    return Exported({"autograder.zip": stream.getvalue()})


def _add(zipped: zipfile.ZipFile, name: str, data: bytes, mode: int = 0o644) -> None:
    member = zipfile.ZipInfo(name, _DATE)
    member.compress_type = zipfile.ZIP_DEFLATED
    member.create_system = 3  # Unix: other systems lose the permissions
    member.external_attr = (0o100000 | mode) << 16
    zipped.writestr(member, data)
