//! The formats, one file or folder each.

pub(super) mod interactive_brokers;
