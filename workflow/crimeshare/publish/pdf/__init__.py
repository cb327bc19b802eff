"""From executed notebooks to PDF."""
