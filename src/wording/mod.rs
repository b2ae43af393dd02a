//! Every sentence that the program says, Polish and English, in one place.
