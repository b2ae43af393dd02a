//! What has to wait goes back into the queue, to come again later.

use std::time::Duration;

use aws_sdk_sqs::Client;

use super::fault::fault;
use crate::error::Fault;

/// SQS delays a message by a quarter of an hour at most.
const DELAY_MOST: Duration = Duration::from_mins(15);

/// A queue.
#[derive(Clone, Debug)]
pub struct Queue {
    client: Client,
    url: String,
}

impl Queue {
    /// A queue by its address.
    pub fn new(client: Client, url: &str) -> Self {
        Self { client, url: url.to_owned() }
    }

    /// Lets a message that was received, and is not deleted, be seen again after the delay.
    ///
    /// # Errors
    ///
    /// If the queue refuses: then it is seen again when its time of invisibility is over.
    pub async fn show_again(&self, receipt: &str, delay: Duration) -> Result<(), Fault> {
        let seconds = i32::try_from(delay.as_secs()).unwrap_or(0);
        let change = self.client.change_message_visibility().queue_url(&self.url);
        let change = change.receipt_handle(receipt).visibility_timeout(seconds);
        change.send().await.map_err(|error| fault("let a message be seen sooner", error))?;
        Ok(())
    }

    /// Puts a message into the queue that is seen after the delay, a quarter of an hour at most.
    ///
    /// # Errors
    ///
    /// If it was not put there.
    pub async fn put(&self, body: &str, delay: Duration) -> Result<(), Fault> {
        let seconds = i32::try_from(delay.min(DELAY_MOST).as_secs()).unwrap_or(0);
        let message = self
            .client
            .send_message()
            .queue_url(&self.url)
            .message_body(body)
            .delay_seconds(seconds);
        message.send().await.map_err(|error| fault("put a mail off", error))?;
        Ok(())
    }
}
