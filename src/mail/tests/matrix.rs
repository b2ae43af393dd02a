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

/// How `wyciąg.csv` is written: in which field, and the parameter.
const NAMES: [(&str, &str); 8] = [
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
    vec![
        CSV.as_bytes().to_vec(),
        [b"\xef\xbb\xbf", CSV.replace('\n', "\r\n").as_bytes()].concat(),
        encoding_rs::WINDOWS_1250.encode(CSV).0.into_owned(),
        encoding_rs::ISO_8859_2.encode(CSV).0.into_owned(),
        [b"\xff\xfe".to_vec(), wide].concat(),
    ]
}

fn part(media: &str, charset: &str, disposition: &str, name: Option<(&str, &str)>) -> String {
    let named = |field: &str| match name {
        Some((place, parameter)) if place == field => format!("; {parameter}"),
        _ => String::new(),
    };
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

fn check(media: &str, charset: &str, disposition: &str, name: Option<(&str, &str)>) {
    let header = part(media, charset, disposition, name);
    for payload in payloads() {
        for encoding in ["8bit", "base64", "quoted-printable"] {
            let body = match encoding {
                "base64" => base64(&payload).into_bytes(),
                "quoted-printable" => quoted(&payload).into_bytes(),
                _ => payload.clone(),
            };
            let head = format!("{header}Content-Transfer-Encoding: {encoding}\r\n\r\n");
            let message = read_mail(mixed(&[[head.as_bytes(), &body].concat()]));
            let context = format!("{header}{encoding}");
            assert_eq!(message.attachments.len(), 1, "{context}");
            assert!(message.refused.is_empty(), "{context}");
            let file = &message.attachments[0];
            assert_eq!(file.bytes, payload, "{context}");
            if name.is_some_and(|(place, _)| place != "type" || !media.is_empty()) {
                assert_eq!(file.name, "wyciąg.csv", "{context}");
            } else {
                assert_eq!(file.name, "zalacznik-1", "{context}");
            }
            let source =
                decode(FileId(0), &file.name, file.bytes.clone(), &Limits::default()).unwrap();
            let sheet = source.first_sheet().unwrap();
            assert_eq!(sheet.text.replace("\r\n", "\n"), CSV, "{context}");
            assert_eq!(sheet.delimiter, b';');
        }
    }
}

#[test]
fn labels_and_charsets_change_nothing() {
    for media in TYPES {
        for charset in CHARSETS {
            for disposition in DISPOSITIONS {
                let nameless = media.is_empty() || media == "text/plain";
                if !(charset == "utf-16" && nameless && disposition != "attachment") {
                    check(media, charset, disposition, None);
                }
                check(media, charset, disposition, Some(NAMES[0]));
            }
        }
    }
}

#[test]
fn names_are_read_however_they_are_written() {
    for name in NAMES {
        for media in ["text/csv", "text/plain", "application/octet-stream"] {
            for disposition in DISPOSITIONS {
                check(media, "", disposition, Some(name));
            }
        }
    }
}
