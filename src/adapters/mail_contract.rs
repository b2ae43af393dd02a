//! What every [`ConversationStore`] must keep, checked alike for each of them.

use jiff::{SignedDuration, Timestamp, civil::date};

use crate::{
    conversation::{Conversation, Correspondent, PendingDeletion},
    error::Retry,
    ports::{ConversationStore, Held, Horizon, Outgoing, Step},
};

const OWNER: &str = "jan@example.com";

fn at(hour: i64) -> Timestamp {
    let start: Timestamp = "2026-03-02T00:00:00Z".parse().unwrap();
    start + SignedDuration::from_hours(hour)
}

fn conversation(id: &str, owner: &str, hour: i64) -> Conversation {
    Conversation {
        id: id.to_owned(),
        owner: owner.to_owned(),
        updated: at(hour),
        choices: vec!["ROK 2024".to_owned()],
        ..Conversation::default()
    }
}

/// A step as a worker makes it: with the versions that it read.
async fn step(store: &dyn ConversationStore, job: &str, conversation: Conversation) -> Step {
    let known = store.correspondent(&conversation.owner).await.unwrap();
    let version = store.conversation(&conversation.id).await.unwrap().map_or(0, |c| c.version);
    let conversation = Conversation { version, ..conversation };
    let reply = Outgoing {
        id: format!("reply.{job}"),
        to: conversation.owner.clone(),
        conversation: Some(conversation.id.clone()),
        queued: conversation.updated,
        bytes: b"mail".to_vec(),
    };
    Step {
        job: job.to_owned(),
        at: conversation.updated,
        owner: conversation.owner.clone(),
        correspondent: Some(Correspondent { stopped: true, ..known }),
        conversation: Some(conversation),
        files: vec![([7; 32], b"a;b".to_vec())],
        reply: Some(reply),
        ..Step::default()
    }
}

/// Runs the whole contract on an empty store.
pub(super) async fn check(store: &dyn ConversationStore) {
    an_empty_store_knows_nothing(store).await;
    a_step_is_taken_once_and_whole(store).await;
    a_message_is_leased_to_one(store).await;
    sent_messages_lead_to_their_conversation(store).await;
    a_lost_race_changes_nothing(store).await;
    owners_do_not_see_each_other(store).await;
    held_mails_wait_for_their_owner(store).await;
    what_is_old_is_forgotten(store).await;
    fill_and_purge(store).await;
}

async fn an_empty_store_knows_nothing(store: &dyn ConversationStore) {
    assert!(!store.is_done("a").await.unwrap());
    assert_eq!(store.correspondent(OWNER).await.unwrap(), Correspondent::default());
    assert_eq!(store.conversation("c").await.unwrap(), None);
    assert_eq!(store.conversation_of("reply.a").await.unwrap(), None);
    assert!(store.conversations(OWNER).await.unwrap().is_empty());
    assert_eq!(store.file(OWNER, &[7; 32]).await.unwrap(), None);
    assert_eq!(store.replies_on(date(2026, 3, 2)).await.unwrap(), 0);
    assert!(store.outbox().await.unwrap().is_empty());
    store.close("reply.a", Some("x")).await.unwrap();
}

async fn a_step_is_taken_once_and_whole(store: &dyn ConversationStore) {
    let first = step(store, "a", conversation("c", OWNER, 1)).await;
    assert!(store.commit(&first).await.unwrap());
    let mut again = step(store, "a", conversation("c", OWNER, 2)).await;
    again.files.clear();
    assert!(!store.commit(&again).await.unwrap());
    assert!(store.is_done("a").await.unwrap());
    assert!(store.correspondent(OWNER).await.unwrap().stopped);
    let stored = store.conversation("c").await.unwrap().unwrap();
    assert_eq!(stored.version, 1);
    assert_eq!(Some(Conversation { version: 0, ..stored }), first.conversation);
    assert_eq!(store.file(OWNER, &[7; 32]).await.unwrap().as_deref(), Some(b"a;b".as_slice()));
    let waiting = store.outbox().await.unwrap();
    assert_eq!(waiting.into_iter().map(|message| message.id).collect::<Vec<_>>(), ["reply.a"]);
    let read = store.lease("reply.a", at(0), at(0)).await.unwrap();
    assert_eq!(read, first.reply);
    assert_eq!(store.replies_on(date(2026, 3, 2)).await.unwrap(), 1);
}

async fn a_message_is_leased_to_one(store: &dyn ConversationStore) {
    assert!(store.lease("nobody", at(1), at(2)).await.unwrap().is_none());
    let taken = store.lease("reply.a", at(1), at(2)).await.unwrap().unwrap();
    let waiting = store.outbox().await.unwrap().into_iter().next().unwrap();
    assert_eq!(taken.bytes, b"mail");
    assert_eq!(Outgoing { bytes: Vec::new(), ..taken }, Outgoing { bytes: Vec::new(), ..waiting });
    assert!(store.lease("reply.a", at(1), at(2)).await.unwrap().is_none());
    store.release("reply.a").await.unwrap();
    store.release("nobody").await.unwrap();
    assert!(store.lease("reply.a", at(1), at(2)).await.unwrap().is_some());
    // Its worker died: when the lease is over, the next one may have it.
    assert!(store.lease("reply.a", at(2), at(3)).await.unwrap().is_some());
}

async fn a_lost_race_changes_nothing(store: &dyn ConversationStore) {
    let (one, other) = (
        step(store, "race-1", conversation("c", OWNER, 3)).await,
        step(store, "race-2", conversation("c", OWNER, 4)).await,
    );
    assert!(store.commit(&one).await.unwrap());
    assert_eq!(store.commit(&other).await.unwrap_err().retry(), Retry::Later);
    // The mailbox alone, and the conversation alone, are guarded as well.
    for lost in [
        Step { conversation: None, ..other.clone() },
        Step { correspondent: None, ..other.clone() },
    ] {
        assert_eq!(store.commit(&lost).await.unwrap_err().retry(), Retry::Later);
    }
    assert!(!store.is_done("race-2").await.unwrap());
    assert_eq!(store.conversation("c").await.unwrap().unwrap().updated, at(3));
    assert!(store.outbox().await.unwrap().iter().all(|message| message.id != "reply.race-2"));
    let again = step(store, "race-2", conversation("c", OWNER, 3)).await;
    assert!(store.commit(&again).await.unwrap());
    for message in ["reply.race-1", "reply.race-2"] {
        store.close(message, None).await.unwrap();
    }
}

async fn sent_messages_lead_to_their_conversation(store: &dyn ConversationStore) {
    store.close("reply.a", Some("ses-1")).await.unwrap();
    store.close("reply.a", Some("ses-2")).await.unwrap();
    assert!(store.outbox().await.unwrap().is_empty());
    let found = store.conversation_of("ses-1").await.unwrap().unwrap();
    assert_eq!(found.id, "c");
    assert_eq!(store.conversation_of("ses-2").await.unwrap(), None);
    // Going on with a conversation does not lose what was sent in it.
    store.commit(&step(store, "b", conversation("c", OWNER, 3)).await).await.unwrap();
    store.close("reply.b", None).await.unwrap();
    assert_eq!(store.conversation_of("ses-1").await.unwrap().unwrap().updated, at(3));
}

async fn owners_do_not_see_each_other(store: &dyn ConversationStore) {
    let other = "eva@example.com";
    assert_eq!(store.file(other, &[7; 32]).await.unwrap(), None);
    store.commit(&step(store, "d", conversation("e", other, 4)).await).await.unwrap();
    store.commit(&step(store, "f", conversation("g", OWNER, 5)).await).await.unwrap();
    let own = store.conversations(OWNER).await.unwrap();
    assert_eq!(own.iter().map(|one| one.id.as_str()).collect::<Vec<_>>(), ["g", "c"]);
    for message in store.outbox().await.unwrap() {
        store.close(&message.id, None).await.unwrap();
    }
}

async fn held_mails_wait_for_their_owner(store: &dyn ConversationStore) {
    let owner = "zofia@example.com";
    let keeping = |id: &str, hour: i64, bytes: &[u8]| Step {
        job: format!("hold-{id}-{hour}"),
        at: at(hour),
        owner: owner.to_owned(),
        hold: Some(Held { id: id.to_owned(), at: at(hour), bytes: bytes.to_vec() }),
        ..Step::default()
    };
    assert!(store.held(owner).await.unwrap().is_empty());
    for step in [keeping("2", 5, b"later"), keeping("1", 4, b"first"), keeping("1", 6, b"again")] {
        assert!(store.commit(&step).await.unwrap());
    }
    let held = store.held(owner).await.unwrap();
    let held: Vec<_> = held.iter().map(|held| (held.id.as_str(), held.bytes.as_slice())).collect();
    assert_eq!(held, [("1", b"first".as_slice()), ("2", b"later")]);
    assert!(store.held(OWNER).await.unwrap().is_empty());
    let release = Step {
        job: "released".to_owned(),
        at: at(6),
        owner: owner.to_owned(),
        release: Some("1".to_owned()),
        ..Step::default()
    };
    assert!(store.commit(&release).await.unwrap());
    assert_eq!(store.held(owner).await.unwrap().len(), 1);
    let horizon = Horizon { jobs: at(0), held: at(6), files: at(0), conversations: at(0) };
    store.forget(&horizon).await.unwrap();
    assert!(store.held(owner).await.unwrap().is_empty());
}

async fn what_is_old_is_forgotten(store: &dyn ConversationStore) {
    let horizon = Horizon { jobs: at(4), held: at(4), files: at(0), conversations: at(4) };
    for _ in 0..2 {
        store.forget(&horizon).await.unwrap();
        assert!(!store.is_done("a").await.unwrap() && store.is_done("d").await.unwrap());
        assert_eq!(store.conversation("c").await.unwrap(), None);
        assert_eq!(store.conversation_of("ses-1").await.unwrap(), None);
        assert!(store.conversation("g").await.unwrap().is_some());
        assert!(store.file(OWNER, &[7; 32]).await.unwrap().is_some());
    }
    // Who wrote STOP is not forgotten; who only wrote is.
    let mut quiet = step(store, "q", conversation("q", "ola@example.com", 4)).await;
    quiet.correspondent = Some(Correspondent {
        deletion: Some(PendingDeletion { code: "x".to_owned(), until: at(5) }),
        ..Correspondent::default()
    });
    store.commit(&quiet).await.unwrap();
    store.forget(&Horizon { jobs: at(6), ..horizon }).await.unwrap();
    assert!(store.correspondent(OWNER).await.unwrap().stopped);
    assert_eq!(store.correspondent("ola@example.com").await.unwrap(), Correspondent::default());
    store.forget(&Horizon { files: at(6), ..horizon }).await.unwrap();
    assert_eq!(store.file(OWNER, &[7; 32]).await.unwrap(), None);
}

/// Fills the store for one owner with one conversation and purges it.
pub(super) async fn fill_and_purge(store: &dyn ConversationStore) {
    let other = "piotr@example.com";
    store.commit(&step(store, "x", conversation("y", other, 7)).await).await.unwrap();
    store.close("reply.x", Some("ses-9")).await.unwrap();
    let held = Held { id: "h".to_owned(), at: at(7), bytes: b"mail".to_vec() };
    let step = Step { job: "h".to_owned(), at: at(7), owner: other.to_owned(), ..Step::default() };
    store.commit(&Step { hold: Some(held), ..step }).await.unwrap();
    let farewell = Outgoing { id: "bye".to_owned(), to: other.to_owned(), ..Outgoing::default() };
    let purge = Step {
        job: "z".to_owned(),
        at: at(8),
        owner: other.to_owned(),
        purge: true,
        reply: Some(farewell),
        ..Step::default()
    };
    assert!(store.commit(&purge).await.unwrap());
    assert_eq!(store.correspondent(other).await.unwrap(), Correspondent::default());
    assert!(store.conversations(other).await.unwrap().is_empty());
    assert_eq!(store.conversation_of("ses-9").await.unwrap(), None);
    assert!(store.held(other).await.unwrap().is_empty());
    assert_eq!(store.file(other, &[7; 32]).await.unwrap(), None);
    // The last word is still sent, and a redelivery of the order finds it done.
    assert!(store.outbox().await.unwrap().iter().any(|message| message.id == "bye"));
    assert!(!store.commit(&purge).await.unwrap());
}
