"""The grader itself as a wheel, for machines that cannot find it in an index."""

import base64
import hashlib
import io
import re
import zipfile
from importlib import metadata
from pathlib import Path

from grader.reports.exports.protocol import ExportError

NAME = "gradient-grader"
_PACKAGE = Path(__file__).parents[2]
_DATE = (2026, 1, 1, 0, 0, 0)  # fixed, so that the wheel is always the same
_WHEEL = "Wheel-Version: 1.0\nGenerator: grader\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
_REQUIREMENT = re.compile(r"[A-Za-z0-9._-]+")


def wheel() -> tuple[str, bytes]:
    """The wheel's name and content. Raises ExportError if the grader was not installed by pip."""
    installed = _distribution()
    stem = f"gradient_grader-{installed.version}"
    files = {f"grader/{name}": data for name, data in _files(_PACKAGE, "")}
    about = installed.read_text("METADATA") or installed.read_text("PKG-INFO") or ""
    folder = f"{stem}.dist-info"
    files |= {
        f"{folder}/METADATA": about.encode(),
        f"{folder}/WHEEL": _WHEEL.encode(),
        f"{folder}/entry_points.txt": (installed.read_text("entry_points.txt") or "").encode(),
    }
    lines = [f"{name},sha256={_digest(data)},{len(data)}" for name, data in sorted(files.items())]
    record = f"{folder}/RECORD"
    files[record] = "\n".join([*lines, f"{record},,", ""]).encode()
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, data in sorted(files.items()):
            member = zipfile.ZipInfo(name, _DATE)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.external_attr = 0o100644 << 16
            zipped.writestr(member, data)
    return f"{stem}-py3-none-any.whl", stream.getvalue()


def constraints() -> str:
    """The versions of the grader's requirements with which it runs here, for `pip --constraint`."""
    needed = [text for text in _distribution().requires or () if "extra ==" not in text]
    names = [match[0] for text in needed if (match := _REQUIREMENT.match(text))]
    return "".join(f"{name}=={metadata.version(name)}\n" for name in sorted(names))


def _distribution() -> metadata.Distribution:
    try:
        return metadata.distribution(NAME)
    except metadata.PackageNotFoundError as error:
        raise ExportError("the grader was not installed by pip, so it cannot be packed") from error


def _files(folder: Path, prefix: str) -> list[tuple[str, bytes]]:
    """The files of the package; its library is a link in a clone."""
    found = []
    for path in sorted(folder.iterdir()):
        if path.is_dir() and path.name != "__pycache__":
            found += _files(path, f"{prefix}{path.name}/")
        elif path.is_file() and path.suffix != ".pyc":
            found.append((prefix + path.name, path.read_bytes()))
    return found


def _digest(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
