//! TLS, the same for everybody whom we call.

use std::sync::Arc;

use crate::error::Fault;

/// TLS by rustls with ring and Mozilla's roots: the same on a laptop and in an empty container.
pub(super) fn tls() -> Result<rustls::ClientConfig, Fault> {
    let roots = rustls::RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| Fault::never("set up TLS", error))?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}
