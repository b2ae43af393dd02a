//! Tax-free accounts, which Polish houses keep beside the ordinary ones and export alike.

use crate::statement::{Code, Diagnostic, StatementBuilder};

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

    /// Notes that the file is of such an account, or has rows of one.
    pub(in crate::statement) fn note(self, builder: &mut StatementBuilder) {
        let file = builder.source(0).file;
        let finding = Diagnostic::in_file(Code::ExemptAccount, file).detail(self.as_str());
        builder.diagnose(finding);
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
