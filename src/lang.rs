//! The two languages in which the program speaks.

use serde::{Deserialize, Serialize};

/// A language of replies, reports and messages.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    /// Polish, the default: the forms and the law are Polish.
    #[default]
    Pl,
    /// English.
    En,
}

impl Lang {
    /// Returns `pl` or `en` according to the language.
    pub fn choose<T>(self, pl: T, en: T) -> T {
        match self {
            Self::Pl => pl,
            Self::En => en,
        }
    }

    /// The language tag for `lang` attributes and headers.
    pub fn tag(self) -> &'static str {
        self.choose("pl", "en")
    }
}

impl std::str::FromStr for Lang {
    type Err = UnknownLang;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.to_ascii_lowercase().as_str() {
            "pl" => Ok(Self::Pl),
            "en" => Ok(Self::En),
            _ => Err(UnknownLang),
        }
    }
}

/// The text names neither Polish nor English.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the language must be pl or en")]
pub struct UnknownLang;
