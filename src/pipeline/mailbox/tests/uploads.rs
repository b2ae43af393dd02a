//! Files too large for mail: offered in the thread, answered in the thread, to nobody else.

use super::*;
use crate::{
    adapters::NoUploads,
    ports::{OpenUpload, UploadOffer, Uploads},
};

/// A place that keeps the letters that it was offered for.
#[derive(Default)]
struct Places(Mutex<Vec<(String, crate::mail::Letter)>>);

#[async_trait]
impl Uploads for Places {
    fn is_open(&self) -> bool {
        true
    }

    async fn offer(&self, offer: &UploadOffer<'_>) -> Result<Option<OpenUpload>, Fault> {
        self.0.lock().unwrap().push((offer.name.to_owned(), offer.letter.clone()));
        Ok(Some(OpenUpload {
            link: format!("https://files.example/{}", offer.name),
            until: offer.at + SignedDuration::from_hours(1),
            bytes_max: 64 << 20,
        }))
    }
}

impl Places {
    /// As the file comes back.
    fn brought(&self, at: usize, file: &str) -> String {
        let places = self.0.lock().unwrap();
        String::from_utf8(places[at].1.with_file("duży.csv", file.as_bytes())).unwrap()
    }
}

fn bench() -> (Bench, Arc<Places>) {
    let (mut bench, places) = (Bench::new(World::default()), Arc::new(Places::default()));
    bench.mailbox.uploads = places.clone();
    (bench, places)
}

const CLOUD: &str = "Plik: https://drive.google.com/file/d/1/view";

#[tokio::test]
async fn a_link_instead_of_a_file_gets_a_place_and_the_file_its_answer_in_the_thread() {
    let (bench, places) = bench();
    // A choice in the same mail holds; only a question is answered instead.
    let asked = mail("Subject: PIT", &format!("ROK 2024\n{CLOUD}"), &[]);
    let question = bench.answer(&mail("Subject: Pytanie", &format!("STATUS\n{CLOUD}"), &[])).await;
    assert!(question.text.starts_with("W tej rozmowie"), "{}", question.text);
    let id = asked.lines().find_map(|line| line.strip_prefix("Message-ID: ")).unwrap().to_owned();
    let offer = bench.answer(&asked).await;
    assert!(offer.text.contains("https://files.example/"), "{}", offer.text);
    assert!(offer.text.contains("2026-03-02"), "{}", offer.text);
    let file = places.brought(0, FILE);
    let result = bench.answer(&file).await;
    assert!(result.text.contains("190"), "{}", result.text);
    // It hangs under the mail that asked, and in its conversation.
    assert!(result.references.contains(&id), "{}", result.references);
    assert_eq!(result.answers_to, offer.answers_to);
    assert_eq!(bench.world.arrived().last().unwrap().to, "Jan@example.com");
    let status = bench.answer(&mail(&answer_to(&result), "STATUS", &[])).await;
    assert!(status.text.contains("duży.csv"), "{}", status.text);
    // The same file once more, or the event told of twice: one answer.
    assert_eq!(bench.silence(&file).await, DropReason::Duplicate);
    let other = places.brought(0, &FILE.replace("200", "300"));
    let corrected = bench.answer(&other).await;
    assert!(!corrected.text.is_empty() && corrected.text != result.text, "{}", corrected.text);
}

#[tokio::test]
async fn whoever_asks_gets_a_place_and_whose_mail_is_too_large() {
    let (mut bench, places) = bench();
    let asked = bench.answer(&mail("Subject: x", "WGRAJ", &[])).await;
    assert!(asked.text.contains("files.example"), "{}", asked.text);
    let english = mail("Subject: Please help with my tax", "UPLOAD\nThank you for the answer", &[]);
    assert!(bench.answer(&english).await.text.contains("Open the link"));
    bench.mailbox.settings.limits.raw_mail = 2_000;
    let large = bench.answer(&mail("Subject: y", "Proszę.", &[("a.csv", &FILE.repeat(20))])).await;
    assert!(large.text.contains("files.example"), "{}", large.text);
    let names: Vec<String> =
        places.0.lock().unwrap().iter().map(|(name, _)| name.clone()).collect();
    assert_eq!(names.len(), 3);
    for name in &names {
        assert!(name.len() == 16 && names.iter().filter(|other| *other == name).count() == 1);
    }
    bench.mailbox.settings.limits = Limits::default();
    assert!(bench.answer(&places.brought(2, FILE)).await.text.contains("190"));
}

#[tokio::test]
async fn the_file_joins_the_conversation_that_asked() {
    let (bench, places) = bench();
    let first = bench.answer(&mail("Subject: x", "", &[("a.csv", FILE)])).await;
    let offer = bench.answer(&mail(&answer_to(&first), "WGRAJ", &[])).await;
    assert!(offer.text.contains("files.example"), "{}", offer.text);
    let more = FILE.replace(";A\n", ";B\n").replace("200", "300");
    // 1000 + 10 × (300 − 100) = 3000; 19 % of it is 570.
    let both = bench.answer(&places.brought(0, &more)).await;
    assert!(both.text.contains("570"), "{}", both.text);
}

#[tokio::test]
async fn nobody_unproven_and_nobody_who_stopped_is_offered_a_place() {
    let (bench, places) = bench();
    let from_nobody = mail_from("eva@example.com", "Subject: x", "WGRAJ", &[]);
    bench.receive(&from_nobody, Trust::Unproven).await.unwrap();
    bench.receive(&from_nobody, Trust::Forged).await.unwrap();
    assert_eq!(bench.silence(&mail("Subject: x", "STOP", &[])).await, DropReason::Stopped);
    assert_eq!(bench.silence(&mail("Subject: y", "WGRAJ", &[])).await, DropReason::Stopped);
    assert!(places.0.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_mail_that_is_only_looked_at_opens_nothing() {
    let (bench, places) = bench();
    let asked = mail("Subject: x", "WGRAJ", &[]);
    let work = bench.mailbox.look(asked.as_bytes(), Trust::Verified.into()).await.unwrap();
    assert!(work.is_none() && places.0.lock().unwrap().is_empty());
}

#[tokio::test]
async fn where_there_is_no_place_the_sender_hears_what_else_to_do() {
    let mut bench = Bench::new(World::default());
    bench.mailbox.uploads = Arc::new(NoUploads);
    let asked = bench.answer(&mail("Subject: x", "WGRAJ", &[])).await;
    assert!(asked.text.contains("ZIP") && !asked.text.contains("http"), "{}", asked.text);
    let linked = bench.answer(&mail("Subject: y", CLOUD, &[])).await;
    assert!(linked.text.starts_with("Nie mogę policzyć"), "{}", linked.text);
}
