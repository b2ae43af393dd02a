//! Adapters: the ports implemented for a laptop (and, with the feature, for AWS).
