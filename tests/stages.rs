//! Large mail in stages: the same reply and the same calculation, to the byte, as in one go; whatever is
//! killed in between, one reply; and nothing left behind.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::{
    fmt::Write as _,
    fs,
    path::PathBuf,
    sync::{
        Arc, LazyLock, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use async_trait::async_trait;
use investtax::{
    adapters::{FolderBlobs, MemoryBlobs, MemoryConversations, MemoryRates, NoUploads},
    conversation::{Thresholds, TokenKey},
    error::Fault,
    mail::{Limits, OwnAddresses},
    pipeline::{
        Format, Job, JobName, Mailbox, MailboxSettings, NothingKept, Received, Services, Stage,
        StageFault, StageInput, Stages, Trust,
    },
    ports::{BlobStore, ConversationStore as _, Mailer, Outgoing, Unsent},
    reply::FileKind,
    tax::Options,
};
use support::{block_on, here, offline, rates_in};

static RATES: LazyLock<Services> = LazyLock::new(|| offline(rates_in(&here("samples/rates"))));

/// What left, in order; while it is away, nothing does.
#[derive(Debug, Default)]
struct Sent(Mutex<Vec<Outgoing>>, AtomicBool);

#[async_trait]
impl Mailer for Sent {
    async fn send(&self, message: &Outgoing) -> Result<String, Unsent> {
        if self.1.load(Ordering::Relaxed) {
            return Err(Unsent { fault: Fault::later("send", "it is away"), doubtful: false });
        }
        self.0.lock().unwrap().push(message.clone());
        Ok(message.id.clone())
    }
}

impl Sent {
    fn all(&self) -> Vec<Outgoing> {
        self.0.lock().unwrap().clone()
    }
}

fn mailbox(services: &Services, store: &Arc<MemoryConversations>, sent: &Arc<Sent>) -> Mailbox {
    Mailbox {
        services: services.clone(),
        store: store.clone(),
        mailer: sent.clone(),
        uploads: Arc::new(NoUploads),
        key: TokenKey::new([7; 32]),
        settings: MailboxSettings {
            address: "calc@investtax.example".to_owned(),
            own: OwnAddresses::default(),
            lang: None,
            options: Options::default(),
            limits: Limits::default(),
            thresholds: Thresholds::default(),
        },
    }
}

/// Buckets that fail at one call, before they do it or after.
#[derive(Debug, Default)]
struct Buckets {
    kept: MemoryBlobs,
    calls: AtomicUsize,
    fail_at: Option<usize>,
    after: bool,
}

impl Buckets {
    async fn call<T>(&self, effect: impl Future<Output = Result<T, Fault>>) -> Result<T, Fault> {
        let killed = || Fault::later("go on", "killed");
        let fails = self.fail_at == Some(self.calls.fetch_add(1, Ordering::Relaxed));
        if fails && !self.after {
            return Err(killed());
        }
        let done = effect.await;
        if fails { Err(killed()) } else { done }
    }
}

#[async_trait]
impl BlobStore for Buckets {
    async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, Fault> {
        self.call(self.kept.get(key)).await
    }
    async fn put(&self, key: &str, bytes: &[u8]) -> Result<(), Fault> {
        self.call(self.kept.put(key, bytes)).await
    }
    async fn delete(&self, key: &str) -> Result<(), Fault> {
        self.call(self.kept.delete(key)).await
    }
}

/// One state machine with everything around it.
struct Bench {
    buckets: Arc<Buckets>,
    store: Arc<MemoryConversations>,
    sent: Arc<Sent>,
    stages: Stages,
}

impl Bench {
    fn new(buckets: Buckets, services: &Services) -> Self {
        let (buckets, store, sent) = (Arc::new(buckets), Arc::default(), Arc::default());
        let stages = Stages {
            mailbox: mailbox(services, &store, &sent),
            mail: buckets.clone(),
            temp: buckets.clone(),
            archive: buckets.clone(),
            // So that every ledger with two instruments is worked out in parts.
            events_per_part: 1,
        };
        Self { buckets, store, sent, stages }
    }

    fn job(&self, name: &str, raw: &[u8]) -> Job {
        let key = format!("in/{name}");
        block_on(self.buckets.kept.put(&key, raw)).unwrap();
        let job = JobName::parse(name).unwrap();
        Job { format: Format, job, key, trust: Trust::Verified.into(), received: None }
    }

    fn kept(&self, key: &str) -> Option<Vec<u8>> {
        block_on(self.buckets.kept.get(key)).unwrap()
    }

    fn keys(&self, under: &str) -> Vec<String> {
        let keys = self.buckets.kept.keys().into_iter();
        keys.filter(|key| key.starts_with(under)).collect()
    }
}

fn run(bench: &Bench, job: &Job, stage: Stage) -> Result<Vec<usize>, StageFault> {
    let input = StageInput { stage, part: None, job: job.clone() };
    block_on(bench.stages.run(&input)).map(|output| output.parts)
}

/// Every written case and every sample.
fn cases() -> Vec<(String, Vec<u8>)> {
    let list = |folder: &str| -> Vec<PathBuf> {
        let mut paths: Vec<_> =
            fs::read_dir(here(folder)).unwrap().map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        paths
    };
    let samples =
        list("samples").into_iter().filter(|path| path.extension().is_some_and(|end| end == "eml"));
    let written = list("tests/cases").into_iter().map(|folder| folder.join("message.eml"));
    let all = samples.chain(written.filter(|path| path.exists()));
    all.map(|path| (path.display().to_string(), fs::read(&path).unwrap())).collect()
}

#[test]
fn every_case_ends_the_same_in_one_go_and_in_stages() {
    let (mut calculated, mut in_parts) = (0, 0);
    for (name, raw) in cases() {
        let (store, sent) = (Arc::default(), Arc::new(Sent::default()));
        let inline = mailbox(&RATES, &store, &sent);
        let handled =
            block_on(inline.handle(&raw, Trust::Verified, &NothingKept, &|_| {})).unwrap();
        block_on(inline.send()).unwrap();

        let bench = Bench::new(Buckets::default(), &RATES);
        let job = bench.job("job", &raw);
        for stage in Stage::JOURNEY {
            let stored =
                stage == Stage::Archive || block_on(bench.store.outbox()).unwrap().is_empty();
            assert!(stored, "{name}: only the last stages store anything");
            let parts = run(&bench, &job, stage).unwrap();
            in_parts += usize::from(parts.len() > 1);
            for part in parts {
                let stage = Stage::CalculatePart;
                let input = StageInput { stage, part: Some(part), job: job.clone() };
                block_on(bench.stages.run(&input)).unwrap();
            }
        }
        assert!(bench.sent.all() == sent.all(), "{name}: another reply");
        assert_eq!(sent.all().len(), usize::from(handled.received == Received::Answered), "{name}");
        assert_eq!(bench.keys("jobs/"), Vec::<String>::new(), "{name}");
        let archived = bench.keys("20");
        let Some(finished) = handled.finished else {
            assert!(archived.is_empty(), "{name}: {archived:?}");
            continue;
        };
        let place = format!("{}/job", finished.year.unwrap_or(2026));
        let kept = |file: &str| bench.kept(&format!("{place}/{file}"));
        assert!(kept("calculation.json") == finished.calculation, "{name}: another calculation");
        assert!(kept("original.eml").as_deref() == Some(raw.as_slice()), "{name}");
        assert!(kept("metadata.json").is_some(), "{name}: {archived:?}");
        assert_eq!(bench.keys(&format!("{place}/files/")).len(), finished.files.len(), "{name}");
        let report =
            finished.content.attachments.iter().any(|file| file.kind() == FileKind::Report);
        assert_eq!(kept("report.pdf").is_some(), report, "{name}");
        calculated += 1;
    }
    assert!(calculated > 15 && in_parts > 3, "{calculated} calculated, {in_parts} in parts");
}

/// Whatever call to a bucket is killed, before or after it did its work: run again from where it failed
/// or from the beginning, there is one reply, everything is kept and nothing is left behind.
#[test]
fn a_job_that_is_killed_anywhere_ends_with_one_reply() {
    // Laying out a report takes long in a debug build: densely where there is none, else here and there.
    for (case, every) in
        [("tests/cases/everything-wrong-at-once/message.eml", 6), ("samples/two-brokers.eml", 44)]
    {
        let raw = fs::read(here(case)).unwrap();
        let whole = Bench::new(Buckets::default(), &RATES);
        block_on(whole.stages.run_all(&whole.job("job", &raw))).unwrap();
        let calls = whole.buckets.calls.load(Ordering::Relaxed);
        assert!(calls > 60, "{calls}");
        // Other calls each way, so that together they meet every stage.
        for (after, from_start) in [(false, false), (true, false), (false, true), (true, true)] {
            let first = every / 4 * (usize::from(after) * 2 + usize::from(from_start));
            for fail_at in (first..calls).step_by(every) {
                let buckets = Buckets { fail_at: Some(fail_at), after, ..Buckets::default() };
                let bench = Bench::new(buckets, &RATES);
                kill_once(&bench, &bench.job("job", &raw), from_start);
                let place = format!("call {fail_at}, after: {after}, from the start: {from_start}");
                assert!(bench.sent.all() == whole.sent.all(), "{place}");
                assert!(block_on(bench.store.outbox()).unwrap().is_empty(), "{place}");
                assert_eq!(bench.keys("jobs/"), Vec::<String>::new(), "{place}");
                assert_eq!(bench.keys("20"), whole.keys("20"), "{place}");
            }
        }
    }
}

fn kill_once(bench: &Bench, job: &Job, from_start: bool) {
    if from_start {
        assert!(block_on(bench.stages.run_all(job)).is_err());
        block_on(bench.stages.run_all(job)).unwrap();
    } else {
        stage_by_stage(bench, job);
    }
}

/// As a state machine: a stage that fails is tried again.
fn stage_by_stage(bench: &Bench, job: &Job) {
    let twice = |stage, part| {
        let input = StageInput { stage, part, job: job.clone() };
        let first = block_on(bench.stages.run(&input));
        first.or_else(|_| block_on(bench.stages.run(&input))).unwrap()
    };
    for stage in Stage::JOURNEY {
        for part in twice(stage, None).parts {
            twice(Stage::CalculatePart, Some(part));
        }
    }
}

#[test]
fn every_stage_can_be_run_twice() {
    let raw = fs::read(here("samples/ibkr.eml")).unwrap();
    let bench = Bench::new(Buckets::default(), &RATES);
    let job = bench.job("job", &raw);
    for stage in Stage::JOURNEY {
        for _ in 0..2 {
            for part in run(&bench, &job, stage).unwrap() {
                let stage = Stage::CalculatePart;
                let input = StageInput { stage, part: Some(part), job: job.clone() };
                block_on(bench.stages.run(&input)).unwrap();
            }
        }
    }
    assert_eq!(bench.sent.all().len(), 1);
    // A job of another name with the same mail was answered already.
    block_on(bench.stages.run_all(&bench.job("again", &raw))).unwrap();
    assert_eq!(bench.sent.all().len(), 1);
    assert_eq!(bench.keys("jobs/"), Vec::<String>::new());
}

#[test]
fn another_mail_of_the_conversation_meanwhile_is_not_lost() {
    let raw = fs::read(here("samples/trading212.eml")).unwrap();
    let first = Bench::new(Buckets::default(), &RATES);
    block_on(first.stages.run_all(&first.job("job", &raw))).unwrap();
    let sent = first.sent.all().pop().unwrap();
    // Two answers to our reply: the second is handled while the first is between its stages.
    let template = "date;type;isin;quantity;price;currency;account\n\
        2024-01-15;buy;PLPKO0000016;10;100;PLN;X\n2025-06-17;sell;PLPKO0000016;10;PRICE;PLN;X\n";
    let answer = |number: u32, price: &str| {
        format!(
            "From: Jan Kowalski <{}>\nTo: calc@investtax.example\nSubject: Re: PIT\n\
             Message-ID: <answer{number}@example.com>\nIn-Reply-To: <{}@investtax.example>\n\
             MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\
             Content-Type: text/csv; name=f{number}.csv\nContent-Disposition: attachment\n\n{}--b--\n",
            sent.to,
            sent.id,
            template.replace("PRICE", price).replace('X', &format!("K{number}")),
        )
    };
    let job = first.job("second", answer(2, "300").as_bytes());
    for stage in [Stage::Validate, Stage::Normalise, Stage::Rates] {
        run(&first, &job, stage).unwrap();
    }
    let mailbox = &first.stages.mailbox;
    let third = answer(3, "400");
    let received = block_on(mailbox.receive(third.as_bytes(), Trust::Verified, &|_| {})).unwrap();
    assert_eq!(received, Received::Answered);
    stage_by_stage_from_rates(&first, &job);
    let sent = first.sent.all();
    assert_eq!(sent.len(), 3);
    let calculation = first.keys("2025/second/calculation.json").pop().unwrap();
    let document = String::from_utf8(first.kept(&calculation).unwrap()).unwrap();
    for file in ["f2.csv", "f3.csv"] {
        assert!(document.contains(file), "the union must have {file}");
    }
}

fn stage_by_stage_from_rates(bench: &Bench, job: &Job) {
    for stage in Stage::JOURNEY.into_iter().skip(2) {
        for part in run(bench, job, stage).unwrap() {
            let stage = Stage::CalculatePart;
            let input = StageInput { stage, part: Some(part), job: job.clone() };
            block_on(bench.stages.run(&input)).unwrap();
        }
    }
}

#[test]
fn faults_have_the_names_that_the_state_machine_knows() {
    let bench = Bench::new(Buckets::default(), &RATES);
    let raw = fs::read(here("samples/ibkr.eml")).unwrap();
    let mut job = bench.job("job", &raw);
    // Nothing was validated.
    assert_eq!(run(&bench, &job, Stage::Rates).unwrap_err().name(), "Broken");
    assert_eq!(run(&bench, &job, Stage::CalculatePart).unwrap_err().name(), "Rejected");
    job.key = "in/nothing".to_owned();
    assert_eq!(run(&bench, &job, Stage::Validate).unwrap_err().name(), "Rejected");
    run(&bench, &job, Stage::Apologise).unwrap();
    let buckets = Buckets { fail_at: Some(0), ..Buckets::default() };
    let bench = Bench::new(buckets, &RATES);
    let job = bench.job("job", &raw);
    assert_eq!(run(&bench, &job, Stage::Validate).unwrap_err().name(), "TryLater");
    assert!(bench.sent.all().is_empty());
}

#[test]
fn an_apology_goes_out_once_and_only_to_whom_it_is_due() {
    let raw = fs::read(here("samples/ibkr.eml")).unwrap();
    let bench = Bench::new(Buckets::default(), &RATES);
    let mut job = bench.job("job", &raw);
    job.trust = Trust::Unproven.into();
    run(&bench, &job, Stage::Apologise).unwrap();
    assert!(bench.sent.all().is_empty(), "nobody has proven the address");
    job.trust = Trust::Verified.into();
    run(&bench, &job, Stage::Validate).unwrap();
    for _ in 0..2 {
        run(&bench, &job, Stage::Apologise).unwrap();
    }
    let sent = bench.sent.all();
    assert_eq!(sent.len(), 1);
    assert!(
        String::from_utf8_lossy(&sent.first().unwrap().bytes)
            .contains("Auto-Submitted: auto-replied")
    );
    // Once the fault is repaired, the operator runs the job again and the result follows.
    block_on(bench.stages.run_all(&job)).unwrap();
    assert_eq!(bench.sent.all().len(), 2);
    // Who has the result needs no apology.
    run(&bench, &job, Stage::Apologise).unwrap();
    assert_eq!(bench.sent.all().len(), 2);
}

/// It is in the outbox, whose schedule sends it: no reason to apologise.
#[test]
fn a_reply_that_cannot_leave_yet_is_no_failure_of_its_job() {
    let bench = Bench::new(Buckets::default(), &RATES);
    let job = bench.job("job", &fs::read(here("samples/ibkr.eml")).unwrap());
    bench.sent.1.store(true, Ordering::Relaxed);
    run(&bench, &job, Stage::Promise).unwrap();
    block_on(bench.stages.run_all(&job)).unwrap();
    assert_eq!(block_on(bench.store.outbox()).unwrap().len(), 2);
    bench.sent.1.store(false, Ordering::Relaxed);
    block_on(bench.stages.mailbox.send()).unwrap();
    assert_eq!(bench.sent.all().len(), 2);
}

/// While it waited for NBP, its sender had everything deleted, the original with it.
#[test]
fn a_deleted_job_stores_and_sends_nothing_anew() {
    let bench = Bench::new(Buckets::default(), &RATES);
    let job = bench.job("job", &fs::read(here("samples/ibkr.eml")).unwrap());
    for stage in [Stage::Validate, Stage::Normalise] {
        run(&bench, &job, stage).unwrap();
    }
    block_on(bench.buckets.kept.delete(&job.key)).unwrap();
    stage_by_stage_from_rates(&bench, &job);
    assert!(bench.sent.all().is_empty());
    assert_eq!(bench.buckets.kept.keys(), Vec::<String>::new());
    let owner = "thomas@example.org";
    assert!(block_on(bench.store.conversations(owner)).unwrap().is_empty());
}

#[test]
fn the_original_of_an_unproven_author_is_not_kept_beside_what_is_held() {
    let raw = fs::read(here("samples/ibkr.eml")).unwrap();
    let bench = Bench::new(Buckets::default(), &RATES);
    let mut job = bench.job("job", &raw);
    block_on(bench.stages.run_all(&job)).unwrap();
    assert!(block_on(bench.stages.mail.get(&job.key)).unwrap().is_some(), "vouched for");
    let bench = Bench::new(Buckets::default(), &RATES);
    job = bench.job("job", &raw);
    job.trust = Trust::Unproven.into();
    block_on(bench.stages.run_all(&job)).unwrap();
    assert_eq!(bench.sent.all().len(), 1, "the challenge");
    assert_eq!(block_on(bench.stages.mail.get(&job.key)).unwrap(), None);
}

#[test]
fn a_laptop_s_folder_is_as_good_as_buckets() {
    let folder = std::env::temp_dir().join(format!("investtax-stages-{}", std::process::id()));
    let raw = fs::read(here("samples/template.eml")).unwrap();
    let mut bench = Bench::new(Buckets::default(), &RATES);
    block_on(bench.stages.run_all(&bench.job("job", &raw))).unwrap();
    let in_memory = bench.sent.all();

    let blobs = Arc::new(FolderBlobs::new(&folder));
    bench = Bench::new(Buckets::default(), &RATES);
    let job = bench.job("job", &raw);
    let stages =
        Stages { mail: blobs.clone(), temp: blobs.clone(), archive: blobs, ..bench.stages };
    block_on(stages.mail.put(&job.key, &raw)).unwrap();
    block_on(stages.run_all(&job)).unwrap();
    assert!(bench.sent.all() == in_memory);
    fs::remove_dir_all(folder).unwrap();
}

/// Nothing that is missing at NBP stops the stages.
#[test]
fn rates_that_cannot_be_given_travel_as_well() {
    let raw = fs::read(here("samples/ibkr.eml")).unwrap();
    let services = offline(MemoryRates::default());
    let (store, sent) = (Arc::default(), Arc::new(Sent::default()));
    let inline = mailbox(&services, &store, &sent);
    block_on(inline.receive(&raw, Trust::Verified, &|_| {})).unwrap();
    block_on(inline.send()).unwrap();
    let bench = Bench::new(Buckets::default(), &services);
    block_on(bench.stages.run_all(&bench.job("job", &raw))).unwrap();
    assert!(bench.sent.all() == sent.all());
}

/// Peak memory of the process since it was last asked, in MB.
fn peak() -> usize {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    let peak = line.split_whitespace().nth(1).unwrap().parse::<usize>().unwrap() / 1024;
    fs::write("/proc/self/clear_refs", "5").unwrap();
    peak
}

/// A mail with two files of so many rows, in złoty, of thirty instruments; a row has about 90 bytes. Where the files
/// were uploaded, their bytes stand in it as they are.
fn large_mail(rows_each: u32, uploaded: bool) -> Vec<u8> {
    let mut mail = b"From: Jan <jan@example.com>\r\nTo: calc@investtax.example\r\nSubject: PIT\r\n\
        Message-ID: <large@example.com>\r\nMIME-Version: 1.0\r\n\
        Content-Type: multipart/mixed; boundary=cut\r\n\r\n"
        .to_vec();
    for file in 0..2 {
        let mut rows = String::from("date;time;type;ticker;quantity;price;currency;account;note\n");
        for row in 0..rows_each {
            let (day, instrument) = (row / 800, row / 2 % 30);
            let kind = if row % 2 == 0 { "buy" } else { "sell" };
            let date =
                jiff::civil::date(2024, 1, 2).checked_add(jiff::Span::new().days(day)).unwrap();
            let second = row % 800;
            writeln!(
                rows,
                "{date};10:{:02}:{:02};{kind};SPOLKA{instrument};{}.5;{}.25;PLN;KONTO {file};zlecenie nr {row:07} z aplikacji",
                second / 60,
                second % 60,
                10 + row / 2 % 7,
                100 + row % 13,
            )
            .unwrap();
        }
        let encoding = if uploaded { "binary" } else { "base64" };
        let head = format!(
            "--cut\r\nContent-Type: text/csv; name=f{file}.csv\r\nContent-Transfer-Encoding: {encoding}\r\n\
             Content-Disposition: attachment\r\n\r\n"
        );
        mail.extend(head.into_bytes());
        if uploaded {
            mail.extend(rows.as_bytes());
            mail.extend(b"\r\n");
            continue;
        }
        for line in rows.as_bytes().chunks(57) {
            mail.extend(data_encoding::BASE64.encode(line).into_bytes());
            mail.extend(b"\r\n");
        }
    }
    mail.extend(b"--cut--\r\n");
    mail
}

/// The memory that the hungriest stage takes, in MB.
fn worst_stage(raw: Vec<u8>) -> usize {
    let folder = std::env::temp_dir().join(format!("investtax-large-{}", raw.len()));
    let blobs = Arc::new(FolderBlobs::new(&folder));
    let mut bench = Bench::new(Buckets::default(), &RATES);
    bench.stages.mailbox.settings.limits = Limits::with_uploads();
    let stages = Stages {
        mail: blobs.clone(),
        temp: blobs.clone(),
        archive: blobs,
        events_per_part: Stages::EVENTS_PER_PART,
        ..bench.stages
    };
    let job = Job {
        format: Format,
        job: JobName::parse("large").unwrap(),
        key: "in/large".to_owned(),
        trust: Trust::Verified.into(),
        received: None,
    };
    println!("the mail has {} bytes", raw.len());
    block_on(stages.mail.put(&job.key, &raw)).unwrap();
    drop(raw);
    peak();
    let mut worst = 0;
    for stage in Stage::JOURNEY {
        let input = StageInput { stage, part: None, job: job.clone() };
        let parts = block_on(stages.run(&input)).unwrap().parts;
        let used = peak();
        println!("{}: {used} MB", stage.as_str());
        worst = worst.max(used);
        for part in parts {
            let input =
                StageInput { stage: Stage::CalculatePart, part: Some(part), job: job.clone() };
            block_on(stages.run(&input)).unwrap();
            let used = peak();
            println!("part {part}: {used} MB");
            worst = worst.max(used);
        }
    }
    fs::remove_dir_all(folder).unwrap();
    let [answer] = bench.sent.all().try_into().ok().unwrap();
    assert!(String::from_utf8_lossy(&answer.bytes).contains("_csv.zip"), "calculated, not refused");
    worst
}

#[test]
#[ignore = "takes a minute; run alone: it measures the whole process"]
fn the_largest_mail_fits_into_512_megabytes() {
    let worst = worst_stage(large_mail(160_000, false));
    assert!(worst < 450, "{worst} MB");
}

/// 64 MiB, which a link of ours takes.
#[test]
#[ignore = "takes minutes; run alone: it measures the whole process"]
fn the_largest_upload_fits_into_what_its_stages_have() {
    let worst = worst_stage(large_mail(370_000, true));
    assert!(worst < 512, "{worst} MB");
}
