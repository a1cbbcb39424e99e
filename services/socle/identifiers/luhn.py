"""Luhn's check digit (ISO/IEC 7812-1, annex B): RPPS, SIREN/SIRET, and FINESS with its two letters."""


def luhn_sum(digits: str) -> int:
    """Luhn's sum of a string of decimal digits; a multiple of ten when the last digit is the right one."""
    total = 0
    for position, char in enumerate(reversed(digits)):
        value = ord(char) - 48
        if position % 2:
            value *= 2
            if value > 9:
                value -= 9
        total += value
    return total


def luhn_digit(digits: str) -> str:
    """The digit to append to ``digits`` to make it valid."""
    return str(-luhn_sum(digits + "0") % 10)
