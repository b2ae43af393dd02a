//! Which failures of the cloud pass and which do not, decided in one place.

use aws_sdk_s3::{
    config::http::HttpResponse,
    error::{ProvideErrorMetadata, SdkError},
};
use aws_smithy_runtime_api::client::result::DispatchFailure;

use super::http::NeverConnected;
use crate::error::Fault;

/// A service said no. Only its code is kept: a message may quote addresses and keys.
#[derive(Debug, thiserror::Error)]
#[error("the service refused: {code} ({status})")]
struct Refused {
    code: String,
    status: u16,
}

/// Codes of refusals that pass although their status does not say so: throttles, lost races inside
/// the service, and credentials that the next environment has anew.
const PASSING: [&str; 18] = [
    "BandwidthLimitExceeded",
    "ExpiredToken",
    "ExpiredTokenException",
    "InternalServerError",
    "KMSThrottlingException",
    "LimitExceededException",
    "OperationAborted",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "RequestThrottledException",
    "RequestTimeTooSkewed",
    "RequestTimeout",
    "SlowDown",
    "ThrottlingException",
    "TooManyRequestsException",
    "TransactionConflictException",
    "TransactionInProgressException",
];

/// Whether a refusal passes by itself.
pub(super) fn passes(code: &str, status: u16) -> bool {
    status >= 500 || status == 429 || status == 408 || PASSING.contains(&code)
}

/// A failed call as a fault: what the network or a busy service did passes, the rest is ours.
pub(super) fn fault<E>(doing: &str, error: SdkError<E, HttpResponse>) -> Fault
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    match error {
        SdkError::ServiceError(refusal) => {
            let status = refusal.raw().status().as_u16();
            let code = refusal.err().code().unwrap_or("no code").to_owned();
            let later = passes(&code, status);
            let refused = Refused { code, status };
            if later { Fault::later(doing, refused) } else { Fault::never(doing, refused) }
        }
        SdkError::ConstructionFailure(_) => Fault::never(doing, "the request cannot be made"),
        SdkError::TimeoutError(_) => Fault::later(doing, "no answer in time"),
        SdkError::DispatchFailure(failure) => match failure.as_connector_error() {
            Some(error) => Fault::later(doing, error.to_string()),
            None => Fault::later(doing, "no connection"),
        },
        SdkError::ResponseError(_) => Fault::later(doing, "the answer broke off"),
        _ => Fault::later(doing, "a failure of a new kind"),
    }
}

/// Whether the request may have been carried out although it failed.
pub(super) fn may_have_been_done<E>(error: &SdkError<E, HttpResponse>) -> bool {
    match error {
        SdkError::ServiceError(refusal) => refusal.raw().status().is_server_error(),
        SdkError::ConstructionFailure(_) => false,
        // A connection that was never made carried nothing.
        SdkError::DispatchFailure(failure) => !never_connected(failure),
        SdkError::TimeoutError(_) | SdkError::ResponseError(_) | _ => true,
    }
}

fn never_connected(failure: &DispatchFailure) -> bool {
    let cause = failure.as_connector_error().and_then(std::error::Error::source);
    cause.is_some_and(<dyn std::error::Error>::is::<NeverConnected>)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn throttles_and_servers_pass_and_permissions_do_not() {
        assert!(passes("SlowDown", 503) && passes("ThrottlingException", 400));
        assert!(passes("whatever", 500) && passes("", 429));
        for code in
            ["AccessDenied", "ResourceNotFoundException", "NoSuchBucket", "ValidationException"]
        {
            assert!(!passes(code, 400), "{code}");
        }
    }
}
