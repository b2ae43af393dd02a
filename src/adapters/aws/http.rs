//! The SDK's way out: the HTTP client and the TLS that NBP is asked with, so that the binary holds one
//! stack and starts with Mozilla's roots in memory instead of reading a directory.

use std::{path::Path, sync::Arc, time::Duration};

use aws_sdk_s3::primitives::SdkBody;
use aws_smithy_runtime_api::client::{
    http::{
        HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
    },
    orchestrator::{HttpRequest, HttpResponse},
    result::ConnectorError,
    runtime_components::RuntimeComponents,
};

use crate::{
    adapters::tls::{tls, tls_of},
    error::Fault,
};

/// Longer than any connection within a region takes.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);

/// Idle connections are dropped before the services do it (S3: some 5 to 20 s), or a request after a
/// pause would begin with a failure.
const IDLE_AT_MOST: Duration = Duration::from_secs(4);

/// A client for all services.
#[derive(Clone, Debug)]
pub(super) struct Http(Arc<reqwest::Client>);

impl Http {
    /// Sets the client up; nothing is connected yet.
    pub(super) fn new(ca_bundle: Option<&Path>) -> Result<Self, Fault> {
        let tls = match ca_bundle {
            Some(bundle) => tls_of(bundle)?,
            None => tls()?,
        };
        let client = reqwest::Client::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .pool_idle_timeout(IDLE_AT_MOST)
            .redirect(reqwest::redirect::Policy::none())
            .no_gzip()
            .no_proxy()
            .tls_backend_preconfigured(tls)
            .build()
            .map_err(|error| Fault::never("set up the client of the cloud", error))?;
        Ok(Self(Arc::new(client)))
    }
}

impl HttpClient for Http {
    fn http_connector(
        &self,
        _: &HttpConnectorSettings,
        _: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Http {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let client = self.0.clone();
        HttpConnectorFuture::new(async move { call(&client, request).await })
    }
}

async fn call(
    client: &reqwest::Client,
    request: HttpRequest,
) -> Result<HttpResponse, ConnectorError> {
    let request = translated(request).map_err(ConnectorError::user)?;
    let mut response = client.execute(request).await.map_err(failed)?;
    let status = response.status();
    let headers = std::mem::take(response.headers_mut());
    let body = response.bytes().await.map_err(failed)?;
    let status =
        status.as_u16().try_into().map_err(|error| ConnectorError::other(Box::new(error), None))?;
    let mut answer = HttpResponse::new(status, SdkBody::from(body));
    for (name, value) in &headers {
        // A header that is no text is none that the SDK reads.
        if let Ok(value) = value.to_str() {
            answer.headers_mut().append(name.as_str().to_owned(), value.to_owned());
        }
    }
    Ok(answer)
}

type BoxError = Box<dyn std::error::Error + Send + Sync>;

fn translated(mut request: HttpRequest) -> Result<reqwest::Request, BoxError> {
    let body = request.take_body();
    let bytes = body.bytes().ok_or("a body that is not in memory")?.to_vec();
    let method = reqwest::Method::from_bytes(request.method().as_bytes())?;
    let mut translated = reqwest::Request::new(method, reqwest::Url::parse(request.uri())?);
    for (name, value) in request.headers() {
        let name = reqwest::header::HeaderName::from_bytes(name.as_bytes())?;
        translated.headers_mut().append(name, reqwest::header::HeaderValue::from_str(value)?);
    }
    *translated.body_mut() = Some(bytes.into());
    Ok(translated)
}

/// There was no connection: what never left may be sent again without a thought.
#[derive(Debug, thiserror::Error)]
#[error("no connection")]
pub(super) struct NeverConnected(#[source] reqwest::Error);

fn failed(error: reqwest::Error) -> ConnectorError {
    // The address holds bucket, key and signature.
    let error = error.without_url();
    let (connect, timeout) = (error.is_connect(), error.is_timeout());
    let source: BoxError = if connect { Box::new(NeverConnected(error)) } else { Box::new(error) };
    let failure =
        if timeout { ConnectorError::timeout(source) } else { ConnectorError::io(source) };
    if connect { failure.never_connected() } else { failure }
}

#[cfg(test)]
mod tests {
    use std::error::Error as _;

    use super::*;

    #[tokio::test]
    async fn a_request_that_found_nobody_is_known_to_have_done_nothing() {
        let nobody = HttpRequest::get("http://127.0.0.1:9/").unwrap();
        let error = call(&Http::new(None).unwrap().0, nobody).await.unwrap_err();
        assert!(
            error.source().is_some_and(<dyn std::error::Error>::is::<NeverConnected>),
            "{error:?}"
        );
        assert!(!format!("{error:?}").contains("127.0.0.1:9/"), "{error:?}");
    }
}
