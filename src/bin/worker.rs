//! The function that handles mail.

use std::sync::Arc;

use investtax::{
    adapters::SystemClock,
    config::Config,
    error::{Fault, Retry},
    telemetry,
    worker::{Worker, stage_times},
};
use lambda_runtime::{Diagnostic, Error, LambdaEvent, run, service_fn};
use serde_json::Value;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let config = Config::from_env()?;
    telemetry::start_for_functions("worker", &config.log, stage_times(&config.stage, SystemClock));
    let worker = Arc::new(Worker::new(config)?);
    run(service_fn(|event: LambdaEvent<Value>| {
        let worker = worker.clone();
        async move { worker.answer(event.payload).await.map_err(|fault| told(&fault)) }
    }))
    .await
}

/// A fault in the words of Lambda.
fn told(fault: &Fault) -> Diagnostic {
    let error_type = match fault.retry() {
        Retry::Later => "TryLater",
        Retry::Never => "Broken",
    };
    Diagnostic { error_type: error_type.to_owned(), error_message: fault.chain() }
}
