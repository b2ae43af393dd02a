//! `Authentication-Results` (RFC 8601), read by a tokeniser.
//!
//! Parts of the field repeat what a stranger said: the envelope sender, the greeting, comments. Looking
//! for `dmarc=pass` anywhere in it is how such checks are fooled, so quoted strings, comments and clauses
//! are told apart here, and a field with anything odd in it counts as unreadable.

/// What one server found out about one message.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct AuthResults {
    /// The server that says so, lower case.
    pub authserv_id: String,
    /// Its findings, in order.
    pub findings: Vec<Finding>,
}

/// One clause: a method, its result, and what was looked at.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Finding {
    /// `spf`, `dkim`, `dmarc`, …, lower case, without a version.
    pub method: String,
    /// `pass`, `fail`, `none`, …, lower case.
    pub result: String,
    /// Names (lower case) and values; every name once.
    pub properties: Vec<(String, String)>,
}

impl Finding {
    /// The value of a property.
    pub fn property(&self, name: &str) -> Option<&str> {
        let found = self.properties.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }
}

impl AuthResults {
    /// Reads the value of a field, unfolded; `None` if it is not well formed.
    pub fn parse(value: &str) -> Option<Self> {
        let mut scanner = Scanner { rest: value };
        scanner.skip_blanks()?;
        let authserv_id = scanner.value()?.to_ascii_lowercase();
        scanner.skip_blanks()?;
        if !scanner.at_clause_end() {
            let version = scanner.value()?;
            let number = !version.is_empty() && version.bytes().all(|byte| byte.is_ascii_digit());
            number.then_some(())?;
        }
        let mut findings = Vec::new();
        while scanner.next_clause()? {
            findings.extend(scanner.finding()?);
        }
        (!authserv_id.is_empty()).then_some(Self { authserv_id, findings })
    }

    /// The findings of one method.
    pub fn of<'a>(&'a self, method: &'a str) -> impl Iterator<Item = &'a Finding> {
        self.findings.iter().filter(move |finding| finding.method == method)
    }
}

/// The words of a text outside of comments; `None` if a comment or a quoted string does not end.
pub(super) fn words(text: &str) -> Option<Vec<String>> {
    let mut scanner = Scanner { rest: text };
    let mut words = Vec::new();
    loop {
        scanner.skip_blanks()?;
        match scanner.peek() {
            None => return Some(words),
            Some(';') => {
                scanner.bump();
                words.push(";".to_owned());
            }
            Some(_) => words.push(scanner.value()?),
        }
    }
}

/// Comments deeper than this are nobody's.
const COMMENT_DEPTH_MAX: u32 = 8;

struct Scanner<'a> {
    rest: &'a str,
}

impl Scanner<'_> {
    fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    fn bump(&mut self) -> Option<char> {
        let mut chars = self.rest.chars();
        let next = chars.next()?;
        self.rest = chars.as_str();
        Some(next)
    }

    fn at_clause_end(&self) -> bool {
        matches!(self.peek(), None | Some(';'))
    }

    /// Skips blanks and comments; `None` if a comment does not end or ends without having begun.
    fn skip_blanks(&mut self) -> Option<()> {
        let mut depth = 0_u32;
        while let Some(next) = self.peek() {
            match next {
                '(' => depth += 1,
                ')' => depth = depth.checked_sub(1)?,
                '\\' if depth > 0 => {
                    self.bump();
                }
                _ if depth == 0 && !matches!(next, ' ' | '\t') => return Some(()),
                _ => {}
            }
            (depth <= COMMENT_DEPTH_MAX).then_some(())?;
            self.bump();
        }
        (depth == 0).then_some(())
    }

    /// Steps over the semicolon before the next clause; false at the end.
    fn next_clause(&mut self) -> Option<bool> {
        self.skip_blanks()?;
        match self.bump() {
            None => return Some(false),
            Some(';') => {}
            Some(_) => return None,
        }
        self.skip_blanks()?;
        Some(self.peek().is_some())
    }

    #[expect(clippy::option_option, reason = "no clause and an empty clause differ")]
    /// A clause: `Some(None)` for `none`, the word of a server that looked at nothing.
    fn finding(&mut self) -> Option<Option<Finding>> {
        if self.at_clause_end() {
            return Some(None);
        }
        let name = self.name()?;
        self.skip_blanks()?;
        if name == "none" && self.at_clause_end() {
            return Some(None);
        }
        let method = name.split('/').next().unwrap_or_default().trim_end().to_owned();
        let result = self.assigned()?.to_ascii_lowercase();
        let mut properties: Vec<(String, String)> = Vec::new();
        loop {
            self.skip_blanks()?;
            if self.at_clause_end() {
                return Some(Some(Finding { method, result, properties }));
            }
            let name = self.name()?;
            self.skip_blanks()?;
            let value = self.assigned()?;
            let again = properties.iter().any(|(known, _)| *known == name);
            (!again).then_some(())?;
            properties.push((name, value));
        }
    }

    fn assigned(&mut self) -> Option<String> {
        (self.bump()? == '=').then_some(())?;
        self.skip_blanks()?;
        self.value()
    }

    /// A name, in lower case.
    fn name(&mut self) -> Option<String> {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/');
        let end = self.rest.find(|c| !plain(c)).unwrap_or(self.rest.len());
        let (name, rest) = self.rest.split_at_checked(end)?;
        self.rest = rest;
        (!name.is_empty()).then(|| name.to_ascii_lowercase())
    }

    /// A value, with what was quoted in it taken literally; may be empty.
    fn value(&mut self) -> Option<String> {
        let mut value = String::new();
        while let Some(next) = self.peek() {
            match next {
                ' ' | '\t' | ';' | '(' => break,
                ')' | '\\' => return None,
                '"' => self.quoted(&mut value)?,
                _ if next.is_control() => return None,
                _ => value.extend(self.bump()),
            }
        }
        Some(value)
    }

    fn quoted(&mut self, into: &mut String) -> Option<()> {
        self.bump();
        loop {
            match self.bump()? {
                '"' => return Some(()),
                '\\' => into.extend(self.bump()),
                other if other.is_control() && other != '\t' => return None,
                other => into.push(other),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn found(value: &str) -> Vec<(String, String)> {
        let results = AuthResults::parse(value).unwrap();
        results.findings.into_iter().map(|one| (one.method, one.result)).collect()
    }

    #[test]
    fn the_field_of_ses_is_read() {
        let results = AuthResults::parse(
            "amazonses.com; spf=pass (spfCheck: domain of mail.example.com designates 192.0.2.1 as \
             permitted sender) client-ip=192.0.2.1; envelope-from=jan@mail.example.com; \
             helo=mx.example.com; dkim=pass header.i=@example.com; dmarc=pass header.from=example.com;",
        )
        .unwrap();
        assert_eq!(results.authserv_id, "amazonses.com");
        let dkim = results.of("dkim").next().unwrap();
        assert_eq!(
            (dkim.result.as_str(), dkim.property("header.i")),
            ("pass", Some("@example.com"))
        );
        assert_eq!(
            results.of("dmarc").next().unwrap().property("header.from"),
            Some("example.com")
        );
        assert_eq!(results.of("spf").count(), 1);
    }

    #[test]
    fn the_examples_of_the_standard_are_read() {
        // RFC 8601, appendix B.1, B.3, B.5 and B.7.
        assert!(found("example.org 1; none").is_empty());
        assert_eq!(
            found("example.com; spf=pass smtp.mailfrom=example.net"),
            [("spf".to_owned(), "pass".to_owned())]
        );
        let text = "example.com; dkim=pass (good signature) header.d=example.com";
        assert_eq!(found(text), [("dkim".to_owned(), "pass".to_owned())]);
        let text = "foo.example.net (foobar) 1 (baz); dkim (Because I like it) / 1 (One yay) = (wait \
                    for it) fail policy (A dot can go here) . (like that) expired (this surprised me)";
        // A legal joke that no server writes: refused rather than half understood.
        assert_eq!(AuthResults::parse(text), None);
    }

    #[test]
    fn what_a_stranger_wrote_does_not_become_a_finding() {
        for value in [
            r#"a; spf=fail smtp.mailfrom="a; dmarc=pass (b"@evil.example"#,
            "a; spf=fail (sender is x; dmarc=pass header.from=bank.example) smtp.mailfrom=x@evil",
            r"a; spf=fail (quoted \) ; dmarc=pass) smtp.mailfrom=x@evil",
            r#"a; spf=fail smtp.helo="; dmarc=pass""#,
            r"a; spf=fail ((; dmarc=pass)) smtp.helo=x",
        ] {
            let results = AuthResults::parse(value).unwrap();
            assert_eq!(results.of("dmarc").count(), 0, "{value}");
        }
        for broken in [
            "",
            ";",
            "a) dmarc=pass",
            "a; dmarc=pass)",
            "a; dmarc=pass (b",
            "a; dmarc=\"pass",
            "a; dmarc",
            "a; dmarc=pass header.from=x header.from=y",
            "a b; dmarc=pass",
            "a; =pass",
            "a; dmarc=pass\u{0}",
        ] {
            assert_eq!(AuthResults::parse(broken), None, "{broken}");
        }
    }

    proptest! {
        #[test]
        fn any_field_is_survived(value in any::<String>()) {
            let _ = AuthResults::parse(&value);
            let _ = words(&value);
        }

        /// However a stranger's text is quoted, it stays a value.
        #[test]
        fn quoted_text_stays_a_value(text in "[ -~]{0,60}") {
            let quoted = text.replace('\\', "\\\\").replace('"', "\\\"");
            let field = format!("a; spf=fail smtp.mailfrom=\"{quoted}\"@evil.example; dmarc=none");
            let results = AuthResults::parse(&field).unwrap();
            prop_assert_eq!(results.findings.len(), 2);
            prop_assert_eq!(results.of("dmarc").next().map(|one| one.result.as_str()), Some("none"));
            let value = results.findings[0].property("smtp.mailfrom").unwrap().to_owned();
            prop_assert_eq!(value, format!("{text}@evil.example"));
        }
    }
}
