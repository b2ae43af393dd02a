//! Which files go with a reply.

use super::{ReportInput, WORKBOOK_ROWS_MAX, csv, pdf, xlsx};
use crate::{beside::both, error::Fault, wording::report as words};

/// A file to attach.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ReportFile {
    /// Its name: ASCII, without blanks.
    pub name: String,
    /// Its media type.
    pub media_type: &'static str,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// Renders the PDF, and the workbook or, for very many rows, the archive of CSV files.
///
/// Without a year there is nothing to report and the list is empty.
pub fn attachments(input: &ReportInput<'_>) -> Result<Vec<ReportFile>, Fault> {
    let Some(year) = input.assessment.chosen_year else {
        return Ok(Vec::new());
    };
    let (report, rows) = both(|| pdf::render(input), || rows(input, year));
    let report = ReportFile {
        name: words::pdf_name(year, input.lang),
        media_type: "application/pdf",
        bytes: report?,
    };
    Ok(vec![report, rows?])
}

fn rows(input: &ReportInput<'_>, year: i16) -> Result<ReportFile, Fault> {
    Ok(if takes_workbook(input) {
        ReportFile {
            name: format!("PIT-38_{year}.xlsx"),
            media_type: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            bytes: xlsx::render(input)?,
        }
    } else {
        ReportFile {
            name: format!("PIT-38_{year}_csv.zip"),
            media_type: "application/zip",
            bytes: csv::render(input)?,
        }
    })
}

/// Whether a workbook has room for the rows, and a mail for the workbook.
fn takes_workbook(input: &ReportInput<'_>) -> bool {
    let all = input.assessment;
    let others = [all.dividends.len(), all.interest.len(), all.fees.len(), all.derivatives.len()];
    let others: usize = others.iter().sum();
    let rows =
        all.disposals.len() + all.lots.len() + others + all.crypto.len() + all.open_lots.len();
    rows <= WORKBOOK_ROWS_MAX
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{report::fixture::Fixture, tax::Assessment};

    #[test]
    fn a_mail_brings_a_pdf_and_a_workbook_with_plain_names() {
        let files = attachments(&Fixture::small().input()).unwrap();
        let names: Vec<&str> = files.iter().map(|file| file.name.as_str()).collect();
        assert_eq!(names, ["PIT-38_2025_raport.pdf", "PIT-38_2025.xlsx"]);
        assert!(names.iter().all(|name| name.is_ascii()));
    }

    #[test]
    fn very_many_rows_go_into_an_archive() {
        let mut fixture = Fixture::generated(12);
        let Assessment { disposals, lots, .. } = &mut fixture.assessment;
        *disposals = vec![disposals[0].clone(); WORKBOOK_ROWS_MAX / 3 + 1];
        *lots = vec![lots[0].clone(); 2 * disposals.len()];
        assert!(!takes_workbook(&fixture.input()));
    }
}
