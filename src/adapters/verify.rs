//! Who wrote a mail, by DKIM and DMARC over DNS: for a mailbox whose mail server does not check.
//!
//! SPF is about the machine that handed the mail to the first server, which is not seen here. So a mail
//! that no signature proves is not taken for forged, only for unproven: SPF may have passed where it came in.

use std::sync::Arc;

use async_trait::async_trait;
use mail_auth::{
    AuthenticatedMessage, DkimResult, DmarcResult, DnsError, Error, MessageAuthenticator,
    Parameters, ResolverCache, SpfOutput, Txt, dmarc::verify::DmarcParameters,
};

use crate::{
    error::Fault,
    mail::{Dmarc, Trust, author_of, judge},
    ports::AuthorVerifier,
};

/// Asks the name servers of this machine.
#[derive(Clone)]
pub struct DnsVerifier {
    dns: MessageAuthenticator,
    answers: Answers,
}

impl std::fmt::Debug for DnsVerifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DnsVerifier")
    }
}

impl DnsVerifier {
    /// With the name servers of `/etc/resolv.conf`.
    ///
    /// # Errors
    ///
    /// If there are none.
    pub fn new() -> Result<Self, Fault> {
        let dns = MessageAuthenticator::new_system_conf()
            .map_err(|error| Fault::never("read the name servers of this machine", error))?;
        Ok(Self { dns, answers: Answers::default() })
    }
}

#[async_trait]
impl AuthorVerifier for DnsVerifier {
    async fn verify(&self, raw: &[u8]) -> Result<Trust, Fault> {
        let Some(author) = author_of(raw) else { return Ok(Trust::Forged) };
        let Some((_, domain)) = author.address.split_once('@') else { return Ok(Trust::Forged) };
        let Some(message) = AuthenticatedMessage::parse(raw) else { return Ok(Trust::Unproven) };
        let question = Parameters::new(&message).with_txt_cache(&self.answers);
        let signatures = self.dns.verify_dkim(question).await;
        let spf = SpfOutput::default();
        let policy = DmarcParameters {
            message: &message,
            dkim_output: &signatures,
            dkim2_output: None,
            rfc5321_mail_from_domain: "",
            spf_output: &spf,
        };
        let question = Parameters::new(policy).with_txt_cache(&self.answers);
        let found = self.dns.verify_dmarc(question).await;
        let passed = signatures.iter().filter(|signature| *signature.result() == DkimResult::Pass);
        let signers = passed.filter_map(|output| output.signature().map(|found| found.d.as_str()));
        let dmarc = match (found.dmarc_record(), found.dkim_result()) {
            (Some(_), DmarcResult::Pass) => Dmarc::Pass,
            // A name server did not answer: unproven now, and asked to prove the mailbox.
            (_, DmarcResult::TempError(_) | DmarcResult::PermError(_))
            | (Some(_), DmarcResult::Fail(_) | DmarcResult::None) => Dmarc::Error,
            (None, DmarcResult::Pass | DmarcResult::Fail(_) | DmarcResult::None) => Dmarc::None,
        };
        Ok(judge(domain, dmarc, signers))
    }
}

/// What is known without asking. Empty but in tests, where there is no network: the resolver keeps
/// answers of its own for their time.
#[derive(Clone, Default)]
struct Answers(Option<Arc<Vec<(String, Txt)>>>);

impl ResolverCache<Box<str>, Txt> for Answers {
    fn get<Q>(&self, name: &Q) -> Option<Txt>
    where
        Box<str>: std::borrow::Borrow<Q>,
        Q: std::hash::Hash + Eq + ?Sized,
    {
        let known = self.0.as_ref()?;
        let found = known.iter().find(|(known, _)| {
            let known: Box<str> = known.as_str().into();
            std::borrow::Borrow::<Q>::borrow(&known) == name
        });
        // 3: no such name (RFC 1035 § 4.1.1).
        let nothing = || Txt::Error(Error::Dns(DnsError::RecordNotFound(3_u16.into())));
        Some(found.map_or_else(nothing, |(_, answer)| answer.clone()))
    }

    fn remove<Q>(&self, _: &Q) -> Option<Txt>
    where
        Box<str>: std::borrow::Borrow<Q>,
        Q: std::hash::Hash + Eq + ?Sized,
    {
        None
    }

    fn insert(&self, _: Box<str>, _: Txt, _: std::time::Instant) {}
}

#[cfg(test)]
mod tests {
    use mail_auth::{
        common::{
            crypto::Ed25519Key, headers::HeaderWriter as _, parse::TxtRecordParser as _,
            verify::DomainKey,
        },
        dkim::DkimSigner,
        dmarc::Dmarc as Policy,
    };

    use super::*;

    const MAIL: &str =
        "From: Jan <jan@example.com>\r\nTo: calc@tax.example\r\nSubject: x\r\n\r\nbody\r\n";

    /// A mail signed for a domain, and the domain's key in DNS.
    fn signed(domain: &str) -> (String, (String, Txt)) {
        let pkcs8 = Ed25519Key::generate_pkcs8().unwrap();
        let key = Ed25519Key::from_pkcs8_der(&pkcs8).unwrap();
        let public = data_encoding::BASE64.encode(&key.public_key());
        let signer =
            DkimSigner::from_key(key).domain(domain).selector("s").headers(["From", "Subject"]);
        let signature = signer.sign(MAIL.as_bytes()).unwrap();
        let record = format!("v=DKIM1; k=ed25519; p={public}");
        let record = DomainKey::parse(record.as_bytes()).unwrap();
        let answer = (format!("s._domainkey.{domain}."), Txt::DomainKey(Arc::new(record)));
        (signature.to_header() + MAIL, answer)
    }

    fn policy(domain: &str) -> (String, Txt) {
        let record = Policy::parse(b"v=DMARC1; p=reject").unwrap();
        (format!("_dmarc.{domain}."), Txt::Dmarc(Arc::new(record)))
    }

    async fn judged(mail: &str, answers: Vec<(String, Txt)>) -> Trust {
        let dns =
            MessageAuthenticator::new_system_conf().or_else(|_| MessageAuthenticator::new_quad9());
        let verifier = DnsVerifier { dns: dns.unwrap(), answers: Answers(Some(Arc::new(answers))) };
        verifier.verify(mail.as_bytes()).await.unwrap()
    }

    #[tokio::test]
    async fn a_signature_of_the_authors_organisation_proves_the_author() {
        let (mail, key) = signed("mail.example.com");
        assert_eq!(judged(&mail, vec![key.clone(), policy("example.com")]).await, Trust::Verified);
        assert_eq!(judged(&mail, vec![key.clone()]).await, Trust::Aligned);
        // Changed on the way, signed by somebody else, not signed, or by two authors.
        let changed = mail.replace("body", "other");
        for answers in [vec![key.clone()], vec![key.clone(), policy("example.com")]] {
            assert_eq!(judged(&changed, answers).await, Trust::Unproven);
        }
        let (other, key) = signed("evil.example");
        assert_eq!(judged(&other, vec![key.clone(), policy("example.com")]).await, Trust::Unproven);
        assert_eq!(judged(MAIL, vec![policy("example.com")]).await, Trust::Unproven);
        let two = format!("From: eva@example.com\r\n{mail}");
        assert_eq!(judged(&two, vec![key]).await, Trust::Forged);
    }
}
