//! Signed tokens in addresses and ids: 80 bits of id and 80 bits of HMAC-SHA256, base32.
//!
//! Lower case throughout, because some mail systems lower the case of local parts. A conversation's
//! token says which conversation is meant, never who writes; a challenge's token was sent to one
//! address only, so bringing it back proves control of that mailbox.

use data_encoding::{BASE32_NOPAD, Encoding};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// Bytes of an id, and of a signature.
const HALF: usize = 10;

/// What a token is good for; one cannot be used for the other.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Purpose {
    /// Names a conversation.
    Conversation,
    /// Proves control of a mailbox.
    Challenge,
}

impl Purpose {
    fn label(self) -> &'static [u8] {
        match self {
            Self::Conversation => b"conversation",
            Self::Challenge => b"challenge",
        }
    }
}

/// The id inside a token.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct TokenId([u8; HALF]);

impl TokenId {
    /// The id as base32, 16 characters.
    pub fn text(self) -> String {
        lower(&self.0)
    }
}

/// The secret that signs; one for a mailbox and its whole life.
#[derive(Clone)]
pub struct TokenKey([u8; BLOCK]);

/// The block of SHA-256, to which HMAC pads a key with zeros (RFC 2104).
const BLOCK: usize = 64;

impl std::fmt::Debug for TokenKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TokenKey(…)")
    }
}

impl TokenKey {
    /// A key of random bytes.
    pub fn new(secret: [u8; 32]) -> Self {
        let mut block = [0; BLOCK];
        for (place, byte) in block.iter_mut().zip(secret) {
            *place = byte;
        }
        Self(block)
    }

    /// An id that nobody can guess, always the same for the same text.
    pub fn derive(&self, label: &str, text: &str) -> TokenId {
        let digest = self.mac(&[b"derive", label.as_bytes(), text.as_bytes()]).finalize();
        let mut id = [0; HALF];
        for (place, byte) in id.iter_mut().zip(digest.into_bytes()) {
            *place = byte;
        }
        TokenId(id)
    }

    /// The token of an id: 32 characters of base32.
    pub fn sign(&self, purpose: Purpose, id: TokenId) -> String {
        let digest = self.mac(&[purpose.label(), &id.0]).finalize().into_bytes();
        let token: Vec<u8> = id.0.into_iter().chain(digest.into_iter().take(HALF)).collect();
        lower(&token)
    }

    /// The token of an id given as base32; `None` if it is none.
    pub fn sign_text(&self, purpose: Purpose, id: &str) -> Option<String> {
        let bytes = BASE32_NOPAD.decode(id.to_ascii_uppercase().as_bytes()).ok()?;
        Some(self.sign(purpose, TokenId(bytes.try_into().ok()?)))
    }

    /// The id in a token that this key signed for that purpose; in constant time.
    pub fn verify(&self, purpose: Purpose, token: &str) -> Option<TokenId> {
        let bytes = BASE32_NOPAD.decode(token.to_ascii_uppercase().as_bytes()).ok()?;
        let (id, signature) = bytes.split_at_checked(HALF)?;
        let id: [u8; HALF] = id.try_into().ok()?;
        if signature.len() != HALF {
            return None;
        }
        self.mac(&[purpose.label(), &id]).verify_truncated_left(signature).ok()?;
        Some(TokenId(id))
    }

    fn mac(&self, parts: &[&[u8]]) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new(&self.0.into());
        for part in parts {
            mac.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            mac.update(part);
        }
        mac
    }
}

fn lower(bytes: &[u8]) -> String {
    let encoding: &Encoding = &BASE32_NOPAD;
    encoding.encode(bytes).to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_token_fits_a_local_part_and_reads_back_in_any_case() {
        let key = TokenKey::new([7; 32]);
        let id = key.derive("conversation", "job");
        let token = key.sign(Purpose::Conversation, id);
        assert_eq!(token.len(), 32);
        assert!("calc+".len() + token.len() <= 64);
        assert_eq!(key.verify(Purpose::Conversation, &token.to_uppercase()), Some(id));
        assert_eq!(key.sign_text(Purpose::Conversation, &id.text()), Some(token.clone()));
        assert_eq!(key.verify(Purpose::Challenge, &token), None);
        assert_eq!(TokenKey::new([8; 32]).verify(Purpose::Conversation, &token), None);
    }

    proptest! {
        #[test]
        fn no_other_text_is_a_token(at in 0..32_usize, other in "[a-z2-7]", text in any::<String>()) {
            let key = TokenKey::new([7; 32]);
            let token = key.sign(Purpose::Conversation, key.derive("conversation", "job"));
            let mut changed = token.clone();
            changed.replace_range(at..=at, &other);
            let valid = key.verify(Purpose::Conversation, &changed).is_some();
            prop_assert_eq!(valid, changed == token);
            prop_assert_eq!(key.verify(Purpose::Conversation, &text), None);
        }
    }
}
