"""The statistics: recorded crime, survey estimates, revisions."""
