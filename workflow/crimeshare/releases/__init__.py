"""New releases: found at the source, pinned after a pre-flight, compared with what was there."""
