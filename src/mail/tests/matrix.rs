//! Every label × charset × transfer encoding × disposition × name that clients produce: the data
//! must come out byte for byte, whatever is written above it (mail.md § 8.3).

use super::{CSV, base64, mixed, quoted, read_mail};
use crate::{
    mail::Limits,
    statement::{FileId, decode::decode},
};

const TYPES: [&str; 8] = [
    "text/csv",
    "text/plain",
    "application/vnd.ms-excel",
    "application/octet-stream",
    "application/x-csv",
    "text/comma-separated-values",
    "image/png",
    "",
];

const CHARSETS: [&str; 5] = ["", "us-ascii", "iso-8859-1", "utf-8", "utf-16"];

const DISPOSITIONS: [&str; 3] = ["", "inline", "attachment"];

/// No name at all, and `wyciąg.csv`: in which field, and the parameter.
const NAMES: [(&str, &str); 9] = [
    ("", ""),
    ("disposition", "filename=\"wyci\u{105}g.csv\""),
    ("disposition", "filename=\"=?utf-8?b?d3ljacSFZy5jc3Y=?=\""),
    ("disposition", "filename=\"=?utf-8?q?wyci=C4=85?=\r\n =?utf-8?q?g.csv?=\""),
    ("disposition", "filename=\"=?iso-8859-2?Q?wyci=B1g=2Ecsv?=\""),
    ("disposition", "filename*=UTF-8''wyci%C4%85g.csv"),
    ("disposition", "filename*=windows-1250''wyci%B9g.csv"),
    ("disposition", "filename*0*=UTF-8''wyci%C4%85;\r\n filename*1=\"g.csv\""),
    ("type", "name=\"=?UTF-8?Q?wyci=C4=85g.csv?=\""),
];

fn payloads() -> Vec<Vec<u8>> {
    let wide: Vec<u8> = CSV.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let other: Vec<u8> = CSV.encode_utf16().flat_map(u16::to_be_bytes).collect();
    vec![
        CSV.as_bytes().to_vec(),
        [b"\xef\xbb\xbf", CSV.replace('\n', "\r\n").as_bytes()].concat(),
        encoding_rs::WINDOWS_1250.encode(CSV).0.into_owned(),
        encoding_rs::ISO_8859_2.encode(CSV).0.into_owned(),
        [b"\xff\xfe".to_vec(), wide].concat(),
        [b"\xfe\xff".to_vec(), other].concat(),
        dos(CSV),
    ]
}

/// Code page 852, for the letters that the file has.
fn dos(text: &str) -> Vec<u8> {
    let byte = |letter: char| match letter {
        'ś' => 0x98,
        'ć' => 0x86,
        'Ł' => 0x9d,
        'Ą' => 0xa4,
        'Ż' => 0xbd,
        _ => u8::try_from(letter).unwrap(),
    };
    text.chars().map(byte).collect()
}

fn part(media: &str, charset: &str, disposition: &str, name: (&str, &str)) -> String {
    let (place, parameter) = name;
    let named = |field: &str| if place == field { format!("; {parameter}") } else { String::new() };
    let mut header = String::new();
    if !media.is_empty() {
        header.push_str("Content-Type: ");
        header.push_str(media);
        if !charset.is_empty() {
            header.push_str("; charset=");
            header.push_str(charset);
        }
        header.push_str(&named("type"));
        header.push_str("\r\n");
    }
    let parameter = named("disposition");
    if !disposition.is_empty() || !parameter.is_empty() {
        let kind = if disposition.is_empty() { "attachment" } else { disposition };
        header = format!("{header}Content-Disposition: {kind}{parameter}\r\n");
    }
    header
}

fn check(payloads: &[Vec<u8>], media: &str, charset: &str, disposition: &str, name: (&str, &str)) {
    let header = part(media, charset, disposition, name);
    for payload in payloads {
        for encoding in ["8bit", "base64", "quoted-printable"] {
            let body = match encoding {
                "base64" => base64(payload).into_bytes(),
                "quoted-printable" => quoted(payload).into_bytes(),
                _ => payload.clone(),
            };
            let head = format!("{header}Content-Transfer-Encoding: {encoding}\r\n\r\n");
            let message = read_mail(mixed(&[[head.as_bytes(), &body].concat()]));
            let context = || format!("{header}{encoding} {payload:x?}");
            assert_eq!(message.attachments.len(), 1, "{}", context());
            assert!(message.refused.is_empty(), "{}", context());
            let file = &message.attachments[0];
            assert_eq!(file.bytes, *payload, "{}", context());
            let is_named = name.0 == "disposition" || (name.0 == "type" && !media.is_empty());
            let expected = if is_named { "wyciąg.csv" } else { "zalacznik-1" };
            assert_eq!(file.name, expected, "{}", context());
        }
    }
}

/// All of it: 8 labels × 5 charsets × 3 dispositions × 9 names × 7 payloads × 3 transfer encodings.
#[test]
fn every_label_charset_disposition_name_and_encoding_gives_the_same_bytes() {
    let payloads = payloads();
    for media in TYPES {
        for charset in CHARSETS {
            for disposition in DISPOSITIONS {
                for name in NAMES {
                    // Text that nothing calls a file, in a charset that no letter is in: one cannot tell.
                    let letter = name.0.is_empty() || (name.0 == "type" && media.is_empty());
                    let nameless = media.is_empty() || media == "text/plain";
                    if charset == "utf-16" && nameless && letter && disposition != "attachment" {
                        continue;
                    }
                    check(&payloads, media, charset, disposition, name);
                }
            }
        }
    }
}

/// And whatever was declared, the bytes are read as the text that they are.
#[test]
fn every_payload_is_read_as_its_text() {
    for payload in payloads() {
        let source = decode(FileId(0), "a.csv", payload.clone(), &Limits::default()).unwrap();
        let sheet = source.first_sheet().unwrap();
        assert_eq!(sheet.text.replace("\r\n", "\n"), CSV, "{payload:x?}");
        assert_eq!(sheet.delimiter, b';');
    }
}
