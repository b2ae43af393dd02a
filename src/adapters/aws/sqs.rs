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
