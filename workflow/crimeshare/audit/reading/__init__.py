"""Running text to statements: numbers, periods and names are found, then tied to one another.

Plain Python alone, with nothing but the words of people in ``resources/reference``: the same code
reads a text at the shell and in a browser.  Patterns have no named groups, which not every
Python reads alike.
"""
