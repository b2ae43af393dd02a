//! Tables and a bucket of their own for a test, at the endpoint that `INVESTTAX_TEST_AWS` names.

use std::sync::atomic::{AtomicU32, Ordering};

use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection,
    ProjectionType, ScalarAttributeType,
};
use aws_sdk_s3::types::{BucketLocationConstraint, CreateBucketConfiguration};

use super::Clients;
use crate::{
    adapters::NBP_URL,
    config::{Cloud, Config},
};

/// What a test may use.
#[derive(Debug)]
pub(crate) struct World {
    /// Where it is.
    pub(crate) cloud: Cloud,
    /// The clients.
    pub(crate) clients: Clients,
    /// The table of the mailbox.
    pub(crate) mailbox: String,
    /// The table of rates.
    pub(crate) rates: String,
    /// The table of jobs.
    pub(crate) jobs: String,
    /// A bucket.
    pub(crate) bucket: String,
}

/// The environment of a function whose services are all at one place.
pub(crate) fn config_at(endpoint: &str) -> Config {
    let name = |what: &str| format!("test-{what}");
    Config {
        stage: "test".to_owned(),
        address: "calc@investtax.example".to_owned(),
        mail_bucket: name("mail"),
        temp_bucket: name("temp"),
        archive_bucket: name("archive"),
        jobs_table: name("jobs"),
        mailbox_table: name("mailbox"),
        rates_table: name("rates"),
        configuration_set: None,
        state_machine: None,
        queue_url: Some(format!("{endpoint}/queue")),
        large_bytes: 8_000_000,
        events_per_part: 100_000,
        nbp_url: NBP_URL.to_owned(),
        log: "info".to_owned(),
        cloud: cloud_at(endpoint),
    }
}

fn cloud_at(endpoint: &str) -> Cloud {
    Cloud {
        region: "eu-central-1".to_owned(),
        key_id: "test".to_owned(),
        key: "test".to_owned(),
        session: None,
        endpoint: Some(endpoint.to_owned()),
        ses_endpoint: None,
        ca_bundle: None,
        path_style: true,
    }
}

/// A fresh world; `None`, with a message, if no endpoint is named.
pub(crate) async fn world() -> Option<World> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let Some(endpoint) = std::env::var_os("INVESTTAX_TEST_AWS") else {
        println!("INVESTTAX_TEST_AWS names no endpoint: skipped");
        return None;
    };
    let cloud = cloud_at(&endpoint.into_string().unwrap());
    let clients = Clients::new(&cloud).unwrap();
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    let name = |kind: &str| format!("test-{kind}-{}-{number}", std::process::id());
    let world = World {
        mailbox: name("mailbox"),
        rates: name("rates"),
        jobs: name("jobs"),
        bucket: name("bucket"),
        clients,
        cloud,
    };
    world.make(&world.mailbox, &["pk", "sk"]).await;
    world.make(&world.rates, &["pk", "sk"]).await;
    world.make_jobs().await;
    let place = BucketLocationConstraint::EuCentral1;
    let place = CreateBucketConfiguration::builder().location_constraint(place).build();
    let create = world.clients.s3.create_bucket().bucket(&world.bucket);
    create.create_bucket_configuration(place).send().await.unwrap();
    Some(world)
}

impl World {
    /// A queue of its own.
    pub(crate) async fn queue(&self) -> String {
        let create = self.clients.sqs.create_queue().queue_name(&self.bucket);
        create.send().await.unwrap().queue_url.unwrap()
    }

    /// A state machine that does nothing and ends at once.
    pub(crate) async fn machine(&self) -> super::StateMachine {
        let definition = r#"{"StartAt":"A","States":{"A":{"Type":"Pass","End":true}}}"#;
        let create = self.clients.sfn.create_state_machine().name(&self.bucket);
        let create = create.definition(definition).role_arn("arn:aws:iam::000000000000:role/any");
        let made = create.send().await.unwrap();
        self.clients.state_machine(&made.state_machine_arn)
    }

    /// The environment of a function in this world.
    pub(crate) fn config(&self) -> Config {
        Config {
            mail_bucket: self.bucket.clone(),
            temp_bucket: self.bucket.clone(),
            archive_bucket: self.bucket.clone(),
            jobs_table: self.jobs.clone(),
            mailbox_table: self.mailbox.clone(),
            rates_table: self.rates.clone(),
            queue_url: None,
            cloud: self.cloud.clone(),
            ..config_at("")
        }
    }

    /// As if so many replies had been queued on that day.
    pub(crate) async fn count_replies(&self, day: &str, replies: u32) {
        let mut day = super::item::key("day", day);
        day.insert("replies".to_owned(), super::item::number(replies));
        let put = self.clients.dynamodb.put_item().table_name(&self.mailbox);
        put.set_item(Some(day)).send().await.unwrap();
    }

    /// The keys in the bucket that begin so.
    pub(crate) async fn keys(&self, begin: &str) -> Vec<String> {
        let list = self.clients.s3.list_objects_v2().bucket(&self.bucket).prefix(begin);
        let found = list.send().await.unwrap().contents.unwrap_or_default();
        found.into_iter().filter_map(|object| object.key).collect()
    }

    /// The table of jobs, with its index by owner.
    async fn make_jobs(&self) {
        let text = |name: &str| {
            let attribute = AttributeDefinition::builder().attribute_name(name);
            attribute.attribute_type(ScalarAttributeType::S).build().unwrap()
        };
        let key = |name: &str, kind: KeyType| {
            KeySchemaElement::builder().attribute_name(name).key_type(kind).build().unwrap()
        };
        let index = GlobalSecondaryIndex::builder()
            .index_name("by-owner")
            .key_schema(key("owner", KeyType::Hash))
            .key_schema(key("received", KeyType::Range))
            .projection(Projection::builder().projection_type(ProjectionType::All).build());
        let create = self
            .clients
            .dynamodb
            .create_table()
            .table_name(&self.jobs)
            .billing_mode(BillingMode::PayPerRequest)
            .key_schema(key("job", KeyType::Hash))
            .set_attribute_definitions(Some(["job", "owner", "received"].map(text).into()))
            .global_secondary_indexes(index.build().unwrap());
        create.send().await.unwrap();
    }

    async fn make(&self, table: &str, keys: &[&str]) {
        let mut create = self
            .clients
            .dynamodb
            .create_table()
            .table_name(table)
            .billing_mode(BillingMode::PayPerRequest);
        for (at, key) in keys.iter().enumerate() {
            let kind = if at == 0 { KeyType::Hash } else { KeyType::Range };
            let element = KeySchemaElement::builder().attribute_name(*key).key_type(kind).build();
            let attribute = AttributeDefinition::builder()
                .attribute_name(*key)
                .attribute_type(ScalarAttributeType::S)
                .build();
            create = create.key_schema(element.unwrap()).attribute_definitions(attribute.unwrap());
        }
        create.send().await.unwrap();
    }
}
