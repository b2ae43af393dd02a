//! Tax-free accounts, which Polish houses keep beside the ordinary ones and export alike.

/// A tax-free account (art. 21 ust. 1 pkt 58a–58b PIT).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::statement) enum Product {
    /// Individual retirement account.
    Ike,
    /// Individual retirement security account.
    Ikze,
}

impl Product {
    pub(in crate::statement) fn as_str(self) -> &'static str {
        match self {
            Self::Ike => "IKE",
            Self::Ikze => "IKZE",
        }
    }

    /// Finds the name as a word of its own.
    pub(in crate::statement) fn find(text: &str) -> Option<Self> {
        text.split(|c: char| !c.is_alphanumeric()).find_map(|word| {
            match word.to_ascii_uppercase().as_str() {
                "IKE" => Some(Self::Ike),
                "IKZE" => Some(Self::Ikze),
                _ => None,
            }
        })
    }
}
