//! Values of the commands about another state: tax paid there, and the period of residence here.

use jiff::civil::Date;

use super::{Command, amount::amount};
use crate::{
    money::Country,
    tax::{ForeignTax, Residence},
};

/// `us 120`: a country other than Poland and what was paid there, in złoty.
pub(super) fn foreign_tax(text: &str) -> Option<ForeignTax> {
    let (country, figure) = text.split_once([' ', ':'])?;
    let country = Country::parse(country).ok().filter(|country| *country != Country::PL)?;
    Some(ForeignTax { country, amount: amount(figure.trim())? })
}

/// `od 2025-07-01 do 2026-03-31`, either end alone, or `zawsze`: the whole time, which takes a period back.
pub(super) fn residence(text: &str) -> Option<Command> {
    if matches!(text, "zawsze" | "always") {
        return Some(Command::Residence(None));
    }
    let mut words = text.split(' ').filter(|word| !word.is_empty());
    let (mut from, mut until) = (None, None);
    while let Some(word) = words.next() {
        let end = match word {
            "od" | "from" => &mut from,
            "do" | "until" | "to" => &mut until,
            _ => return None,
        };
        if end.replace(day(words.next()?)?).is_some() {
            return None;
        }
    }
    Residence::new(from, until).map(|period| Command::Residence(Some(period)))
}

/// `2025-07-01`, or as Poles write it: `1.07.2025`.
fn day(text: &str) -> Option<Date> {
    let mut parts = text.split('.');
    let parts = [parts.next(), parts.next(), parts.next(), parts.next()];
    let [Some(day), Some(month), Some(year), None] = parts else {
        return text.parse().ok().filter(|_| text.len() == 10);
    };
    if year.len() != 4 {
        return None;
    }
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_are_read_in_both_languages() {
        for (text, period) in [
            ("od 2025-07-01", "2025-07-01:"),
            ("od 1.07.2025 do 31.03.2026", "2025-07-01:2026-03-31"),
            ("from 2025-07-01 until 2026-03-31", "2025-07-01:2026-03-31"),
            ("do 2025-06-30", ":2025-06-30"),
            ("to 2025-06-30", ":2025-06-30"),
        ] {
            assert_eq!(residence(text), Some(Command::Residence(period.parse().ok())), "{text}");
            assert!(period.parse::<Residence>().is_ok());
        }
        assert_eq!(residence("zawsze"), Some(Command::Residence(None)));
        for text in [
            "",
            "2025",
            "od",
            "od lipca",
            "od 2025-07-01 do 2025-06-30",
            "od 1.7.25",
            "od 2025-07-01 od 2025-08-01",
        ] {
            assert_eq!(residence(text), None, "{text}");
        }
    }

    #[test]
    fn tax_paid_abroad_is_read() {
        let read = |text| foreign_tax(text).map(|paid| (paid.country, paid.amount.to_string()));
        assert_eq!(read("us 120"), Some((Country::US, "120.00".to_owned())));
        assert_eq!(read("us: 1 200,50 zl"), Some((Country::US, "1200.50".to_owned())));
        for text in ["", "us", "120", "pl 120", "usa 120", "us -5", "us 1,500"] {
            assert_eq!(foreign_tax(text), None, "{text}");
        }
    }
}
