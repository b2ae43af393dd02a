//! A mail that goes on with its conversation: an answer at once, or work.

use jiff::SignedDuration;

use super::{
    Mailbox, Turn, notice,
    work::{Taken, Work},
};
use crate::{
    conversation::{Conversation, ReplyClass},
    error::Fault,
    lang::Lang,
    mail::DataFile,
    pipeline::reply::{Request, Said, request, respond},
    wording::correspondence::{self, Held},
};

impl Mailbox {
    /// Goes on with a conversation: its choices with those of the mail, its files later.
    pub(super) async fn converse(
        &self,
        mut turn: Turn,
        mut conversation: Conversation,
    ) -> Result<Taken, Fault> {
        conversation.updated = turn.step.at;
        conversation.lang = turn.commands.language().or(conversation.lang);
        conversation.spoken = turn.told.or(conversation.spoken);
        turn.speak_as(&conversation);
        conversation.choose(&turn.commands.choices());
        let is_known =
            |file: &DataFile| conversation.current_files().any(|old| old.digest == file.digest);
        let news = turn.set.files.iter().any(|file| !is_known(file));
        if news || turn.commands.is_asking() {
            conversation.answers_without_file = 0;
        } else {
            conversation.answers_without_file += 1;
        }
        let missing = turn.message.missing_file();
        let request = request(&turn.commands, &turn.set, missing);
        if let None | Some(Request::Upload) = request
            && let Some((class, said)) = self.offer(&turn, &conversation, request).await?
        {
            return self.finish_if_new(turn, conversation, class, said).await.map(Taken::Done);
        }
        match request {
            Some(request) => {
                let (class, said) = self.reply_to(request, &conversation, turn.lang)?;
                self.finish_if_new(turn, conversation, class, said).await.map(Taken::Done)
            }
            None => Ok(Taken::Work(Box::new(Work { turn, conversation }))),
        }
    }

    fn reply_to(
        &self,
        request: Request,
        conversation: &Conversation,
        lang: Lang,
    ) -> Result<(ReplyClass, Said), Fault> {
        let today = self.services.clock.today();
        let words = match request {
            Request::Help | Request::NoFile => {
                return Ok((ReplyClass::Help, respond(request, today, lang)?));
            }
            Request::Template | Request::Upload => {
                return Ok((ReplyClass::Content, respond(request, today, lang)?));
            }
            Request::History => {
                let results = conversation.results.iter();
                let results: Vec<_> =
                    results.map(|result| (result.at, result.headline.clone())).collect();
                correspondence::history(&results, lang)
            }
            Request::Status | Request::Delete => {
                let files: Vec<String> =
                    conversation.current_files().map(|file| file.name.clone()).collect();
                let days = self.settings.thresholds.conversation_days;
                let until = conversation.updated + SignedDuration::from_hours(24 * days);
                let held = Held {
                    files: &files,
                    missing: &conversation.missing,
                    choices: &conversation.choices,
                };
                correspondence::status(&held, until, lang)
            }
        };
        Ok((ReplyClass::Content, notice(&words, lang)?))
    }
}
