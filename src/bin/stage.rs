//! The function that runs one stage of the state machine for large mail.

use investtax::{config::Config, stage::StageFunction, telemetry};
use lambda_runtime::{Diagnostic, Error, LambdaEvent, run, service_fn};
use serde_json::Value;
use tracing_subscriber::layer::Identity;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let config = Config::from_env()?;
    telemetry::start_for_functions("stage", &config.log, Identity::new());
    let function = &StageFunction::new(config)?;
    run(service_fn(|event: LambdaEvent<Value>| async move {
        Box::pin(function.answer(event.payload)).await.map_err(|fault| Diagnostic {
            error_type: fault.name().to_owned(),
            error_message: fault.chain(),
        })
    }))
    .await
}
