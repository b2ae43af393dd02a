//! Nothing that anybody sends makes the reader panic or lose its bounds.

use proptest::prelude::*;

use super::{CSV, base64_part, mixed};
use crate::{
    mail::{Limits, expand, parse},
    statement::{FileId, decode::decode},
};

fn swallow(raw: &[u8]) {
    let limits = Limits::default();
    let Ok(message) = parse(raw, &limits) else { return };
    assert!(message.attachments.len() <= limits.parts + limits.tnef_attachments);
    for file in expand(message.attachments, &limits).files {
        let _ = decode(FileId(0), &file.name, file.bytes, &limits);
    }
}

/// Pieces of which mails are made, in a random order.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    let known: Vec<&[u8]> = vec![
        b"From: a@example.com\r\n",
        b"From: =?utf-8?b?xYI=?= <a@b.c>, \"x\\\"\r\n",
        b"Subject: =?iso-8859-2?q?=B1?= =?x?=\n",
        b"Content-Type: multipart/mixed; boundary=b\r\n",
        b"Content-Type: multipart/alternative; boundary=\"\"\n",
        b"Content-Type: message/rfc822\n",
        b"Content-Type: text/csv; charset=utf-16; name*0*=utf-8''%; name*1=x\n",
        b"Content-Disposition: attachment; filename=\"=?utf-8?q?a?= =?utf-8?q?b?=\"\n",
        b"Content-Transfer-Encoding: base64\n",
        b"Content-Transfer-Encoding: quoted-printable\n",
        b"\r\n\r\n",
        b"\n\n",
        b"\r\n--b\r\n",
        b"\n--b--\n",
        b"a;b;c;d\n1;2;3;4\n5;6;7;8\n",
        b"UEsDBBQAAAAIAA==",
        b"PK\x03\x04",
        b"\x1f\x8b\x08",
        b"\x78\x9f\x3e\x22\x01\x00\x02",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b"=C4=85=\r\n=",
        b"<html><table>",
    ];
    prop_oneof![
        4 => proptest::sample::select(known).prop_map(<[u8]>::to_vec),
        1 => proptest::collection::vec(any::<u8>(), 0..40),
    ]
}

proptest! {
    #[test]
    fn arbitrary_bytes_are_survived(raw in proptest::collection::vec(any::<u8>(), 0..2_000)) {
        swallow(&raw);
        let _ = decode(FileId(0), "x", raw, &Limits::default());
    }

    #[test]
    fn arbitrary_arrangements_are_survived(pieces in proptest::collection::vec(piece(), 0..40)) {
        swallow(&pieces.concat());
    }

    #[test]
    fn mutated_mails_are_survived(changes: Vec<(u16, u8)>, cut: u16) {
        let mut raw = mixed(&[
            base64_part("Content-Type: text/csv; name=\"=?utf-8?q?=C4=85?=.csv\"", CSV.as_bytes()),
            "Content-Type: multipart/related; boundary=c\r\n\r\n--c\r\n\r\nx\r\n--c--".to_owned(),
        ]);
        for (place, value) in changes {
            let length = raw.len();
            raw[usize::from(place) % length] = value;
        }
        raw.truncate(usize::from(cut).max(100));
        swallow(&raw);
    }

    /// Whatever is attached in base64 comes out the same.
    #[test]
    fn data_comes_out_as_it_went_in(body in proptest::collection::vec(any::<u8>(), 1..500)) {
        let part = base64_part("Content-Type: text/csv; name=a.csv\r\nContent-Disposition: attachment", &body);
        let message = parse(&mixed(&[part]), &Limits::default()).unwrap();
        let found: Vec<_> = message.attachments.iter().map(|part| part.bytes.clone()).collect();
        let dropped = message.ignored_images > 0 || body.starts_with(b"\x78\x9f\x3e\x22");
        prop_assert!(dropped || found == [body]);
    }
}
