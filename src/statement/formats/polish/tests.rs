//! The houses against each other: which report is whose.

use crate::statement::{FileId, SourceFile, detect};

fn detected(text: &str) -> String {
    format!("{:?}", detect(&SourceFile::from_text(FileId(0), "x.csv", text)))
}

#[test]
fn other_reports_of_the_houses_are_told() {
    let cases = [
        (
            "Czas transakcji;Papier;Giełda;K/S;Liczba;Kurs;Waluta;Wartość;Waluta\n",
            "Wrong(mbank-transactions)",
        ),
        ("eMAKLER - Portfel\nPapier;Giełda;Liczba;Kurs;Wartość\n", "Wrong(mbank-transactions)"),
        ("Czas zawarcia;Walor;Oferta;Ilość;Limit ceny\n", "Wrong(pko-transactions)"),
        ("Data;Opis;Kwota\n01.01.2026;coś;1\n", "Unknown"),
        ("Lp;Data;Opis;Kwota;Saldo;Waluta\n1;01-01-2024;coś;1;1;PLN\n", "Unknown"),
        ("1;01-01-2024;Inne;przelew;1.00;1.00;PLN\n", "Unknown"),
    ];
    for (text, expected) in cases {
        assert_eq!(detected(text), expected, "{text}");
    }
}

#[test]
fn each_report_has_one_reader() {
    let cases = [
        (
            "data;papier;isin;-;ilość;cena;wartość;prowizja;po prowizji;waluta\n",
            "bossa-transactions",
        ),
        ("data;tytuł operacji;szczegóły;kwota\n", "bossa-operations"),
        ("Data;Rachunek;Waluta;Tytuł przelewu;Wartość\n", "bossa-operations"),
        ("Data;Opis;Kwota\n01.01.2026;WYC.BK: 1 POZ: 2;1\n", "mbank-operations"),
        (
            "29-08-2023 14:25:33;843790613;ETF;Kupno;35;190,20;6657,00;24.63;6681,63\n",
            "ing-transactions",
        ),
        ("1;30-07-2025;;Saldo końcowe;;0.00;PLN\n", "ing-operations"),
    ];
    for (text, expected) in cases {
        assert_eq!(detected(text), format!("Format({expected})"), "{text}");
    }
}
