//! Sections 8 and 9: findings, then assumptions, disclaimer and privacy.

use super::{
    flow::Flow,
    page::Style,
    table::{Row, RowKind, Table, words},
};
use crate::{
    report::{ReportInput, text},
    statement::{Diagnostic, Severity},
    wording::{Group, assumptions, diagnostic, disclaimer, group, privacy, report as words_of},
};

pub(super) fn lay_out(input: &ReportInput<'_>, flow: &mut Flow<'_>) {
    findings(input, flow);
    let lang = input.lang;
    flow.section(words_of::NOTES.say(lang));
    flow.list(&assumptions(input));
    flow.skip(4.0);
    flow.paragraph(disclaimer(lang), Style::BODY);
    flow.paragraph(privacy(lang), Style::BODY);
}

/// The first few of every kind, errors first, and under them what to do.
fn findings(input: &ReportInput<'_>, flow: &mut Flow<'_>) {
    let found = input.ledger.diagnostics.iter().chain(&input.assessment.diagnostics);
    let groups = group(found);
    if groups.is_empty() {
        return;
    }
    let lang = input.lang;
    flow.section(words_of::FINDINGS.say(lang));
    let columns = vec![
        words(words_of::SEVERITY.say(lang), 40.0),
        words(words_of::WHAT.say(lang), 330.0),
        words(words_of::WHERE.say(lang), 145.0),
    ];
    let mut table = Table::start(flow, columns);
    for group in &groups {
        for finding in &group.shown {
            table.row(&finding_row(input, finding));
        }
        table.row(&advice_row(input, group));
    }
    table.end();
}

fn finding_row(input: &ReportInput<'_>, finding: &Diagnostic) -> Row {
    let weight = match finding.severity {
        Severity::Error => words_of::ERROR,
        Severity::Warning => words_of::WARNING,
    };
    let cells = [
        weight.say(input.lang).to_owned(),
        text::finding(input, finding),
        text::place(input, finding),
    ];
    Row::new(RowKind::Lead, cells)
}

fn advice_row(input: &ReportInput<'_>, group: &Group<'_>) -> Row {
    let lang = input.lang;
    let advice = group.shown.first().map(|finding| diagnostic(finding, lang).what_to_do);
    let more = if group.more > 0 { words_of::more(group.more, lang) } else { String::new() };
    Row::new(RowKind::Detail, [String::new(), advice.unwrap_or_default(), more])
}
