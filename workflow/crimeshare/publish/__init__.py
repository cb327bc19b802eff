"""What readers get: charts, tables and prose, put together as site, PDF and data pack."""
