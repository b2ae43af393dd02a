//! The certificate with which the listener speaks TLS (STARTTLS, RFC 3207).

use std::{path::Path, sync::Arc};

use rustls::{
    ServerConfig,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
};
use tokio_rustls::TlsAcceptor;

use crate::error::Fault;

/// Reads a chain of certificates and its key, both PEM.
///
/// # Errors
///
/// If a file cannot be read, holds nothing of its kind, or the two do not belong together.
pub fn acceptor(certificates: &Path, key: &Path) -> Result<TlsAcceptor, Fault> {
    let unreadable = |path: &Path, error| Fault::never(format!("read {}", path.display()), error);
    let chain = CertificateDer::pem_file_iter(certificates)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| unreadable(certificates, error))?;
    let key = PrivateKeyDer::from_pem_file(key).map_err(|error| unreadable(key, error))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map(rustls::ConfigBuilder::<ServerConfig, _>::with_no_client_auth)
        .and_then(|builder| builder.with_single_cert(chain, key))
        .map_err(|error| Fault::never("use the certificate", error))?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}
