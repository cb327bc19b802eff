"""Charts, tables, prose, notebooks, site and data pack."""
