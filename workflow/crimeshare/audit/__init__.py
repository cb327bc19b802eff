"""The audit of public statements: what each one asserts, what was published, the verdict.

A statement is data: a few lines of ``config/claims.yaml``, or options of ``crimeshare check``.
:mod:`.reading` reads numbers as people write them, :mod:`.stated` compares them with computed
ones, :mod:`.statements` reads the entry, and :mod:`.asserted` says what is judged.
:mod:`.compact` writes the published figures small, :mod:`.vintages` reads every vintage of them,
and :mod:`.recorded_evidence` computes what statements are about; :mod:`.questions` turns a
statement into what is asked of it, :mod:`.recorded_claims` and :mod:`.survey_claims` judge, and
:mod:`.verdicts` says why in the words of ``reasons.md.j2``.  :mod:`.judging` judges any
statement, :mod:`.check_command` one for the command line, :mod:`.audit` all of a file.
"""
