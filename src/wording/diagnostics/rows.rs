//! Words for findings about rows and cells.

use super::{Pair, Words};

pub(super) const UNKNOWN_ROW: Words = Words {
    pl: Pair {
        what: "[Kolumna „{column}”: ]nie znam tego rodzaju wiersza[: „{value}”][ ({detail})].",
        to_do: "Jeśli to kupno, sprzedaż, dywidenda, odsetki lub opłata, popraw ten wiersz w \
                załączonym szablonie i odeślij go. Nie pomijam żadnego wiersza po cichu.",
    },
    en: Pair {
        what: "[Column “{column}”: ]this kind of row is not known[: “{value}”][ ({detail})].",
        to_do: "If it is a purchase, sale, dividend, interest or fee, complete the row in the \
                attached template and send it back. No row is ever skipped in silence.",
    },
};

pub(super) const UNKNOWN_COLUMN: Words = Words {
    pl: Pair {
        what: "Plik ma kolumnę, której nie znam[: „{column}”][, np. z wartością „{value}”].",
        to_do: "Jeśli jest w niej prowizja, podatek albo inna kwota, odpowiedz i przenieś ją do \
                kolumny szablonu. W przeciwnym razie nic nie trzeba robić.",
    },
    en: Pair {
        what: "The file has a column that is not known[: “{column}”][, for example with “{value}”].",
        to_do: "If it holds a commission, a tax or another amount, reply with it in a column of the \
                template. Otherwise nothing needs to be done.",
    },
};

pub(super) const MISSING_COLUMN: Words = Words {
    pl: Pair {
        what: "W nagłówku brakuje wymaganej kolumny[ „{column}”][ ({detail})].",
        to_do: "Wyeksportuj plik ponownie ze wszystkimi kolumnami albo dopisz brakującą kolumnę i \
                załącz plik w odpowiedzi.",
    },
    en: Pair {
        what: "A required column is missing from the header[: “{column}”][ ({detail})].",
        to_do: "Export the file again with all columns, or add the missing one, and attach it to \
                your reply.",
    },
};

pub(super) const ROW_SHAPE: Words = Words {
    pl: Pair {
        what: "Wiersz ma inną liczbę pól niż nagłówek albo uszkodzony tekst[ (pól: {detail})].",
        to_do: "Najczęściej to dodatkowy przecinek, średnik lub łamanie linii w tekście. Popraw \
                wiersz albo wyślij oryginalny plik od brokera.",
    },
    en: Pair {
        what: "The row has another number of fields than the header, or its text is damaged\
               [ (fields: {detail})].",
        to_do: "Most often it is an extra comma, semicolon or line break in a text. Repair the row \
                or send the broker's original file.",
    },
};

pub(super) const BAD_DATE: Words = Words {
    pl: Pair {
        what: "[Kolumna „{column}”: ]to nie jest data[: „{value}”].",
        to_do: "Wpisz datę jako rok-miesiąc-dzień, np. 2025-01-31, i odeślij plik.",
    },
    en: Pair {
        what: "[Column “{column}”: ]this is not a date[: “{value}”].",
        to_do: "Write the date as year-month-day, e.g. 2025-01-31, and send the file back.",
    },
};

pub(super) const IMPLAUSIBLE_DATE: Words = Words {
    pl: Pair {
        what: "[Kolumna „{column}”: ]data spoza możliwego zakresu[: „{value}”][ ({detail})].",
        to_do: "Sprawdź rok oraz kolejność dnia i miesiąca, popraw i odeślij plik.",
    },
    en: Pair {
        what: "[Column “{column}”: ]the date is outside of the possible range[: “{value}”]\
               [ ({detail})].",
        to_do: "Check the year and the order of day and month, correct it and send the file back.",
    },
};

pub(super) const BAD_NUMBER: Words = Words {
    pl: Pair {
        what: "[Kolumna „{column}”: ]tu musi być liczba[, a jest: „{value}”].",
        to_do: "Wpisz samą liczbę, np. 1234.56, bez waluty i bez spacji, i odeślij plik.",
    },
    en: Pair {
        what: "[Column “{column}”: ]a number must stand here[, found: “{value}”].",
        to_do: "Write the number alone, e.g. 1234.56, without currency and blanks, and send the \
                file back.",
    },
};

pub(super) const AMBIGUOUS_NUMBER: Words = Words {
    pl: Pair {
        what: "[Kolumna „{column}”: ]tę liczbę można odczytać na dwa sposoby[: „{value}”]\
               [ ({detail})].",
        to_do: "Zapisz ją bez separatora tysięcy, np. 1234 albo 1.234, i odeślij plik.",
    },
    en: Pair {
        what: "[Column “{column}”: ]this number can be read in two ways[: “{value}”][ ({detail})].",
        to_do: "Write it without a thousands separator, e.g. 1234 or 1.234, and send the file back.",
    },
};

pub(super) const DUPLICATE_DIFFERS: Words = Words {
    pl: Pair {
        what: "Ten wiersz ma ten sam numer operacji co inny[ ({detail})], ale inną liczbę lub kwotę.",
        to_do: "Pobierz u brokera jeden świeży eksport za cały okres i wyślij go zamiast obu plików.",
    },
    en: Pair {
        what: "This row has the same operation number as another[ ({detail})], but another quantity \
               or amount.",
        to_do: "Download one fresh export of the whole period and send it in place of both files.",
    },
};

pub(super) const DUPLICATE_DAY: Words = Words {
    pl: Pair {
        what: "Ten wiersz to ta sama operacja co inny[ ({detail})], ale z innym dniem[; przyjęto {value}].",
        to_do: "Jeśli dzień decyduje o roku, sprawdź go w potwierdzeniu transakcji. Pewniejszy jest plik, \
                który podaje dzień rozliczenia.",
    },
    en: Pair {
        what: "This row is the same operation as another[ ({detail})], but with another day\
               [; {value} was taken].",
        to_do: "If the day decides the year, look it up in the trade's confirmation. The file that tells \
                the day of settlement is the surer one.",
    },
};

pub(super) const CONTRACT_UNCLEAR: Words = Words {
    pl: Pair {
        what: "Opcja lub kontrakt[ „{value}”]: ten raport nie podaje mnożnika ani tego, czy transakcja otwiera, \
               czy zamyka pozycję.",
        to_do: "Pobierz u brokera pełniejszy raport[ ({detail})] za cały okres i wyślij go zamiast tego pliku.",
    },
    en: Pair {
        what: "An option or a future[ (“{value}”)]: this report tells neither its multiplier nor whether the \
               trade opens or closes a position.",
        to_do: "Download a fuller report[ ({detail})] of the whole period from the broker and send it in place \
                of this file.",
    },
};

pub(super) const AMBIGUOUS_DATE: Words = Words {
    pl: Pair {
        what: "[Kolumna „{column}”: ]tę datę można odczytać na dwa sposoby[: „{value}”]\
               [ ({detail})].",
        to_do: "Zapisz ją jako rok-miesiąc-dzień, np. 2024-01-31, i odeślij plik.",
    },
    en: Pair {
        what: "[Column “{column}”: ]this date can be read in two ways[: “{value}”][ ({detail})].",
        to_do: "Write it as year-month-day, e.g. 2024-01-31, and send the file back.",
    },
};

pub(super) const UNUSED_CELL: Words = Words {
    pl: Pair {
        what: "[Kolumna „{column}”: ]przy tym rodzaju wiersza nie biorę tej komórki pod uwagę[: „{value}”].",
        to_do: "Podatek pobrany za granicą od sprzedaży podaj poleceniem PODATEK OBCY; koszty, które nie \
                należą do dywidendy ani odsetek, zapisz w osobnym wierszu typu fee. PIT/ZG dla kryptowalut \
                dodaj samodzielnie.",
    },
    en: Pair {
        what: "[Column “{column}”: ]this cell is not used in this kind of row[: “{value}”].",
        to_do: "Tell tax taken abroad on sales with the command FOREIGN TAX; write charges that are not \
                part of a dividend or of interest in a row of their own, of type fee. A PIT/ZG for crypto is \
                yours to add.",
    },
};

pub(super) const SWAPPED_DATE: Words = Words {
    pl: Pair {
        what: "[Kolumna „{column}”: ]w tej dacie arkusz kalkulacyjny mógł zamienić dzień z \
               miesiącem[: „{value}”]; broker pisze daty po amerykańsku, z miesiącem na początku.",
        to_do: "Wyeksportuj plik od brokera jeszcze raz i wyślij go bez otwierania w Excelu.",
    },
    en: Pair {
        what: "[Column “{column}”: ]a spreadsheet may have swapped day and month of this \
               date[: “{value}”]; the broker writes American dates, month first.",
        to_do: "Export the file from the broker again and send it without opening it in Excel.",
    },
};

pub(super) const NET_INCOME: Words = Words {
    pl: Pair {
        what: "Wypłata jest w pliku po odjęciu podatku, a kwoty brutto i podatku u źródła plik nie \
               podaje[ ({column}: „{value}”)].",
        to_do: "Przepisz obie kwoty z potwierdzenia wypłaty u brokera do załączonego szablonu (typ \
                dividend lub interest, kolumny amount i withheld) i odeślij go.",
    },
    en: Pair {
        what: "The payment stands in the file after tax; the file tells neither the gross amount nor the \
               tax at source[ ({column}: “{value}”)].",
        to_do: "Copy both amounts from the broker's document of the payment into the attached template \
                (type dividend or interest, columns amount and withheld) and send it back.",
    },
};

pub(super) const AMOUNT_CONVERTED: Words = Words {
    pl: Pair {
        what: "Plik podaje wypłaty w walucie rachunku[ ({value})], przeliczone przez brokera\
               [; liczba wierszy: {detail #}].",
        to_do: "Ustawa każe przeliczyć walutę wypłaty, więc kwoty mogą się nieznacznie różnić. \
                Wyślij pełny raport brokera z walutą każdej wypłaty, jeśli chcesz mieć dokładne.",
    },
    en: Pair {
        what: "The file shows payments in the currency of the account[ ({value})], converted by the \
               broker[; rows: {detail #}].",
        to_do: "The law converts the currency that was paid, so the amounts may differ a little. For \
                exact ones send the broker's full report with the currency of each payment.",
    },
};

pub(super) const NOT_POSITIVE: Words = Words {
    pl: Pair {
        what: "[Kolumna „{column}”: ]ta liczba musi być większa od zera[, a jest: „{value}”].",
        to_do: "Wpisz wartość dodatnią; o kierunku decyduje rodzaj wiersza (kupno, sprzedaż). \
                Odeślij poprawiony plik.",
    },
    en: Pair {
        what: "[Column “{column}”: ]this number must be greater than zero[, found: “{value}”].",
        to_do: "Write a positive value; the type of the row (buy, sell) gives the direction. Send \
                the corrected file back.",
    },
};

pub(super) const EMPTY_CELL: Words = Words {
    pl: Pair {
        what: "Wymagana komórka jest pusta[ (kolumna „{column}”)].",
        to_do: "Uzupełnij ją i odeślij plik.",
    },
    en: Pair {
        what: "A required cell is empty[ (column “{column}”)].",
        to_do: "Fill it in and send the file back.",
    },
};

pub(super) const BAD_CURRENCY: Words = Words {
    pl: Pair {
        what: "[Kolumna „{column}”: ]to nie jest kod waluty[: „{value}”].",
        to_do: "Wpisz trzyliterowy kod, np. USD, EUR lub PLN, i odeślij plik.",
    },
    en: Pair {
        what: "[Column “{column}”: ]this is not a currency code[: “{value}”].",
        to_do: "Write the three-letter code, e.g. USD, EUR or PLN, and send the file back.",
    },
};

pub(super) const BAD_ISIN: Words = Words {
    pl: Pair {
        what: "[Kolumna „{column}”: ]to nie jest ISIN[: „{value}”].",
        to_do: "ISIN ma 12 znaków: dwie litery kraju, dziewięć znaków i cyfrę. Popraw go albo zostaw \
                pusty i podaj ticker.",
    },
    en: Pair {
        what: "[Column “{column}”: ]this is not an ISIN[: “{value}”].",
        to_do: "An ISIN has 12 characters: two letters of the country, nine characters and a digit. \
                Correct it, or leave it empty and give the ticker.",
    },
};

pub(super) const ISIN_CHECK_DIGIT: Words = Words {
    pl: Pair {
        what: "ISIN ma błędną cyfrę kontrolną[: „{value}”]; używam go tak, jak stoi.",
        to_do: "Porównaj go z danymi brokera. Jeśli jest błędny, popraw i odeślij plik.",
    },
    en: Pair {
        what: "The ISIN has a wrong check digit[: “{value}”]; it is used as it stands.",
        to_do: "Compare it with your broker's data. If it is wrong, correct it and send the file \
                back.",
    },
};

pub(super) const BAD_COUNTRY: Words = Words {
    pl: Pair {
        what: "[Kolumna „{column}”: ]to nie jest kod kraju[: „{value}”].",
        to_do: "Wpisz dwuliterowy kod, np. US, DE lub IE, i odeślij plik.",
    },
    en: Pair {
        what: "[Column “{column}”: ]this is not a country code[: “{value}”].",
        to_do: "Write the two-letter code, e.g. US, DE or IE, and send the file back.",
    },
};

pub(super) const AMOUNT_MISMATCH: Words = Words {
    pl: Pair {
        what: "Liczba × cena nie zgadza się z kwotą[: w pliku {value}][, z obliczenia {detail}].",
        to_do: "Sprawdź liczbę, cenę i kwotę; kwota ma być brutto, przed prowizją. Popraw wiersz i \
                odeślij plik.",
    },
    en: Pair {
        what: "Quantity × price does not agree with the amount[: the file says {value}]\
               [, computed {detail}].",
        to_do: "Check quantity, price and amount; the amount is gross, before commission. Correct \
                the row and send the file back.",
    },
};

pub(super) const NO_INSTRUMENT: Words = Words {
    pl: Pair {
        what: "W wierszu nie ma ani tickera, ani ISIN.",
        to_do: "Wpisz jedno z nich (najlepiej ISIN) i odeślij plik.",
    },
    en: Pair {
        what: "The row has neither a ticker nor an ISIN.",
        to_do: "Write one of them (better the ISIN) and send the file back.",
    },
};

pub(super) const FORMULA_CELL: Words = Words {
    pl: Pair {
        what: "[Kolumna „{column}”: ]w komórce tekstowej stoi formuła[: „{value}”]; biorę ją jako \
               zwykły tekst.",
        to_do: "Sprawdź, skąd wziął się plik. Jeśli formuły nie powinno tam być, wpisz samą wartość \
                i odeślij plik.",
    },
    en: Pair {
        what: "[Column “{column}”: ]a text cell holds a formula[: “{value}”]; it is taken as plain \
               text.",
        to_do: "Check where the file comes from. If the formula should not be there, write the value \
                alone and send the file back.",
    },
};

pub(super) const LIKELY_DUPLICATE: Words = Words {
    pl: Pair {
        what: "Ten wiersz wygląda tak samo jak wiersz z innego pliku[ ({detail})][: {value}].",
        to_do: "Jeśli to ta sama operacja, wyślij jeden plik bez powtórzeń. Jeśli to dwie osobne, wpisz w \
                szablonie (w każdym, jeśli jest ich kilka) inną nazwę rachunku w kolumnie account; wtedy policzę obie.",
    },
    en: Pair {
        what: "This row looks like a row of another file[ ({detail})][: {value}].",
        to_do: "If it is the same event, send one file without repetitions. If these are two events, name \
                another account in the column account of the template (of each, if there are several); then both count.",
    },
};

pub(super) const BROKER_RATE: Words = Words {
    pl: Pair {
        what: "Broker podał kwoty już przeliczone na złote po własnym kursie, a nie po kursie NBP\
               [: {value}][ ({detail})].",
        to_do: "Różnica bywa niewielka. Dokładny wynik da raport w walucie wypłaty; załącz go \
                zamiast tego pliku.",
    },
    en: Pair {
        what: "The broker gives amounts already converted into złoty at its own rate, not at NBP's\
               [: {value}][ ({detail})].",
        to_do: "The difference is usually small. A report in the currency of the payment gives the \
                exact result; attach it instead of this file.",
    },
};
