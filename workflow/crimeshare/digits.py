"""How numbers are written: thousands in commas, halves away from zero, a true minus sign."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

MINUS = "\N{MINUS SIGN}"


def rounded(value: float, decimals: int = 1) -> Decimal:
    """`value` with so many decimals, halves away from zero, as the report rounds."""
    # Twelve digits: what is left of a published decimal after it was reckoned with.
    return Decimal(f"{value:.12g}").quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def fixed(value: float, decimals: int = 0, style: str = "") -> str:
    """`value` as text.

    Args:
        style: ``signed`` for a plus too, ``absolute`` for no sign.
    """
    number = rounded(value, decimals)
    digits = f"{abs(number):,.{decimals}f}"
    if style == "absolute" or number == 0:
        return digits
    if number < 0:
        return MINUS + digits
    return f"+{digits}" if style == "signed" else digits


def ordinal(number: int) -> str:
    """1st, 2nd, 3rd, 4th, 11th, 21st."""
    if number < 1:
        raise ValueError(f"there is no rank {number}")
    if 10 <= number % 100 <= 13:
        return f"{number:,}th"
    return f"{number:,}" + {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
