//! Large mail goes to the state machine.

use aws_sdk_sfn::Client;
use serde::Serialize;

use super::fault::fault;
use crate::error::Fault;

/// A state machine.
#[derive(Clone, Debug)]
pub struct StateMachine {
    client: Client,
    arn: String,
}

/// The input of an execution.
#[derive(Clone, Debug, Serialize)]
pub struct HandOver<'a> {
    /// The version of this form: 1.
    pub format: u32,
    /// The job, which is the name of the execution as well.
    pub job: &'a str,
    /// The bucket of the raw mail.
    pub bucket: &'a str,
    /// Its key.
    pub key: &'a str,
    /// How far the author is proven.
    pub trust: &'a str,
    /// When the mail came, RFC 3339.
    pub received: Option<jiff::Timestamp>,
}

/// Whether an execution began now.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Started {
    /// It did, or it has been running.
    Now,
    /// There was one, and it is over: its name is taken for 90 days.
    Before,
}

impl StateMachine {
    /// A state machine by its name.
    pub fn new(client: Client, arn: &str) -> Self {
        Self { client, arn: arn.to_owned() }
    }

    /// Starts the execution of a job, unless it was started before.
    ///
    /// # Errors
    ///
    /// If it was not started.
    pub async fn start(&self, input: &HandOver<'_>) -> Result<Started, Fault> {
        let doing = "hand a large mail over";
        let text = serde_json::to_string(input).map_err(|error| Fault::never(doing, error))?;
        let start = self
            .client
            .start_execution()
            .state_machine_arn(&self.arn)
            .name(input.job)
            .input(text)
            .send()
            .await;
        match start {
            Ok(_) => Ok(Started::Now),
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(aws_sdk_sfn::operation::start_execution::StartExecutionError::is_execution_already_exists) =>
            {
                Ok(Started::Before)
            }
            Err(error) => Err(fault(doing, error)),
        }
    }
}
