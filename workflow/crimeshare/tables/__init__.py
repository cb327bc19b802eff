"""From a workbook grid to observations, by maps kept as data in ``layouts/``."""

from pathlib import Path

LAYOUTS = Path(__file__).parent / "layouts"
