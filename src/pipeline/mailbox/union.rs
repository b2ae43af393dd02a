//! The files of a conversation with those of a mail.

use super::{Mailbox, Turn};
use crate::{
    conversation::{Conversation, KnownFile, Missing, Reader, doubts, is_called, replacements},
    error::Fault,
    ledger::{Input, Ledger},
    mail::{DataFile, RefusedPart},
    pipeline::{
        FileSet,
        read::{finish, read_inputs},
        reply::or_missing,
    },
    statement::{Code, Diagnostic},
};

/// The files that count, and what is known of them.
#[derive(Default)]
struct Union {
    set: FileSet,
    /// The mail that brought each file.
    mails: Vec<String>,
    /// So many of them the conversation knows.
    older: usize,
    /// Files that were replaced earlier.
    replaced: Vec<KnownFile>,
    /// What the sender says about files that are not to count.
    left_out: Vec<Diagnostic>,
}

impl Mailbox {
    /// Reads the union of all files that count. Afterwards the conversation knows what it holds, and the
    /// turn has the files that are new in it.
    pub(super) async fn read_union(
        &self,
        turn: &mut Turn,
        conversation: &mut Conversation,
    ) -> Result<Ledger, Fault> {
        let Union { mut set, mails, older, replaced: set_aside, left_out } =
            self.union(turn, conversation).await?;
        conversation.skip(&turn.commands);
        if !conversation.missing.iter().any(Missing::is_file) {
            set = or_missing(set, turn.message.missing_file());
        }
        let (mut inputs, nameless) = read_inputs(set, &self.settings.limits);
        let replaced = replacements(&inputs, &mails, &turn.step.job);
        doubts(&mut inputs, &mails, &replaced);
        for (at, by) in replaced.iter().enumerate() {
            if let (Some(file), Some(by)) = (conversation.files.get_mut(at), by)
                && let Some(newer) = inputs.get(*by)
            {
                file.replaced_by = Some(newer.name.clone());
            }
        }
        let unread = keep_readable(turn, conversation, &inputs, older);
        conversation.missing.retain(|known| unread.iter().all(|new| new.name != known.name));
        conversation.keep_replaced(set_aside);
        let mut gone = replaced.iter().map(Option::is_some);
        inputs.retain(|_| !gone.next().unwrap_or_default());
        let mut findings = conversation.tell_replaced();
        let (mut lacking, said) = conversation.tell_missing();
        inputs.append(&mut lacking);
        findings.extend(said);
        findings.extend(left_out);
        conversation.lack(unread, turn.commands.findings(), self.settings.thresholds.files);
        let mut ledger = finish(inputs, nameless);
        ledger.diagnostics.append(&mut findings);
        ledger.diagnostics.extend(turn.commands.remarks());
        Ok(ledger)
    }

    /// The files of the conversation and behind them those of the mail. Afterwards the conversation knows exactly
    /// the older ones, and misses those that are past their time.
    async fn union(
        &self,
        turn: &mut Turn,
        conversation: &mut Conversation,
    ) -> Result<Union, Fault> {
        let mut union = Union { left_out: leave_out(turn, conversation), ..Union::default() };
        let mut kept = Vec::new();
        let mut sent = std::mem::take(&mut turn.set.files);
        for mut file in std::mem::take(&mut conversation.files) {
            let again = sent.iter().position(|new| new.digest == file.digest);
            if file.replaced_by.is_some() {
                // Sent once more, it counts as the newest.
                if again.is_none() {
                    union.replaced.push(file);
                }
                continue;
            }
            let Some(bytes) = self.store.file(&turn.owner, &file.digest).await? else {
                if again.is_none() {
                    conversation.missing.push(Missing::forgotten(&file));
                }
                continue;
            };
            if let Some(again) = again {
                let again = sent.remove(again);
                let twice = RefusedPart::new(again.name, Code::SameFileTwice, &file.name);
                turn.set.refused.push(twice);
                file.mail.clone_from(&turn.step.job);
            }
            let (name, digest) = (file.name.clone(), file.digest);
            union.set.files.push(DataFile { name, bytes, digest });
            union.mails.push(file.mail.clone());
            kept.push(file);
        }
        conversation.files = kept;
        union.older = union.set.files.len();
        let room = self.settings.thresholds.files.saturating_sub(union.older);
        for surplus in sent.drain(room.min(sent.len())..) {
            turn.set.refused.push(RefusedPart::new(surplus.name, Code::TooManyFiles, ""));
        }
        turn.step.files = sent.iter().map(|file| (file.digest, file.bytes.clone())).collect();
        union.mails.extend(sent.iter().map(|_| turn.step.job.clone()));
        union.set.files.append(&mut sent);
        union.set.refused.append(&mut turn.set.refused);
        Ok(union)
    }
}

/// Files that count and are not to, by the sender's word, leave the conversation; sent again, they count again. A name
/// that nothing has is said.
fn leave_out(turn: &Turn, conversation: &mut Conversation) -> Vec<Diagnostic> {
    let mut said = Vec::new();
    for words in turn.commands.skipped() {
        let is_sent = turn.set.files.iter().any(|file| is_called(&file.name, words));
        let is_missing = conversation.missing.iter().any(|missing| missing.is_called(words));
        let is_left = |file: &mut KnownFile| !is_sent && is_called(&file.name, words);
        let left: Vec<KnownFile> = conversation.files.extract_if(.., is_left).collect();
        if left.is_empty() && !is_missing {
            said.push(Diagnostic::new(Code::SkipUnknown).found("", words));
        }
        let counted = left.into_iter().filter(|file| file.replaced_by.is_none());
        said.extend(counted.map(|file| Diagnostic::new(Code::FileLeftOut).found("", file.name)));
    }
    said
}

/// Files that were recognized and have rows stay in the conversation. The others are answered, and only remembered
/// as missing.
fn keep_readable(
    turn: &mut Turn,
    conversation: &mut Conversation,
    inputs: &[Input],
    older: usize,
) -> Vec<Missing> {
    let sent = std::mem::take(&mut turn.step.files);
    let mut unread = Vec::new();
    let mut new = sent.into_iter();
    for input in inputs.iter().skip(older) {
        // Behind the files stand the parts that never were any.
        let file = new.next();
        let digest = file.as_ref().map(|(digest, _)| *digest);
        let statement = &input.statement;
        if let Some((digest, bytes)) = file
            && !statement.format.is_empty()
            && statement.rows.total > 0
        {
            let (name, mail) = (input.name.clone(), turn.step.job.clone());
            conversation.receive(Reader { name: &name, digest, format: statement.format });
            conversation.files.push(KnownFile { digest, name, replaced_by: None, mail });
            turn.step.files.push((digest, bytes));
        } else {
            unread.extend(Missing::unread(input, digest));
        }
    }
    unread
}

impl Conversation {
    /// Files that were replaced are named as long as what replaced them counts.
    fn keep_replaced(&mut self, replaced: Vec<KnownFile>) {
        let is_counted = |name: &String| self.current_files().any(|file| file.name == *name);
        let known: Vec<KnownFile> = replaced
            .into_iter()
            .filter(|file| file.replaced_by.as_ref().is_some_and(is_counted))
            .collect();
        self.files.extend(known);
    }

    fn tell_replaced(&self) -> Vec<Diagnostic> {
        let replaced =
            self.files.iter().filter_map(|file| Some((&file.name, file.replaced_by.as_ref()?)));
        replaced
            .map(|(name, by)| Diagnostic::new(Code::FileReplaced).found("", name).detail(by))
            .collect()
    }
}
