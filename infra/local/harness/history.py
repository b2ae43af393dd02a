"""A made-up history of many instruments, as large as is wanted, in the template that any broker's data fits."""

from datetime import date, timedelta

HEADER = "date;type;isin;quantity;price;currency;account"


def isin(number: int) -> str:
    """A Polish ISIN with its check digit (ISO 6166): letters as two digits, then Luhn."""
    body = f"PL{number:09d}"
    digits = [int(digit) for digit in "".join(str(int(letter, 36)) for letter in body)]
    doubled = [digit * 2 if at % 2 == 0 else digit for at, digit in enumerate(reversed(digits))]
    total = sum(value // 10 + value % 10 for value in doubled)
    return f"{body}{-total % 10}"


def history(instruments: int, rounds: int) -> bytes:
    """So many purchases and sales of each instrument, all in złoty: no rate is needed."""
    rows = [HEADER]
    for round_ in range(rounds):
        day = date(2025, 1, 7) + timedelta(days=round_ % 300)
        for number in range(instruments):
            code = isin(number + 1)
            rows.append(f"{day};buy;{code};10;{100 + number % 7};PLN;A")
            rows.append(f"{day + timedelta(days=1)};sell;{code};10;{103 + round_ % 5};PLN;A")
    return ("\n".join(rows) + "\n").encode()
