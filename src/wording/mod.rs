//! Every sentence that the program says, Polish and English, in one place.
//!
//! Nothing here computes: figures come in, words go out. Numbers and dates have one style each
//! ([`numbers`]), plural forms one function ([`counted`]), text of the sender one filter ([`echo`]).

mod assumptions;
pub mod commands;
pub mod correspondence;
mod diagnostics;
pub(crate) mod echo;
mod fields;
pub mod figures;
pub mod letters;
pub mod numbers;
mod plurals;
pub(crate) mod report;
mod sentences;
pub mod upload;

pub use assumptions::assumptions;
pub use diagnostics::{Explanation, Group, ROWS_SHOWN, diagnostic, group};
pub use echo::echo;
pub use fields::{field_label, field_name, section, section_title};
pub use plurals::{Noun, counted};
pub use sentences::{
    basis_name, credit_cap_name, disclaimer, how_to_correct, no_copy, period, privacy, status_name,
};
