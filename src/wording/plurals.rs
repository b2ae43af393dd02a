//! Plural forms, chosen in one function and nowhere else.

use super::numbers;
use crate::lang::Lang;

/// Things that are counted in sentences, with all their forms.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Noun {
    /// Polish: 1 wiersz, 2 wiersze, 5 wierszy.
    pl: [&'static str; 3],
    /// English: 1 row, 2 rows.
    en: [&'static str; 2],
}

impl Noun {
    /// Rows of a file.
    pub const ROW: Self = Self { pl: ["wiersz", "wiersze", "wierszy"], en: ["row", "rows"] };
    /// Errors.
    pub const ERROR: Self =
        Self { pl: ["błąd", "błędy", "błędów"], en: ["error", "errors"] };
    /// Warnings.
    pub const WARNING: Self = Self { pl: ["uwaga", "uwagi", "uwag"], en: ["warning", "warnings"] };
    /// Files.
    pub const FILE: Self = Self { pl: ["plik", "pliki", "plików"], en: ["file", "files"] };
    /// Sales.
    pub const SALE: Self =
        Self { pl: ["sprzedaż", "sprzedaże", "sprzedaży"], en: ["sale", "sales"] };
    /// Places where the same thing was found.
    pub const PLACE: Self = Self { pl: ["miejsce", "miejsca", "miejsc"], en: ["place", "places"] };
    /// Securities, coins and other instruments.
    pub const INSTRUMENT: Self = Self {
        pl: ["instrument", "instrumenty", "instrumentów"],
        en: ["instrument", "instruments"],
    };
    /// Days.
    pub const DAY: Self = Self { pl: ["dzień", "dni", "dni"], en: ["day", "days"] };

    /// The form that agrees with the number (CLDR: pl one/few/many, en one/other).
    pub fn form(&self, count: usize, lang: Lang) -> &'static str {
        let [one, few, many] = self.pl;
        let [singular, plural] = self.en;
        let teens = (12..=14).contains(&(count % 100));
        match (lang, count) {
            (Lang::Pl, 1) => one,
            (Lang::Pl, _) if (2..=4).contains(&(count % 10)) && !teens => few,
            (Lang::Pl, _) => many,
            (Lang::En, 1) => singular,
            (Lang::En, _) => plural,
        }
    }
}

/// The number and its noun: `1 wiersz`, `22 wiersze`, `1 200 wierszy`.
pub fn counted(count: usize, noun: Noun, lang: Lang) -> String {
    format!("{}{}{}", numbers::count(count, lang), numbers::NBSP, noun.form(count, lang))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn polish_has_three_forms_and_the_teens_are_many() {
        for (count, form) in [
            (0, "wierszy"),
            (1, "wiersz"),
            (2, "wiersze"),
            (4, "wiersze"),
            (5, "wierszy"),
            (11, "wierszy"),
            (12, "wierszy"),
            (14, "wierszy"),
            (21, "wierszy"),
            (22, "wiersze"),
            (25, "wierszy"),
            (101, "wierszy"),
            (102, "wiersze"),
            (112, "wierszy"),
            (1024, "wiersze"),
        ] {
            assert_eq!(Noun::ROW.form(count, Lang::Pl), form, "{count}");
        }
    }

    #[test]
    fn english_has_two_forms() {
        assert_eq!(counted(1, Noun::ROW, Lang::En), "1\u{a0}row");
        assert_eq!(counted(0, Noun::ROW, Lang::En), "0\u{a0}rows");
        assert_eq!(counted(1200, Noun::FILE, Lang::En), "1,200\u{a0}files");
        assert_eq!(counted(5, Noun::ERROR, Lang::Pl), "5\u{a0}błędów");
    }
}
