//! Mails made to exhaust, crash or deceive. Everything ends in a refusal with a code.

use std::io::Write as _;

use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

use super::{CSV, base64_part, mixed, read_mail};
use crate::{
    mail::{Attachment, Limits, MailRefusal, expand, parse},
    statement::{Code, FileId, decode::decode},
};

fn zipped(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        writer.start_file(*name, options).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn attachment(name: &str, bytes: Vec<u8>) -> Attachment {
    Attachment { name: name.to_owned(), media: String::new(), bytes }
}

fn codes(attachments: Vec<Attachment>) -> (Vec<String>, Vec<Code>) {
    let expanded = expand(attachments, &Limits::default());
    let names = expanded.files.into_iter().map(|file| file.name).collect();
    (names, expanded.refused.into_iter().map(|part| part.code).collect())
}

#[test]
fn empty_and_headless_bytes_are_no_mail() {
    for raw in [b"".as_slice(), b"\r\n\r\n", b"   ", b"no header here\n", b"\0\0\0\0"] {
        assert_eq!(parse(raw, &Limits::default()).unwrap_err(), MailRefusal::NotMail, "{raw:?}");
    }
    let message = read_mail("From: a@example.com\n");
    assert!(message.author.is_some() && message.text.is_empty());
    assert_eq!(message.missing_file(), Some(Code::NoAttachment));
}

#[test]
fn deep_multiparts_are_refused() {
    let mut raw = b"From: a@example.com\n".to_vec();
    for depth in 0..30 {
        raw.extend_from_slice(
            format!("Content-Type: multipart/mixed; boundary=b{depth}x\n\n--b{depth}x\n")
                .as_bytes(),
        );
    }
    raw.extend_from_slice(b"Content-Type: text/csv\n\na;b\n");
    let message = read_mail(&raw);
    assert!(message.attachments.is_empty());
    assert_eq!(message.refused[0].code, Code::NestedTooDeep);
    assert!(message.author.is_some(), "the sender can be told");
}

#[test]
fn mails_in_mails_end_at_three() {
    let mut raw = b"From: a@example.com\n".to_vec();
    for _ in 0..30_000 {
        raw.extend_from_slice(b"Content-Type: message/rfc822\n\n");
    }
    raw.extend_from_slice(b"Content-Type: text/csv\n\na;b\n");
    let message = read_mail(&raw);
    assert_eq!(message.refused.len(), 1);
    assert_eq!(message.refused[0].code, Code::NestedTooDeep);

    let nest = |depth: usize| {
        let inner = format!("From: b@example.com\nContent-Type: text/csv; name=a.csv\n\n{CSV}");
        let mail = (0..depth).fold(inner, |inner, _| {
            format!("From: b@example.com\nContent-Type: message/rfc822\n\n{inner}")
        });
        read_mail(mail)
    };
    assert_eq!(nest(3).attachments[0].bytes, CSV.as_bytes());
    assert_eq!(nest(4).refused[0].code, Code::NestedTooDeep);
}

#[test]
fn too_many_parts_give_no_part_of_a_result() {
    let part = "Content-Type: text/csv; name=a.csv\r\n\r\na;b";
    let message = read_mail(mixed(&vec![part; 600]));
    assert!(message.attachments.is_empty());
    assert_eq!(message.refused[0].code, Code::TooManyFiles);
    let message = read_mail(mixed(&vec!["\r\n"; 2_000_000]));
    assert_eq!(message.refused[0].code, Code::TooManyFiles);
}

#[test]
fn an_oversized_mail_is_still_answerable() {
    let limits = Limits { raw_mail: 1_000, ..Limits::default() };
    let part = format!("Content-Type: text/csv; name=a.csv\r\n\r\n{}", CSV.repeat(50));
    let message = parse(&mixed(&[part]), &limits).unwrap();
    assert_eq!(message.author.unwrap().address, "jan@example.com");
    assert_eq!(message.refused[0].code, Code::TooLarge);
}

#[test]
fn a_mail_that_was_cut_off_gives_no_file() {
    let whole =
        mixed(&[base64_part("Content-Type: text/csv; name=a.csv", CSV.repeat(9).as_bytes())]);
    let closing = whole.len() - 30;
    for end in [closing, closing - 76, closing - 77, closing - 301] {
        let message = read_mail(&whole[..end]);
        assert!(message.attachments.is_empty());
        assert_eq!(message.refused[0].code, Code::Truncated);
    }
    let broken = mixed(&[
        "Content-Type: text/csv; name=a.csv\r\nContent-Transfer-Encoding: base64\r\n\r\nYTti!CjE7Mgo=",
    ]);
    assert_eq!(read_mail(broken).refused[0].code, Code::Truncated);
}

#[test]
fn a_missing_or_undeclared_boundary_is_survived() {
    let declared = mixed(&["Content-Type: text/csv; name=a.csv\r\n\r\na;b\r\n1;2"]);
    let text = String::from_utf8(declared).unwrap();
    let undeclared = text.replace("; boundary=\"b1\"", "");
    assert_eq!(read_mail(undeclared).attachments[0].bytes, b"a;b\r\n1;2");
    let absent = text.replace("boundary=\"b1\"", "boundary=\"other\"");
    let message = read_mail(absent);
    assert!(message.attachments.is_empty() && message.text.contains("Dzień dobry"));
}

#[test]
fn line_ends_may_be_mixed() {
    let raw = "From: a@example.com\nContent-Type: multipart/mixed;\r\n boundary=b\r\n\n--b\r\n\
               Content-Type: text/csv;\n name=a.csv\n\r\na;b\r\n1;2\n\n--b  \nContent-Type: text/csv; \
               name=b.csv\n\nx\n--b--\nepilogue";
    let message = read_mail(raw);
    assert_eq!(message.attachments[0].bytes, b"a;b\r\n1;2\n");
    assert_eq!(message.attachments[1].bytes, b"x");
}

#[test]
fn names_never_become_paths_or_deceive() {
    for (name, expected) in [
        ("../../../etc/passwd.csv", "passwd.csv"),
        ("C:\\\\Windows\\\\a.csv", "a.csv"),
        ("wyciag\u{202e}vsc.exe", "wyciagvsc.exe"),
        ("a\u{7f}\u{1b}[31m.csv", "a[31m.csv"),
        ("..", "zalacznik-1"),
    ] {
        let part = format!(
            "Content-Type: application/octet-stream\r\nContent-Disposition: attachment; \
             filename=\"{name}\"\r\n\r\n{CSV}"
        );
        assert_eq!(read_mail(mixed(&[part])).attachments[0].name, expected);
    }
}

#[test]
fn archives_unpack_within_limits() {
    let inner = zipped(&[("x/wyciag.csv", CSV.as_bytes())]);
    let outer = zipped(&[
        ("a.zip", &inner),
        ("../../evil.csv", b"a;b\n"),
        ("__MACOSX/._a.csv", b"junk"),
        ("dir/.DS_Store", b"junk"),
        ("Thumbs.db", b"junk"),
    ]);
    let (names, refused) = codes(vec![attachment("all.zip", outer.clone())]);
    assert_eq!((names, refused), (vec!["wyciag.csv".to_owned(), "evil.csv".to_owned()], vec![]));
    let third = zipped(&[("outer.zip", &outer)]);
    let (names, refused) = codes(vec![attachment("third.zip", third)]);
    assert_eq!((names, refused), (vec!["evil.csv".to_owned()], vec![Code::BadArchive]));
}

#[test]
fn bombs_are_defused() {
    let zeros = vec![b'0'; 8 << 20];
    let bomb = zipped(&[("zeros.csv", &zeros)]);
    assert!(bomb.len() * 200 < zeros.len());
    assert_eq!(codes(vec![attachment("bomb.zip", bomb.clone())]).1, [Code::BadArchive]);

    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    gz.write_all(&zeros).unwrap();
    let gz = gz.finish().unwrap();
    assert_eq!(codes(vec![attachment("bomb.csv.gz", gz)]).1, [Code::BadArchive]);

    let many: Vec<(String, &[u8])> =
        (0..300).map(|n| (format!("{n}.csv"), b"x".as_slice())).collect();
    let many: Vec<(&str, &[u8])> =
        many.iter().map(|(name, bytes)| (name.as_str(), *bytes)).collect();
    assert!(codes(vec![attachment("many.zip", zipped(&many))]).1.contains(&Code::TooManyFiles));

    let limits = Limits { entry: 1_000, ..Limits::default() };
    let large = zipped(&[("large.csv", CSV.repeat(20).as_bytes())]);
    let expanded = expand(vec![attachment("large.zip", large)], &limits);
    assert_eq!(expanded.refused[0].code, Code::TooLarge);
}

/// The size in the directory is a claim: 100 bytes declared, 50 000 in fact.
#[test]
fn declared_sizes_are_not_believed() {
    let honest = zipped(&[("a.csv", "a;b;c\n".repeat(9_000).as_bytes())]);
    let real = 54_000_u32.to_le_bytes();
    let mut lying = honest;
    for place in 0..lying.len() - 4 {
        if lying[place..place + 4] == real {
            lying[place..place + 4].copy_from_slice(&100_u32.to_le_bytes());
        }
    }
    let limits = Limits { entry: 10_000, ..Limits::default() };
    let expanded = expand(vec![attachment("a.zip", lying)], &limits);
    assert!(expanded.files.is_empty());
    assert_eq!(expanded.refused.len(), 1);
}

#[test]
fn overlapping_entries_are_refused() {
    // Two entries of the directory point at the same local header (a bomb after zbsm.zip).
    let mut bytes = zipped(&[("a.csv", CSV.as_bytes()), ("b.csv", CSV.as_bytes())]);
    let directory: Vec<usize> =
        (0..bytes.len() - 4).filter(|&place| bytes[place..].starts_with(b"PK\x01\x02")).collect();
    let offset = directory[1] + 42;
    bytes[offset..offset + 4].copy_from_slice(&[0; 4]);
    assert_eq!(codes(vec![attachment("a.zip", bytes)]), (vec![], vec![Code::BadArchive]));
}

#[test]
fn encrypted_entries_are_named_so() {
    let mut bytes = zipped(&[("a.csv", CSV.as_bytes())]);
    for (magic, flags) in [(b"PK\x03\x04", 6), (b"PK\x01\x02", 8)] {
        let place = bytes.windows(4).position(|window| window == magic).unwrap();
        bytes[place + flags] |= 1;
    }
    assert_eq!(codes(vec![attachment("a.zip", bytes)]), (vec![], vec![Code::EncryptedFile]));
}

#[test]
fn dos_names_are_polish() {
    // "źródło.csv" as Polish Windows writes it, without the UTF-8 flag.
    let dos = b"\xabr\xa2d\x88o.csv";
    let mut bytes = zipped(&[("XXXXXX.csv", CSV.as_bytes())]);
    for place in 0..bytes.len() - 10 {
        if &bytes[place..place + 10] == b"XXXXXX.csv" {
            bytes[place..place + 10].copy_from_slice(dos);
        }
    }
    assert_eq!(codes(vec![attachment("a.zip", bytes)]).0, ["źródło.csv"]);
}

#[test]
fn damaged_archives_are_named_so() {
    let bytes = zipped(&[("a.csv", CSV.as_bytes())]);
    let cut = bytes[..bytes.len() - 10].to_vec();
    assert_eq!(codes(vec![attachment("a.zip", cut)]).1, [Code::BadArchive]);
    assert_eq!(
        codes(vec![attachment("a.gz", b"\x1f\x8b\x08\0junk".to_vec())]).1,
        [Code::BadArchive]
    );
}

#[test]
fn repeats_and_excess_are_counted() {
    let csv = |n: usize| attachment(&format!("{n}.csv"), format!("a;b\n{n};2\n").into_bytes());
    let (names, refused) = codes(vec![csv(1), csv(2), csv(1)]);
    assert_eq!((names.len(), refused), (2, vec![Code::SameFileTwice]));
    let (names, refused) = codes((0..60).map(csv).collect());
    assert_eq!((names.len(), refused), (40, vec![Code::TooManyFiles]));
}

#[test]
fn noise_is_refused_at_once() {
    let mut state = 1_u64;
    let noise: Vec<u8> = std::iter::repeat_with(|| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state.to_be_bytes()
    })
    .take(5 << 20)
    .flatten()
    .collect();
    let refused = decode(FileId(0), "noise.csv", noise, &Limits::default()).unwrap_err();
    assert_eq!(refused.code, Code::UnknownFile);
}

/// Header fields that invite a parser to look again and again; the test is that it ends.
#[test]
fn crowded_headers_are_read_in_one_go() {
    for piece in ["(", "\"", "<", ",", "=?", "=?a?q?", "=?utf-8?q?b?= ", ":;", "a@b,", "\r\n "] {
        let crowd = piece.repeat(200_000 / piece.len());
        for field in ["From", "To", "Subject", "References", "Received", "Date", "Content-Type"] {
            let raw = format!("{field}: {crowd}\r\nX: y\r\n\r\nbody");
            let _ = parse(raw.as_bytes(), &Limits::default());
        }
    }
}

#[test]
fn joined_base64_segments_do_not_add_up() {
    let part = format!(
        "Content-Type: text/csv; name=a.csv\r\nContent-Transfer-Encoding: base64\r\n\r\n{}",
        "YQ==".repeat(500_000)
    );
    let message = read_mail(mixed(&[part]));
    assert_eq!(message.attachments[0].bytes.len(), 500_000);
}

/// A workbook is a ZIP too, and an archive may store one uncompressed.
#[test]
fn documents_in_zips_are_not_unpacked_and_archives_are() {
    let mut book = rust_xlsxwriter::Workbook::new();
    book.add_worksheet().write(0, 0, "Data").unwrap();
    let book = book.save_to_buffer().unwrap();
    let (names, refused) = codes(vec![attachment("a.xlsx", book.clone())]);
    assert_eq!((names, refused), (vec!["a.xlsx".to_owned()], vec![]));
    let mut writer = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    writer.start_file("wyniki/b.xlsx", options).unwrap();
    writer.write_all(&book).unwrap();
    let archive = writer.finish().unwrap().into_inner();
    assert_eq!(codes(vec![attachment("a.zip", archive)]).0, ["b.xlsx"]);
    let letter = zipped(&[("[Content_Types].xml", b"<x/>"), ("word/document.xml", b"<x/>")]);
    assert_eq!(codes(vec![attachment("a.docx", letter)]).0, ["a.docx"]);
}

#[test]
fn mails_in_archives_are_opened() {
    let part = format!("Content-Type: text/csv; name=in.csv\r\n\r\n{CSV}");
    let archive = zipped(&[("Wyciag.EML", &mixed(&[part]))]);
    assert_eq!(codes(vec![attachment("a.zip", archive)]).0, ["in.csv"]);
}
