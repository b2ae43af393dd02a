//! The Polish forms: which version, which field numbers, how the fields are computed.

pub(super) mod filing;
mod foreign;
pub(super) mod form;
pub(super) mod pit38;
