//! The shapes of mail that real clients send (mail.md § 3).

use super::{CSV, base64, base64_part, mixed, read_mail};
use crate::statement::Code;

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n....";

fn names(raw: impl AsRef<[u8]>) -> Vec<String> {
    read_mail(raw).attachments.into_iter().map(|part| part.name).collect()
}

#[test]
fn apple_mail_puts_files_between_texts() {
    let raw = mixed(&[
        &format!(
            "Content-Disposition: inline; filename=a.csv\r\nContent-Type: text/csv; name=a.csv\r\n\r\n{CSV}"
        ),
        "Content-Type: text/plain; charset=utf-8\r\n\r\nciąg dalszy",
        &format!("Content-Type: application/octet-stream; name=b.csv\r\n\r\n{CSV}x"),
        "Content-Type: text/html\r\n\r\n<p>Pozdrawiam</p>",
    ]);
    assert_eq!(names(&raw), ["a.csv", "b.csv"]);
    assert_eq!(read_mail(&raw).text, "Dzień dobry\nciąg dalszy");
}

/// Webmail that cuts words between two bytes of a letter, names no code page, or names it once for several pieces.
#[test]
fn names_with_polish_letters_are_whole() {
    let raw = mixed(&[
        &format!(
            "Content-Disposition: attachment; filename=\"=?UTF-8?B?d3ljacQ=?=\r\n =?UTF-8?B?hWcuY3N2?=\"\r\n\r\n{CSV}"
        ),
        &format!(
            "Content-Disposition: attachment;\r\n filename*0*=windows-1250''wyci%B9g%20;\r\n \
             filename*1*=%9Crodk%F3w.csv\r\n\r\n{CSV}x"
        ),
    ]);
    assert_eq!(names(&raw), ["wyciąg.csv", "wyciąg środków.csv"]);
    let raw = b"From: a@example.com\nSubject: Wyci\xb9g i za\xb3\xb9czniki\n\n";
    assert_eq!(read_mail(raw).subject, "Wyciąg i załączniki");
    let raw = "From: a@example.com\nSubject: =?UTF-8?Q?Za=C5=82=C4?= =?UTF-8?Q?=85cz?=\n\n";
    assert_eq!(read_mail(raw).subject, "Załącz");
}

#[test]
fn alternatives_within_related_within_mixed() {
    let inner = format!(
        "Content-Type: multipart/related; boundary=r\r\n\r\n--r\r\nContent-Type: multipart/alternative; \
         boundary=a\r\n\r\n--a\r\nContent-Type: text/plain\r\n\r\nplain\r\n--a\r\nContent-Type: text/html\r\n\r\n\
         <b>html</b>\r\n--a--\r\n--r\r\n{}\r\n--r--",
        base64_part("Content-Type: image/png; name=logo.png\r\nContent-ID: <x>", PNG)
    );
    let csv = base64_part("Content-Type: text/csv; name=a.csv", CSV.as_bytes());
    let message = read_mail(mixed(&[inner, csv]));
    assert_eq!(message.attachments.len(), 1);
    assert_eq!(message.ignored_images, 1);
    assert_eq!(message.attachments[0].bytes, CSV.as_bytes());
}

#[test]
fn html_only_letters_have_text() {
    let message = read_mail(
        "From: a@example.com\nContent-Type: text/html; charset=utf-8\n\n<p>ROK&nbsp;2024</p><p>Dzi&#281;ki</p>",
    );
    assert!(message.text.contains("2024") && message.text.contains("Dzięki"), "{}", message.text);
}

#[test]
fn the_body_may_be_the_file() {
    let raw = format!("From: a@example.com\nContent-Type: text/csv\n\n{CSV}");
    assert_eq!(read_mail(raw).attachments[0].bytes, CSV.as_bytes());
}

#[test]
fn forwarded_mails_are_opened() {
    let eml =
        String::from_utf8(mixed(&[format!("Content-Type: text/csv; name=in.csv\r\n\r\n{CSV}")]))
            .unwrap()
            .replace("b1", "b2");
    let plain = format!("Content-Type: message/rfc822\r\n\r\n{eml}");
    let encoded = base64_part("Content-Type: message/rfc822", eml.as_bytes());
    let file =
        base64_part("Content-Type: application/octet-stream; name=\"Wyciag.eml\"", eml.as_bytes());
    for part in [plain, encoded, file] {
        let message = read_mail(mixed(&[part]));
        assert_eq!(message.attachments.len(), 1);
        assert_eq!(message.attachments[0].bytes, CSV.as_bytes());
        assert_eq!(message.text, "Dzień dobry", "the letter is that of the outer mail");
    }
}

#[test]
fn signatures_and_cards_are_ignored() {
    let message = read_mail(mixed(&[
        "Content-Type: application/pkcs7-signature; name=smime.p7s\r\n\r\nxx",
        "Content-Type: application/octet-stream; name=smime.p7s\r\n\r\nxx",
        "Content-Type: application/pgp-signature; name=signature.asc\r\n\r\nxx",
        "Content-Type: text/vcard; name=jan.vcf\r\n\r\nBEGIN:VCARD",
        "Content-Type: text/calendar; method=REPLY\r\n\r\nBEGIN:VCALENDAR",
        "Content-Type: text/plain; name=ATT00001.txt\r\n\r\nconfidential",
    ]));
    assert!(message.attachments.is_empty() && message.refused.is_empty());
    assert!(message.facts.calendar);
    assert_eq!(message.missing_file(), Some(Code::NoAttachment));
}

#[test]
fn cards_by_any_type_and_resource_forks_are_no_files() {
    let fork = [b"\x00\x05\x16\x07\x00\x02\x00\x00Mac OS X".as_slice(), &[0; 60]].concat();
    let octets = "Content-Type: application/octet-stream; name=";
    let message = read_mail(mixed(&[
        base64_part("Content-Type: application/applefile; name=wyciag.csv", &fork),
        format!("{octets}jan.vcf\r\n\r\nBEGIN:VCARD\r\nEND:VCARD"),
        format!("{octets}x.ics\r\n\r\nbegin:vcalendar\r\n"),
        format!("Content-Type: text/csv; name=wyciag.csv\r\n\r\n{CSV}"),
    ]));
    let files: Vec<_> = message.attachments.iter().map(|file| file.bytes.as_slice()).collect();
    assert_eq!((files, message.refused.len()), (vec![CSV.as_bytes()], 0));
    // AppleSingle has the content in it: it is asked about.
    let single = [b"\x00\x05\x16\x00\x00\x02".as_slice(), CSV.as_bytes()].concat();
    assert_eq!(
        names(mixed(&[base64_part("Content-Type: application/applefile; name=a", &single)])),
        ["a"]
    );
}

#[test]
fn a_table_of_one_row_is_no_footer() {
    let row = "Content-Type: text/plain; name=ATT00001.txt\r\n\r\na;b;c;d\r\n1;2;3;4";
    let footer = "Content-Type: text/plain; name=ATT00002.txt\r\n\r\nraz, dwa, trzy, cztery\r\n\
         pięć, sześć, siedem, osiem";
    assert_eq!(names(mixed(&[row, footer])), ["ATT00001.txt"]);
}

/// A closing delimiter ends the parts only if nothing else follows.
#[test]
fn files_behind_a_closing_delimiter_are_found() {
    let csv = |name: &str| format!("Content-Type: text/csv; name={name}\r\n\r\n{CSV}{name}");
    let mail = |boundary: &str, body: &str| {
        names(format!(
            "From: a@example.com\nContent-Type: multipart/mixed; boundary=\"{boundary}\"\n\n{body}"
        ))
    };
    let (a, b) = (csv("a.csv"), csv("b.csv"));
    assert_eq!(mail("x", &format!("--x\n{a}\n--x--\n--x\n{b}\n--x--\n")), ["a.csv", "b.csv"]);
    let inner =
        "Content-Type: multipart/alternative; boundary=\"x--1\"\n\n--x--1\n\ntext\n--x--1--";
    assert_eq!(mail("x", &format!("--x\n{inner}\n\n--x\n{a}\n--x--\n")), ["a.csv"]);
    let same = "Content-Type: multipart/mixed; boundary=x\n";
    let nested = format!("--x\n{same}\n--x\n\ntext\n--x\n{a}\n--x--\n\n--x\n{b}\n--x--\n");
    assert_eq!(mail("x", &nested), ["a.csv", "b.csv"]);
    // More on the line of the only closing delimiter.
    assert_eq!(mail("x", &format!("--x\n{a}\n--x--footer\nof a list")), ["a.csv"]);
    for declared in ["x ", "'x'", " x"] {
        assert_eq!(mail(declared, &format!("--x\n{a}\n--x--\n")), ["a.csv"], "{declared:?}");
    }
}

#[test]
fn transfer_encodings_are_known_by_any_spelling() {
    let body = base64(CSV.as_bytes());
    for encoding in [
        "Base64 (the usual)",
        "\"base64\"",
        "base64;",
        "(x) 'BASE64'",
        "7bit\r\nContent-Transfer-Encoding: base64",
        "base64\r\nContent-Transfer-Encoding: 8bit",
    ] {
        let part = format!(
            "Content-Type: text/csv; name=a.csv\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n{body}"
        );
        let message = read_mail(mixed(&[part]));
        assert_eq!(message.attachments[0].bytes, CSV.as_bytes(), "{encoding}");
    }
}

#[test]
fn line_ends_and_noughts_of_transports_are_survived() {
    let raw = mixed(&[base64_part("Content-Type: text/csv; name=a.csv", CSV.as_bytes())]);
    let doubled = String::from_utf8(raw).unwrap().replace("\r\n", "\r\r\n");
    let message = read_mail(doubled);
    assert_eq!(message.attachments[0].bytes, CSV.as_bytes());
    assert_eq!(message.text, "Dzień dobry");
    let nought = read_mail("From: a@example.com\n\nDzień\0 dobry\nROK 2024\n");
    assert_eq!(nought.text, "Dzień dobry\nROK 2024\n");
    assert!(nought.attachments.is_empty());
    let binary = [b"PK\x03\x04".as_slice(), &[7; 100]].concat();
    assert_eq!(names([b"From: a@example.com\n\n\0".as_slice(), &binary].concat()).len(), 1);
}

#[test]
fn a_letter_with_a_name_is_the_letter() {
    let named = "Content-Type: text/plain; name=tekst.txt; charset=utf-8\r\n\r\n";
    let mail = |body: &str| {
        let head =
            "From: a@example.com\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n";
        read_mail(format!(
            "{head}{named}{body}\r\n--b\r\nContent-Type: text/csv; name=a.csv\r\n\r\n{CSV}\r\n--b--"
        ))
    };
    let letter = mail("ROK 2024");
    assert_eq!((letter.text.as_str(), letter.attachments.len()), ("ROK 2024", 1));
    assert_eq!(mail("a;b;c;d\r\n1;2;3;4").attachments.len(), 2, "a table is a file");
}

#[test]
fn a_flowed_letter_ends_at_its_signature() {
    let text = |body: &str| {
        let head = "From: a@example.com\nContent-Type: text/plain; format=flowed\n\n";
        read_mail(format!("{head}{body}")).text
    };
    assert_eq!(
        text("Jeden \ndwa\nPozdrawiam \n-- \nROK 2024"),
        "Jeden dwa\nPozdrawiam \n-- \nROK 2024\n"
    );
    assert_eq!(text("x \n> y \n> z \nROK 2024"), "x \n> y \n> z \nROK 2024\n");
}

#[test]
fn a_surname_before_a_comma_is_no_second_author() {
    let author =
        |from: &str| read_mail(format!("From: {from}\n\nx")).author.map(|author| author.address);
    assert_eq!(author("Kowalski, Jan <jan@example.com>").as_deref(), Some("jan@example.com"));
    for two in [
        "eve@example.org, Jan <jan@example.com>",
        "Jan <jan@example.com>, <eve@example.org>",
        "Kowalski, Jan",
    ] {
        assert_eq!(author(two), None, "{two}");
    }
}

#[test]
fn encrypted_mails_are_explained() {
    let smime = "From: a@example.com\nContent-Type: application/pkcs7-mime; name=smime.p7m\n\nxx";
    let pgp = "From: a@example.com\nContent-Type: multipart/encrypted; boundary=b\n\n--b\n\nVersion: 1\n--b--";
    let inline =
        "From: a@example.com\n\n-----BEGIN PGP MESSAGE-----\n\nabc\n-----END PGP MESSAGE-----\n";
    for raw in [smime, pgp, inline] {
        let message = read_mail(raw);
        assert!(message.attachments.is_empty());
        assert_eq!(message.refused[0].code, Code::OpaqueMessage, "{raw}");
    }
}

#[test]
fn screenshots_and_links_are_told_from_nothing() {
    let logo = base64_part("Content-Type: image/png; name=logo.png", PNG);
    assert_eq!(read_mail(mixed(&[logo])).missing_file(), Some(Code::ImageFile));
    let large =
        base64_part("Content-Type: image/png; name=s.png", &[PNG, &vec![7; 20_000]].concat());
    assert_eq!(names(mixed(&[large])), ["s.png"]);
    let link = read_mail("From: a@example.com\n\nplik: https://drive.google.com/file/d/abc/view\n");
    assert_eq!(link.missing_file(), Some(Code::LinkOnly));
}

#[test]
fn outlook_rich_text_is_unpacked() {
    let record = |id: u32, data: &[u8]| {
        let length = u32::try_from(data.len()).unwrap().to_le_bytes();
        [&[2], id.to_le_bytes().as_slice(), &length, data, &[0, 0]].concat()
    };
    let stream = [
        0x223e_9f78_u32.to_le_bytes().to_vec(),
        vec![1, 0],
        record(0x0006_9002, &[0; 14]),
        record(0x0001_8010, b"wyciag.csv\0"),
        record(0x0006_800f, CSV.as_bytes()),
    ]
    .concat();
    for header in [
        "Content-Type: application/ms-tnef; name=winmail.dat",
        "Content-Type: application/octet-stream",
    ] {
        let message = read_mail(mixed(&[base64_part(header, &stream)]));
        assert_eq!(message.attachments[0].name, "wyciag.csv");
        assert_eq!(message.attachments[0].bytes, CSV.as_bytes());
    }
    let cut = base64_part("Content-Type: application/ms-tnef", &stream[..stream.len() - 20]);
    assert_eq!(read_mail(mixed(&[cut])).refused[0].code, Code::Truncated);
}

/// Mail built by an independent encoder.
#[test]
fn mail_of_another_program_is_read() {
    use lettre::message::{
        Attachment, Mailbox, Message, MultiPart, SinglePart, header::ContentType,
    };
    let wide: Vec<u8> = CSV.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let file = |name: &str, media: &str, bytes: Vec<u8>| {
        Attachment::new(name.to_owned()).body(bytes, ContentType::parse(media).unwrap())
    };
    let mail = Message::builder()
        .from("Świętosława Brzęczyszczykiewicz <sb@example.pl>".parse::<Mailbox>().unwrap())
        .to("calc@example.org".parse().unwrap())
        .subject(
            "Zażółć gęślą jaźń – rozliczenie za bardzo długi rok podatkowy 2024 i jeszcze trochę",
        )
        .multipart(
            MultiPart::mixed()
                .multipart(MultiPart::alternative_plain_html(
                    "Dzień dobry, proszę o rozliczenie".to_owned(),
                    "<p>Dzień dobry</p>".to_owned(),
                ))
                .singlepart(file("wyciąg ż.csv", "text/csv; charset=us-ascii", CSV.into()))
                .singlepart(file("b.csv", "text/plain; charset=utf-8", wide.clone()))
                .singlepart(SinglePart::plain("stopka".to_owned())),
        )
        .unwrap();
    let message = read_mail(mail.formatted());
    assert_eq!(message.author.as_ref().unwrap().name, "Świętosława Brzęczyszczykiewicz");
    assert!(message.subject.starts_with("Zażółć gęślą jaźń – rozliczenie"));
    assert!(
        message.subject.ends_with("rok podatkowy 2024 i jeszcze trochę"),
        "{}",
        message.subject
    );
    assert!(message.text.starts_with("Dzień dobry, proszę"));
    assert_eq!(message.language(), crate::lang::Lang::Pl);
    let files: Vec<_> =
        message.attachments.iter().map(|part| (&*part.name, &*part.bytes)).collect();
    assert_eq!(files, [("wyciąg ż.csv", CSV.as_bytes()), ("b.csv", wide.as_slice())]);
}
