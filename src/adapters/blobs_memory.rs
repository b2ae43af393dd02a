//! Bytes by key in memory: for tests, and to run stages without leaving a trace.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;

use crate::{error::Fault, ports::BlobStore};

/// A [`BlobStore`] that lives as long as the process.
#[derive(Debug, Default)]
pub struct MemoryBlobs {
    kept: Mutex<BTreeMap<String, Vec<u8>>>,
}

impl MemoryBlobs {
    /// Every key, in order.
    pub fn keys(&self) -> Vec<String> {
        self.lock().keys().cloned().collect()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Vec<u8>>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl BlobStore for MemoryBlobs {
    async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, Fault> {
        Ok(self.lock().get(key).cloned())
    }

    async fn put(&self, key: &str, bytes: &[u8]) -> Result<(), Fault> {
        self.lock().insert(key.to_owned(), bytes.to_vec());
        Ok(())
    }

    async fn delete(&self, key: &str) -> Result<(), Fault> {
        self.lock().remove(key);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adapters::blobs_contract;

    #[tokio::test]
    async fn the_contract_holds() {
        let blobs = MemoryBlobs::default();
        blobs_contract::check(&blobs).await;
        assert!(blobs.keys().is_empty());
    }
}
