//! The tables of a project: how each is called, in SQL and in the warehouse.

use std::fmt;

/// A name as SQL writes it, quoted: `my "col"` becomes `"my ""col"""`.
pub fn ident(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A table that SQL, records and the warehouse name.
///
/// ```
/// use lockgate_core::table_name::TableName;
///
/// let aside = TableName::quarantine(TableName::model("base_orders"));
/// assert_eq!(aside.to_string(), "quarantine.base_orders");
/// assert_eq!(aside.sql(), "\"quarantine\".\"base_orders\"");
/// assert_eq!(aside.path("base").as_deref(), Some("quarantine/base_orders"));
/// assert_eq!(TableName::of("raw.orders"), TableName::raw("orders"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TableName {
    /// The rows of a source's files.
    Raw(String),
    /// The rows of a source that came in before the file that is asked about; stored nowhere.
    Known(String),
    Model(String),
    /// The rows set aside on the way into a table.
    Quarantine(Box<TableName>),
    /// `runs`, `outcomes` and what else is kept of runs.
    History(String),
    /// A table that lockgate does not keep, by its whole name.
    External(String),
}

impl TableName {
    pub fn raw(source: &str) -> Self {
        Self::Raw(source.to_owned())
    }

    pub fn known(source: &str) -> Self {
        Self::Known(source.to_owned())
    }

    pub fn model(name: &str) -> Self {
        Self::Model(name.to_owned())
    }

    pub fn quarantine(of: Self) -> Self {
        Self::Quarantine(Box::new(of))
    }

    /// The table of that name, as [`fmt::Display`] writes it.
    pub fn of(name: &str) -> Self {
        match name.split_once('.') {
            None => Self::model(name),
            Some(("raw", source)) => Self::raw(source),
            Some(("known", source)) => Self::known(source),
            Some(("quarantine", of)) => Self::quarantine(Self::of(of)),
            Some(("history", table)) => Self::History(table.to_owned()),
            Some(_) => Self::External(name.to_owned()),
        }
    }

    /// The name with each part quoted, for a FROM clause.
    pub fn sql(&self) -> String {
        let name = self.to_string();
        let parts: Vec<String> = name.split('.').map(ident).collect();
        parts.join(".")
    }

    /// The folder of the table in the warehouse; `layer` is that of the model. `None`: it is not kept there.
    pub fn path(&self, layer: &str) -> Option<String> {
        match self {
            Self::Model(name) => Some(format!("{layer}/{name}")),
            Self::Raw(_) | Self::Quarantine(_) | Self::History(_) => {
                Some(self.to_string().replacen('.', "/", 1))
            }
            Self::Known(_) | Self::External(_) => None,
        }
    }
}

impl fmt::Display for TableName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Raw(source) => write!(f, "raw.{source}"),
            Self::Known(source) => write!(f, "known.{source}"),
            Self::Quarantine(of) => write!(f, "quarantine.{of}"),
            Self::History(table) => write!(f, "history.{table}"),
            Self::Model(name) | Self::External(name) => f.write_str(name),
        }
    }
}

/// The name of a raw table.
pub fn raw(source: &str) -> String {
    TableName::raw(source).to_string()
}

/// The source whose raw table that is; `None` for every other table.
pub fn source_of(table: &str) -> Option<&str> {
    table.strip_prefix("raw.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_reads_as_it_is_written_and_says_where_the_table_lies() {
        for (name, path) in [
            ("raw.orders", Some("raw/orders")),
            ("known.orders", None),
            ("base_orders", Some("base/base_orders")),
            ("quarantine.base_orders", Some("quarantine/base_orders")),
            ("quarantine.raw.orders", Some("quarantine/raw.orders")),
            ("history.runs", Some("history/runs")),
            ("other.orders", None),
            ("rawhide", Some("base/rawhide")),
        ] {
            let table = TableName::of(name);
            assert_eq!(table.to_string(), name);
            assert_eq!(table.path("base").as_deref(), path, "{name}");
            let raw = matches!(table, TableName::Raw(_));
            assert_eq!(source_of(name).is_some(), raw, "{name}");
        }
    }
}
