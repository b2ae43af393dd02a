//! Who is believed, and everything that was ever tried to be believed (mail.md § 2.6).

use proptest::prelude::*;

use crate::mail::{Authenticity, Evidence, Scan, SesVerdicts, Trust, Verdict, classify};

const ID: &str = "0b2c4d6e8f0a1c3e5";

const RECEIVED: &str = "Received: from mx.example.com (mx.example.com [192.0.2.1]) by \
    inbound-smtp.eu-central-1.amazonaws.com with SMTP id 0b2c4d6e8f0a1c3e5 for calc@tax.example;\n \
    Mon, 02 Mar 2026 10:00:00 +0000 (UTC)\n";

/// What SES writes on top.
fn block(results: &str) -> String {
    format!(
        "Return-Path: <jan@bounce.example.com>\n{RECEIVED}X-SES-Spam-Verdict: PASS\n\
         X-SES-Virus-Verdict: PASS\nReceived-SPF: pass (spfCheck: domain designates 192.0.2.1 as \
         permitted sender) client-ip=192.0.2.1;\nAuthentication-Results: {results}\n\
         X-SES-RECEIPT: AEFBQUFBQUFBQUF\nX-SES-DKIM-SIGNATURE: a=rsa-sha256; d=amazonses.com\n"
    )
}

fn mail(top: &str) -> Vec<u8> {
    format!("{top}From: Jan <jan@example.com>\nTo: calc@tax.example\nSubject: x\n\nbody\n").into()
}

/// The raw path: the message in the bucket is all that there is.
fn raw(message: &[u8]) -> Trust {
    let evidence = Evidence::Ses { message_id: Some(ID), verdicts: None, envelope_sender: None };
    classify(message, &evidence).trust
}

fn said(spf: &str, dkim: &str, dmarc: &str) -> SesVerdicts {
    serde_json::from_value(serde_json::json!({
        "timestamp": "2026-03-02T10:00:00Z",
        "recipients": ["calc@tax.example"],
        "spamVerdict": {"status": "PASS"},
        "virusVerdict": {"status": "PASS"},
        "spfVerdict": {"status": spf},
        "dkimVerdict": {"status": dkim},
        "dmarcVerdict": {"status": dmarc},
        "dmarcPolicy": "reject",
    }))
    .unwrap()
}

fn notified(message: &[u8], verdicts: SesVerdicts, envelope: &str) -> Trust {
    let evidence = Evidence::Ses {
        message_id: Some(ID),
        verdicts: Some(&verdicts),
        envelope_sender: Some(envelope),
    };
    classify(message, &evidence).trust
}

fn server(message: &[u8]) -> Trust {
    classify(message, &Evidence::Server { authserv_id: "mx.tax.example" }).trust
}

#[test]
fn t2_dmarc_passed() {
    let good = block(
        "amazonses.com; spf=fail; dkim=pass header.i=@example.com; dmarc=pass header.from=example.com;",
    );
    assert_eq!(raw(&mail(&good)), Trust::Verified);
    assert_eq!(notified(&mail(""), said("FAIL", "GRAY", "PASS"), "x@y.example"), Trust::Verified);
}

#[test]
fn t1_no_policy_and_aligned() {
    for results in [
        "amazonses.com; spf=pass; dmarc=none header.from=example.com",
        "amazonses.com; spf=none; dkim=pass header.i=@mail.example.com; dmarc=none",
        "amazonses.com; dkim=fail header.i=@example.com; dkim=pass header.d=example.com",
    ] {
        assert_eq!(raw(&mail(&block(results))), Trust::Aligned, "{results}");
    }
    let gray = said("PASS", "GRAY", "GRAY");
    assert_eq!(notified(&mail(""), gray, "bounce+1@mail.example.com"), Trust::Aligned);
    // SES does not say for whom DKIM passed; the block does.
    let signed = block("amazonses.com; spf=none; dkim=pass header.i=@example.com; dmarc=none");
    assert_eq!(notified(&mail(&signed), said("GRAY", "PASS", "GRAY"), ""), Trust::Aligned);
}

#[test]
fn neighbours_under_a_public_suffix_are_strangers() {
    let of = |author: &str, signer: &str| {
        let results = format!("amazonses.com; dkim=pass header.d={signer}; dmarc=none");
        let message = String::from_utf8(mail(&block(&results))).unwrap();
        raw(message.replace("jan@example.com", author).as_bytes())
    };
    for (author, signer) in [
        ("jan@firma.com.pl", "poczta.firma.com.pl"),
        ("jan@dom.firma.waw.pl", "poczta.firma.waw.pl"),
        ("jan@firma.co.uk", "FIRMA.co.uk."),
    ] {
        assert_eq!(of(author, signer), Trust::Aligned, "{author} {signer}");
    }
    for (author, signer) in [
        ("jan@firma.com.pl", "inna.com.pl"),
        ("jan@firma.com.pl", "com.pl"),
        ("jan@firma.waw.pl", "inna.waw.pl"),
        ("jan@firma.co.uk", "co.uk"),
        ("jan@jan.github.io", "ola.github.io"),
    ] {
        assert_eq!(of(author, signer), Trust::Unproven, "{author} {signer}");
    }
}

#[test]
fn t0_nothing_speaks_for_the_author() {
    for results in [
        // The example of AWS: signed by amazonses.com only.
        "amazonses.com; spf=none; dkim=pass header.i=@amazonses.com; dmarc=none header.from=example.com",
        "amazonses.com; spf=softfail; dmarc=none",
        "amazonses.com; dkim=pass header.i=@example.com; dmarc=temperror",
        "amazonses.com; dkim=pass header.i=@example.com.evil.example; dmarc=none",
        "amazonses.com; dkim=pass header.i=@evilexample.com; dmarc=none",
        "amazonses.com; dkim=pass header.i=@com; dmarc=none",
        "amazonses.com; dkim=pass header.i=@example.com header.d=evil.example; dmarc=none",
        "amazonses.com; dkim=pass; dmarc=none",
        "amazonses.com; dmarc=pass header.from=evil.example",
        "amazonses.com; dmarc=pass; dmarc=none",
    ] {
        let expected = Trust::Unproven;
        assert_eq!(raw(&mail(&block(results))), expected, "{results}");
    }
    for verdicts in [
        said("PASS", "PASS", "PROCESSING_FAILED"),
        said("PASS", "PASS", "DISABLED"),
        said("FAIL", "PASS", "GRAY"),
        SesVerdicts::default(),
    ] {
        assert_eq!(notified(&mail(""), verdicts, "x@example.com"), Trust::Unproven);
    }
    let passed = said("PASS", "PASS", "GRAY");
    for envelope in ["", "<>", "x@evil.example", "\"a@example.com\"@evil.example", "\"@example.com"]
    {
        assert_eq!(notified(&mail(""), passed, envelope), Trust::Unproven, "{envelope}");
    }
}

#[test]
fn tx_dmarc_failed_or_nobody_knows_the_author() {
    let pass = "amazonses.com; dkim=pass header.i=@example.com; dmarc=pass header.from=example.com";
    let failed = block("amazonses.com; spf=pass; dmarc=fail header.from=example.com");
    assert_eq!(raw(&mail(&failed)), Trust::Forged);
    assert_eq!(notified(&mail(""), said("PASS", "PASS", "FAIL"), "x@example.com"), Trust::Forged);
    // The notification and the block disagree: the worse one holds.
    assert_eq!(notified(&mail(&failed), said("PASS", "PASS", "PASS"), ""), Trust::Forged);
    for from in [
        "From: jan@example.com\nFrom: eva@example.com\n",
        "From: jan@example.com, eva@example.com\n",
        "From : jan@example.com\nfrom: eva@example.com\n",
        "From: nobody\n",
        "From: <@example.com>\n",
        "",
    ] {
        let message = format!("{}{from}Subject: x\n\nbody\n", block(pass));
        assert_eq!(raw(message.as_bytes()), Trust::Forged, "{from}");
        let verdicts = said("PASS", "PASS", "PASS");
        assert_eq!(notified(message.as_bytes(), verdicts, "x@example.com"), Trust::Forged);
    }
    assert_eq!(raw(b"no mail at all"), Trust::Forged);
}

/// Everything below the first `X-SES-RECEIPT` is the sender's, and a block that is not exactly SES's own
/// is nobody's.
#[test]
fn a_block_that_ses_did_not_write_is_not_believed() {
    let pass = "amazonses.com; dkim=pass header.i=@example.com; dmarc=pass header.from=example.com";
    let none = "amazonses.com; spf=none; dmarc=none header.from=example.com";
    let hops = |good: &str, bad: &str| block(pass).replace(good, bad);
    let forged = [
        // Under the true block.
        format!("{}{}", block(none), block(pass)),
        format!("{}Authentication-Results: {pass}\n", block(none)),
        // In the place of the true one.
        format!("Authentication-Results: {pass}\n"),
        format!("Received: from a by b\n{}", block(pass)),
        format!("X-Other: 1\n{}", block(pass)),
        // A second field in the block.
        hops("X-SES-Spam", &format!("Authentication-Results: {pass}\nX-SES-Spam")),
        hops("X-SES-RECEIPT", "X-SES-Other"),
        // Another server's word, or another message's.
        hops("Results: amazonses.com", "Results: mx.evil.example"),
        hops("Results: amazonses.com", "Results: amazonses.com.evil.example"),
        hops(ID, "0000000000"),
        hops("inbound-smtp.eu-central-1.amazonaws.com", "mx.evil.example"),
        hops("inbound-smtp.eu-central-1.amazonaws.com", "inbound-smtp.evil.example"),
        hops("inbound-smtp.eu-central-1.amazonaws.com", "inbound-smtp.a.b.amazonaws.com"),
        hops("from mx.example.com (", "(from mx.example.com) ("),
        // What a stranger said to SES poses as what SES says.
        hops("from mx.example.com (", "from a;dmarc=pass ("),
        hops("<jan@bounce", "<\"a) dmarc=pass (b\"@bounce"),
        hops("<jan@bounce", "<a;dmarc=pass@bounce"),
    ];
    for top in forged {
        assert_eq!(raw(&mail(&top)), Trust::Unproven, "{top}");
    }
    let no_id = Evidence::Ses { message_id: None, verdicts: None, envelope_sender: None };
    assert_eq!(classify(&mail(&block(pass)), &no_id).trust, Trust::Unproven);
    let empty = Evidence::Ses { message_id: Some(""), verdicts: None, envelope_sender: None };
    assert_eq!(classify(&mail(&block(pass)), &empty).trust, Trust::Unproven);
}

/// The four ways in which an audit of another mailbox made a search for `dmarc=pass` say yes.
#[test]
fn known_exploits_of_the_field_are_not_believed() {
    for results in [
        r#"amazonses.com; spf=fail smtp.mailfrom="a) dmarc=pass (b"@evil.example; dmarc=none"#,
        "amazonses.com; spf=fail (sender x; dmarc=pass header.from=example.com); dmarc=none",
        "amazonses.com; dmarc=none header.from=example.com; dmarc=pass header.from=example.com",
        "amazonses.com; dkim=pass header.d=evil.example; dkim=fail header.d=example.com; dmarc=none",
    ] {
        assert_eq!(raw(&mail(&block(results))), Trust::Unproven, "{results}");
    }
}

#[test]
fn the_operators_own_server_is_believed_under_its_name_only() {
    let hop = "Received: from a.example by mx.tax.example; Mon, 2 Mar 2026 10:00:00 +0000\n";
    let ours = |rest: &str| format!("Authentication-Results: mx.tax.example; {rest}\n");
    for (top, expected) in [
        (ours("dmarc=pass header.from=example.com") + hop, Trust::Verified),
        // Two milters, two fields.
        (
            hop.to_owned()
                + &ours("dkim=pass header.d=example.com")
                + &ours("dmarc=pass (p=none) header.from=example.com"),
            Trust::Verified,
        ),
        (ours("dkim=pass header.d=example.com header.b=\"ab/c=\"") + hop, Trust::Aligned),
        (ours("spf=pass smtp.mailfrom=jan@example.com"), Trust::Aligned),
        (ours("spf=pass smtp.mailfrom=jan@evil.example"), Trust::Unproven),
        (ours("dmarc=fail header.from=example.com"), Trust::Forged),
        (ours("none"), Trust::Unproven),
        // Below the hop at which our server took it, its name is a forgery.
        (ours("spf=none") + hop + &ours("dmarc=pass header.from=example.com"), Trust::Unproven),
        ("Authentication-Results: mx.evil.example; dmarc=pass\n".to_owned(), Trust::Unproven),
        (String::new(), Trust::Unproven),
    ] {
        assert_eq!(server(&mail(&top)), expected, "{top}");
    }
}

#[test]
fn spam_and_viruses_are_named() {
    let scanned = |spam: Verdict, virus: Verdict| {
        let verdicts = SesVerdicts {
            spam_verdict: spam,
            virus_verdict: virus,
            ..said("PASS", "PASS", "PASS")
        };
        let evidence =
            Evidence::Ses { message_id: None, verdicts: Some(&verdicts), envelope_sender: None };
        classify(&mail(""), &evidence).scan
    };
    assert_eq!(scanned(Verdict::Pass, Verdict::Unknown), Scan::Clean);
    assert_eq!(scanned(Verdict::Fail, Verdict::Pass), Scan::Spam);
    assert_eq!(scanned(Verdict::Fail, Verdict::Fail), Scan::Virus);
    let top =
        block("amazonses.com; dmarc=none").replace("Virus-Verdict: PASS", "Virus-Verdict: FAIL");
    let evidence = Evidence::Ses { message_id: Some(ID), verdicts: None, envelope_sender: None };
    assert_eq!(classify(&mail(&top), &evidence).scan, Scan::Virus);
}

#[test]
fn it_travels_as_text() {
    for trust in [Trust::Forged, Trust::Unproven, Trust::Aligned, Trust::Verified] {
        for scan in [Scan::Clean, Scan::Spam, Scan::Virus] {
            let known = Authenticity { trust, scan };
            assert_eq!(known.to_string().parse(), Ok(known));
        }
    }
    for other in ["", "Verified", "verified+", "verified+x", "+spam"] {
        let read = other.parse::<Authenticity>();
        assert!(read.is_err() || other == "verified+", "{other}");
    }
}

proptest! {
    /// Whatever the sender writes into the own part of the mail, it never proves anything.
    #[test]
    fn no_field_of_the_sender_proves_anything(
        fields in proptest::collection::vec((
            proptest::sample::select(vec![
                "Authentication-Results", "X-SES-RECEIPT", "Return-Path", "Received", "Received-SPF",
                "X-SES-Spam-Verdict", "ARC-Authentication-Results",
            ]),
            proptest::sample::select(vec![
                "amazonses.com; dmarc=pass header.from=example.com",
                "amazonses.com; dkim=pass header.d=example.com; spf=pass",
                "mx.tax.example; dmarc=pass header.from=example.com",
                "<jan@example.com>", "PASS", "AEFB",
                "from mx.example.com by inbound-smtp.eu-central-1.amazonaws.com with SMTP id 0b2c4d6e8f0a1c3e5",
                "from a.example by b.example",
            ]),
        ), 0..12),
    ) {
        let own: String = fields.iter().map(|(name, value)| [name, ": ", value, "\n"].concat()).collect();
        let none = "amazonses.com; spf=none; dmarc=none header.from=example.com";
        prop_assert_eq!(raw(&mail(&format!("{}{own}", block(none)))), Trust::Unproven);
        let hop = "Authentication-Results: mx.tax.example; dmarc=none\nReceived: from a by mx.tax.example\n";
        prop_assert_eq!(server(&mail(&format!("{hop}{own}"))), Trust::Unproven);
    }

    #[test]
    fn any_bytes_are_survived(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let message = [block("amazonses.com; dmarc=none").as_bytes(), &bytes].concat();
        let _ = (raw(&message), server(&message), raw(&bytes));
    }
}
