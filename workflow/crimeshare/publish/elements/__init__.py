"""What every page is made of: figures, prose, tables, charts and the sources beside them."""
