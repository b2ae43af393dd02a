//! One table: the few operations that the stores need, each with its failures sorted.

use std::collections::HashMap;

use aws_sdk_dynamodb::{
    Client,
    operation::transact_write_items::TransactWriteItemsError,
    types::{AttributeValue, ConditionCheck, Delete, Put, TransactWriteItem},
};

use super::{
    fault::fault,
    item::{Item, key_of},
};
use crate::error::{Fault, StaleVersion};

/// A table of the store.
#[derive(Clone, Debug)]
pub(super) struct Table {
    client: Client,
    name: String,
}

/// A condition of a write and the values in it.
#[derive(Clone, Debug, Default)]
pub(super) struct Condition {
    /// As DynamoDB writes it; empty for none.
    pub(super) expression: String,
    /// Its placeholders.
    pub(super) values: HashMap<String, AttributeValue>,
}

impl Condition {
    /// There is no such item yet.
    pub(super) fn absent() -> Self {
        Self { expression: "attribute_not_exists(pk)".to_owned(), values: HashMap::new() }
    }

    /// There is such an item.
    pub(super) fn present() -> Self {
        Self { expression: "attribute_exists(pk)".to_owned(), values: HashMap::new() }
    }

    /// The item has that version; 0: there is none.
    pub(super) fn version(version: u64) -> Self {
        if version == 0 {
            return Self::absent();
        }
        Self {
            expression: "version = :version".to_owned(),
            values: HashMap::from([(":version".to_owned(), super::item::number(version))]),
        }
    }

    fn expression(&self) -> Option<String> {
        (!self.expression.is_empty()).then(|| self.expression.clone())
    }

    fn values(&self) -> Option<HashMap<String, AttributeValue>> {
        (!self.values.is_empty()).then(|| self.values.clone())
    }
}

/// One write of a transaction.
#[derive(Clone, Debug)]
pub(super) enum Write {
    /// An item, in place of what was there.
    Put(Item, Condition),
    /// An item by its key.
    Delete(Item, Condition),
    /// Nothing, if the condition holds for the item with the key.
    Check(Item, Condition),
}

/// How a transaction ended.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Written {
    /// Everything was written.
    All,
    /// Nothing: the conditions of the writes at these places did not hold.
    Refused(Vec<usize>),
}

impl Table {
    pub(super) fn new(client: Client, name: &str) -> Self {
        Self { client, name: name.to_owned() }
    }

    /// An item as it is now.
    pub(super) async fn get(&self, key: Item, doing: &str) -> Result<Option<Item>, Fault> {
        let get = self.client.get_item().table_name(&self.name).set_key(Some(key));
        let got = get.consistent_read(true).send().await.map_err(|error| fault(doing, error))?;
        Ok(got.item)
    }

    /// Writes an item; `false` if the condition did not hold.
    pub(super) async fn put(
        &self,
        item: Item,
        condition: &Condition,
        doing: &str,
    ) -> Result<bool, Fault> {
        let put = self
            .client
            .put_item()
            .table_name(&self.name)
            .set_item(Some(item))
            .set_condition_expression(condition.expression())
            .set_expression_attribute_values(condition.values());
        match put.send().await {
            Ok(_) => Ok(true),
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(aws_sdk_dynamodb::operation::put_item::PutItemError::is_conditional_check_failed_exception) =>
            {
                Ok(false)
            }
            Err(error) => Err(fault(doing, error)),
        }
    }

    /// Changes an item by an update expression; `None` if the condition did not hold, else the item
    /// as it is afterwards.
    pub(super) async fn update(
        &self,
        key: Item,
        change: &str,
        condition: &Condition,
        doing: &str,
    ) -> Result<Option<Item>, Fault> {
        let update = self
            .client
            .update_item()
            .table_name(&self.name)
            .set_key(Some(key))
            .update_expression(change)
            .set_condition_expression(condition.expression())
            .set_expression_attribute_values(condition.values())
            .return_values(aws_sdk_dynamodb::types::ReturnValue::AllNew);
        match update.send().await {
            Ok(updated) => Ok(updated.attributes),
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(aws_sdk_dynamodb::operation::update_item::UpdateItemError::is_conditional_check_failed_exception) =>
            {
                Ok(None)
            }
            Err(error) => Err(fault(doing, error)),
        }
    }

    /// Deletes an item; there need be none.
    pub(super) async fn delete(&self, key: Item, doing: &str) -> Result<(), Fault> {
        let delete = self.client.delete_item().table_name(&self.name).set_key(Some(key));
        delete.send().await.map_err(|error| fault(doing, error))?;
        Ok(())
    }

    /// The items of a partition whose sort keys begin so, ascending, as they are now.
    pub(super) async fn partition(
        &self,
        pk: &str,
        begin: &str,
        doing: &str,
    ) -> Result<Vec<Item>, Fault> {
        let mut items = Vec::new();
        let mut from = None;
        loop {
            let mut query = self
                .client
                .query()
                .table_name(&self.name)
                .consistent_read(true)
                .key_condition_expression("pk = :pk")
                .expression_attribute_values(":pk", super::item::text(pk))
                .set_exclusive_start_key(from);
            if !begin.is_empty() {
                query = query
                    .key_condition_expression("pk = :pk AND begins_with(sk, :sk)")
                    .expression_attribute_values(":sk", super::item::text(begin));
            }
            let page = query.send().await.map_err(|error| fault(doing, error))?;
            items.extend(page.items.unwrap_or_default());
            from = page.last_evaluated_key;
            if from.is_none() {
                return Ok(items);
            }
        }
    }

    /// Every item of the table, page after page.
    pub(super) async fn all(&self, doing: &str) -> Result<Vec<Item>, Fault> {
        let mut items = Vec::new();
        let mut from = None;
        loop {
            let scan = self.client.scan().table_name(&self.name).set_exclusive_start_key(from);
            let page =
                scan.consistent_read(true).send().await.map_err(|error| fault(doing, error))?;
            items.extend(page.items.unwrap_or_default());
            from = page.last_evaluated_key;
            if from.is_none() {
                return Ok(items);
            }
        }
    }

    /// Writes everything or nothing; a hundred items at most.
    pub(super) async fn transact(&self, writes: Vec<Write>, doing: &str) -> Result<Written, Fault> {
        let writes = writes.into_iter().map(|write| self.prepared(write, doing));
        let writes: Vec<TransactWriteItem> = writes.collect::<Result<_, _>>()?;
        let transaction = self.client.transact_write_items().set_transact_items(Some(writes));
        let Err(error) = transaction.send().await else { return Ok(Written::All) };
        if let Some(TransactWriteItemsError::TransactionCanceledException(canceled)) =
            error.as_service_error()
        {
            let reasons = canceled.cancellation_reasons().iter().enumerate();
            let refused = reasons.filter(|(_, why)| why.code() == Some("ConditionalCheckFailed"));
            let refused: Vec<usize> = refused.map(|(at, _)| at).collect();
            if !refused.is_empty() {
                return Ok(Written::Refused(refused));
            }
            let codes = canceled.cancellation_reasons().iter().filter_map(|why| why.code());
            let codes: Vec<&str> = codes.filter(|code| *code != "None").collect();
            // Somebody else writes the same items at this moment.
            if codes.contains(&"TransactionConflict") {
                return Err(Fault::later(doing, StaleVersion));
            }
            // The table is busy; anything else is ours.
            let passing = ["ThrottlingError", "ProvisionedThroughputExceeded"];
            let all_pass = !codes.is_empty() && codes.iter().all(|code| passing.contains(code));
            let why = format!("the transaction was canceled: {}", codes.join(", "));
            return Err(if all_pass { Fault::later(doing, why) } else { Fault::never(doing, why) });
        }
        Err(fault(doing, error))
    }

    fn prepared(&self, write: Write, doing: &str) -> Result<TransactWriteItem, Fault> {
        let incomplete = |error| Fault::never(doing, error);
        let builder = TransactWriteItem::builder();
        Ok(match write {
            Write::Put(item, condition) => {
                let put = Put::builder()
                    .table_name(&self.name)
                    .set_item(Some(item))
                    .set_condition_expression(condition.expression())
                    .set_expression_attribute_values(condition.values());
                builder.put(put.build().map_err(incomplete)?).build()
            }
            Write::Delete(key, condition) => {
                let delete = Delete::builder()
                    .table_name(&self.name)
                    .set_key(Some(key))
                    .set_condition_expression(condition.expression())
                    .set_expression_attribute_values(condition.values());
                builder.delete(delete.build().map_err(incomplete)?).build()
            }
            Write::Check(key, condition) => {
                let check = ConditionCheck::builder()
                    .table_name(&self.name)
                    .set_key(Some(key))
                    .condition_expression(condition.expression)
                    .set_expression_attribute_values(
                        (!condition.values.is_empty()).then_some(condition.values),
                    );
                builder.condition_check(check.build().map_err(incomplete)?).build()
            }
        })
    }

    /// Deletes items as they were read.
    pub(super) async fn delete_read(&self, items: &[Item], doing: &str) -> Result<(), Fault> {
        for item in items {
            self.delete(key_of(item)?, doing).await?;
        }
        Ok(())
    }
}
