"""Where releases come from: the registry, the ONS website, a mirror, the shipped figures."""
