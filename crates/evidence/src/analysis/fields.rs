//! Named values in a stated order: what an analysis says of itself, for programs and for tables.

use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};
use serde_json::Value;
use wardmote_stats::interval::Interval;

/// Named values, in the order in which they are printed.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Fields(Vec<(String, Field)>);

/// One of them.
#[derive(Debug, Clone, PartialEq)]
pub enum Field {
    /// A number, a word, or nothing.
    Value(Value),
    /// One value for each period or area.
    List(Vec<Value>),
    /// Rows with the same names.
    Table(Vec<Fields>),
    /// Values that belong together.
    Group(Fields),
}

impl Fields {
    /// Adds a value at the end.
    pub fn add(&mut self, name: &str, field: impl Into<Field>) {
        self.0.push((name.to_owned(), field.into()));
    }

    /// The same, for a chain.
    #[must_use]
    pub fn with(mut self, name: &str, field: impl Into<Field>) -> Self {
        self.add(name, field);
        self
    }

    /// All of another, after these.
    #[must_use]
    pub fn and(mut self, more: Self) -> Self {
        self.0.extend(more.0);
        self
    }

    /// Names and values, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Field)> {
        self.0.iter().map(|(name, field)| (name.as_str(), field))
    }

    /// The value of a name.
    pub fn get(&self, name: &str) -> Option<&Field> {
        self.0.iter().find(|(given, _)| given == name).map(|(_, field)| field)
    }
}

impl Serialize for Fields {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, field) in &self.0 {
            map.serialize_entry(name, field)?;
        }
        map.end()
    }
}

impl Serialize for Field {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Value(value) => value.serialize(serializer),
            Self::List(values) => values.serialize(serializer),
            Self::Table(rows) => rows.serialize(serializer),
            Self::Group(fields) => fields.serialize(serializer),
        }
    }
}

macro_rules! of_values {
    ($($type:ty),*) => {$(
        impl From<$type> for Field {
            fn from(value: $type) -> Self {
                Self::Value(value.into())
            }
        }
        impl From<Vec<$type>> for Field {
            fn from(values: Vec<$type>) -> Self {
                Self::List(values.into_iter().map(Value::from).collect())
            }
        }
    )*};
}

// A number that is not finite becomes null.
of_values!(f64, u64, u32, u8, usize, i64, i32, bool, String, &str);

impl<T: Into<Field>> From<Option<T>> for Field {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Value(Value::Null), Into::into)
    }
}

impl From<Vec<Fields>> for Field {
    fn from(rows: Vec<Fields>) -> Self {
        Self::Table(rows)
    }
}

impl From<Fields> for Field {
    fn from(fields: Fields) -> Self {
        Self::Group(fields)
    }
}

impl From<Interval> for Field {
    fn from(interval: Interval) -> Self {
        Self::Group(fields! { "lower": interval.lower, "upper": interval.upper })
    }
}

/// Fields as they are written: `fields! { "n": 12, "p": 0.5 }`.
macro_rules! fields {
    ($($name:literal : $value:expr),* $(,)?) => {{
        #[allow(unused_mut, reason = "no field is a case too")]
        let mut fields = $crate::analysis::Fields::default();
        $(fields.add($name, $value);)*
        fields
    }};
}
pub(crate) use fields;

#[cfg(test)]
mod tests {
    #[test]
    fn fields_keep_their_order_and_what_is_not_finite_is_null() {
        let fields =
            fields! { "z": 1.5, "a": f64::NAN, "none": None::<f64>, "list": vec![1_u64, 2] };
        let written = serde_json::to_string(&fields).unwrap_or_default();
        assert_eq!(written, r#"{"z":1.5,"a":null,"none":null,"list":[1,2]}"#);
    }
}
