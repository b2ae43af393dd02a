//! The secret of the mailbox's tokens: made once, by whichever worker comes first.

use aws_sdk_dynamodb::Client;

use super::{
    item::{bytes, damaged, item, key},
    table::{Condition, Table},
};
use crate::{conversation::TokenKey, error::Fault};

/// The key that signs tokens, from its item in the table of the mailbox.
///
/// # Errors
///
/// If the table cannot be used or the machine gives no random bytes.
pub(super) async fn token_key(client: Client, table: &str) -> Result<TokenKey, Fault> {
    let doing = "read the secret of the mailbox";
    let table = Table::new(client, table);
    let at = || key("secret", "token");
    let mut found = table.get(at(), doing).await?;
    if found.is_none() {
        let mut secret = [0_u8; 32];
        rustls::crypto::ring::default_provider()
            .secure_random
            .fill(&mut secret)
            .map_err(|_| Fault::never(doing, "the machine gives no random bytes"))?;
        let new = item("secret", "token", [("bytes", bytes(&secret))]);
        // Whoever was first is right; the others read theirs.
        table.put(new, &Condition::absent(), doing).await?;
        found = table.get(at(), doing).await?;
    }
    let found = found.ok_or_else(|| damaged("bytes"))?;
    let secret = found.get("bytes").and_then(|value| value.as_b().ok());
    let secret = secret.and_then(|blob| blob.as_ref().try_into().ok());
    Ok(TokenKey::new(secret.ok_or_else(|| damaged("bytes"))?))
}
