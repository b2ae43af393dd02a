//! What every [`BlobStore`] must keep, checked alike for each of them.

use crate::ports::BlobStore;

/// Runs the whole contract on a store that has none of these keys; leaves none.
pub(crate) async fn check(blobs: &dyn BlobStore) {
    let key = "jobs/contract-1/files/Zażółć gęślą=jaźń.csv";
    assert_eq!(blobs.get(key).await.unwrap(), None);
    blobs.delete(key).await.unwrap();
    let content: Vec<u8> = (0..=255).cycle().take(100_000).collect();
    for bytes in [content.as_slice(), b"", b"a;b\r\n"] {
        blobs.put(key, bytes).await.unwrap();
        assert!(blobs.get(key).await.unwrap().as_deref() == Some(bytes), "{}", bytes.len());
        // The same once more is no fault.
        blobs.put(key, bytes).await.unwrap();
    }
    blobs.put("jobs/contract-1/validate.json", b"{}").await.unwrap();
    assert_eq!(blobs.get("jobs/contract-1/validate").await.unwrap(), None);
    assert_eq!(blobs.get("jobs/contract-1").await.unwrap(), None);
    assert_eq!(blobs.get(key).await.unwrap().as_deref(), Some(b"a;b\r\n".as_slice()));
    for _ in 0..2 {
        blobs.delete(key).await.unwrap();
        blobs.delete("jobs/contract-1/validate.json").await.unwrap();
    }
    assert_eq!(blobs.get(key).await.unwrap(), None);
    assert_eq!(blobs.get("jobs/contract-1/validate.json").await.unwrap(), None);
}
