//! The files that go out with a reply.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::{
    error::Fault,
    lang::Lang,
    reply::{Attachment, FileKind},
    report::{self, ReportInput, Unrated, template},
    statement::{
        Diagnostic, RepairNote, RepairRow, Source, TemplateSheet, template_sheet, write_template,
    },
    wording,
};

/// The files of a report: PDF, workbook (or an archive of its rows) and, if anything is to correct, the
/// template: with the rows that could not be read, or empty.
pub fn report_attachments(input: &ReportInput<'_>) -> Result<Vec<Attachment>, Fault> {
    let mut files = Vec::new();
    for file in report::attachments(input)? {
        let kind = match file.media_type {
            "application/pdf" => FileKind::Report,
            "application/zip" => FileKind::Rows,
            _ => FileKind::Workbook,
        };
        files.push(attachment(&file.name, kind, file.bytes)?);
    }
    if !input.ledger.repairs.is_empty() || input.has_errors() {
        files.extend(template_to_correct(input)?);
    }
    Ok(files)
}

/// What a reply with errors brings: the repair template, or the empty one if no row can be repaired.
pub(super) fn template_to_correct(input: &ReportInput<'_>) -> Result<Vec<Attachment>, Fault> {
    let unrated = input.unrated();
    if input.ledger.repairs.is_empty() && unrated.is_empty() {
        empty_template(input.today, input.lang)
    } else {
        repair_template(input, &unrated)
    }
}

/// The template without any row, as CSV and as a workbook.
pub(super) fn empty_template(today: Date, lang: Lang) -> Result<Vec<Attachment>, Fault> {
    let sheet = template_sheet(lang, &[], |_| RepairNote::default());
    both_forms(lang.choose("InvestTax_szablon", "InvestTax_template"), &sheet, today, lang)
}

/// The sender's own unreadable rows in the template, with a column that says what is wrong, and those of which there is
/// no rate.
fn repair_template(input: &ReportInput<'_>, unrated: &[Unrated]) -> Result<Vec<Attachment>, Fault> {
    let mut problems: BTreeMap<Source, Vec<String>> = BTreeMap::new();
    let without_rate: Vec<Diagnostic> = unrated.iter().map(Unrated::finding).collect();
    for finding in input.ledger.diagnostics.iter().chain(&without_rate) {
        if let Diagnostic { file: Some(file), row: Some(row), .. } = finding {
            let words = wording::diagnostic(finding, input.lang);
            problems.entry(Source { file: *file, row: *row }).or_default().push(words.what);
        }
    }
    let unrated = unrated.iter().map(|unrated| &unrated.row);
    let rows: Vec<RepairRow> = input.ledger.repairs.iter().chain(unrated).cloned().collect();
    let sheet = template_sheet(input.lang, &rows, |source| {
        let sentences = problems.get(&source).map(|sentences| sentences.join(" "));
        RepairNote { problem: sentences.unwrap_or_default(), origin: input.ledger.origin(source) }
    });
    let name = input.lang.choose("InvestTax_do_poprawy", "InvestTax_to_repair");
    both_forms(name, &sheet, input.today, input.lang)
}

fn both_forms(
    name: &str,
    sheet: &TemplateSheet,
    today: Date,
    lang: Lang,
) -> Result<Vec<Attachment>, Fault> {
    let csv = write_template(sheet).into_bytes();
    Ok(vec![
        attachment(&format!("{name}.csv"), FileKind::TemplateCsv, csv)?,
        attachment(
            &format!("{name}.xlsx"),
            FileKind::TemplateXlsx,
            template::render(sheet, today, lang)?,
        )?,
    ])
}

fn attachment(name: &str, kind: FileKind, bytes: Vec<u8>) -> Result<Attachment, Fault> {
    Attachment::new(name, kind, bytes).map_err(|error| Fault::never("name an attachment", error))
}
