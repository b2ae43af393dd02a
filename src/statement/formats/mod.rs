//! The formats, one file or folder each.
