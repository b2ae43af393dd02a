//! Conversations in memory: for tests, and to try the mailbox without leaving a trace.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use jiff::{Timestamp, civil::Date, tz::TimeZone};

use crate::{
    conversation::{Conversation, Correspondent},
    error::{Fault, StaleVersion},
    ports::{ConversationStore, Held, Horizon, Outgoing, Step},
};

/// A [`ConversationStore`] that lives as long as the process.
#[derive(Debug, Default)]
pub struct MemoryConversations {
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    jobs: BTreeMap<String, Timestamp>,
    correspondents: BTreeMap<String, (Timestamp, Correspondent)>,
    conversations: BTreeMap<String, Conversation>,
    sent: BTreeMap<String, String>,
    files: BTreeMap<(String, [u8; 32]), (Timestamp, Vec<u8>)>,
    held: BTreeMap<(String, String), Held>,
    outbox: Vec<Outgoing>,
    leases: BTreeMap<String, Timestamp>,
    replies: BTreeMap<Date, u32>,
}

impl MemoryConversations {
    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn purge(&mut self, owner: &str) {
        self.correspondents.remove(owner);
        self.files.retain(|(of, _), _| of != owner);
        self.held.retain(|(of, _), _| of != owner);
        self.outbox.retain(|message| message.to.to_ascii_lowercase() != owner);
        self.conversations.retain(|_, conversation| conversation.owner != owner);
        self.drop_orphans();
    }

    /// Whether nobody stored what the step stores since it was read.
    fn is_current(&self, step: &Step) -> bool {
        let known = self.correspondents.get(&step.owner).map_or(0, |(_, known)| known.version);
        let of = |id: &str| self.conversations.get(id).map_or(0, |known| known.version);
        step.correspondent.as_ref().is_none_or(|new| new.version == known)
            && step.conversation.as_ref().is_none_or(|new| new.version == of(&new.id))
    }

    fn drop_orphans(&mut self) {
        let conversations = &self.conversations;
        self.sent.retain(|_, conversation| conversations.contains_key(conversation));
    }
}

#[async_trait]
impl ConversationStore for MemoryConversations {
    async fn is_done(&self, job: &str) -> Result<bool, Fault> {
        Ok(self.lock().jobs.contains_key(job))
    }

    async fn correspondent(&self, owner: &str) -> Result<Correspondent, Fault> {
        let kept = self.lock();
        Ok(kept.correspondents.get(owner).map(|(_, known)| known.clone()).unwrap_or_default())
    }

    async fn conversation(&self, id: &str) -> Result<Option<Conversation>, Fault> {
        Ok(self.lock().conversations.get(id).cloned())
    }

    async fn conversation_of(&self, sent: &str) -> Result<Option<Conversation>, Fault> {
        let kept = self.lock();
        Ok(kept.sent.get(sent).and_then(|id| kept.conversations.get(id)).cloned())
    }

    async fn conversations(&self, owner: &str) -> Result<Vec<Conversation>, Fault> {
        let kept = self.lock();
        let own = kept.conversations.values().filter(|conversation| conversation.owner == owner);
        let mut own: Vec<Conversation> = own.cloned().collect();
        own.sort_by_key(|conversation| std::cmp::Reverse(conversation.updated));
        Ok(own)
    }

    async fn file(&self, owner: &str, digest: &[u8; 32]) -> Result<Option<Vec<u8>>, Fault> {
        let kept = self.lock();
        Ok(kept.files.get(&(owner.to_owned(), *digest)).map(|(_, bytes)| bytes.clone()))
    }

    async fn held(&self, owner: &str) -> Result<Vec<Held>, Fault> {
        let kept = self.lock();
        let own = kept.held.iter().filter(|((of, _), _)| of == owner);
        let mut held: Vec<Held> = own.map(|(_, held)| held.clone()).collect();
        held.sort_by_key(|held| held.at);
        Ok(held)
    }

    async fn replies_on(&self, day: Date) -> Result<u32, Fault> {
        Ok(self.lock().replies.get(&day).copied().unwrap_or_default())
    }

    async fn commit(&self, step: &Step) -> Result<bool, Fault> {
        let mut kept = self.lock();
        if kept.jobs.contains_key(&step.job) {
            return Ok(false);
        }
        if !kept.is_current(step) {
            return Err(Fault::later("store a handled mail", StaleVersion));
        }
        kept.jobs.insert(step.job.clone(), step.at);
        if step.purge {
            kept.purge(&step.owner);
        } else if let Some(correspondent) = &step.correspondent {
            let mut known = correspondent.clone();
            known.version += 1;
            kept.correspondents.insert(step.owner.clone(), (known.fresh(step.at), known));
        }
        if let Some(conversation) = &step.conversation {
            let mut conversation = conversation.clone();
            conversation.version += 1;
            kept.conversations.insert(conversation.id.clone(), conversation);
        }
        for (digest, bytes) in &step.files {
            let content = (step.at, bytes.clone());
            kept.files.insert((step.owner.clone(), *digest), content);
        }
        if let Some(held) = &step.hold {
            let key = (step.owner.clone(), held.id.clone());
            kept.held.entry(key).or_insert_with(|| held.clone());
        }
        if let Some(id) = &step.release {
            kept.held.remove(&(step.owner.clone(), id.clone()));
        }
        if let Some(reply) = &step.reply {
            let day = step.at.to_zoned(TimeZone::UTC).date();
            *kept.replies.entry(day).or_default() += 1;
            kept.outbox.push(reply.clone());
        }
        Ok(true)
    }

    async fn outbox(&self) -> Result<Vec<Outgoing>, Fault> {
        Ok(self.lock().outbox.clone())
    }

    async fn lease(
        &self,
        message: &str,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Option<Outgoing>, Fault> {
        let mut kept = self.lock();
        let waiting = kept.outbox.iter().find(|waiting| waiting.id == message).cloned();
        if waiting.is_none() || kept.leases.get(message).is_some_and(|held| now < *held) {
            return Ok(None);
        }
        kept.leases.insert(message.to_owned(), until);
        Ok(waiting)
    }

    async fn release(&self, message: &str) -> Result<(), Fault> {
        self.lock().leases.remove(message);
        Ok(())
    }

    async fn close(&self, message: &str, sent_as: Option<&str>) -> Result<(), Fault> {
        let mut kept = self.lock();
        kept.leases.remove(message);
        let Some(at) = kept.outbox.iter().position(|waiting| waiting.id == message) else {
            return Ok(());
        };
        let closed = kept.outbox.remove(at);
        if let (Some(sent), Some(conversation)) = (sent_as, closed.conversation) {
            kept.sent.insert(sent.to_owned(), conversation);
        }
        Ok(())
    }

    async fn forget(&self, horizon: &Horizon) -> Result<(), Fault> {
        let mut kept = self.lock();
        kept.jobs.retain(|_, at| *at >= horizon.jobs);
        kept.correspondents.retain(|_, (at, known)| known.stopped || *at >= horizon.jobs);
        let first = horizon.jobs.to_zoned(TimeZone::UTC).date();
        kept.replies.retain(|day, _| *day >= first);
        kept.held.retain(|_, held| held.at >= horizon.held);
        kept.files.retain(|_, (at, _)| *at >= horizon.files);
        kept.conversations.retain(|_, conversation| conversation.updated >= horizon.conversations);
        kept.drop_orphans();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adapters::mail_contract;

    #[tokio::test]
    async fn the_contract_holds() {
        mail_contract::check(&MemoryConversations::default()).await;
    }
}
