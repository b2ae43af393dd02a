//! Every threshold that concerns reading, in one place.
//!
//! The values are those of `mail.md` § 7; each guards against one measured way to exhaust memory
//! or time. They are limits of ours, not of a standard.

const KIB: usize = 1024;
const MIB: usize = 1024 * KIB;

/// How much of everything one message may bring.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Limits {
    /// Bytes of the raw message; SES delivers at most 40 MB.
    pub raw_mail: usize,
    /// Bytes of one block of headers.
    pub header_block: usize,
    /// MIME parts in the whole tree, multiparts included.
    pub parts: usize,
    /// Multiparts within multiparts, within one message.
    pub multipart_depth: usize,
    /// Mails within mails.
    pub message_depth: usize,
    /// Data files of one message, after unpacking.
    pub data_files: usize,
    /// Attachments that one `winmail.dat` may hold.
    pub tnef_attachments: usize,
    /// Characters of body text that are kept.
    pub body_text: usize,
    /// Bytes of one text file.
    pub text_file: usize,
    /// Bytes of one XLSX or ODS file, packed.
    pub workbook_file: usize,
    /// Bytes of one XLS file; its reader holds everything in memory.
    pub legacy_workbook_file: usize,
    /// Archives within archives.
    pub archive_depth: usize,
    /// Entries of one archive, all levels together.
    pub archive_entries: usize,
    /// Entries of one workbook package.
    pub package_entries: usize,
    /// Unpacked bytes of one entry.
    pub entry: usize,
    /// Unpacked bytes of one archive or package, all levels together.
    pub unpacked: usize,
    /// Unpacked bytes per packed byte, beyond the first [`Limits::ratio_free`].
    pub ratio: usize,
    /// Unpacked bytes for which no ratio is asked: small files pack extremely well.
    pub ratio_free: usize,
    /// Rows of one sheet.
    pub sheet_rows: u32,
    /// Columns of one sheet.
    pub sheet_columns: u32,
    /// Cells of one workbook.
    pub cells: usize,
}

impl Default for Limits {
    /// The limits for mail: nobody has looked at the files before us.
    fn default() -> Self {
        Self {
            raw_mail: 40 * MIB,
            header_block: MIB,
            parts: 500,
            multipart_depth: 20,
            message_depth: 3,
            data_files: 40,
            tnef_attachments: 200,
            body_text: 4 * MIB,
            text_file: 64 * MIB,
            workbook_file: 15 * MIB,
            legacy_workbook_file: 10 * MIB,
            archive_depth: 2,
            archive_entries: 200,
            package_entries: 2_000,
            entry: 64 * MIB,
            unpacked: 128 * MIB,
            ratio: 200,
            ratio_free: MIB,
            sheet_rows: 200_000,
            sheet_columns: 512,
            cells: 2_000_000,
        }
    }
}

impl Limits {
    /// The most bytes of a file that is uploaded because it is too large for mail: more than twice what
    /// mail can bring.
    pub const UPLOAD: usize = 64 * MIB;

    /// The limits where files can be uploaded: they come back as mail, and are read as such. What is
    /// unpacked and how much of it is as limited as ever, and so is the memory that it takes.
    pub fn with_uploads() -> Self {
        Self { raw_mail: Self::UPLOAD + MIB, workbook_file: Self::UPLOAD, ..Self::default() }
    }

    /// The limits for files that the user named on their own command line: generous in size, as
    /// strict as ever about bombs.
    pub fn local() -> Self {
        Self {
            raw_mail: 256 * MIB,
            data_files: 1_000,
            text_file: 2_048 * MIB,
            workbook_file: 256 * MIB,
            legacy_workbook_file: 64 * MIB,
            archive_entries: 1_000,
            entry: 1_024 * MIB,
            unpacked: 2_048 * MIB,
            sheet_rows: 1_048_576,
            sheet_columns: 512,
            cells: 30_000_000,
            ..Self::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn local_limits_are_never_stricter() {
        let (mail, local) = (Limits::default(), Limits::local());
        assert!(local.text_file >= 200 * MIB && local.text_file >= mail.text_file);
        assert!(local.sheet_rows >= mail.sheet_rows && local.cells >= mail.cells);
        assert_eq!((local.ratio, local.archive_depth), (mail.ratio, mail.archive_depth));
    }
}
