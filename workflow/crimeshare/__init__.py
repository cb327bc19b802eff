"""Read, measure and publish crime figures of England and Wales, every number with its source cell."""
