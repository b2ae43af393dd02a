//! Section 2: the boxes of PIT-38 and PIT/ZG, with values as they are typed.

use super::{
    flow::{Flow, Tone},
    page::Style,
    table::{Row, RowKind, Table, figures, words},
};
use crate::{
    report::{ReportInput, fields},
    tax::{PitZg, Status, YearAssessment},
    wording::{self, field_name, no_copy, report as words_of, section_title},
};

pub(super) fn lay_out(input: &ReportInput<'_>, flow: &mut Flow<'_>) {
    let lang = input.lang;
    let Some(year) = input.assessment.chosen() else { return };
    // The boxes belong on one page: they are what is copied.
    flow.next_page();
    flow.section(&format!("{} – {}", words_of::FORM.say(lang), year.form));
    if year.status == Status::Incomplete {
        let title = words_of::INCOMPLETE_TITLE.say(lang);
        flow.notice(Tone::Alarm, title, &[no_copy(lang).to_owned()]);
    }
    if year.fields.is_empty() {
        flow.paragraph(words_of::NO_FORM.say(lang), Style::BODY);
    } else {
        flow.paragraph(words_of::AS_TYPED.say(lang), Style::NOTE);
        pit38(input, year, flow);
    }
    if year.provisional {
        flow.paragraph(words_of::PROVISIONAL.say(lang), Style::BODY);
    }
    if !year.pit_zg.is_empty() {
        pit_zg(input, year, flow);
    }
}

fn pit38(input: &ReportInput<'_>, year: &YearAssessment, flow: &mut Flow<'_>) {
    let lang = input.lang;
    let columns = vec![
        figures(words_of::FIELD.say(lang), 45.0),
        words(words_of::FIELD_NAME.say(lang), 330.0),
        figures(words_of::VALUE.say(lang), 140.0),
    ];
    let mut table = Table::large(flow, columns);
    let mut part = None;
    for (number, &(field, value)) in &year.fields {
        let letter = wording::section(field);
        if part != Some(letter) {
            part = Some(letter);
            let title = format!("{letter}. {}", section_title(letter, lang));
            table.row(&Row::new(RowKind::Total, [String::new(), title, String::new()]));
        }
        let cells = [number.to_string(), field_name(field, lang), fields::typed(field, value)];
        table.row(&Row::new(RowKind::Plain, cells));
    }
    table.end();
}

fn pit_zg(input: &ReportInput<'_>, year: &YearAssessment, flow: &mut Flow<'_>) {
    let lang = input.lang;
    let boxes = fields::pit_zg(year.year);
    flow.heading(words_of::PIT_ZG_TITLE.say(lang));
    let head = |number: u16, name: &str| format!("{} {number}\n{name}", words_of::FIELD.say(lang));
    let columns = vec![
        words(&head(boxes.country_code, words_of::COUNTRY.say(lang)), 105.0),
        figures(&head(boxes.income, words_of::INCOME_30B.say(lang)), 205.0),
        figures(&head(boxes.foreign_tax, words_of::FOREIGN_TAX.say(lang)), 205.0),
    ];
    let mut table = Table::large(flow, columns);
    for &PitZg { country, income, foreign_tax } in &year.pit_zg {
        let amounts = [income, foreign_tax].map(|amount| fields::grosze(amount.amount()));
        let [income, foreign_tax] = amounts;
        table.row(&Row::new(RowKind::Plain, [country.to_string(), income, foreign_tax]));
    }
    table.end();
}
