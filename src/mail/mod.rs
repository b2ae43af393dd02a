//! The raw message in.
