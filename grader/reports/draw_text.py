"""A student's draw as readable text, with all digits."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray


def render(
    values: Mapping[str, NDArray[np.float64]], student: str, title: str, variant: str = ""
) -> str:
    """The values by name, as NumPy prints them."""
    lines = [f"# {title}", f"# the draw of {student!r}", *([f"# {variant}"] if variant else [])]
    for name, array in values.items():
        shape = "×".join(str(size) for size in array.shape) or "scalar"
        lines.append(f"\n{name}  ({shape})")
        lines.append(np.array2string(array, floatmode="unique", separator=", ", max_line_width=100))
    return "\n".join(lines)
