"""Failures a user can act on.

Everything the pipeline refuses is a :class:`Problem`: one sentence (or several, one a
line) that says what, where, what was expected and what to do.  Scripts print the sentence
and write the traceback to their log; see :mod:`crimeshare.running`.

Read at every start of Snakemake, hence nothing but the standard library.
"""

import errno


class Problem(Exception):
    """A refusal in plain words; ``str(problem)`` is what the user reads."""


class Problems(Problem):
    """Several problems found in one pass, so that a person mends them all at once."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(self.problems))


_ADVICE = {
    errno.ENOSPC: "the disk is full; free some space, a build needs about 500 MB",
    errno.EDQUOT: "your quota of disk space is used up; free some space, a build needs about "
    "500 MB",
    errno.EROFS: "it lies on a disk that is read-only; copy the project to where you may write",
    errno.EACCES: "you have no right to; change its permissions, or work in a copy of your own",
    errno.EPERM: "you have no right to; change its permissions, or work in a copy of your own",
    errno.ENOENT: "there is no such file; look whether the name is right",
    errno.EISDIR: "it is a folder; name a file",
    errno.ENOTDIR: "a part of it is a file, not a folder; look whether the name is right",
    errno.ENAMETOOLONG: "the name is longer than a name may be; look whether it is one",
    errno.ELOOP: "its links lead round in a circle; look where they should lead",
    errno.EMFILE: "too many files are open; run it with fewer --cores",
    errno.ENOMEM: "there is not enough memory; run it with fewer --cores",
}


def explained(error: OSError) -> Problem:
    """What went wrong with a file, as a sentence with its path and what is needed."""
    path = shown(error.filename) if error.filename else "A file"
    # Arrow names no file, but keeps the number.
    advice = _ADVICE.get(error.errno or 0, "")
    if not advice:
        return Problem(f"{path} cannot be read or written: {shown(error.strerror or error)}.")
    return Problem(f"{path} cannot be read or written: {advice}. Then run it again.")


def shown(value: object, limit: int = 200) -> str:
    """A value from outside as part of a sentence: on one line, printable, and not too long."""
    try:
        text = str(value)
    except (ValueError, RecursionError):  # whole numbers of more than 4,300 digits have no text
        return "a number or list too long to print"
    text = "".join(
        sign if sign.isprintable() else f"\\x{ord(sign):02x}" for sign in text[: limit + 1]
    )
    return text if len(text) <= limit else f"{text[:limit]}..."
