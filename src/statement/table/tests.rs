//! Tables as a reader meets them.

use rust_decimal::Decimal;

use super::*;
use crate::statement::{SourceFile, Statement};

/// Reads `name` and `value` of every row as text.
struct Pairs {
    name: Column,
    value: Column,
    seen: Vec<(u32, String, Option<Decimal>)>,
}

impl RowReader for Pairs {
    fn row(&mut self, row: &mut Row<'_>, _: &mut StatementBuilder) -> Taken {
        let value = row.required_decimal(self.value);
        self.seen.push((row.source().row, row.text(self.name).to_owned(), value));
        if row.has_errors() { Taken::Unknown } else { Taken::Used }
    }

    fn unreadable(&mut self, _: &mut Row<'_>, _: &mut StatementBuilder) {}
}

fn read_as(text: &str, conventions: Conventions) -> (Pairs, Statement) {
    read_file(&SourceFile::from_text(FileId(0), "x.csv", text), conventions)
}

fn read_file(file: &SourceFile, conventions: Conventions) -> (Pairs, Statement) {
    let mut builder = StatementBuilder::new(file.id, "test");
    let absent = Column::absent("none");
    let mut pairs = Pairs { name: absent, value: absent, seen: Vec::new() };
    if let Some(mut table) = Table::open(file.id, &file.sheets[0], conventions) {
        pairs.name = table.header().optional(&["name"]);
        pairs.value = table.header().required(&["value"]);
        if table.is_complete(&mut builder) {
            table.read(&mut builder, &mut pairs);
        }
    }
    (pairs, builder.finish())
}

fn read(text: &str) -> (Pairs, Statement) {
    read_as(text, Conventions::default())
}

fn findings(statement: &Statement) -> Vec<(u32, Code)> {
    statement.diagnostics.iter().map(|found| (found.row.unwrap_or(0), found.code)).collect()
}

fn rows(pairs: &Pairs) -> Vec<(u32, &str)> {
    pairs.seen.iter().map(|(row, name, _)| (*row, name.as_str())).collect()
}

fn values(pairs: &Pairs) -> Vec<String> {
    pairs.seen.iter().filter_map(|(_, _, value)| value.map(|v| v.to_string())).collect()
}

#[test]
fn rows_are_numbered_by_physical_line_whatever_ends_the_lines() {
    let text = "\nname;value\na;1\n\n\nb;2\n;\n\"c\nd\";3\ne;4\n";
    let expected = [(3, "a"), (6, "b"), (8, "c\nd"), (10, "e")];
    assert_eq!(rows(&read(text).0), expected);
    let crlf = text.replace('\n', "\r\n");
    let expected = [(3, "a"), (6, "b"), (8, "c\r\nd"), (10, "e")];
    assert_eq!(rows(&read(&crlf).0), expected);
    assert_eq!(rows(&read("name;value\ra;1\rb;2\r").0), [(2, "a"), (3, "b")]);
}

#[test]
fn a_column_shows_its_style_through_a_decisive_cell() {
    let (pairs, statement) = read("name;value\na;1,234\nb;12\nc;1 234,5\n");
    assert_eq!(values(&pairs), ["1.234", "12", "1234.5"]);
    assert_eq!(statement.rows.used, 3);
    let (pairs, _) = read("name;value\na;1.234\nb;1.234,50\n");
    assert_eq!(values(&pairs), ["1234", "1234.50"]);
    let (pairs, _) = read("name,value\na,\"1,234\"\nb,\"1,234.50\"\n");
    assert_eq!(values(&pairs), ["1234", "1234.50"]);
}

#[test]
fn a_column_mixes_styles_only_where_people_type() {
    let text = "name;value\na;133.57\nb;143,57\nc;1.234\n";
    let (pairs, statement) = read(text);
    assert_eq!(values(&pairs), ["133.57", "1.234"]);
    assert_eq!(findings(&statement), [(3, Code::BadNumber)]);

    let mixed = |text: &str| {
        let file = SourceFile::from_text(FileId(0), "x.csv", text);
        let mut builder = StatementBuilder::new(file.id, "test");
        let mut table = Table::open(file.id, &file.sheets[0], Conventions::default()).unwrap();
        table.mix_numbers();
        let name = table.header().optional(&["name"]);
        let value = table.header().required(&["value"]);
        let mut pairs = Pairs { name, value, seen: Vec::new() };
        table.read(&mut builder, &mut pairs);
        (values(&pairs), findings(&builder.finish()))
    };
    let (found, refused) = mixed(text);
    assert_eq!(found, ["133.57", "143.57"]);
    // A thousand or little more than one: in a mixed column nothing tells.
    assert_eq!(refused, [(4, Code::AmbiguousNumber)]);
    let (found, refused) = mixed("name;value\na;133.57\nb;1.234\n");
    assert_eq!((found, refused.len()), (vec!["133.57".to_owned(), "1.234".to_owned()], 0));
}

#[test]
fn another_column_decides_only_what_it_shows() {
    let (pairs, _) = read("name;value;price\na;1,234;12,5\n");
    assert_eq!(values(&pairs), ["1.234"]);
    let (_, statement) = read("name;value;price\na;1,234;12.5\n");
    assert!(findings(&statement).contains(&(2, Code::AmbiguousNumber)));
}

#[test]
fn a_column_with_two_readings_is_refused_in_every_row() {
    let (_, statement) = read("name;value\na;1,234\nb;2,345\n");
    let expected = [(2, Code::AmbiguousNumber), (3, Code::AmbiguousNumber)];
    assert_eq!(findings(&statement), expected);
    let point = Conventions { numbers: Some(NumberStyle::Point), ..Conventions::default() };
    assert_eq!(values(&read_as("name;value\na;1.234\n", point).0), ["1.234"]);
}

#[test]
fn a_cell_against_the_style_of_its_column_is_an_error() {
    let (_, statement) = read("name;value\na;12.5\nb;12,5\nc;abc\n");
    assert_eq!(findings(&statement), [(3, Code::BadNumber), (4, Code::BadNumber)]);
    assert_eq!((statement.rows.used, statement.rows.unknown, statement.rows.total), (1, 2, 3));
    let (_, statement) = read("name;value\na;12,5\nb;12.5\n");
    assert_eq!(findings(&statement), [(3, Code::BadNumber)]);
}

#[test]
fn rows_of_another_width_and_nul_bytes_are_damaged() {
    let (pairs, statement) = read("name;value\na;1;;\nb;2;x\nc\nd\0;4\ne;5\n");
    assert_eq!(rows(&pairs), [(2, "a"), (6, "e")]);
    let shape = Code::RowShape;
    assert_eq!(findings(&statement), [(3, Code::RowShape), (4, shape), (5, shape)]);
    let short = Conventions { short_rows: true, ..Conventions::default() };
    let (_, statement) = read_as("name;value\nc\n", short);
    assert_eq!(findings(&statement), [(2, Code::EmptyCell)]);
}

#[test]
fn a_row_of_a_workbook_ends_with_its_last_cell() {
    let mut file = SourceFile::from_text(FileId(0), "x.xlsx", "value,name\n1,a\n2\n3,c\n");
    file.sheets[0].name = "Sheet1".to_owned();
    let (pairs, statement) = read_file(&file, Conventions::default());
    assert_eq!(rows(&pairs), [(2, "a"), (3, ""), (4, "c")]);
    assert_eq!(findings(&statement), []);
}

#[test]
fn a_stray_quote_damages_only_its_own_row() {
    let (pairs, statement) = read("name;value\na;1\n\"b;2\nc;3\nd;4\n");
    assert_eq!(rows(&pairs), [(2, "a"), (4, "c"), (5, "d")]);
    assert_eq!(findings(&statement), [(3, Code::RowShape)]);
    assert_eq!(statement.rows.total, 4);
}

#[test]
fn missing_and_unknown_columns_are_reported_once() {
    let (_, statement) = read("name;other\na;1\n");
    assert_eq!(findings(&statement), [(1, Code::MissingColumn)]);
    let (_, statement) = read("name;value;new;empty\na;1;;\nb;2;x;\nc;3;y;\n");
    assert_eq!(findings(&statement), [(3, Code::UnknownColumn)]);
}

proptest::proptest! {
    #[test]
    fn no_text_makes_a_table_panic_and_counts_add_up(text in "(name[;,]value\n)?[\"a1,;. \n\r\0é]{0,80}") {
        let (_, statement) = read(&text);
        let rows = statement.rows;
        proptest::prop_assert_eq!(rows.total, rows.used + rows.neutral + rows.duplicate + rows.unknown);
    }
}

/// Reads `date` of every row as an American broker writes it.
struct Days {
    date: Column,
    seen: Vec<String>,
}

impl RowReader for Days {
    fn row(&mut self, row: &mut Row<'_>, _: &mut StatementBuilder) -> Taken {
        let Some(stamp) = row.required_stamp(self.date) else { return Taken::Unknown };
        self.seen.push(stamp.day.to_string());
        Taken::Used
    }

    fn unreadable(&mut self, _: &mut Row<'_>, _: &mut StatementBuilder) {}
}

/// A Polish spreadsheet takes 06/12/2023 for 6 December, writes it as 06.12.2023, and leaves 03/13/2023 alone.
#[test]
fn american_dates_that_a_spreadsheet_has_swapped_are_refused() {
    let days = |dates: &[&str]| {
        let text = format!("date\n{}\n", dates.join("\n"));
        let file = SourceFile::from_text(FileId(0), "x.csv", &text);
        let mut builder = StatementBuilder::new(file.id, "test");
        let conventions =
            Conventions { dates: Some(DateOrder::MonthFirst), ..Conventions::default() };
        let mut table = Table::open(file.id, &file.sheets[0], conventions).unwrap();
        let mut days = Days { date: table.header().required(&["date"]), seen: Vec::new() };
        table.read(&mut builder, &mut days);
        let codes: Vec<Code> =
            builder.finish().diagnostics.iter().map(|found| found.code).collect();
        (days.seen.join(" "), codes)
    };
    let swapped = |seen: &str, times| (seen.to_owned(), vec![Code::SwappedDate; times]);
    assert_eq!(days(&["06.12.2023", "03/13/2023"]), swapped("2023-03-13", 1));
    assert_eq!(days(&["2023-12-06", "03/13/2023"]), swapped("2023-03-13", 1));
    assert_eq!(
        days(&["03/13/2023 as of 03/10/2023", "06.12.2023"]).1.last(),
        Some(&Code::SwappedDate)
    );
    assert_eq!(days(&["06.12.2023", "05.11.2023"]), swapped("", 2));
    // Nothing was taken for another day where all were read, nor where the broker's own form is left.
    assert_eq!(days(&["13.03.2023", "12.06.2023"]).0, "2023-03-13 2023-06-12");
    assert_eq!(days(&["2023-06-12"]).0, "2023-06-12");
    assert_eq!(days(&["03/13/2023", "06/12/2023"]).0, "2023-03-13 2023-06-12");
}
