"""The tables passed on: data package, dictionary and accessible workbook."""
