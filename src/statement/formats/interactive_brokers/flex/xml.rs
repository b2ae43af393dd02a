//! A Flex query in XML: one element per row, everything in attributes.

use csv::ByteRecord;
use memchr::memchr_iter;
use quick_xml::{
    Reader as XmlReader, XmlVersion,
    events::{BytesStart, Event},
};

use super::{Cells, Columns, Item, NumberStyle, Row, sections};
use crate::statement::when::Stamp;

/// The columns of the elements, worked out once for all that have the same attributes.
#[derive(Default)]
struct Layout {
    names: Vec<u8>,
    columns: Option<Columns>,
}

/// Shows every item of a text.
pub(super) fn visit(text: &str, show: &mut dyn FnMut(Item<'_>)) {
    let mut xml = XmlReader::from_str(text);
    let mut layout = Layout::default();
    let (mut line, mut counted) = (1_u32, 0_usize);
    loop {
        let before = usize::try_from(xml.buffer_position()).unwrap_or(counted);
        let event = xml.read_event();
        let passed = text.as_bytes().get(counted..before).unwrap_or_default();
        let breaks = u32::try_from(memchr_iter(b'\n', passed).count()).unwrap_or(0);
        (line, counted) = (line.saturating_add(breaks), before.max(counted));
        match event {
            Ok(Event::Start(tag) | Event::Empty(tag)) => {
                if !element(&tag, line, &mut layout, show) {
                    return show(Item::Broken { line });
                }
            }
            Ok(Event::Eof) => break,
            Ok(_) => {}
            Err(_) => return show(Item::Broken { line }),
        }
    }
    // A cut-off file ends without error when it ends between two elements.
    if !text.trim_end().ends_with("</FlexQueryResponse>") {
        show(Item::Broken { line });
    }
}

/// Shows one element; false if its attributes cannot be read.
fn element(
    tag: &BytesStart<'_>,
    line: u32,
    layout: &mut Layout,
    show: &mut dyn FnMut(Item<'_>),
) -> bool {
    let (mut names, mut values) = (Vec::new(), Vec::new());
    for attribute in tag.attributes() {
        let Ok(attribute) = attribute else { return false };
        let Ok(value) = attribute.normalized_value(XmlVersion::Implicit1_0) else { return false };
        names.push(attribute.key.as_ref().to_owned());
        values.push(value.into_owned());
    }
    let local = tag.local_name();
    let name: &str = local.as_ref();
    match name {
        // Containers carry no row of their own.
        _ if names.is_empty() => return true,
        "FlexQueryResponse" | "FlexStatements" => return true,
        "FlexStatement" => {
            statement(&names, &values, show);
            return true;
        }
        _ => {}
    }
    let joined = names.join("\0").into_bytes();
    if layout.columns.is_none() || layout.names != joined {
        let (columns, _) = Columns::of_flex(names.iter().map(String::as_bytes));
        *layout = Layout { names: joined, columns: Some(columns) };
    }
    let Some(columns) = &layout.columns else { return true };
    let record: ByteRecord = super::record(values.iter().map(String::as_bytes));
    let row = Row {
        record: Cells::Record(&record),
        columns,
        line,
        style: NumberStyle::Point,
        flex: true,
    };
    show(Item::Row { section: sections::of_element(name), name, row });
    true
}

/// The account and period of a statement.
fn statement(names: &[String], values: &[String], show: &mut dyn FnMut(Item<'_>)) {
    let value = |wanted: &str| {
        let at = names.iter().position(|name| name == wanted);
        at.and_then(|at| values.get(at)).map_or("", String::as_str)
    };
    let day = |wanted| {
        let read = super::super::cells::flex_stamp(value(wanted).as_bytes());
        read.ok().map(|Stamp { day, .. }| day)
    };
    let period = day("fromDate").zip(day("toDate"));
    show(Item::Account { id: value("accountId"), period });
}
