//! Rows of tax-free accounts, which people put into the template as well.

use crate::statement::formats::exempt::Product;
use crate::statement::table::{Column, Rows};
use crate::statement::{Sheet, SourceFile, StatementBuilder};

/// Which rows of a sheet are of tax-free accounts.
#[derive(Debug)]
pub(super) struct Exempt {
    /// What the name of the file says of all its rows.
    of_file: Option<Product>,
    noted: Vec<Product>,
}

impl Exempt {
    /// `header` is the row that names the columns.
    pub(super) fn of(file: &SourceFile, sheet: &Sheet, header: u32, account: Column) -> Self {
        let of_file =
            Product::find(&file.name).filter(|_| !tells_them_apart(sheet, header, account));
        Self { of_file, noted: Vec::new() }
    }

    /// Whether the row is left out, by its account or else by the name of the file; said once per product.
    pub(super) fn leaves_out(&mut self, account: &str, builder: &mut StatementBuilder) -> bool {
        let Some(product) = Product::find(account).or(self.of_file) else { return false };
        if !self.noted.contains(&product) {
            self.noted.push(product);
            product.note(builder);
        }
        true
    }
}

/// Whether the column of accounts has tax-free ones and others: then the name of the file says nothing of the others.
fn tells_them_apart(sheet: &Sheet, header: u32, account: Column) -> bool {
    let Some(at) = account.index() else { return false };
    let mut rows = Rows::of(sheet);
    let (mut exempt, mut others) = (false, false);
    while let Some(row) = rows.advance().filter(|_| !(exempt && others)) {
        if row <= header {
            continue;
        }
        let name = rows.record.text(at).unwrap_or_default().trim();
        let is_exempt = Product::find(name).is_some();
        exempt |= is_exempt;
        others |= !is_exempt && !name.is_empty();
    }
    exempt && others
}
