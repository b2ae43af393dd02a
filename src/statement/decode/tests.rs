use std::io::Write as _;

use rust_xlsxwriter::{ExcelDateTime as Stamp, Format, Formula, Workbook};
use zip::{ZipWriter, write::SimpleFileOptions};

use super::*;

fn read(bytes: impl Into<Vec<u8>>) -> Result<SourceFile, Refused> {
    decode(FileId(7), "plik", bytes.into(), &Limits::default())
}

fn code(bytes: impl Into<Vec<u8>>) -> Code {
    read(bytes).unwrap_err().code
}

fn zipped(entries: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in entries {
        let mut options = SimpleFileOptions::default();
        if *name == "mimetype" {
            options = options.compression_method(zip::CompressionMethod::Stored);
        }
        writer.start_file(*name, options).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// The smallest OOXML workbook around the given rows.
fn xlsx(rows: &str) -> Vec<u8> {
    xlsx_sheets(rows, 1)
}

/// A workbook whose sheets all are the same part.
fn xlsx_sheets(rows: &str, count: usize) -> Vec<u8> {
    let names: Vec<String> = (1..=count)
        .map(|n| format!("<sheet name=\"S{n}\" sheetId=\"{n}\" r:id=\"r1\"/>"))
        .collect();
    let workbook = format!(
        "<workbook xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" \
         xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\">\
         <sheets>{}</sheets></workbook>",
        names.concat()
    );
    let sheet = format!(
        "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\">\
         <sheetData>{rows}</sheetData></worksheet>"
    );
    zipped(&[
        (
            "[Content_Types].xml",
            "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"/>",
        ),
        (
            "_rels/.rels",
            "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\
             <Relationship Id=\"r1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>",
        ),
        ("xl/workbook.xml", &workbook),
        (
            "xl/_rels/workbook.xml.rels",
            "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\
             <Relationship Id=\"r1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>",
        ),
        ("xl/worksheets/sheet1.xml", &sheet),
    ])
}

fn ods(rows: &str) -> Vec<u8> {
    let content = format!(
        "<office:document-content xmlns:office=\"o\" xmlns:table=\"t\" xmlns:text=\"x\">\
         <office:body><office:spreadsheet><table:table table:name=\"Arkusz\">{rows}</table:table>\
         </office:spreadsheet></office:body></office:document-content>"
    );
    zipped(&[
        ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
        ("META-INF/manifest.xml", "<manifest:manifest xmlns:manifest=\"m\"/>"),
        ("content.xml", &content),
    ])
}

/// A compound file of version 3 with one stream of at least 4 096 bytes.
fn compound_file(name: &str, stream: &[u8]) -> Vec<u8> {
    let size = u32::try_from(stream.len().max(4096)).unwrap();
    let sectors = size.div_ceil(512);
    let mut header = vec![0_u8; 512];
    header[..8].copy_from_slice(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1");
    let mut put = |place: usize, bytes: &[u8]| {
        header[place..place + bytes.len()].copy_from_slice(bytes);
    };
    put(24, &[0x3e, 0, 3, 0, 0xfe, 0xff, 9, 0, 6, 0]);
    put(44, &1_u32.to_le_bytes());
    put(48, &1_u32.to_le_bytes());
    put(56, &4096_u32.to_le_bytes());
    put(60, &0xffff_fffe_u32.to_le_bytes());
    put(68, &0xffff_fffe_u32.to_le_bytes());
    put(76, &[0xff; 436]);
    put(76, &0_u32.to_le_bytes());
    let mut table = vec![0xffff_fffd_u32, 0xffff_fffe];
    table.extend((0..sectors).map(|n| if n + 1 == sectors { 0xffff_fffe } else { n + 3 }));
    table.resize(128, 0xffff_ffff);
    let mut directory = vec![0_u8; 512];
    for (index, (name, start, size)) in
        [("Root Entry", 0xffff_fffe_u32, 0), (name, 2, size)].iter().enumerate()
    {
        let entry = &mut directory[index * 128..index * 128 + 128];
        for (place, unit) in name.encode_utf16().enumerate() {
            entry[place * 2..place * 2 + 2].copy_from_slice(&unit.to_le_bytes());
        }
        entry[66] = if index == 0 { 5 } else { 2 };
        entry[116..120].copy_from_slice(&start.to_le_bytes());
        entry[120..124].copy_from_slice(&size.to_le_bytes());
    }
    let mut data = stream.to_vec();
    data.resize(usize::try_from(sectors).unwrap() * 512, 0);
    [header, table.iter().flat_map(|number| number.to_le_bytes()).collect(), directory, data]
        .concat()
}

fn record(kind: u16, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len()).unwrap();
    [kind.to_le_bytes().as_slice(), &length.to_le_bytes(), data].concat()
}

/// An XLS file with one sheet of the given records.
fn xls(cells: &[Vec<u8>]) -> Vec<u8> {
    xls_with(&[], cells)
}

/// The same with further records of the workbook.
fn xls_with(more: &[Vec<u8>], cells: &[Vec<u8>]) -> Vec<u8> {
    let bof = |kind: u8| record(0x0809, &[0, 6, kind, 0, 0, 0, 0, 0, 0, 0, 0, 0, 6, 0, 0, 0]);
    let globals = |start: u32| {
        let bound = [start.to_le_bytes().as_slice(), &[0, 0, 1, 0, b'S']].concat();
        [bof(5), record(0x0085, &bound), more.concat(), record(0x000a, &[])].concat()
    };
    let start = u32::try_from(globals(0).len()).unwrap();
    let stream = [globals(start), bof(0x10), cells.concat(), record(0x000a, &[])].concat();
    compound_file("Workbook", &stream)
}

fn number(row: u16, column: u16, value: f64) -> Vec<u8> {
    let place = [row, column, 0].into_iter().flat_map(u16::to_le_bytes);
    record(0x0203, &place.chain(value.to_le_bytes()).collect::<Vec<_>>())
}

#[test]
fn old_workbooks_are_read() {
    let label = [&[0, 0, 0, 0, 0, 0, 4, 0, 0], b"Data".as_slice()].concat();
    let file = read(xls(&[record(0x0204, &label), number(0, 1, 1.5), number(3, 0, -2.0)])).unwrap();
    assert_eq!((file.sheets[0].name.as_str(), file.container), ("S", Container::Workbook));
    assert_eq!(file.sheets[0].text, "Data,1.5\n\n\n-2\n");
}

/// By its name in [`Limits`] (mail.md § 7).
#[test]
fn legacy_workbook_file() {
    let book = xls(&[number(0, 1, 1.5)]);
    let limits = |most: usize| Limits { legacy_workbook_file: most, ..Limits::default() };
    let read = |limits: &Limits| decode(FileId(0), "a.xls", book.clone(), limits);
    assert!(read(&limits(book.len())).is_ok());
    let refused = read(&limits(book.len() - 1)).unwrap_err();
    assert_eq!(refused.code, Code::TooLarge);
}

#[test]
fn shared_strings_of_old_workbooks_do_not_multiply() {
    let text = [&[1, 0, 0, 0, 1, 0, 0, 0, 0x40, 0x1f, 0], vec![b'x'; 8_000].as_slice()].concat();
    let strings = record(0x00fc, &text);
    let cells = |count: u16| -> Vec<Vec<u8>> {
        let place = |row: u16| [row.to_le_bytes().as_slice(), &[0; 8]].concat();
        (0..count).map(|row| record(0x00fd, &place(row))).collect()
    };
    let few = read(xls_with(std::slice::from_ref(&strings), &cells(3))).unwrap();
    assert_eq!(few.sheets[0].text.lines().map(str::len).collect::<Vec<_>>(), [8_000; 3]);
    let many = xls_with(&[strings], &cells(1_000));
    let limits = Limits { unpacked: 1 << 20, ..Limits::default() };
    assert_eq!(decode(FileId(0), "x", many, &limits).unwrap_err().code, Code::TooLarge);
}

/// Both would make the reader ask for about 100 GB, which aborts the process.
#[test]
fn far_corners_of_old_workbooks_cost_nothing() {
    assert_eq!(code(xls(&[number(0, 0, 1.0), number(65_535, 65_535, 1.0)])), Code::TooLarge);
    let claim = [0, u32::MAX, 0xffff_0000].into_iter().flat_map(u32::to_le_bytes).chain([0, 0]);
    let claim = record(0x0200, &claim.collect::<Vec<_>>());
    assert_eq!(code(xls(&[claim, number(0, 0, 1.0)])), Code::BadWorkbook);
    let encrypted = compound_file("Workbook", &record(0x002f, &[1, 0]));
    assert_eq!(code(encrypted), Code::EncryptedFile);
}

#[test]
fn chains_that_never_end_are_noticed() {
    let mut file = compound_file("Workbook", &[0; 5_000]);
    // The directory is sector 1 and follows itself.
    file[512 + 4..512 + 8].copy_from_slice(&1_u32.to_le_bytes());
    assert_eq!(code(file), Code::BadWorkbook);
    let mut file = compound_file("Workbook", &[0; 5_000]);
    file[512 + 12..512 + 16].copy_from_slice(&2_u32.to_le_bytes());
    file[1024 + 248..1024 + 252].copy_from_slice(&u32::MAX.to_le_bytes());
    assert_eq!(code(file), Code::BadWorkbook);
}

#[test]
fn claimed_strings_are_not_reserved() {
    let mut entries: Vec<(String, Vec<u8>)> = Vec::new();
    let bytes = xlsx("");
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes.as_slice())).unwrap();
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).unwrap();
        let name = entry.name().unwrap().into_owned();
        let mut text = Vec::new();
        std::io::Read::read_to_end(&mut entry, &mut text).unwrap();
        entries.push((name, text));
    }
    let strings = b"<sst uniqueCount = '99999999999'><si><t>a</t></si></sst>".to_vec();
    entries.push(("xl/sharedStrings.xml".to_owned(), strings));
    let entries: Vec<(&str, &str)> = entries
        .iter()
        .map(|(name, text)| (name.as_str(), std::str::from_utf8(text).unwrap()))
        .collect();
    assert_eq!(code(zipped(&entries)), Code::BadWorkbook);
}

#[test]
fn text_is_taken_over_without_a_copy() {
    let bytes = b"a;b\n1;2\n".to_vec();
    let place = bytes.as_ptr();
    let file = read(bytes).unwrap();
    let sheet = file.first_sheet().unwrap();
    assert_eq!(sheet.text.as_ptr(), place);
    assert_eq!((sheet.text.as_str(), sheet.delimiter), ("a;b\n1;2\n", b';'));
    assert_eq!((file.id, file.container), (FileId(7), Container::Text));
}

#[test]
fn every_other_kind_is_refused_by_name() {
    let named = |name: &str| compound_file(name, &[0; 5_000]);
    for (bytes, expected) in [
        (b"%PDF-1.7\n".to_vec(), Code::PdfFile),
        (b"\xff\xd8\xff\xe0....JFIF".to_vec(), Code::ImageFile),
        (b"\0\0\0\x18ftypheic....".to_vec(), Code::ImageFile),
        (b"RIFF\0\0\0\0WEBPVP8 ".to_vec(), Code::ImageFile),
        (b"7z\xbc\xaf\x27\x1c\0\x04".to_vec(), Code::BadArchive),
        (b"Rar!\x1a\x07\x01\0".to_vec(), Code::BadArchive),
        (b"begin 644 a.csv\n#86)C\n`\nend\n".to_vec(), Code::BadArchive),
        ([&[b'a'; 257][..], b"ustar\x0000"].concat(), Code::BadArchive),
        (zipped(&[("Index/Document.iwa", "x")]), Code::BadWorkbook),
        (b"{\\rtf1 a;b}".to_vec(), Code::UnknownFile),
        (b"\r\n <!DOCTYPE html><table>".to_vec(), Code::HtmlFile),
        (b"<html xmlns:x=\"urn:schemas-microsoft-com:office:excel\">".to_vec(), Code::HtmlFile),
        (b"<table><tr><td>a</td></tr></table>".to_vec(), Code::HtmlFile),
        (b"-----BEGIN PGP MESSAGE-----\n\nabc".to_vec(), Code::EncryptedFile),
        (named("EncryptedPackage"), Code::EncryptedFile),
        (named("__substg1.0_0037001F"), Code::OutlookMessage),
        (named("WordDocument"), Code::UnknownFile),
        (named("Contents"), Code::BadWorkbook),
        (zipped(&[("word/document.xml", "<x/>")]), Code::UnknownFile),
        (zipped(&[("[Content_Types].xml", ""), ("xl/workbook.xml", "junk")]), Code::BadWorkbook),
    ] {
        let head = String::from_utf8_lossy(&bytes[..bytes.len().min(16)]).into_owned();
        assert_eq!(code(bytes), expected, "{head:?}");
    }
}

#[test]
fn structured_text_is_a_document() {
    for text in [
        "<?xml version=\"1.0\"?>\n<FlexQueryResponse queryName=\"a\">",
        "<FlexQueryResponse>",
        "{\"a\": 1}",
        "[ {\"a\": 1} ]",
    ] {
        assert_eq!(read(text).unwrap().container, Container::Document, "{text}");
    }
    for text in
        ["MZ;b\n1;2\n", "BZh;b\n1;2\n", "begin 6;b\n", "[Section]\na;b\n", "<5 units;b\n", "BM,a\n"]
    {
        assert_eq!(read(text).unwrap().container, Container::Text, "{text}");
    }
}

#[test]
fn utf16_xml_and_html_are_recognised_too() {
    let wide = |text: &str| -> Vec<u8> {
        [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect()
    };
    assert_eq!(code(wide("<html><body>")), Code::HtmlFile);
    assert_eq!(read(wide("<?xml version=\"1.0\"?><a/>")).unwrap().container, Container::Document);
}

#[test]
fn a_workbook_becomes_csv_cell_for_cell() {
    let mut book = Workbook::new();
    let date = Format::new().set_num_format("yyyy-mm-dd");
    let stamp = Format::new().set_num_format("yyyy-mm-dd hh:mm:ss");
    let sheet = book.add_worksheet().set_name("Transakcje").unwrap();
    sheet.write(0, 0, "Data").unwrap();
    sheet.write(0, 1, "Opis, \"uwagi\"").unwrap();
    sheet.write(0, 3, "Kwota").unwrap();
    let day = Stamp::parse_from_str("2024-01-15").unwrap();
    sheet.write_with_format(2, 0, &day, &date).unwrap();
    let instant = Stamp::parse_from_str("2024-01-15T10:30:59").unwrap();
    sheet.write_with_format(2, 1, &instant, &stamp).unwrap();
    sheet.write(2, 2, true).unwrap();
    sheet.write(2, 3, -1234.5).unwrap();
    sheet.write(3, 3, 0.000_000_1).unwrap();
    sheet.write_formula(4, 3, Formula::new("=1+1").set_result("2")).unwrap();
    book.add_worksheet().set_name("Pusty").unwrap().set_hidden(true);
    let file = read(book.save_to_buffer().unwrap()).unwrap();
    assert_eq!(file.container, Container::Workbook);
    assert_eq!(file.sheets.len(), 2);
    assert_eq!(file.sheets[0].name, "Transakcje");
    assert_eq!(
        file.sheets[0].text,
        "Data,\"Opis, \"\"uwagi\"\"\",,Kwota\n\n2024-01-15,2024-01-15 10:30:59,TRUE,-1234.5\n\
         ,,,0.0000001\n,,,2\n"
    );
    assert_eq!(file.sheets[1].text, "");
}

#[test]
fn a_formula_without_a_value_is_not_empty() {
    let file = read(xlsx("<row r=\"1\"><c r=\"A1\"><f>B1*2</f></c><c r=\"B1\"><v>3</v></c></row>"))
        .unwrap();
    assert_eq!(file.sheets[0].text, "=B1*2,3\n");
}

/// Measured: `worksheet_range` asks for 549 GB here.
#[test]
fn far_corners_cost_nothing() {
    let corners = "<row r=\"1\"><c r=\"A1\"><v>1</v></c></row>\
                   <row r=\"1048576\"><c r=\"XFD1048576\"><v>2</v></c></row>";
    assert_eq!(code(xlsx(corners)), Code::TooLarge);
    let rows: Vec<String> = (1..=2_000)
        .map(|row| {
            format!("<row r=\"{row}\"><c r=\"A{row}\"/><c r=\"XFD{row}\"><v>1</v></c></row>")
        })
        .collect();
    assert_eq!(code(xlsx(&rows.concat())), Code::TooLarge);
}

#[test]
fn sheets_that_share_a_part_do_not_multiply() {
    let limits = Limits { unpacked: 200_000, ..Limits::default() };
    let rows = "<row><c/></row>".repeat(4_000);
    assert!(decode(FileId(0), "x", xlsx_sheets(&rows, 2), &limits).is_ok());
    let refused = decode(FileId(0), "x", xlsx_sheets(&rows, 100), &limits).unwrap_err();
    assert_eq!(refused.code, Code::TooLarge);
}

#[test]
fn disorderly_sheets_are_refused() {
    let rows =
        "<row r=\"2\"><c r=\"A2\"><v>1</v></c></row><row r=\"1\"><c r=\"A1\"><v>2</v></c></row>";
    assert_eq!(code(xlsx(rows)), Code::BadWorkbook);
    let twice = "<row r=\"1\"><c r=\"A1\"><v>1</v></c><c r=\"A1\"><v>2</v></c></row>";
    assert_eq!(code(xlsx(twice)), Code::BadWorkbook);
}

#[test]
fn a_giant_cell_is_refused_before_it_is_read() {
    let limits = Limits { entry: 100_000, ..Limits::default() };
    let noise: Vec<String> =
        (0..40_000_u32).map(|n| format!("{:x}", n.wrapping_mul(2_654_435_761))).collect();
    let noise = noise.concat();
    let rows = format!("<row r=\"1\"><c r=\"A1\" t=\"str\"><v>{noise}</v></c></row>");
    let refused = decode(FileId(0), "x", xlsx(&rows), &limits).unwrap_err();
    assert_eq!(refused.code, Code::TooLarge);
    let zeros = format!("<row r=\"1\"><c r=\"A1\"><v>{}</v></c></row>", "0".repeat(4 << 20));
    assert_eq!(code(xlsx(&zeros)), Code::BadArchive);
}

/// A shared string of 60 kB in 3 000 cells: 180 MB of text out of 100 kB.
#[test]
fn repeated_shared_strings_do_not_multiply() {
    let limits = Limits { unpacked: 1 << 20, ..Limits::default() };
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let long = "x".repeat(30_000);
    for row in 0..300 {
        sheet.write(row, 0, &long).unwrap();
    }
    let bytes = book.save_to_buffer().unwrap();
    assert_eq!(decode(FileId(0), "x", bytes, &limits).unwrap_err().code, Code::TooLarge);
}

#[test]
fn open_document_sheets_are_read_and_measured() {
    let cell = |text: &str| {
        format!(
            "<table:table-cell office:value-type=\"string\"><text:p>{text}</text:p></table:table-cell>"
        )
    };
    let padding = "<table:table-cell table:number-columns-repeated=\"16382\"/>";
    let tail = format!(
        "<table:table-row table:number-rows-repeated=\"1048000\">{padding}</table:table-row>"
    );
    let rows = format!(
        "<table:table-row>{}{}{padding}</table:table-row>\
         <table:table-row table:number-rows-repeated=\"2\"><table:table-cell/></table:table-row>\
         <table:table-row>{}<table:table-cell office:value-type=\"float\" office:value=\"12.5\"><text:p>12,50</text:p></table:table-cell></table:table-row>{tail}",
        cell("Data"),
        cell("Kwota"),
        cell("2024-01-02"),
    );
    let file = read(ods(&rows)).unwrap();
    assert_eq!(file.sheets[0].text, "Data,Kwota\n\n\n2024-01-02,12.5\n");

    let bomb = "<table:table-row table:number-rows-repeated=\"1048576\">\
        <table:table-cell table:number-columns-repeated=\"16384\" office:value-type=\"float\" office:value=\"1\"/>\
        </table:table-row>";
    assert_eq!(code(ods(bomb)), Code::TooLarge);
}

#[test]
fn entities_are_not_expanded() {
    let rows = "<row r=\"1\"><c r=\"A1\" t=\"str\"><v>&bomb;</v></c></row>";
    assert_eq!(code(xlsx(rows)), Code::BadWorkbook);
}

fn xml_piece() -> impl proptest::strategy::Strategy<Value = &'static str> {
    proptest::sample::select(vec![
        "<row>",
        "<row r=\"3\">",
        "<row r=\"99999999999\">",
        "</row>",
        "<c>",
        "<c r=\"B2\">",
        "<c r=\"ZZZZZZZ1\" t=\"s\">",
        "<c s=\"99\" t=\"d\">",
        "</c>",
        "<v>",
        "1",
        "1e308",
        "-1e-300",
        "</v>",
        "<f t=\"shared\" si=\"999999999\" ref=\"A1:B2\">",
        "</f>",
        "<is><t>",
        "</t></is>",
        "&amp;",
        "&#x1F600;",
        "<!--",
        "-->",
        "<![CDATA[",
        "]]>",
        "<table:table-row>",
        "</table:table-row>",
        "<table:table-row table:number-rows-repeated=\"7\">",
        "<table:table-cell table:number-columns-repeated=\"5\"/>",
        "<table:table-cell office:value-type=\"date\" office:date-value=\"2024-01-02\">",
        "<table:table-cell office:value-type=\"float\" office:value=\"x\">",
        "</table:table-cell>",
        "<text:p>",
        "</text:p>",
        "<text:s text:c=\"4\"/>",
    ])
}

proptest::proptest! {
    #[test]
    fn arbitrary_sheets_are_survived(pieces in proptest::collection::vec(xml_piece(), 0..30)) {
        let _ = read(xlsx(&pieces.concat()));
        let _ = read(ods(&pieces.concat()));
    }

    #[test]
    fn mutated_workbooks_are_survived(changes: Vec<(u16, u8)>, kind in 0..3) {
        let mut bytes = if kind == 2 {
            xls(&[number(0, 0, 1.0), number(2, 3, 4.5)])
        } else if kind == 1 {
            ods("<table:table-row><table:table-cell office:value-type=\"float\" office:value=\"1\"/></table:table-row>")
        } else {
            xlsx("<row r=\"1\"><c r=\"A1\"><v>1</v></c></row>")
        };
        for (place, value) in changes {
            let length = bytes.len();
            bytes[usize::from(place) % length] = value;
        }
        let _ = read(bytes);
    }
}
