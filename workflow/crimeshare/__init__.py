"""Read, measure and publish crime figures, every number with the cell it came from."""

import os

# Arrow's allocator asks for pages of 2 MB, which the system fills with zeros each time a table is
# read and given back: on a virtual machine that took a fifth of a build. Programs that are started
# from here inherit it.
os.environ.setdefault("MIMALLOC_ALLOW_THP", "0")
