//! The files of a conversation with those of a mail.

use super::{Mailbox, Turn};
use crate::{
    conversation::{Conversation, KnownFile, replacements},
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

impl Mailbox {
    /// Reads the union of all files that count. Afterwards the conversation knows what it holds, and the
    /// turn has the files that are new in it.
    pub(super) async fn read_union(
        &self,
        turn: &mut Turn,
        conversation: &mut Conversation,
    ) -> Result<Ledger, Fault> {
        let (set, older, mut findings) = self.union(turn, conversation).await?;
        let (mut inputs, missing) =
            read_inputs(or_missing(set, turn.message.missing_file()), &self.settings.limits);
        let replaced = replacements(&inputs, older);
        for (at, by) in replaced.iter().enumerate() {
            if let (Some(file), Some(by)) = (conversation.files.get_mut(at), by)
                && let Some(newer) = inputs.get(*by)
            {
                file.replaced_by = Some(newer.name.clone());
                findings.push(
                    Diagnostic::new(Code::FileReplaced).found("", &file.name).detail(&newer.name),
                );
            }
        }
        keep_readable(turn, conversation, &inputs, older);
        let mut gone = replaced.iter().map(Option::is_some);
        inputs.retain(|_| !gone.next().unwrap_or_default());
        let mut ledger = finish(inputs, missing);
        ledger.diagnostics.append(&mut findings);
        ledger.diagnostics.extend_from_slice(turn.commands.findings());
        Ok(ledger)
    }

    /// The files of the conversation and behind them those of the mail; how many are the older ones.
    /// Afterwards the conversation knows exactly the older ones.
    async fn union(
        &self,
        turn: &mut Turn,
        conversation: &mut Conversation,
    ) -> Result<(FileSet, usize, Vec<Diagnostic>), Fault> {
        let mut findings = Vec::new();
        let mut union = FileSet::default();
        let mut kept = Vec::new();
        let mut sent = std::mem::take(&mut turn.set.files);
        for file in conversation.files.drain(..) {
            if let Some(again) = sent.iter().position(|new| new.digest == file.digest) {
                // Sent once more, it counts as the newest; unless it counted anyway.
                if file.replaced_by.is_some() {
                    continue;
                }
                let again = sent.remove(again);
                let twice = RefusedPart::new(again.name, Code::SameFileTwice, &file.name);
                turn.set.refused.push(twice);
            } else if file.replaced_by.is_some() {
                continue;
            }
            match self.store.file(&turn.owner, &file.digest).await? {
                Some(bytes) => {
                    let (name, digest) = (file.name.clone(), file.digest);
                    union.files.push(DataFile { name, bytes, digest });
                    kept.push(file);
                }
                None => findings.push(Diagnostic::new(Code::FileForgotten).found("", file.name)),
            }
        }
        conversation.files = kept;
        let older = union.files.len();
        let room = self.settings.thresholds.files.saturating_sub(older);
        for surplus in sent.drain(room.min(sent.len())..) {
            turn.set.refused.push(RefusedPart::new(surplus.name, Code::TooManyFiles, ""));
        }
        turn.step.files = sent.iter().map(|file| (file.digest, file.bytes.clone())).collect();
        union.files.append(&mut sent);
        union.refused.append(&mut turn.set.refused);
        Ok((union, older, findings))
    }
}

/// Files that were recognized and have rows stay in the conversation. The others were answered and
/// would only keep every later result incomplete.
fn keep_readable(turn: &mut Turn, conversation: &mut Conversation, inputs: &[Input], older: usize) {
    let new = inputs.iter().skip(older).zip(std::mem::take(&mut turn.step.files));
    for (input, (digest, bytes)) in new {
        if !input.statement.format.is_empty() && input.statement.rows.total > 0 {
            let name = input.name.clone();
            conversation.files.push(KnownFile { digest, name, replaced_by: None });
            turn.step.files.push((digest, bytes));
        }
    }
}
