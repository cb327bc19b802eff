"""An executed notebook, as a kernel writes what its cells show."""

from __future__ import annotations

import json
from pathlib import Path

from crimeshare.publish.elements.output import Output


def write_executed(path: Path, *outputs: Output) -> Path:
    """Write the outputs to a notebook, with the figures that they hand over as data."""
    cells = []
    for output in outputs:
        data, metadata = output._repr_mimebundle_()
        shown = {"output_type": "execute_result", "data": data, "metadata": metadata}
        cells.append({"cell_type": "code", "metadata": {}, "source": [], "outputs": [shown]})
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"cells": cells}), encoding="utf-8")
    return path
