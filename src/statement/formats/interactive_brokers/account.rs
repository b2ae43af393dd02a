//! Accounts: one per file, or one per row in consolidated statements.

use hashbrown::HashMap;

use crate::statement::{AccountIx, StatementBuilder};

/// The accounts of a file, with the one that rows without an `Account` column belong to.
#[derive(Debug, Default)]
pub(super) struct Accounts {
    current: String,
    /// Names made of the cells met, with the accounts that have events.
    known: Vec<(String, Option<AccountIx>)>,
    /// The place among them of a cell and of an account.
    by_cell: HashMap<Vec<u8>, usize>,
    by_index: HashMap<AccountIx, usize>,
}

impl Accounts {
    /// Begins with the first account that the file names.
    pub(super) fn beginning_with(id: Option<String>) -> Self {
        Self { current: id.unwrap_or_default(), ..Self::default() }
    }

    /// Goes over to another account: statements may be joined in one file.
    pub(super) fn enter(&mut self, id: &str) {
        id.clone_into(&mut self.current);
    }

    /// The account of a cell; an empty cell means the file's account.
    pub(super) fn of(&mut self, cell: &[u8], builder: &mut StatementBuilder) -> AccountIx {
        let at = self.position(cell);
        let Some((name, index)) = self.known.get_mut(at) else { return AccountIx(0) };
        *index.get_or_insert_with(|| {
            let index = builder.account(name);
            self.by_index.insert(index, at);
            index
        })
    }

    /// The name of the account of a cell.
    pub(super) fn name_of(&mut self, cell: &[u8]) -> &str {
        let at = self.position(cell);
        self.known.get(at).map_or("", |(name, _)| name)
    }

    /// The name of an account that has events.
    pub(super) fn name_at(&self, index: AccountIx) -> &str {
        let known = self.by_index.get(&index).and_then(|&at| self.known.get(at));
        known.map_or("", |(name, _)| name)
    }

    /// Names the file's account even if nothing happened on it.
    pub(super) fn show(&mut self, builder: &mut StatementBuilder) {
        if !self.current.is_empty() && self.known.iter().all(|(_, index)| index.is_none()) {
            self.of(b"", builder);
        }
    }

    fn position(&mut self, cell: &[u8]) -> usize {
        let id = if cell.is_empty() { self.current.as_bytes() } else { cell };
        if let Some(&at) = self.by_cell.get(id) {
            return at;
        }
        let (name, at) = (name(&String::from_utf8_lossy(id)), self.known.len());
        self.by_cell.insert(id.to_owned(), at);
        self.known.push((name, None));
        at
    }
}

/// `IBKR U1234567`; an alias or remark after the number is not part of the name.
fn name(id: &str) -> String {
    let number = id.split([' ', '(', ',']).find(|part| !part.is_empty()).unwrap_or_default();
    format!("IBKR {number}").trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alias_is_not_part_of_the_name() {
        assert_eq!(name("U0000001 (My alias)"), "IBKR U0000001");
        assert_eq!(name(""), "IBKR");
    }
}
