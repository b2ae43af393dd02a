//! What a person does after a reply that asks for a correction, and in which language it goes on.

use super::*;

/// The file of the sender's own, mended in place and sent again: under its name, or another.
#[tokio::test]
async fn a_mended_file_of_the_senders_own_completes_the_conversation() {
    let broken = FILE.replace("10;200;PLN", "10;dwieście;PLN");
    for name in ["broker.csv", "broker poprawiony.csv"] {
        let bench = Bench::new(World::default());
        let first = bench.answer(&mail("Subject: x", "Proszę.", &[("broker.csv", &broken)])).await;
        assert!(first.text.contains("dwieście"), "{}", first.text);
        let quoted = format!("\"{name}\"");
        let second = bench.answer(&mail(&answer_to(&first), "", &[(&quoted, FILE)])).await;
        assert!(second.text.starts_with("Podatek do zapłaty za 2024: 190"), "{}", second.text);
        assert!(second.text.contains("zastąpiony nowszym"), "{}", second.text);
        let status = bench.answer(&mail(&answer_to(&second), "STATUS", &[])).await;
        assert!(status.text.starts_with("W tej rozmowie mam 1"), "{}", status.text);
    }
}

/// The template is handed out under one name; whoever fills it in for two brokers loses neither.
#[tokio::test]
async fn two_filled_in_templates_of_one_name_add_up() {
    let bench = Bench::new(World::default());
    let first = bench.answer(&mail("Subject: x", "Proszę.", &[("szablon.csv", FILE)])).await;
    let other = FILE.replace("PLPKO0000016", "PLKGHM000017");
    let second = bench.answer(&mail(&answer_to(&first), "", &[("szablon.csv", &other)])).await;
    // 2 × 1000; 19 % of it is 380.
    assert!(second.text.contains("380"), "{}", second.text);
}

#[tokio::test]
async fn a_conversation_goes_on_in_its_language_when_a_mail_shows_none() {
    let bench = Bench::new(World::default());
    let text = "Hello, please find my file attached.";
    let first = bench.answer(&mail("Subject: My tax", text, &[("a.csv", FILE)])).await;
    assert!(first.text.starts_with("Tax to pay for 2024"), "{}", first.text);
    let headers = |reply: &Reply| format!("Subject: Re: My tax\nIn-Reply-To: {}", reply.sent_as);
    let other = FILE.replace(";A\n", ";B\n");
    let second = bench.answer(&mail(&headers(&first), "", &[("b.csv", &other)])).await;
    assert!(second.text.starts_with("Tax to pay for 2024"), "{}", second.text);
    let status = bench.answer(&mail(&headers(&second), "STATUS", &[])).await;
    assert!(status.text.starts_with("This conversation"), "{}", status.text);
    // Who writes Polish is answered in Polish, and English again when asked in English.
    let polish = bench.answer(&mail(&headers(&second), "HISTORIA", &[])).await;
    assert!(polish.text.starts_with("Wcześniejsze wyniki"), "{}", polish.text);
    let asked = bench.answer(&mail(&headers(&second), "DELETE", &[])).await;
    let code = asked.text.split("code ").nth(1).unwrap().split(' ').next().unwrap().to_owned();
    let gone = bench.answer(&mail(&headers(&asked), &code, &[])).await;
    assert!(gone.text.starts_with("All your data"), "{}", gone.text);
}

#[tokio::test]
async fn the_language_asked_for_holds_for_every_reply() {
    let bench = Bench::new(World::default());
    let first = bench.answer(&mail("Subject: x", "JĘZYK EN", &[("a.csv", FILE)])).await;
    let asked = bench.answer(&mail(&answer_to(&first), "USUŃ", &[])).await;
    assert!(asked.text.starts_with("Confirm the deletion"), "{}", asked.text);
    let code = asked.text.split("code ").nth(1).unwrap().split(' ').next().unwrap().to_owned();
    let gone = bench.answer(&mail(&answer_to(&asked), &code, &[])).await;
    assert!(gone.text.starts_with("All your data"), "{}", gone.text);
}
