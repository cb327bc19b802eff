"""The audit of public statements: what each one asserts, what was published, the verdict.

A statement is data: a few lines of ``config/claims.yaml``, or options of ``crimeshare check``.
:mod:`.reading` reads numbers as people write them, :mod:`.stated` compares them with computed
ones, :mod:`.statements` reads the entry, and :mod:`.asserted` says what is judged.
:mod:`.evidence` opens the published figures, :mod:`.recorded` finds every vintage of a police
count in them; :mod:`.recorded_claims` and :mod:`.surveyed` judge, with the words of
:mod:`.verdicts`.  :mod:`.judging` judges any statement, :mod:`.checking` one for the command line,
:mod:`.audit` all of a file.
"""
