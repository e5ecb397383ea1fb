"""A class of thousands: submissions a second, memory, and what two processes gain over one.

    python benchmarks/classes.py                # 500 and 5,000 submissions
    python benchmarks/classes.py --most 1000

A tenth of the class hands in the real kind of paper, the rest answer files and short papers: right,
wrong, in odd notations, empty and broken. The cost of a submission must not grow with the class.
"""

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PROBLEM = ROOT / "problems/cs1678-hw3"
PAPERS = sorted((ROOT / "submissions/cs1678-hw3").glob("*.md"))
RIGHT = {
    "q1": (
        "delta*h2[1]",
        "h2[1]*delta",
        "delta*Sum(W2[1,k]*h1[k], (k, 1, n1))",
        "delta*(W2@h1)[1]",
    ),
    "q3": ("[[delta*h2[1], delta*h2[2]]]", "delta*h2.T", "(h2*delta).T"),
    "q11": ("delta*W3.T @ h1.T", "delta*outer(W3.T, h1)", "(h1 @ W3*delta).T"),
    "q15": ("delta*W2.T @ W3.T", "(delta*W3@W2).T"),
}
WRONG = {
    "q1": ("delta*h2[2]", "h2[1]", "-delta*h2[1]", "{0}*delta*h2[1]"),
    "q3": ("h2.T", "delta*h1.T", "{0}*delta*h2.T"),
    "q11": ("delta*W3.T @ z1.T", "W3.T @ h1.T", "delta*W3 @ h1", "{0}*delta*W3.T @ h1.T"),
    "q15": ("W2.T @ W3.T", "delta*W2 @ W3.T", "delta*W3.T"),
}
BROKEN = (
    b"",
    b"answers: {q1: 'delta*('}",
    b"answers: [",
    b"\xff\xfe\x00",
    b"I did not get this far.",
)


def generate(folder: Path, count: int) -> None:
    """A class, the same every time."""
    chance = random.Random(count)
    for number in range(count):
        name = f"s{number:05}"
        if number % 10 == 0:
            text = chance.choice(PAPERS).read_text("utf-8") + f"\nHanded in by {name}.\n"
            (folder / f"{name}.md").write_text(text, "utf-8")
        elif number % 10 == 1:
            (folder / f"{name}.yaml").write_bytes(chance.choice(BROKEN))
        else:
            (folder / f"{name}.yaml").write_text(_answers(chance), "utf-8")


def _answers(chance: random.Random) -> str:
    lines = ["answers:"]
    for question in RIGHT:
        table = WRONG if chance.random() < 0.3 else RIGHT
        text = chance.choice(table[question]).format(chance.randint(2, 99))
        lines.append(f'  {question}: "{text}"')
    return "\n".join(lines) + "\n"


def measured(folder: Path, out: Path, workers: int) -> tuple[float, float]:
    """Seconds, and the most memory that one process had, in MB."""
    code = (
        "import resource, sys; from grader.cli import main\n"
        "try: main()\n"
        "finally: print(max(resource.getrusage(w).ru_maxrss for w in (0, -1)), file=sys.stderr)"
    )
    command = ["grade", PROBLEM, folder, "--out", out, "--workers", workers, "--quiet"]
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, command)], capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    seconds = time.perf_counter() - start
    if done.returncode not in (0, 5):
        raise SystemExit(done.stderr)
    unit = 1 if sys.platform == "darwin" else 1024
    return seconds, int(done.stderr.split()[-1]) * unit / 1e6


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--most", type=int, default=5000)
    most = parser.parse_args().most
    rates: dict[tuple[int, int], tuple[float, float]] = {}
    with tempfile.TemporaryDirectory() as name:
        for count, workers in ((most // 10, 2), (most, 2), (most // 10, 1)):
            folder = Path(name) / f"class-{count}"
            if not folder.exists():
                folder.mkdir()
                generate(folder, count)
            seconds, memory = measured(folder, Path(name) / f"out-{count}-{workers}", workers)
            rates[count, workers] = count / seconds, memory
            print(f"{count:6} submissions, {workers} workers: {count / seconds:6.1f} a second, "
                  f"{memory:5.0f} MB at most in one process")  # fmt: skip
    small, large, single = (rates[key] for key in ((most // 10, 2), (most, 2), (most // 10, 1)))
    print(f"cost of a submission, {most} against {most // 10}: {small[0] / large[0]:.2f} "
          "(should not be above 1.1)")  # fmt: skip
    print(f"memory, {most} against {most // 10}: {large[1] / small[1]:.2f}")
    print(f"two workers against one: {small[0] / single[0]:.2f}")


if __name__ == "__main__":
    main()
