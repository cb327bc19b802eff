"""Failures a user can act on.

Everything the pipeline refuses is a :class:`Problem`: one sentence (or several, one a
line) that says what, where, what was expected and what to do.  Scripts print the sentence
and write the traceback to their log; see :mod:`crimeshare.running`.
"""


class Problem(Exception):
    """A refusal in plain words; ``str(problem)`` is what the user reads."""


class Problems(Problem):
    """Several problems found in one pass, so that a person mends them all at once."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(self.problems))
