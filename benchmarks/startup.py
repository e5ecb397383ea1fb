"""`grader check` on the real paper as a whole process, against `python -c "import numpy"`.

    python benchmarks/startup.py

Prints the minimum of ten interleaved runs of both, and their ratio. The problem is in the cache, as it
is from the second start on.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
RUNS = 10
PAPER = ROOT / "submissions" / "cs1678-hw3" / "student-01.md"
CHECK = [sys.executable, "-c", "from grader.cli import main; main()", "check",
         str(ROOT / "problems" / "cs1678-hw3"), str(PAPER)]  # fmt: skip
# Installed packages are compiled; here the first start does it.
ENVIRONMENT = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
NUMPY = [sys.executable, "-c", "import numpy"]


def main() -> None:
    """Time both, interleaved."""
    _seconds(CHECK)
    best = [float("inf"), float("inf")]
    for _ in range(RUNS):
        for at, command in enumerate((CHECK, NUMPY)):
            best[at] = min(best[at], _seconds(command))
    print(f"grader check   {best[0] * 1e3:7.0f} ms")
    print(f"import numpy   {best[1] * 1e3:7.0f} ms")
    print(f"ratio          {best[0] / best[1]:7.2f}   (at most 3)")


def _seconds(command: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=False, env=ENVIRONMENT)
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
