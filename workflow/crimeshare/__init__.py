"""Read, measure and publish crime figures, every number with the cell it came from."""
