//! Files in, one ledger out.

use crate::{
    lang::Lang,
    ledger::{Input, Ledger, merge},
    mail::{DataFile, Expanded, Limits, RefusedPart},
    statement::{
        Code, Detected, Diagnostic, FileId, FileTag, RowCounts, Severity, SourceFile, Statement,
        TEMPLATE,
        decode::{Refused, decode},
        detect,
    },
    wording::report::{SHEET_FIELDS, SHEET_SUMMARY},
};

/// Files to read, and what was refused before.
#[derive(Debug, Default, serde::Deserialize, serde::Serialize)]
pub struct FileSet {
    /// Files, unpacked.
    pub files: Vec<DataFile>,
    /// Parts that are no readable files; each is answered.
    pub refused: Vec<RefusedPart>,
}

impl From<Expanded> for FileSet {
    fn from(expanded: Expanded) -> Self {
        Self { files: expanded.files, refused: expanded.refused }
    }
}

/// Decodes, recognises and reads every file, and merges them. Each file's text is freed once it is read.
pub fn read(set: FileSet, limits: &Limits) -> Ledger {
    let (inputs, missing) = read_inputs(set, limits);
    finish(inputs, missing)
}

/// Reads every file; the position of an input is its file id. What is missing altogether is said of
/// the mail; it is no file to list.
#[tracing::instrument(target = "investtax::stage", name = "normalise", skip_all, fields(files = set.files.len()))]
pub(super) fn read_inputs(set: FileSet, limits: &Limits) -> (Vec<Input>, Vec<Diagnostic>) {
    let mut inputs = Vec::with_capacity(set.files.len() + set.refused.len());
    for file in set.files {
        let id = next_id(&inputs);
        let (name, tag) = (file.name.clone(), FileTag::of(&file.digest));
        inputs.push(Input { name, tag, statement: read_file(id, file, limits) });
    }
    let (named, nameless): (Vec<_>, Vec<_>) =
        set.refused.into_iter().partition(|part| !part.name.is_empty());
    for part in named {
        let id = next_id(&inputs);
        let finding = Diagnostic::in_file(part.code, id).detail(part.detail);
        inputs.push(Input {
            name: part.name,
            tag: FileTag::default(),
            statement: refused(id, finding),
        });
    }
    let missing = nameless.into_iter().map(|part| Diagnostic::new(part.code).detail(part.detail));
    (inputs, missing.collect())
}

/// Merges what was read. Inputs may have been left out since: they are numbered anew.
#[tracing::instrument(target = "investtax::stage", name = "merge", skip_all)]
pub(super) fn finish(mut inputs: Vec<Input>, missing: Vec<Diagnostic>) -> Ledger {
    for (id, input) in (0..).zip(&mut inputs) {
        input.statement.renumber(FileId(id));
    }
    let mut ledger = merge(inputs);
    ledger.diagnostics.extend(missing);
    count_repeats(&mut ledger);
    soften_companions(&mut ledger);
    ledger
}

/// Whether a known format claims the file.
pub(super) fn is_recognized(file: &DataFile, limits: &Limits) -> bool {
    let source = decode(FileId::default(), &file.name, file.bytes.clone(), limits);
    source.is_ok_and(|source| matches!(detect(&source), Detected::Format(_)))
}

fn next_id(inputs: &[Input]) -> FileId {
    FileId(u32::try_from(inputs.len()).unwrap_or(u32::MAX))
}

fn read_file(id: FileId, file: DataFile, limits: &Limits) -> Statement {
    let source = match decode(id, &file.name, file.bytes, limits) {
        Ok(source) => source,
        Err(Refused { code, detail }) => {
            return refused(id, Diagnostic::in_file(code, id).detail(detail));
        }
    };
    let detected = detect(&source);
    match detected {
        Detected::Format(format) => format.read(&source),
        Detected::Wrong(format) => {
            refused(id, Diagnostic::in_file(Code::WrongReport, id).detail(format.id()))
        }
        Detected::Unknown if is_own_workbook(&source) => {
            refused(id, Diagnostic::in_file(Code::OwnFile, id))
        }
        Detected::Unknown | Detected::Ambiguous => {
            let code = detected.refusal().unwrap_or(Code::UnknownFile);
            refused(id, Diagnostic::in_file(code, id))
        }
    }
}

/// Whether it is the workbook of one of our replies: nobody else begins one with these two sheets.
fn is_own_workbook(source: &SourceFile) -> bool {
    let names: Vec<&str> = source.sheets.iter().map(|sheet| sheet.name.as_str()).collect();
    let ours = |lang| [SHEET_SUMMARY.say(lang), SHEET_FIELDS.say(lang)];
    [Lang::Pl, Lang::En].into_iter().any(|lang| names.starts_with(&ours(lang)))
}

fn refused(file: FileId, finding: Diagnostic) -> Statement {
    Statement { file, diagnostics: vec![finding], ..Statement::default() }
}

/// The rows of a file that came twice are all duplicates of the first one's, which its finding names. Where
/// several files have that name, nobody can tell.
fn count_repeats(ledger: &mut Ledger) {
    let repeats = ledger.diagnostics.iter().filter(|found| found.code == Code::SameFileTwice);
    let repeats: Vec<_> =
        repeats.filter_map(|found| Some((found.file?, found.detail.clone()))).collect();
    let is_repeat = |file| repeats.iter().any(|(repeat, _)| *repeat == file);
    for (file, first) in &repeats {
        let originals = ledger.inputs.iter().filter(|input| !is_repeat(input.file));
        let mut same = originals.filter(|input| input.name == *first && !input.format.is_empty());
        let (Some(original), None) = (same.next().cloned(), same.next()) else { continue };
        if let Some(repeat) = ledger.inputs.iter_mut().find(|input| input.file == *file) {
            let total = original.rows.total;
            repeat.rows = RowCounts { total, duplicate: total, ..RowCounts::default() };
            repeat.format = original.format;
            repeat.account = original.account;
        }
    }
}

/// A PDF or a picture beside readable exports is most often the same statement once more, or a
/// signature, and a file of our own comes back with a forwarded reply: it is mentioned, but it does not make the result
/// incomplete. A page under the name of a table is none of that: brokers call HTML `.xls`, and its rows are missing.
fn soften_companions(ledger: &mut Ledger) {
    if !ledger.inputs.iter().any(|input| input.rows.used > 0) {
        return;
    }
    let inputs = &ledger.inputs;
    let is_table = |file: Option<FileId>| {
        let input = inputs.iter().find(|input| Some(input.file) == file);
        input.is_some_and(|input| has_name_of_table(&input.name))
    };
    let is_template = |file: Option<FileId>| {
        inputs.iter().any(|input| Some(input.file) == file && input.format == TEMPLATE)
    };
    for finding in &mut ledger.diagnostics {
        if finding.code == Code::HtmlFile && is_table(finding.file) {
            continue;
        }
        if finding.code == Code::NoRows && is_template(finding.file) {
            // As it went out: nobody has written anything into it.
            finding.code = Code::OwnFile;
        }
        let beside = matches!(
            finding.code,
            Code::PdfFile | Code::ImageFile | Code::HtmlFile | Code::OwnFile
        );
        if beside {
            finding.severity = Severity::Warning;
        }
    }
}

fn has_name_of_table(name: &str) -> bool {
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    ["xls", "xlsx", "csv"].iter().any(|known| extension.eq_ignore_ascii_case(known))
}
