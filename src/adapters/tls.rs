//! TLS, the same for everybody whom we call.

use std::sync::Arc;

use rustls::{ClientConfig, RootCertStore, crypto::ring};

use crate::error::Fault;

/// TLS by rustls with ring and Mozilla's roots: the same on a laptop and in an empty container.
pub(super) fn tls() -> Result<ClientConfig, Fault> {
    trusting(RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() })
}

/// As [`tls`], trusting the certificates in a PEM file instead: for emulators with their own.
#[cfg(feature = "aws")]
pub(super) fn tls_of(bundle: &std::path::Path) -> Result<ClientConfig, Fault> {
    use rustls::pki_types::{CertificateDer, pem::PemObject as _};
    let doing = || format!("read the certificates in {}", bundle.display());
    let mut roots = RootCertStore::empty();
    let certificates =
        CertificateDer::pem_file_iter(bundle).map_err(|error| Fault::never(doing(), error))?;
    for certificate in certificates {
        let certificate = certificate.map_err(|error| Fault::never(doing(), error))?;
        roots.add(certificate).map_err(|error| Fault::never(doing(), error))?;
    }
    trusting(roots)
}

fn trusting(roots: RootCertStore) -> Result<ClientConfig, Fault> {
    let provider = Arc::new(ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| Fault::never("set up TLS", error))?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}
