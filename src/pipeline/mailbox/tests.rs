//! Conversations from the first mail to the last, silence, and crashes at every port call.

mod corrections;
mod dedupe;
mod limits;
mod loops;
mod missing;
mod trust;
mod union;
mod uploads;

use std::sync::{
    Mutex,
    atomic::{AtomicI64, AtomicUsize, Ordering},
};

use async_trait::async_trait;
use jiff::{Timestamp, civil::Date};
use mail_parser::MessageParser;

use super::*;
use crate::{
    adapters::{MemoryConversations, MemoryRates, NoUploads},
    ports::{Clock, Held, Outgoing, Unsent},
};

const ADDRESS: &str = "calc@investtax.example";

/// All in złoty. 2024: 10 × (200 − 100) = 1000; 19 % of it is 190.
const FILE: &str = "date;type;isin;quantity;price;currency;account\n\
    2024-01-15;buy;PLPKO0000016;10;100;PLN;A\n\
    2024-06-17;sell;PLPKO0000016;10;200;PLN;A\n";

/// The layout with pipes of an earlier contract, which is no template: a newer copy replaces it.
fn export(price: &str) -> String {
    format!(
        "Action|Time|ISIN|Ticker|Name|No. of shares|Price / share|Currency symbol|Exchange rate|\
         Result|Total|Notes\n\
         Buy|2024-01-15 10:00:00|PLPKO0000016|PKO|PKO|10|100|PLN|1||1000|\n\
         Sell|2024-06-17 10:00:00|PLPKO0000016|PKO|PKO|10|{price}|PLN|1||2000|\n"
    )
}

/// A clock that the test moves.
#[derive(Default)]
struct Hours(AtomicI64);

impl Clock for Hours {
    fn now(&self) -> Timestamp {
        let start: Timestamp = "2026-03-02T10:00:00Z".parse().unwrap();
        start + SignedDuration::from_hours(self.0.load(Ordering::Relaxed))
    }
}

/// Store and way out, which fail at one call: before it does anything, or after it did.
#[derive(Default)]
struct World {
    store: MemoryConversations,
    sent: Mutex<Vec<Outgoing>>,
    calls: AtomicUsize,
    fail_at: Option<usize>,
    after: bool,
}

impl World {
    fn failing(fail_at: usize, after: bool) -> Self {
        Self { fail_at: Some(fail_at), after, ..Self::default() }
    }

    async fn call<T>(&self, effect: impl Future<Output = Result<T, Fault>>) -> Result<T, Fault> {
        let crash = || Fault::later("go on", "killed");
        let fails = self.fail_at == Some(self.calls.fetch_add(1, Ordering::Relaxed));
        if fails && !self.after {
            return Err(crash());
        }
        let done = effect.await;
        if fails { Err(crash()) } else { done }
    }

    /// Messages as their recipients see them: one for each message id.
    fn arrived(&self) -> Vec<Outgoing> {
        let mut arrived: Vec<Outgoing> = Vec::new();
        for message in self.sent.lock().unwrap().iter() {
            match arrived.iter().find(|other| other.id == message.id) {
                Some(other) => assert_eq!(other, message, "the same id for two messages"),
                None => arrived.push(message.clone()),
            }
        }
        arrived
    }
}

#[async_trait]
impl ConversationStore for World {
    async fn is_done(&self, job: &str) -> Result<bool, Fault> {
        self.call(self.store.is_done(job)).await
    }
    async fn correspondent(&self, owner: &str) -> Result<Correspondent, Fault> {
        self.call(self.store.correspondent(owner)).await
    }
    async fn conversation(&self, id: &str) -> Result<Option<Conversation>, Fault> {
        self.call(self.store.conversation(id)).await
    }
    async fn conversation_of(&self, sent: &str) -> Result<Option<Conversation>, Fault> {
        self.call(self.store.conversation_of(sent)).await
    }
    async fn conversations(&self, owner: &str) -> Result<Vec<Conversation>, Fault> {
        self.call(self.store.conversations(owner)).await
    }
    async fn file(&self, owner: &str, digest: &[u8; 32]) -> Result<Option<Vec<u8>>, Fault> {
        self.call(self.store.file(owner, digest)).await
    }
    async fn held(&self, owner: &str) -> Result<Vec<Held>, Fault> {
        self.call(self.store.held(owner)).await
    }
    async fn replies_on(&self, day: Date) -> Result<u32, Fault> {
        self.call(self.store.replies_on(day)).await
    }
    async fn commit(&self, step: &Step) -> Result<bool, Fault> {
        self.call(self.store.commit(step)).await
    }
    async fn outbox(&self) -> Result<Vec<Outgoing>, Fault> {
        self.call(self.store.outbox()).await
    }
    async fn lease(
        &self,
        message: &str,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Option<Outgoing>, Fault> {
        self.call(self.store.lease(message, now, until)).await
    }
    async fn release(&self, message: &str) -> Result<(), Fault> {
        self.call(self.store.release(message)).await
    }
    async fn close(&self, message: &str, sent_as: Option<&str>) -> Result<(), Fault> {
        self.call(self.store.close(message, sent_as)).await
    }
    async fn forget(&self, horizon: &Horizon) -> Result<(), Fault> {
        self.call(self.store.forget(horizon)).await
    }
}

#[async_trait]
impl Mailer for World {
    async fn send(&self, message: &Outgoing) -> Result<String, Unsent> {
        let sent = self.call(async {
            self.sent.lock().unwrap().push(message.clone());
            // As a service that puts its own id on the message.
            Ok(format!("ses-{}", message.id))
        });
        sent.await.map_err(|fault| Unsent { fault, doubtful: self.after })
    }
}

struct Bench {
    world: Arc<World>,
    clock: Arc<Hours>,
    mailbox: Mailbox,
}

impl Bench {
    fn new(world: World) -> Self {
        let (world, clock) = (Arc::new(world), Arc::new(Hours::default()));
        let services =
            Services { rates: Arc::new(MemoryRates::default()), nbp: None, clock: clock.clone() };
        let settings = MailboxSettings {
            address: ADDRESS.to_owned(),
            own: OwnAddresses::default(),
            lang: None,
            options: Options::default(),
            limits: Limits::default(),
            thresholds: Thresholds::default(),
        };
        let (store, mailer) = (world.clone(), world.clone());
        let (key, uploads) = (TokenKey::new([7; 32]), Arc::new(NoUploads));
        let mailbox = Mailbox { services, store, mailer, uploads, key, settings };
        Self { world, clock, mailbox }
    }

    fn after(&self, hours: i64) {
        self.clock.0.fetch_add(hours, Ordering::Relaxed);
    }

    async fn receive(&self, mail: &str, trust: Trust) -> Result<Received, Fault> {
        let received = self.mailbox.receive(mail.as_bytes(), trust, &|_| {}).await?;
        self.mailbox.send().await?;
        Ok(received)
    }

    /// Delivers a mail and returns the text of the reply.
    async fn answer(&self, mail: &str) -> Reply {
        let before = self.world.arrived().len();
        assert_eq!(self.receive(mail, Trust::Verified).await.unwrap(), Received::Answered);
        let arrived = self.world.arrived();
        assert_eq!(arrived.len(), before + 1);
        Reply::read(&arrived[before])
    }

    async fn silence(&self, mail: &str) -> DropReason {
        let before = self.world.arrived().len();
        let Received::Silent(reason) = self.receive(mail, Trust::Verified).await.unwrap() else {
            panic!("answered: {mail}")
        };
        assert_eq!(self.world.arrived().len(), before);
        reason
    }
}

struct Reply {
    text: String,
    answers_to: String,
    references: String,
    sent_as: String,
    /// The id that we gave it, which a relay leaves as it is.
    id: String,
    files: Vec<(String, String)>,
}

impl Reply {
    fn read(message: &Outgoing) -> Self {
        let mail = MessageParser::default().parse(&message.bytes).unwrap();
        let header = |name: &str| mail.header_raw(name).unwrap_or_default().trim().to_owned();
        let address = mail.reply_to().and_then(|to| to.first()).and_then(|to| to.address());
        let files = mail.attachments().map(|file| {
            let name = mail_parser::MimeHeaders::attachment_name(file).unwrap_or_default();
            (name.to_owned(), String::from_utf8_lossy(file.contents()).into_owned())
        });
        Self {
            text: mail.body_text(0).unwrap().split_whitespace().collect::<Vec<_>>().join(" "),
            answers_to: address.unwrap_or_default().to_owned(),
            references: header("References"),
            id: header("Message-ID"),
            sent_as: format!("<ses-{}@eu-central-1.amazonses.com>", message.id),
            files: files.collect(),
        }
    }
}

static MAILS: AtomicUsize = AtomicUsize::new(0);

fn mail_from(from: &str, headers: &str, text: &str, files: &[(&str, &str)]) -> String {
    let number = MAILS.fetch_add(1, Ordering::Relaxed);
    let to = if headers.contains("To: calc+") { String::new() } else { format!("To: {ADDRESS}\n") };
    let mut mail = format!(
        "From: {from}\n{to}Message-ID: <m{number}@example.com>\n{headers}\n\
         MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n\
         --b\nContent-Type: text/plain; charset=utf-8\n\n{text}\n"
    );
    let parts = files.iter().map(|(name, content)| {
        let head = format!("Content-Type: text/csv; name={name}\nContent-Disposition: attachment");
        ["--b\n", &head, "\n\n", content, "\n"].concat()
    });
    mail.extend(parts);
    mail + "--b--\n"
}

fn mail(headers: &str, text: &str, files: &[(&str, &str)]) -> String {
    mail_from("Jan <Jan@example.com>", headers, text, files)
}

fn answer_to(reply: &Reply) -> String {
    format!("Subject: Re: x\nIn-Reply-To: {}", reply.sent_as)
}

#[tokio::test]
async fn a_corrected_file_alone_completes_the_conversation() {
    let bench = Bench::new(World::default());
    let broken = export("abc");
    let first = bench.answer(&mail("Subject: x", "Proszę.", &[("a.txt", &broken)])).await;
    assert!(first.text.contains("abc"), "{}", first.text);
    let second = bench.answer(&mail(&answer_to(&first), "", &[("a.txt", &export("200"))])).await;
    assert!(second.text.contains("190"), "{}", second.text);
    assert!(second.text.contains("zastąpiony nowszym"), "{}", second.text);
    let status = bench.answer(&mail(&answer_to(&second), "STATUS", &[])).await;
    assert!(status.text.starts_with("W tej rozmowie mam 1"), "{}", status.text);
}

#[tokio::test]
async fn a_repaired_template_alone_completes_the_conversation() {
    let bench = Bench::new(World::default());
    let broken = FILE.replace("10;100;PLN", "10;abc;PLN");
    let first = bench.answer(&mail("Subject: x", "Proszę.", &[("a.csv", &broken)])).await;
    let (_, template) = first.files.iter().find(|(name, _)| name.contains(".csv")).unwrap();
    let repaired = template.replace("abc", "100");
    let second = bench.answer(&mail(&answer_to(&first), "", &[("b.csv", &repaired)])).await;
    assert!(second.text.contains("190") && !second.text.contains("abc"), "{}", second.text);
}

#[tokio::test]
async fn each_of_three_keys_finds_the_conversation_and_only_for_its_owner() {
    let bench = Bench::new(World::default());
    let first = bench.answer(&mail("Subject: x", "ROK 2024", &[("a.csv", FILE)])).await;
    let signed = first.references.split_whitespace().last().unwrap().to_owned();
    assert!(signed.starts_with("<c.") && first.answers_to.starts_with("calc+"), "{signed}");
    for headers in [
        answer_to(&first),
        format!("Subject: x\nReferences: <1@example.com> {signed}"),
        format!("Subject: x\nTo: {}", first.answers_to.to_uppercase().replace("CALC+", "calc+")),
    ] {
        bench.after(7);
        let status = bench.answer(&mail(&headers, "STATUS", &[])).await;
        assert!(status.text.contains("a.csv") && status.text.contains("ROK 2024"), "{headers}");
        let stranger = mail_from("eva@example.com", &headers, "STATUS", &[]);
        let status = bench.answer(&stranger).await;
        assert!(status.text.starts_with("W tej rozmowie mam 0"), "{}", status.text);
    }
}

#[tokio::test]
async fn choices_persist_and_history_lists_the_results() {
    let bench = Bench::new(World::default());
    let text = "LANGUAGE EN\nLOSS 2022 500";
    let first = bench.answer(&mail("Subject: x", text, &[("a.csv", FILE)])).await;
    // 1000 − 500 = 500; 19 % of it is 95.
    assert!(first.text.contains("95"), "{}", first.text);
    let second = bench.answer(&mail(&answer_to(&first), "BASIS: TRADE", &[])).await;
    assert!(second.text.contains("95") && second.text.contains("trade date"), "{}", second.text);
    let history = bench.answer(&mail(&answer_to(&second), "HISTORIA", &[])).await;
    assert!(history.text.starts_with("Earlier results 2026-03-02:"), "{}", history.text);
}

#[tokio::test]
async fn deletion_needs_the_code_once_and_leaves_nothing() {
    let bench = Bench::new(World::default());
    let nothing = bench.answer(&mail("Subject: USUŃ", "", &[])).await;
    assert!(nothing.text.starts_with("Nie przechowuję"), "{}", nothing.text);
    let first = bench.answer(&mail("Subject: x", "Proszę.", &[("a.csv", FILE)])).await;
    let asked = bench.answer(&mail(&answer_to(&first), "USUŃ", &[])).await;
    let code = asked.text.split("kodem ").nth(1).unwrap().split(' ').next().unwrap().to_owned();
    assert_eq!(code.len(), 8);
    let mistaken = bench.answer(&mail(&answer_to(&asked), "abcdefgh", &[])).await;
    assert!(mistaken.text.starts_with("To nie jest kod"), "{}", mistaken.text);
    // Said once; and what is no code at all is thanks.
    for (text, reason) in
        [("bcdefghi", DropReason::Limited), ("Dziękuję!", DropReason::NothingToDo)]
    {
        assert_eq!(bench.silence(&mail(&answer_to(&asked), text, &[])).await, reason);
    }
    let confirm = mail(&answer_to(&asked), &code.to_uppercase(), &[]);
    let gone = bench.answer(&confirm).await;
    assert!(gone.text.starts_with("Usunięto wszystkie"), "{}", gone.text);
    assert_eq!(bench.silence(&confirm).await, DropReason::Duplicate);
    let store = &bench.world.store;
    assert!(store.conversations("jan@example.com").await.unwrap().is_empty());
    assert_eq!(store.correspondent("jan@example.com").await.unwrap(), Correspondent::default());
}

#[tokio::test]
async fn words_beside_a_file_are_not_lost() {
    let bench = Bench::new(World::default());
    let first = bench.answer(&mail("Subject: x", "WZÓR\nSTATUS", &[("a.csv", FILE)])).await;
    assert!(first.text.starts_with("Podatek do zapłaty za 2024: 190"), "{}", first.text);
    assert!(first.files.iter().any(|(name, _)| name == "InvestTax_szablon.csv"));
    assert!(first.text.contains("Na polecenie STATUS nie odpowiadam"), "{}", first.text);
    let other = FILE.replace(";A\n", ";B\n");
    let asked = bench.answer(&mail(&answer_to(&first), "USUŃ", &[("b.csv", &other)])).await;
    assert!(asked.text.starts_with("Potwierdź usunięcie"), "{}", asked.text);
    assert!(asked.text.contains("nie przeliczyłem"), "{}", asked.text);
    let status = bench.answer(&mail(&answer_to(&asked), "STATUS", &[])).await;
    assert!(status.text.starts_with("W tej rozmowie mam 1"), "{}", status.text);
}

#[tokio::test]
async fn a_code_does_not_hold_longer_than_a_day() {
    let bench = Bench::new(World::default());
    let first = bench.answer(&mail("Subject: x", "Proszę.", &[("a.csv", FILE)])).await;
    let asked = bench.answer(&mail(&answer_to(&first), "USUŃ", &[])).await;
    let code = asked.text.split("kodem ").nth(1).unwrap().split(' ').next().unwrap().to_owned();
    bench.after(25);
    let late = mail(&answer_to(&first), &code, &[]);
    assert_eq!(bench.silence(&late).await, DropReason::NothingToDo);
    assert_eq!(bench.world.store.conversations("jan@example.com").await.unwrap().len(), 1);
}

#[tokio::test]
async fn thanks_repetitions_and_stop_end_in_silence() {
    let bench = Bench::new(World::default());
    let first = bench.answer(&mail("Subject: x", "Proszę.", &[("a.csv", FILE)])).await;
    let thanks = mail(&answer_to(&first), "Dziękuję!", &[]);
    assert_eq!(bench.silence(&thanks).await, DropReason::NothingToDo);
    let same = mail("Subject: x", "Jeszcze raz.", &[("a.csv", FILE)]);
    assert_eq!(bench.silence(&same).await, DropReason::Limited);
    bench.answer(&mail("Subject: POMOC", "", &[])).await;
    assert_eq!(bench.silence(&mail("Subject: HELP", "", &[])).await, DropReason::Limited);
    let stop = mail("Subject: STOP", "", &[("a.csv", FILE)]);
    assert_eq!(bench.silence(&stop).await, DropReason::Stopped);
    assert_eq!(bench.silence(&mail("Subject: STATUS", "", &[])).await, DropReason::Stopped);
    bench.after(24);
    bench.answer(&mail("Subject: POMOC", "", &[])).await;
    bench.answer(&mail("Subject: STATUS", "", &[])).await;
}

#[tokio::test]
async fn a_conversation_without_new_files_falls_silent_after_three_answers() {
    let bench = Bench::new(World::default());
    let first = bench.answer(&mail("Subject: x", "Proszę.", &[("a.csv", FILE)])).await;
    for _ in 0..3 {
        bench.after(7);
        bench.answer(&mail(&answer_to(&first), "I znowu.", &[("a.csv", FILE)])).await;
    }
    bench.after(7);
    let again = mail(&answer_to(&first), "I znowu.", &[("a.csv", FILE)]);
    assert_eq!(bench.silence(&again).await, DropReason::NothingNew);
    let other = FILE.replace("2024-06-17", "2024-06-18");
    bench.answer(&mail(&answer_to(&first), "Nowy.", &[("b.csv", &other)])).await;
}

/// Whatever call is killed, before or after it did its work: delivered again until it is taken, the
/// mail is answered exactly once, and nothing of it is lost.
#[tokio::test]
async fn a_crash_at_any_port_call_neither_loses_nor_doubles_a_reply() {
    let first = mail("Subject: x", "ROK 2024", &[("a.csv", FILE)]);
    let other = FILE.replace("2024-06-17", "2024-06-18").replace(";A\n", ";B\n");
    for after in [false, true] {
        for fail_at in 0.. {
            let bench = Bench::new(World::failing(fail_at, after));
            deliver(&bench, &first).await;
            let sent_as = format!("<ses-{}@x>", bench.world.arrived()[0].id);
            let second = format!("Subject: Re: x\nIn-Reply-To: {sent_as}");
            deliver(&bench, &mail(&second, "", &[("b.csv", &other)])).await;
            let arrived = bench.world.arrived();
            assert_eq!(arrived.len(), 2, "call {fail_at}, after: {after}");
            let result = Reply::read(&arrived[1]);
            // Both files: 2 × 1000, 19 % of it is 380.
            assert!(result.text.contains("380"), "call {fail_at}: {}", result.text);
            assert!(bench.world.store.outbox().await.unwrap().is_empty());
            if bench.world.calls.load(Ordering::Relaxed) <= fail_at {
                assert!(fail_at > 15, "only {fail_at} calls");
                break;
            }
        }
    }
}

/// As a mail server does: again and again until it is taken and the outbox is empty. What was being
/// sent when the worker was killed is sent once more when its lease is over.
async fn deliver(bench: &Bench, mail: &str) {
    deliver_as(bench, mail, Trust::Verified).await;
}

async fn deliver_as(bench: &Bench, mail: &str, trust: Trust) {
    for _ in 0..3 {
        let taken = bench.mailbox.receive(mail.as_bytes(), trust, &|_| {}).await;
        let sent = bench.mailbox.send().await;
        let waiting = bench.world.store.outbox().await.unwrap();
        if taken.is_ok() && sent.is_ok() && waiting.is_empty() {
            return;
        }
        bench.after(1);
    }
    panic!("never taken");
}

#[tokio::test]
async fn two_workers_send_a_message_once_and_one_of_two_mails_has_to_wait() {
    let bench = Bench::new(World::default());
    let one = mail("Subject: x", "Proszę.", &[("a.csv", FILE)]);
    bench.mailbox.receive(one.as_bytes(), Trust::Verified, &|_| {}).await.unwrap();
    let (now, id) = (bench.clock.now(), bench.world.store.outbox().await.unwrap()[0].id.clone());
    let until = now + SignedDuration::from_mins(15);
    assert!(bench.world.store.lease(&id, now, until).await.unwrap().is_some());
    bench.mailbox.send().await.unwrap();
    assert!(bench.world.arrived().is_empty(), "another worker is sending it");
    bench.after(1);
    bench.mailbox.send().await.unwrap();
    assert_eq!(bench.world.arrived().len(), 1);
}

#[tokio::test]
async fn an_address_that_bounced_hears_nothing_for_its_time() {
    let bench = Bench::new(World::default());
    let undeliverable = Some(bench.clock.now() + SignedDuration::from_hours(24 * 14));
    let step = Step {
        job: "bounce".to_owned(),
        at: bench.clock.now(),
        owner: "jan@example.com".to_owned(),
        correspondent: Some(Correspondent { undeliverable, ..Correspondent::default() }),
        ..Step::default()
    };
    assert!(bench.world.store.commit(&step).await.unwrap());
    let file = mail("Subject: x", "Proszę.", &[("a.csv", FILE)]);
    assert_eq!(bench.silence(&file).await, DropReason::Undeliverable);
    bench.after(24 * 14);
    bench.answer(&file).await;
}
