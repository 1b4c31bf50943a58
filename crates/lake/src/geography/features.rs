//! A GeoJSON feature collection, read for some of its features only.

use std::collections::HashMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// The features with their properties and without their shapes.
#[derive(Deserialize)]
pub(crate) struct Named {
    pub(crate) features: Vec<Properties>,
}

#[derive(Deserialize)]
pub(crate) struct Properties {
    properties: Option<HashMap<String, serde_json::Value>>,
}

impl Properties {
    pub(crate) fn text(&self, property: &str) -> Option<&str> {
        self.properties.as_ref()?.get(property)?.as_str()
    }
}

#[derive(Deserialize)]
struct Shape {
    geometry: Option<geojson::Geometry>,
}

type Found = Vec<(usize, Option<geojson::Geometry>)>;

/// The shapes of the features whose place in the file is wanted.
pub(crate) fn outlines(bytes: &[u8], wanted: &dyn Fn(usize) -> bool) -> serde_json::Result<Found> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    Collection(wanted).deserialize(&mut reader)
}

struct Collection<'a>(&'a dyn Fn(usize) -> bool);
struct List<'a>(&'a dyn Fn(usize) -> bool);

impl<'de> DeserializeSeed<'de> for Collection<'_> {
    type Value = Found;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Found, D::Error> {
        reader.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Collection<'_> {
    type Value = Found;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a feature collection")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Found, A::Error> {
        let mut found = Found::new();
        while let Some(key) = map.next_key::<String>()? {
            if key == "features" {
                found = map.next_value_seed(List(self.0))?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(found)
    }
}

impl<'de> DeserializeSeed<'de> for List<'_> {
    type Value = Found;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Found, D::Error> {
        reader.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for List<'_> {
    type Value = Found;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of features")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Found, A::Error> {
        let mut found = Found::new();
        for index in 0.. {
            if (self.0)(index) {
                let Some(shape) = list.next_element::<Shape>()? else { break };
                found.push((index, shape.geometry));
            } else if list.next_element::<IgnoredAny>()?.is_none() {
                break;
            }
        }
        Ok(found)
    }
}
