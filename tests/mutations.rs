//! What happens to files on their way, done to every sample of every format: saved anew by a spreadsheet,
//! shuffled, split, sent twice, cut off, moved by a column. Either the events stay the same, or something is refused
//! by name; rows always add up. A new format joins by having samples.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod support;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use investtax::ledger::{Input, Ledger, merge};
use investtax::mail::Limits;
use investtax::statement::{
    Code, Container, Detected, Diagnostic, Event, FileId, Severity, Sheet, SourceFile, Statement,
    decode, detect,
};
use support::samples::{load, samples};

/// What a list of files says.
struct Outcome {
    /// How often each event is told.
    events: BTreeMap<String, usize>,
    /// Rows of all files.
    rows: u32,
    /// Rows that were refused.
    unknown: u32,
    /// Errors by code; a file that no format takes is one error.
    errors: BTreeMap<&'static str, usize>,
    warnings: usize,
}

impl Outcome {
    fn of(files: Vec<SourceFile>) -> Self {
        let mut inputs = Vec::new();
        let mut refused = BTreeMap::new();
        for (id, mut file) in (0_u32..).zip(files) {
            file.id = FileId(id);
            match detect(&file) {
                Detected::Format(format) => {
                    let statement = format.read(&file);
                    add_up(&file, &statement);
                    inputs.push(Input::untagged(file.name.clone(), statement));
                }
                other @ (Detected::Wrong(_) | Detected::Unknown | Detected::Ambiguous) => {
                    *refused.entry(other.refusal().unwrap().as_str()).or_insert(0) += 1;
                    let empty = Statement { file: FileId(id), ..Statement::default() };
                    inputs.push(Input::untagged(file.name.clone(), empty));
                }
            }
        }
        let ledger = merge(inputs);
        for input in &ledger.inputs {
            let rows = input.rows;
            assert_eq!(rows.total, rows.used + rows.neutral + rows.duplicate + rows.unknown);
        }
        let found = ledger.diagnostics.iter().chain(ledger.gaps.iter().map(|(_, found)| found));
        let mut errors = refused;
        let mut warnings = 0;
        for finding in found {
            match finding.severity {
                Severity::Error => *errors.entry(finding.code.as_str()).or_insert(0) += 1,
                Severity::Warning => warnings += 1,
            }
        }
        let rows = ledger.inputs.iter().map(|input| input.rows.total).sum();
        let unknown = ledger.inputs.iter().map(|input| input.rows.unknown).sum();
        Self { events: events(&ledger), rows, unknown, errors, warnings }
    }

    fn failures(&self) -> usize {
        self.errors.values().sum()
    }

    /// Whether every event of `self` is one of `other`.
    fn within(&self, other: &Self) -> bool {
        self.events.iter().all(|(event, count)| other.events.get(event) >= Some(count))
    }
}

/// Every row is counted once, and what was not understood is told.
fn add_up(file: &SourceFile, statement: &Statement) {
    let rows = statement.rows;
    assert_eq!(
        rows.total,
        rows.used + rows.neutral + rows.duplicate + rows.unknown,
        "{}",
        file.name
    );
    let told =
        |found: &&Diagnostic| found.row.is_some() || found.code == Code::AccountCurrencyUnknown;
    let findings = statement.diagnostics.iter().filter(told).count();
    assert!(rows.unknown == 0 || findings > 0, "{}: rows are refused in silence", file.name);
}

/// The events without their places; blocks are no figures.
fn events(ledger: &Ledger) -> BTreeMap<String, usize> {
    let mut events = BTreeMap::new();
    let label = |index| {
        ledger.instrument(index).map_or(String::new(), |known| match known.isin {
            Some(isin) => isin.to_string(),
            None => known.symbol.to_uppercase(),
        })
    };
    for transaction in &ledger.transactions {
        let event = match &transaction.event {
            Event::Block => continue,
            Event::Rename { to } => format!("rename to {}", label(*to)),
            Event::TransferOut { quantity, .. } => format!("out {}", quantity.normalize()),
            Event::TransferIn { quantity, .. } => format!("in {}", quantity.normalize()),
            event @ (Event::Buy(_)
            | Event::Sell(_)
            | Event::OpenShort(_)
            | Event::CloseShort(_)
            | Event::OpeningLot { .. }
            | Event::Dividend { .. }
            | Event::Withholding { .. }
            | Event::Interest { .. }
            | Event::Fee { .. }
            | Event::Split(_)
            | Event::SplitAdded { .. }
            | Event::Derivative { .. }
            | Event::CryptoBuy { .. }
            | Event::CryptoSell { .. }) => without_final_zeros(&format!("{event:?}")),
        };
        // A file that names no account is one; the same name twice gets a number.
        let account = ledger.account(transaction.account);
        let account = account.split(" (").next().unwrap();
        let text =
            format!("{} {account} {} {event}", transaction.day, label(transaction.instrument));
        *events.entry(text).or_insert(0) += 1;
    }
    events
}

/// A spreadsheet drops final zeros.
fn without_final_zeros(text: &str) -> String {
    let mut plain = String::new();
    for piece in text.split_inclusive(|c: char| !(c.is_ascii_digit() || c == '.')) {
        let number = piece.trim_end_matches(|c: char| !(c.is_ascii_digit() || c == '.'));
        let short = if number.contains('.') {
            number.trim_end_matches('0').trim_end_matches('.')
        } else {
            number
        };
        plain.push_str(short);
        plain.push_str(piece.strip_prefix(number).unwrap());
    }
    plain
}

/// One line as cells; an empty line has none.
type Line = Vec<String>;

/// The lines of a sheet; a line end within quotes belongs to its cell.
fn lines(sheet: &Sheet) -> Vec<Line> {
    let mut raw = vec![String::new()];
    let mut quoted = false;
    for c in sheet.text.chars() {
        if c == '"' {
            quoted = !quoted;
        }
        if c == '\n' && !quoted {
            raw.push(String::new());
        } else if c != '\r' || quoted {
            raw.last_mut().unwrap().push(c);
        }
    }
    if raw.last().is_some_and(String::is_empty) {
        raw.pop();
    }
    raw.iter().map(|line| cells(line, sheet.delimiter)).collect()
}

fn cells(line: &str, delimiter: u8) -> Line {
    if line.is_empty() {
        return Line::new();
    }
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(line.as_bytes());
    let record = reader.records().next().and_then(Result::ok);
    record.map(|record| record.iter().map(str::to_owned).collect()).unwrap_or_default()
}

fn text_of(lines: &[Line], delimiter: u8) -> String {
    let mut text = String::new();
    for line in lines {
        if line.is_empty() {
            text.push('\n');
            continue;
        }
        let mut writer =
            csv::WriterBuilder::new().flexible(true).delimiter(delimiter).from_writer(Vec::new());
        writer.write_record(line).unwrap();
        text.push_str(&String::from_utf8(writer.into_inner().unwrap()).unwrap());
    }
    text
}

/// A table within a sheet: a header and the lines below it with as many cells, of one section.
struct Run {
    header: usize,
    rows: std::ops::Range<usize>,
}

/// The tables of a sheet whose rows have days: those with events. A section that names itself in the first two
/// cells of each line (`Trades,Data`) has its header apart.
fn runs(lines: &[Line]) -> Vec<Run> {
    let sectioned = lines.iter().any(|line| line.get(1).is_some_and(|cell| cell == "Header"));
    let kind = |line: &Line| {
        let section = if sectioned { line.iter().take(2).cloned().collect() } else { Vec::new() };
        (line.len(), section)
    };
    let mut runs: Vec<Run> = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        let first = lines.get(at).map(kind).unwrap();
        let end = (at..lines.len()).find(|&next| kind(lines.get(next).unwrap()) != first);
        let end = end.unwrap_or(lines.len());
        // Lines above the header may be as wide as the table.
        let begin = (at..end).find(|&row| lines.get(row).is_some_and(|line| day(line).is_some()));
        let begin = begin.unwrap_or(end);
        let is_header = sectioned && first.1.get(1).is_some_and(|cell| cell != "Data");
        let dated = lines[begin..end].iter().filter(|line| day(line).is_some()).count();
        if first.0 >= 3 && dated * 2 > end - begin && !is_header {
            runs.push(Run { header: begin.saturating_sub(1), rows: begin..end });
        }
        at = end;
    }
    runs
}

/// The first cell of a row that holds a date, up to the time.
fn day(line: &Line) -> Option<&str> {
    let cell = line.iter().find(|cell| !years(cell).is_empty())?;
    cell.split([' ', 'T', ',']).next()
}

/// A sample and a spoiled copy of it.
fn with(file: &SourceFile, change: impl Fn(&mut Vec<Line>)) -> SourceFile {
    let mut copy = file.clone();
    for sheet in &mut copy.sheets {
        let mut lines = lines(sheet);
        change(&mut lines);
        sheet.text = text_of(&lines, sheet.delimiter);
    }
    copy
}

/// The copy as the program decodes its bytes.
fn decoded(file: &SourceFile, bytes: Vec<u8>) -> Option<SourceFile> {
    decode::decode(FileId(0), &file.name, bytes, &Limits::local()).ok()
}

fn only_text(file: &SourceFile) -> Option<&str> {
    (file.container == Container::Text).then(|| file.sheets.first().unwrap().text.as_str())
}

/// A number as a Polish spreadsheet shows it; other cells as they are.
fn polish(cell: &str, commas_group: bool) -> String {
    let digits = cell.trim_start_matches('-');
    let numeric = digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ','))
        && digits.matches('.').count() <= 1;
    let grouped = digits.contains(',');
    let groups = digits.split('.').next().unwrap().split(',').skip(1).all(|group| group.len() == 3);
    if !numeric || (grouped && !(commas_group && groups)) {
        return cell.to_owned();
    }
    cell.replace(',', "").replace('.', ",")
}

/// One way to spoil a file; `None` where it does not apply.
type Mutation = (&'static str, Demand, fn(&SourceFile) -> Option<Spoiled>);

/// Files to read, and what their outcome is compared with if not with that of the sample.
struct Spoiled {
    files: Vec<SourceFile>,
    against: Option<SourceFile>,
}

#[expect(clippy::unnecessary_wraps, reason = "the end of every mutation that applies")]
fn one(file: SourceFile) -> Option<Spoiled> {
    Some(Spoiled { files: vec![file], against: None })
}

/// What a mutation may do.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Demand {
    /// Nothing: the content is the same.
    Same,
    /// Nothing, or refuse something by name.
    SameOrRefused,
    /// Leave out the rest, or refuse something by name; tell nothing that the whole file did not tell.
    Part,
}

const MUTATIONS: [Mutation; 14] = [
    ("byte order mark", Demand::Same, |file| {
        one(decoded(file, format!("\u{feff}{}", only_text(file)?).into_bytes())?)
    }),
    ("carriage returns", Demand::Same, |file| {
        let text = only_text(file)?.replace("\r\n", "\n").replace('\n', "\r\n");
        one(decoded(file, text.into_bytes())?)
    }),
    ("code page 1250", Demand::Same, |file| {
        let (bytes, _, lossy) = encoding_rs::WINDOWS_1250.encode(only_text(file)?);
        if lossy { None } else { one(decoded(file, bytes.into_owned())?) }
    }),
    ("trailing empty columns", Demand::Same, |file| {
        one(with(file, |lines| {
            for line in lines.iter_mut().filter(|line| !line.is_empty()) {
                line.extend([String::new(), String::new()]);
            }
        }))
    }),
    ("saved by a Polish spreadsheet", Demand::SameOrRefused, |file| {
        only_text(file)?;
        let mut copy = file.clone();
        let sheet = copy.sheets.first_mut().unwrap();
        let commas_group = sheet.delimiter == b',';
        let mut lines = lines(sheet);
        for cell in lines.iter_mut().flatten() {
            *cell = polish(cell, commas_group);
        }
        let text = text_of(&lines, b';').replace('\n', "\r\n");
        let (bytes, _, lossy) = encoding_rs::WINDOWS_1250.encode(&text);
        let bytes = if lossy { text.as_bytes().to_vec() } else { bytes.into_owned() };
        one(decoded(file, bytes)?)
    }),
    ("rows backwards", Demand::SameOrRefused, |file| {
        one(with(file, |lines| {
            for run in runs(lines) {
                lines[run.rows].reverse();
            }
        }))
    }),
    ("rows shuffled", Demand::SameOrRefused, |file| {
        one(with(file, |lines| {
            for run in runs(lines) {
                let rows = &mut lines[run.rows];
                // Every third row to the front: no order that a broker would write.
                let (mut front, back): (Vec<_>, Vec<_>) =
                    rows.iter().cloned().enumerate().partition(|(at, _)| at % 3 == 1);
                front.extend(back);
                rows.iter_mut().zip(front).for_each(|(row, (_, moved))| *row = moved);
            }
        }))
    }),
    ("split over two files", Demand::SameOrRefused, |file| {
        let files = [true, false].map(|first| with(file, |lines| keep_half(lines, first)));
        Some(Spoiled { files: files.to_vec(), against: None })
    }),
    ("half of it sent again", Demand::SameOrRefused, |file| {
        let half = with(file, |lines| keep_half(lines, true));
        Some(Spoiled { files: vec![file.clone(), half], against: None })
    }),
    ("first year missing", Demand::Part, |file| {
        let years_of = |line: &Line| line.iter().flat_map(|cell| years(cell)).collect::<Vec<_>>();
        let all: Vec<u32> =
            file.sheets.iter().flat_map(lines).flat_map(|line| years_of(&line)).collect();
        let first = *all.iter().min()?;
        if all.iter().all(|year| *year == first) {
            return None;
        }
        one(with(file, |lines| {
            let rows = runs(lines).into_iter().flat_map(|run| run.rows);
            let gone: Vec<usize> =
                rows.filter(|&at| years_of(&lines[at]).contains(&first)).collect();
            remove(lines, &gone);
        }))
    }),
    ("cut in the middle of a row", Demand::SameOrRefused, |file| {
        let cut = |middle: bool| {
            let mut copy = file.clone();
            let sheet = copy.sheets.first_mut()?;
            let run = runs(&lines(sheet)).into_iter().max_by_key(|run| run.rows.len())?;
            let middle_row = usize::midpoint(run.rows.start, run.rows.end);
            let line = sheet.text.split_inclusive('\n').nth(middle_row)?;
            let mut end = offset(&sheet.text, line);
            if middle {
                end += line.len() / 2;
            }
            while !sheet.text.is_char_boundary(end) {
                end -= 1;
            }
            sheet.text.truncate(end);
            Some(copy)
        };
        Some(Spoiled { files: vec![cut(true)?], against: Some(cut(false)?) })
    }),
    ("unknown actions", Demand::SameOrRefused, |file| {
        let spoiled = with(file, |lines| {
            for run in runs(lines) {
                let names: Vec<String> =
                    lines[run.header].iter().map(|name| name.trim().to_lowercase()).collect();
                let Some(column) = names.iter().position(|name| is_action(name)) else { continue };
                for row in &mut lines[run.rows] {
                    if let Some(cell) = row.get_mut(column).filter(|cell| !cell.is_empty()) {
                        "Xyzzy".clone_into(cell);
                    }
                }
            }
        });
        let changed = spoiled.sheets.iter().any(|sheet| sheet.text.contains("Xyzzy"));
        if changed { one(spoiled) } else { None }
    }),
    ("unknown column", Demand::SameOrRefused, |file| {
        one(with(file, |lines| {
            for run in runs(lines) {
                lines[run.header].push("Zagadka".to_owned());
                lines[run.rows].iter_mut().for_each(|row| row.push("7".to_owned()));
            }
        }))
    }),
    ("cells moved to the right", Demand::SameOrRefused, |file| {
        one(with(file, |lines| {
            for run in runs(lines) {
                let middle = usize::midpoint(run.rows.start, run.rows.end);
                let section =
                    if lines[run.header].get(1).is_some_and(|c| c == "Header") { 3 } else { 1 };
                let row = &mut lines[middle];
                row.insert(section.min(row.len()), String::new());
            }
        }))
    }),
];

/// Where a line of a text begins.
fn offset(text: &str, part: &str) -> usize {
    let before = text.split_inclusive('\n').take_while(|line| !std::ptr::eq(*line, part));
    before.map(str::len).sum()
}

/// Keeps the first or the second half of each table; rows of one day stay together, because no export ends
/// within a day.
fn keep_half(lines: &mut Vec<Line>, first: bool) {
    let mut gone = Vec::new();
    for run in runs(lines) {
        let middle = usize::midpoint(run.rows.start, run.rows.end);
        let mut begin: BTreeMap<Option<&str>, usize> = BTreeMap::new();
        for at in run.rows.clone() {
            begin.entry(day(&lines[at])).or_insert(at);
        }
        let early = |at: usize| begin.get(&day(&lines[at])).is_none_or(|&begin| begin < middle);
        gone.extend(run.rows.clone().filter(|&at| early(at) != first));
    }
    remove(lines, &gone);
}

fn remove(lines: &mut Vec<Line>, gone: &[usize]) {
    let mut at = 0;
    lines.retain(|_| {
        at += 1;
        !gone.contains(&(at - 1))
    });
}

/// Years of the dates in a text: `2024-01-15`, `15.01.2024`, `24-Feb-2024`, `Jan 15, 2024`, `20240115`.
fn years(text: &str) -> Vec<u32> {
    let bytes = text.as_bytes();
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let mark = |at: usize| matches!(bytes.get(at), Some(b'-' | b'.' | b'/'));
    let behind = |at: usize| mark(at) && (mark(at + 2) || mark(at + 3)) && digit(at + 1);
    let before = |at: usize| {
        let dated = at > 1 && mark(at - 1) && (2..5).any(|back| at > back && mark(at - 1 - back));
        dated || at > 2 && text.get(at - 2..at) == Some(", ") && digit(at - 3)
    };
    let compact = |at: usize| (4..8).all(|i| digit(at + i)) && !digit(at + 8);
    (0..bytes.len())
        .filter(|&at| (0..4).all(|i| digit(at + i)) && (at == 0 || !digit(at - 1)))
        .filter(|&at| if digit(at + 4) { compact(at) } else { behind(at + 4) || before(at) })
        .filter_map(|at| text.get(at..at + 4)?.parse().ok())
        .filter(|year| (2000..2050).contains(year))
        .collect()
}

#[test]
fn dates_are_told_from_numbers() {
    for text in [
        "2024-01-15 10:00",
        "15.01.2024",
        "24-Feb-2024",
        "Jan 15, 2024, 2:13 AM",
        "20240115;103000",
    ] {
        assert_eq!(years(text), [2024], "{text}");
    }
    for text in ["2000.00", "2024", "120240115", "1.2024", "IE00B4L5Y983"] {
        assert_eq!(years(text), [0_u32; 0], "{text}");
    }
}

/// Names of columns that say what a row is.
fn is_action(name: &str) -> bool {
    const NAMES: [&str; 20] = [
        "action",
        "type",
        "typ",
        "rodzaj",
        "k/s",
        "-",
        "oferta",
        "kierunek",
        "operation",
        "side",
        "transaction type",
        "opis",
        "description",
        "tytuł operacji",
        "tytuł przelewu",
        "event",
        "operacja",
        "transaction_type",
        "activity type",
        "direction",
    ];
    NAMES.contains(&name)
}

/// Codes with which a whole file is refused.
const REFUSALS: [&str; 3] = ["FILE-UNKNOWN", "FILE-WRONG-REPORT", "FILE-AMBIGUOUS"];

/// What is wrong with the outcome of a mutation; empty if nothing is.
///
/// A sample that shows refusals is incomplete before and after: then only a complete result would be wrong.
fn verdict(demand: Demand, before: &Outcome, after: &Outcome) -> String {
    let same = before.events == after.events;
    let (was, is) = (before.failures(), after.failures());
    let whole = after
        .errors
        .keys()
        .any(|code| REFUSALS.contains(code) && !before.errors.contains_key(code));
    let refused = whole || is > was || after.unknown > before.unknown || was > 0 && is > 0;
    let fine = match demand {
        Demand::Same => same && (is == was || was > 0 && is > 0),
        // What had two readings may be clear after a spreadsheet has written it anew.
        Demand::SameOrRefused => same || refused || is < was && before.within(after),
        Demand::Part => refused || after.within(before),
    };
    if fine {
        return String::new();
    }
    let mut text = format!("errors {:?} -> {:?}", before.errors, after.errors);
    for (event, count) in &after.events {
        if before.events.get(event) != Some(count) {
            write!(text, "\n    + {count} {event}").unwrap();
        }
    }
    for (event, count) in &before.events {
        if after.events.get(event) != Some(count) {
            write!(text, "\n    - {count} {event}").unwrap();
        }
    }
    text
}

/// Files whose text has no rows of cells.
fn is_document(file: &SourceFile) -> bool {
    let head = only_text(file).unwrap_or_default().trim_start();
    file.container == Container::Document || head.starts_with(['<', '{', '['])
}

/// All mutations of one sample that end in a third way.
fn third_ways(path: &Path) -> Vec<String> {
    let file = load(path);
    if is_document(&file) {
        return Vec::new();
    }
    let before = Outcome::of(vec![file.clone()]);
    let case = path.strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap_or(path).display();
    let mut wrong = Vec::new();
    for (name, demand, spoil) in MUTATIONS {
        let Some(Spoiled { files, against }) = spoil(&file) else { continue };
        let after = Outcome::of(files);
        let against = against.map(|file| Outcome::of(vec![file]));
        let before = against.as_ref().unwrap_or(&before);
        let verdict = verdict(demand, before, &after);
        if !verdict.is_empty() {
            wrong.push(format!("{case}, {name}: {verdict}"));
        }
        let kept = matches!(name, "carriage returns" | "byte order mark" | "rows shuffled");
        if kept && after.failures() == before.failures() && after.rows != before.rows {
            wrong.push(format!("{case}, {name}: {} -> {} rows", before.rows, after.rows));
        }
    }
    wrong
}

#[test]
fn every_spoiled_sample_tells_the_same_or_is_refused_by_name() {
    let samples = samples();
    let wrong: Vec<String> = std::thread::scope(|scope| {
        let part = samples.len().div_ceil(4);
        let workers: Vec<_> = samples
            .chunks(part)
            .map(|part| {
                scope.spawn(|| part.iter().flat_map(|path| third_ways(path)).collect::<Vec<_>>())
            })
            .collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    });
    assert!(wrong.is_empty(), "{} outcomes:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn an_unknown_column_is_told() {
    let (_, _, spoil) = MUTATIONS.into_iter().find(|(name, ..)| *name == "unknown column").unwrap();
    let files: Vec<SourceFile> = samples().iter().map(|path| load(path)).collect();
    let tables = files.iter().filter(|file| !is_document(file)).count();
    let told = files.into_iter().filter(|file| !is_document(file)).filter(|file| {
        let Some(Spoiled { files, .. }) = spoil(file) else { return false };
        let (before, after) = (Outcome::of(vec![file.clone()]), Outcome::of(files));
        after.warnings > before.warnings || after.failures() > before.failures()
    });
    // Files whose tables name no columns, and sections that other readers leave out, cannot tell.
    assert!(told.count() * 10 > tables * 8);
}
