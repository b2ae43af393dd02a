#!/usr/bin/env python3
"""Writes the sample mails of this directory, the same bytes every time.

People, accounts and amounts are invented; instruments are real, prices and pay days near the real ones,
and every total follows from its parts. Needs Python alone:

    python3 samples/generate.py
"""

import csv
import datetime as dt
import io
import pathlib
import zipfile
from decimal import ROUND_HALF_UP, Decimal
from email.message import EmailMessage
from email.policy import SMTP

HERE = pathlib.Path(__file__).parent
CALC = "calc@investtax.example"


def money(amount):
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


def plain(number):
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def rates(year):
    with open(HERE / "rates" / f"table_a_{year}.csv", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def published(day):
    """The last table before the day: what the broker's own rate is made from, roughly."""
    earlier = [row for row in rates(int(day[:4])) if row["date"] < day]
    return earlier[-1]


# --- Trading 212 -------------------------------------------------------------------------------------

T212_COLUMNS = [
    "Action", "Time", "ISIN", "Ticker", "Name", "Notes", "ID", "No. of shares", "Price / share",
    "Currency (Price / share)", "Exchange rate", "Result", "Currency (Result)", "Total",
    "Currency (Total)", "Withholding tax", "Currency (Withholding tax)", "Stamp duty reserve tax",
    "Currency (Stamp duty reserve tax)", "Currency conversion fee",
    "Currency (Currency conversion fee)",
]

SECURITIES = {
    "AAPL": ("US0378331005", "Apple", "USD"),
    "BA.": ("GB0002634946", "BAE Systems", "GBX"),
    "KO": ("US1912161007", "Coca-Cola", "USD"),
    "NVDA": ("US67066G1040", "Nvidia", "USD"),
    "PYPL": ("US70450Y1038", "PayPal", "USD"),
    "VWCE": ("IE00BK5BQT80", "Vanguard FTSE All-World UCITS ETF (Acc)", "EUR"),
}


class Trading212:
    """An account in euros."""

    def __init__(self, first_id):
        self.rows, self.next_id = [], first_id

    def _row(self, action, time, **cells):
        self.rows.append({"Action": action, "Time": time, **cells})

    def _id(self):
        self.next_id += 7
        return f"EOF{self.next_id}"

    def _instrument(self, ticker):
        isin, name, currency = SECURITIES[ticker]
        return {"ISIN": isin, "Ticker": ticker, "Name": name, "Currency (Price / share)": currency}

    def _rate(self, currency, day):
        """Units of the currency for one euro."""
        table = published(day)
        if currency == "EUR":
            return Decimal(1)
        unit = Decimal(table["GBP"]) / 100 if currency == "GBX" else Decimal(table[currency])
        return (Decimal(table["EUR"]) / unit).quantize(Decimal("0.00001"))

    def trade(self, action, time, ticker, shares, price, result=None):
        cells = self._instrument(ticker)
        currency, buying = cells["Currency (Price / share)"], action.endswith("buy")
        shares, price = Decimal(shares), Decimal(price)
        rate = self._rate(currency, time[:10])
        value = shares * price / rate
        fee = money(value * Decimal("0.0015")) if currency != "EUR" else Decimal(0)
        duty = Decimal(0)
        if buying and currency == "GBX":
            duty = money(shares * price / 100 * Decimal("0.005"))
        duty_in_euros = duty * 100 / rate
        total = money(value + fee + duty_in_euros if buying else value - fee)
        cells |= {
            "ID": self._id(),
            "No. of shares": f"{shares:.10f}",
            "Price / share": f"{price:.10f}",
            "Exchange rate": f"{rate:.8f}",
            "Total": f"{total}",
            "Currency (Total)": "EUR",
        }
        if result:
            cells |= {"Result": result, "Currency (Result)": "EUR"}
        if fee:
            cells |= {"Currency conversion fee": f"{fee}", "Currency (Currency conversion fee)": "EUR"}
        if duty:
            cells |= {"Stamp duty reserve tax": f"{duty}", "Currency (Stamp duty reserve tax)": "GBP"}
        self._row(action, time, **cells)

    def dividend(self, time, ticker, shares, gross, tax_percent):
        """The export has the dividend per share after tax, and the tax in a column of its own."""
        cells = self._instrument(ticker)
        currency = cells["Currency (Price / share)"]
        shares, gross = Decimal(shares), Decimal(gross)
        withheld = money(shares * gross * tax_percent / 100)
        net = gross * (100 - tax_percent) / 100
        cells |= {
            "No. of shares": f"{shares:.10f}",
            "Price / share": f"{net:.6f}",
            "Exchange rate": "Not available",
            "Total": f"{money(shares * net / self._rate(currency, time[:10]))}",
            "Currency (Total)": "EUR",
            "Withholding tax": f"{withheld}",
            "Currency (Withholding tax)": currency,
        }
        kind = "Dividend (Dividend)" if currency == "GBX" else "Dividend (Ordinary)"
        self._row(kind, time, **cells)

    def split(self, time, ticker, before, after, price_before):
        cells = self._instrument(ticker)
        price_after = Decimal(price_before) * Decimal(before) / Decimal(after)
        for action, shares, price in [
            ("Stock split close", before, Decimal(price_before)),
            ("Stock split open", after, price_after),
        ]:
            self._row(action, time, **cells, **{
                "ID": self._id(),
                "No. of shares": f"{Decimal(shares):.10f}",
                "Price / share": f"{price:.10f}",
                "Exchange rate": "1",
                "Total": "0",
                "Currency (Total)": "EUR",
            })

    def cash(self, action, time, amount, notes):
        self._row(action, time, Total=amount, Notes=notes, ID=self._id(), **{"Currency (Total)": "EUR"})

    def daily_interest(self, year, cents):
        """Two to nine cents for every night of the year."""
        day = dt.date(year, 1, 1)
        while day.year == year:
            amount = Decimal(cents[day.toordinal() % len(cents)]) / 100
            self.cash("Interest on cash", f"{day} 02:12:33", f"{amount:.2f}", "Interest on cash")
            day += dt.timedelta(days=1)

    def csv(self, year):
        of_year = [row for row in self.rows if row["Time"].startswith(str(year))]
        of_year.sort(key=lambda row: row["Time"])
        out = io.StringIO()
        writer = csv.DictWriter(out, T212_COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(of_year)
        return out.getvalue().encode()


def long_run():
    """Three years: a loss in 2023, a split in 2024, and lots sold in part in 2025."""
    account = Trading212(50_100_000)
    account.cash("Deposit", "2023-01-09 09:02:11", "6500.00", "Bank Transfer")
    account.trade("Market buy", "2023-01-11 15:41:07", "AAPL", "10", "132.40")
    account.trade("Market buy", "2023-02-14 15:02:52", "PYPL", "12", "76.90")
    account.trade("Limit buy", "2023-03-15 10:12:40", "VWCE", "8", "93.50")
    account.dividend("2023-05-18 11:03:10", "AAPL", "10", "0.24", 15)
    account.trade("Market buy", "2023-06-06 16:20:31", "KO", "15", "60.35")
    account.trade("Market buy", "2023-06-20 15:31:45", "NVDA", "2.5", "430.10")
    account.dividend("2023-08-17 11:01:54", "AAPL", "10", "0.24", 15)
    account.dividend("2023-10-02 12:40:03", "KO", "15", "0.46", 15)
    account.trade("Limit sell", "2023-11-14 15:47:22", "PYPL", "12", "55.60", "-252.19")
    account.dividend("2023-11-16 11:05:27", "AAPL", "10", "0.24", 15)
    account.dividend("2023-12-15 12:31:18", "KO", "15", "0.46", 15)

    account.trade("Market buy", "2024-01-18 10:05:13", "BA.", "30", "1168.50")
    account.dividend("2024-02-15 11:03:44", "AAPL", "10", "0.24", 15)
    account.trade("Market sell", "2024-02-22 15:36:09", "NVDA", "0.5", "780.00", "158.73")
    account.dividend("2024-04-01 12:22:09", "KO", "15", "0.485", 15)
    account.dividend("2024-05-16 11:04:01", "AAPL", "10", "0.25", 15)
    account.dividend("2024-06-03 10:44:30", "BA.", "30", "18.5", 0)
    account.split("2024-06-10 07:02:15", "NVDA", "2", "20", "1208.88")
    account.dividend("2024-07-01 12:20:37", "KO", "15", "0.485", 15)
    account.trade("Limit sell", "2024-07-15 15:58:33", "AAPL", "4", "234.20", "361.04")
    account.dividend("2024-08-15 11:02:19", "AAPL", "6", "0.25", 15)
    account.trade("Market buy", "2024-09-20 09:30:05", "VWCE", "4.25", "118.20")
    account.dividend("2024-10-01 12:24:50", "KO", "15", "0.485", 15)
    account.dividend("2024-12-02 10:41:09", "BA.", "30", "12.4", 0)
    account.trade("Market sell", "2024-12-31 15:12:26", "KO", "5", "62.26", "19.31")

    account.daily_interest(2025, [4, 5, 4, 6, 5, 2, 9])
    account.trade("Market sell", "2025-02-10 15:40:58", "NVDA", "8", "133.57", "704.42")
    account.dividend("2025-02-13 11:02:03", "AAPL", "6", "0.25", 15)
    account.dividend("2025-04-01 12:21:33", "KO", "10", "0.51", 15)
    account.trade("Market buy", "2025-04-09 15:33:17", "AAPL", "3.5", "181.25")
    account.dividend("2025-05-15 11:06:48", "AAPL", "9.5", "0.26", 15)
    account.dividend("2025-06-02 10:45:12", "BA.", "30", "20.6", 0)
    account.trade("Limit sell", "2025-06-18 10:02:20", "VWCE", "10", "122.80", "243.60")
    account.trade("Market sell", "2025-07-22 10:48:06", "BA.", "12", "1895.00", "98.75")
    account.trade("Limit sell", "2025-09-03 15:39:54", "AAPL", "7", "238.10", "590.08")
    account.dividend("2025-10-01 12:20:59", "KO", "10", "0.51", 15)
    account.cash("Withdrawal", "2025-11-03 08:15:00", "-1500.00", "Bank Transfer")
    account.dividend("2025-12-01 10:43:37", "BA.", "18", "13.5", 0)
    return account


def short_run():
    """Two years of three instruments, without a trade around the turn of the year."""
    account = Trading212(61_200_000)
    account.cash("Deposit", "2024-03-04 08:31:40", "2500.00", "Bank Transfer")
    account.trade("Market buy", "2024-03-06 15:32:10", "KO", "12", "59.58")
    account.trade("Market buy", "2024-04-11 10:17:25", "VWCE", "6.5", "109.90")
    account.dividend("2024-07-01 12:20:37", "KO", "12", "0.485", 15)
    account.trade("Market buy", "2024-08-07 15:33:02", "PYPL", "9", "63.80")
    account.dividend("2024-10-01 12:24:50", "KO", "12", "0.485", 15)
    account.dividend("2025-04-01 12:21:33", "KO", "12", "0.51", 15)
    account.trade("Limit sell", "2025-05-12 15:41:19", "PYPL", "9", "71.35", "9.43")
    account.trade("Market sell", "2025-07-17 10:22:48", "VWCE", "2.25", "125.48", "35.05")
    account.dividend("2025-10-01 12:20:59", "KO", "12", "0.51", 15)
    account.trade("Market sell", "2025-11-05 16:04:33", "KO", "12", "68.50", "49.70")
    return account


# --- Interactive Brokers -----------------------------------------------------------------------------

class ActivityStatement:
    """One year of an account in euros, section by section."""

    STOCKS = {
        "ASML": ("NL0010273215", "ASML HOLDING NV", "AEB", "EUR", "117589399"),
        "JNJ": ("US4781601046", "JOHNSON & JOHNSON", "NYSE", "USD", "8719"),
        "MSFT": ("US5949181045", "MICROSOFT CORP", "NASDAQ", "USD", "272093"),
        "WMT": ("US9311421039", "WALMART INC", "NYSE", "USD", "13824"),
    }

    def __init__(self, year, lots):
        """Lots bought in earlier years are carried in as `{symbol: [[shares, cost], ...]}`."""
        self.year, self.lots = year, lots
        self.trades, self.actions, self.dividends, self.taxes, self.interest = [], [], [], [], []

    def trade(self, time, symbol, quantity, price, close):
        currency = self.STOCKS[symbol][3]
        quantity, price, close = Decimal(quantity), Decimal(price), Decimal(close)
        commission = Decimal("-3") if currency == "EUR" else Decimal("-1")
        proceeds = -quantity * price
        lots = self.lots.setdefault(symbol, [])
        if quantity > 0:
            basis, realized = -proceeds - commission, Decimal(0)
            lots.append([quantity, basis])
        else:
            basis = -self._take(lots, -quantity)
            realized = proceeds + commission + basis
        market = (close - price) * quantity
        row = [quantity, price, close, proceeds, commission, basis, realized, market]
        code = "O" if quantity > 0 else "C"
        self.trades.append((currency, symbol, time, [plain(round(x, 6)) for x in row], code))

    @staticmethod
    def _take(lots, quantity):
        cost = Decimal(0)
        while quantity:
            shares, basis = lots[0]
            part = min(shares, quantity)
            cost += basis * part / shares
            quantity -= part
            lots[0] = [shares - part, basis - basis * part / shares]
            if not lots[0][0]:
                lots.pop(0)
        return cost

    def split(self, report, effective, symbol, new, old):
        isin, name = self.STOCKS[symbol][:2]
        held = sum(shares for shares, _ in self.lots[symbol])
        self.lots[symbol] = [[shares * new / old, cost] for shares, cost in self.lots[symbol]]
        text = f"{symbol}({isin}) Split {new} for {old} ({symbol}, {name}, {isin})"
        self.actions.append(("USD", report, effective, text, plain(held * new / old - held)))

    def dividend(self, day, symbol, shares, per_share, percent, booked=None):
        """`booked` lists the tax rows if not one row of the percentage."""
        isin, _, _, currency, _ = self.STOCKS[symbol]
        text = f"{symbol}({isin}) Cash Dividend {currency} {per_share} per Share"
        gross = Decimal(shares) * Decimal(per_share)
        self.dividends.append((currency, day, f"{text} (Ordinary Dividend)", gross))
        for tax in booked or [-money(gross * percent / 100)]:
            self.taxes.append((currency, day, f"{text} - {isin[:2]} Tax", Decimal(tax)))

    def credit_interest(self, day, month, amount):
        tax = -money(Decimal(amount) * 20 / 100)
        self.interest.append(("EUR", day, f"EUR Credit Interest for {month}", Decimal(amount)))
        self.taxes.append(("EUR", day, f"Withholding @ 20% on Credit Interest for {month}", tax))

    def csv(self):
        out = io.StringIO()
        self.writer = csv.writer(out, lineterminator="\n")
        self._head()
        self._positions()
        self._trades()
        self._actions()
        self._cash("Dividends", ["Currency", "Date", "Description", "Amount"], self.dividends)
        self._cash("Withholding Tax", ["Currency", "Date", "Description", "Amount", "Code"], self.taxes)
        self._cash("Interest", ["Currency", "Date", "Description", "Amount"], self.interest)
        self._instruments()
        return ("\ufeff" + out.getvalue()).encode()

    def _write(self, section, kind, *cells):
        self.writer.writerow([section, kind, *cells])

    def _head(self):
        for name, value in [
            ("BrokerName", "Interactive Brokers Ireland Limited"),
            ("BrokerAddress", "North Dock One, 91/92 North Wall Quay, Dublin 1 D01 H7V7, Ireland"),
            ("Title", "Activity Statement"),
            ("Period", f"January 1, {self.year} - December 31, {self.year}"),
            ("WhenGenerated", f"{self.year + 1}-01-16, 04:12:35 EST"),
        ]:
            if name == "BrokerName":
                self._write("Statement", "Header", "Field Name", "Field Value")
            self._write("Statement", "Data", name, value)
        self._write("Account Information", "Header", "Field Name", "Field Value")
        for name, value in [
            ("Name", "Thomas Example"), ("Account", "U0000042"), ("Account Type", "Individual"),
            ("Customer Type", "Individual"), ("Account Capabilities", "Cash"), ("Base Currency", "EUR"),
        ]:
            self._write("Account Information", "Data", name, value)

    def _positions(self):
        self._write(
            "Open Positions", "Header", "DataDiscriminator", "Asset Category", "Currency", "Symbol",
            "Quantity", "Mult", "Cost Price", "Cost Basis", "Close Price", "Value", "Unrealized P/L", "Code",
        )
        for symbol, lots in sorted(self.lots.items()):
            shares, cost = sum(lot[0] for lot in lots), sum(lot[1] for lot in lots)
            if not shares:
                continue
            each = plain(round(cost / shares, 9))
            value = plain(round(cost, 6))
            self._write(
                "Open Positions", "Data", "Summary", "Stocks", self.STOCKS[symbol][3], symbol,
                plain(shares), 1, each, value, each, value, 0, "",
            )

    def _trades(self):
        self._write(
            "Trades", "Header", "DataDiscriminator", "Asset Category", "Currency", "Symbol", "Date/Time",
            "Quantity", "T. Price", "C. Price", "Proceeds", "Comm/Fee", "Basis", "Realized P/L",
            "MTM P/L", "Code",
        )
        for currency in ["EUR", "USD"]:
            rows = sorted(trade for trade in self.trades if trade[0] == currency)
            for _, symbol, time, cells, code in sorted(rows, key=lambda trade: (trade[1], trade[2])):
                self._write("Trades", "Data", "Order", "Stocks", currency, symbol, time, *cells, code)
            if rows:
                sums = [plain(sum(Decimal(trade[3][at]) for trade in rows)) for at in [3, 4, 5, 6, 7]]
                self._write("Trades", "Total", "", "Stocks", currency, "", "", "", "", "", *sums, "")

    def _actions(self):
        if not self.actions:
            return
        self._write(
            "Corporate Actions", "Header", "Asset Category", "Currency", "Report Date", "Date/Time",
            "Description", "Quantity", "Proceeds", "Value", "Realized P/L", "Code",
        )
        for currency, report, effective, text, quantity in self.actions:
            self._write(
                "Corporate Actions", "Data", "Stocks", currency, report, effective, text, quantity,
                0, 0, 0, "",
            )
        self._write("Corporate Actions", "Data", "Total", "", "", "", "", "", 0, 0, 0, "")

    def _cash(self, section, header, rows):
        if not rows:
            return
        last = [""] if header[-1] == "Code" else []
        self._write(section, "Header", *header)
        for currency in ["EUR", "USD"]:
            of = [row for row in rows if row[0] == currency]
            for _, day, text, amount in of:
                self._write(section, "Data", currency, day, text, plain(amount), *last)
            if of:
                total = plain(sum(row[3] for row in of))
                self._write(section, "Data", "Total", "", "", total, *last)

    def _instruments(self):
        self._write(
            "Financial Instrument Information", "Header", "Asset Category", "Symbol", "Description",
            "Conid", "Security ID", "Underlying", "Listing Exch", "Multiplier", "Type", "Code",
        )
        used = {trade[1] for trade in self.trades} | set(self.lots)
        for symbol in sorted(used):
            isin, name, exchange, _, conid = self.STOCKS[symbol]
            self._write(
                "Financial Instrument Information", "Data", "Stocks", symbol, name, conid, isin, symbol,
                exchange, 1, "COMMON", "",
            )


def two_years():
    lots = {}
    first = ActivityStatement(2024, lots)
    first.trade("2024-01-16, 09:41:05", "MSFT", "10", "388.47", "390.27")
    first.trade("2024-01-17, 10:02:44", "WMT", "20", "161.20", "160.85")
    first.trade("2024-01-24, 04:15:20", "ASML", "3", "768.40", "772.10")
    first.dividend("2024-02-14", "ASML", "3", "1.45", 15)
    first.split("2024-02-26", "2024-02-23, 20:25:00", "WMT", 3, 1)
    first.dividend("2024-03-14", "MSFT", "10", "0.75", 15)
    first.dividend("2024-04-01", "WMT", "60", "0.2075", 15)
    # Taxed at 30 % at first, given back, and taxed as the treaty says.
    first.dividend("2024-06-13", "MSFT", "10", "0.75", 15, ["-2.25", "2.25", "-1.13"])
    first.trade("2024-08-20, 11:20:31", "WMT", "-15", "74.62", "74.91")
    first.dividend("2024-09-12", "MSFT", "10", "0.75", 15)
    first.credit_interest("2024-10-03", "Sep-2024", "3.17")
    first.trade("2024-10-30, 13:05:19", "MSFT", "-4", "434.10", "432.53")
    first.dividend("2024-12-12", "MSFT", "6", "0.83", 15)
    statement_2024 = first.csv()

    second = ActivityStatement(2025, lots)
    second.dividend("2025-01-02", "WMT", "45", "0.2075", 15)
    second.trade("2025-02-05, 09:58:12", "JNJ", "12", "153.30", "153.02")
    second.trade("2025-04-08, 05:10:56", "ASML", "2", "569.80", "561.50")
    second.dividend("2025-03-13", "MSFT", "6", "0.83", 15)
    second.dividend("2025-06-10", "JNJ", "12", "1.30", 15)
    second.trade("2025-06-12, 14:31:40", "WMT", "-45", "94.83", "94.75")
    second.dividend("2025-08-06", "ASML", "5", "1.60", 15)
    second.trade("2025-08-14, 10:44:02", "MSFT", "-2", "522.06", "522.48")
    second.dividend("2025-09-11", "MSFT", "4", "0.83", 15)
    second.credit_interest("2025-10-03", "Sep-2025", "5.84")
    second.trade("2025-10-08, 06:22:37", "ASML", "-4", "868.10", "870.40")
    second.dividend("2025-12-11", "MSFT", "4", "0.91", 15)
    return statement_2024, second.csv()


# --- The template as a workbook ----------------------------------------------------------------------

TEMPLATE = [
    "data;typ;ticker;isin;liczba;cena;kwota;waluta;prowizja;waluta_prowizji;kraj;podatek_u_zrodla;rachunek;uwagi",
    "2022-08-15;partia początkowa;MSFT;US5949181045;12;;0;USD;;;US;;E*TRADE;akcje od pracodawcy",
    "2023-02-20;kupno;KGH;PLKGHM000017;40;128.50;;PLN;19.53;PLN;;;XTB;",
    "2024-11-18;krypto kupno;BTC;;0.02;;7400.00;PLN;29.60;PLN;;;Zonda;",
    "2025-03-13;dywidenda;MSFT;US5949181045;;;9.96;USD;;;US;1.49;E*TRADE;",
    "2025-05-20;sprzedaż;MSFT;US5949181045;5;458.17;;USD;9.95;USD;;;E*TRADE;",
    "2025-06-16;sprzedaż;KGH;PLKGHM000017;25;118.20;;PLN;11.23;PLN;;;XTB;",
    "2025-07-08;pochodna;US500 CFD;;;;86.40;USD;;;;;XTB;pozycja zamknięta",
    "2025-07-31;opłata;;;;;4.00;EUR;;;;;E*TRADE;opłata za prowadzenie",
    "2025-08-19;pochodna;EURUSD CFD;;;;-31.75;USD;;;;;XTB;pozycja zamknięta",
    "2025-10-06;krypto sprzedaż;BTC;;0.015;;6750.00;PLN;27.00;PLN;;;Zonda;",
]


def workbook(lines):
    """The smallest XLSX with one sheet: numbers as numbers, days as days, the rest as text."""

    def cell(text, reference):
        if not text:
            return ""
        try:
            day = dt.date.fromisoformat(text)
            return f'<c r="{reference}" s="1"><v>{(day - dt.date(1899, 12, 30)).days}</v></c>'
        except ValueError:
            pass
        try:
            return f'<c r="{reference}"><v>{Decimal(text)}</v></c>'
        except ArithmeticError:
            safe = text.replace("&", "&amp;").replace("<", "&lt;")
            return f'<c r="{reference}" t="inlineStr"><is><t>{safe}</t></is></c>'

    rows = []
    for number, line in enumerate(lines, 1):
        cells = (cell(text, f"{chr(65 + at)}{number}") for at, text in enumerate(line.split(";")))
        rows.append(f'<row r="{number}">{"".join(cells)}</row>')
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    return archive({
        "[Content_Types].xml": f'{head}<Types xmlns="{package}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{kind}.styles+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{kind}.worksheet+xml"/></Types>',
        "_rels/.rels": f'{head}<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="rId1" Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'{head}<workbook xmlns="{main}" xmlns:r="{office}"><sheets>'
        '<sheet name="Historia" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'{head}<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="rId1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId2" Type="{office}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": f'{head}<styleSheet xmlns="{main}"><fonts count="1"><font/></fonts>'
        '<fills count="1"><fill/></fills><borders count="1"><border/></borders>'
        '<cellStyleXfs count="1"><xf/></cellStyleXfs>'
        '<cellXfs count="2"><xf/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs></styleSheet>',
        "xl/worksheets/sheet1.xml":
        f'{head}<worksheet xmlns="{main}"><sheetData>{"".join(rows)}</sheetData></worksheet>',
    })


def archive(files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, (2026, 2, 1, 12, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            packed.writestr(entry, content)
    return out.getvalue()


# --- Mails -------------------------------------------------------------------------------------------

def mail(author, subject, date, message_id, text, attachments):
    message = EmailMessage(policy=SMTP)
    message["From"] = author
    message["To"] = CALC
    message["Subject"] = subject
    message["Date"] = date
    message["Message-ID"] = f"<{message_id}>"
    message["MIME-Version"] = "1.0"
    message.set_content(text, cte="quoted-printable")
    for name, kind, content in attachments:
        main, sub = kind.split("/")
        if main == "message":
            message.add_attachment(content)
        else:
            message.add_attachment(content, maintype=main, subtype=sub, filename=name, cte="base64")
    if attachments:
        message.set_boundary(f"=_{message_id.split('@')[0]}")
    return message


def write(name, message):
    (HERE / name).write_bytes(message.as_bytes())


def trading212():
    account = long_run()
    files = [(f"from_{y}-01-01_to_{y}-12-31.csv", "text/csv", account.csv(y)) for y in (2023, 2024, 2025)]
    write("trading212.eml", mail(
        "Anna Nowak <anna.nowak@example.com>", "PIT-38 za 2025, Trading 212",
        "Tue, 03 Feb 2026 19:42:10 +0100", "t212-2026-02-03@example.com",
        "Dzień dobry,\n\nw załączniku historia z Trading 212 od otwarcia rachunku, po jednym pliku na rok.\n"
        "Proszę o rozliczenie za 2025 rok.\n\nPozdrawiam\nAnna\n", files))


def ibkr():
    first, second = two_years()
    write("ibkr.eml", mail(
        "Thomas Example <thomas@example.org>", "My statements for PIT-38",
        "Mon, 02 Mar 2026 08:05:47 +0000", "ibkr-2026-03-02@example.org",
        "Hello,\n\nattached are the activity statements of my account at Interactive Brokers for 2024 and 2025.\n"
        "Please calculate the tax for 2025.\n\nThanks,\nThomas\n",
        [("U0000042_2024_2024.csv", "text/csv", first), ("U0000042_2025_2025.csv", "text/csv", second)]))


def forwarded():
    account = short_run()
    export = archive({f"from_{y}-01-01_to_{y}-12-31.csv": account.csv(y) for y in (2024, 2025)})
    broker = EmailMessage(policy=SMTP)
    broker["From"] = "Trading 212 <noreply@broker.example>"
    broker["To"] = "piotr.zielinski@example.com"
    broker["Subject"] = "Your export is ready"
    broker["Date"] = "Sat, 31 Jan 2026 07:30:00 +0000"
    broker["Message-ID"] = "<export-20260131@broker.example>"
    broker["MIME-Version"] = "1.0"
    broker.set_content("Hello Piotr,\n\nthe export that you asked for is attached.\n", cte="quoted-printable")
    broker.add_attachment(export, maintype="application", subtype="zip", filename="export.zip", cte="base64")
    broker.set_boundary("=_broker-export")
    write("forwarded.eml", mail(
        "Piotr Zieliński <piotr.zielinski@example.com>", "Fwd: Your export is ready",
        "Sun, 01 Feb 2026 21:10:03 +0100", "fwd-2026-02-01@example.com",
        "Cześć, przesyłam dalej mail od brokera. Proszę o rozliczenie podatku.\n", [("", "message/rfc822", broker)]))


def correction():
    """The export of 2025 opened and saved in a spreadsheet that has spoiled four rows."""
    account = long_run()
    spoiled = account.csv(2025).decode()
    for before, after in [
        ("2025-02-10 15:40:58", "########"),
        (",8.0000000000,133.5700000000,", ",8.0000000000,133.57 lub 133.75,"),
        ("Market buy,2025-04-09", "Market buj,2025-04-09"),
        ("GB0002634946,BA.,BAE Systems,,EOF", "GB000263494,BA.,BAE Systems,,EOF"),
    ]:
        spoiled = spoiled.replace(before, after, 1)
    files = [(f"from_{y}-01-01_to_{y}-12-31.csv", "text/csv", account.csv(y)) for y in (2023, 2024)]
    files.append(("rok 2025 poprawiony.csv", "text/csv", spoiled.encode()))
    write("correction.eml", mail(
        "Anna Nowak <anna.nowak@example.com>", "Rozliczenie za 2025",
        "Tue, 03 Feb 2026 20:15:31 +0100", "t212-2026-02-03b@example.com",
        "Dzień dobry, poprawiłam plik w arkuszu, czy teraz jest dobrze?\n\nAnna\n", files))


def two_brokers():
    account = short_run()
    statements = two_years()
    files = [(f"from_{y}-01-01_to_{y}-12-31.csv", "text/csv", account.csv(y)) for y in (2024, 2025)]
    for year, statement in zip((2024, 2025), statements, strict=True):
        files.append((f"U0000042_{year}_{year}.csv", "text/csv", statement))
    write("two-brokers.eml", mail(
        "Katarzyna Przykładowa <kasia@example.org>", "Dwa rachunki, jeden PIT-38",
        "Thu, 02 Apr 2026 11:31:00 +0200", "two-2026-04-02@example.org",
        "Dzień dobry,\n\nmam rachunki w dwóch domach maklerskich, oba wyciągi są w załączniku.\n\nKasia\n", files))


def template():
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    write("template.eml", mail(
        "Marek Wzorowy <marek@example.com>", "Akcje pracownicze, CFD i krypto",
        "Thu, 12 Feb 2026 17:03:22 +0100", "template-2026-02-12@example.com",
        "Dzień dobry,\n\nprzesyłam wypełniony wzór: akcje od pracodawcy, KGHM, kontrakty CFD i bitcoin.\n\nMarek\n",
        [("InvestTax wzór.xlsx", kind, workbook(TEMPLATE))]))


if __name__ == "__main__":
    for write_sample in (trading212, ibkr, forwarded, correction, two_brokers, template):
        write_sample()
