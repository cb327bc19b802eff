"""From a workbook grid to observations, by maps kept as data in ``layouts/``."""
