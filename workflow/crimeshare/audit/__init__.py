"""The audit of public statements: what each one asserts, what the releases say, the verdict.

A statement is data, a few lines of ``config/claims.yaml``.  :mod:`.stated` reads numbers as
people write them, :mod:`.statements` the file, and :mod:`.asserted` tells what was judged;
:mod:`.recorded`, :mod:`.open_data` and :mod:`.surveyed` find what every release at hand says,
:mod:`.verdicts` compares, :mod:`.audit` puts the parts together.
"""
