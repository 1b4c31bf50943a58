//! A layer of an `ArcGIS` feature service, which answers in pages, joined to one file.
//!
//! The service is first asked how many features there are, and all must come: a page lost or served
//! twice would be a hole in a map that nobody sees.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::value::RawValue;
use sha2::{Digest as _, Sha256};

use crate::client::Client;
use crate::content::page;
use crate::declaration::Form;
use crate::joined::{Field, collection, table};
use crate::plan::LayerQuery;
use crate::retry::Failure;
use crate::template::in_query;
use crate::transfer_error::TransferError;

/// Why a layer's pages do not make a file.
#[derive(Debug, thiserror::Error)]
pub enum LayerError {
    /// The transfer itself.
    #[error(transparent)]
    Transfer(#[from] TransferError),
    /// The service answered with an error of its own.
    #[error(
        "{url} answered with error {code}, {message:?}: the layer or its fields may have been renamed; \
         look at the publisher's page, and correct the entry in fetch.toml"
    )]
    Service {
        /// The address.
        url: String,
        /// The service's number for it.
        code: i64,
        /// The service's words.
        message: String,
    },
    /// No feature fits the condition.
    #[error("{url} has nothing where {filter}: check --code and --name, or `where` in fetch.toml")]
    Nothing {
        /// The address.
        url: String,
        /// The condition.
        filter: String,
    },
    /// The pages do not add up.
    #[error(
        "{url} counted {counted} features and sent {received}; nothing was replaced, so try again"
    )]
    DoNotAddUp {
        /// The address.
        url: String,
        /// Features that the service counted.
        counted: u64,
        /// Features that came.
        received: u64,
    },
    /// The same page came twice.
    #[error(
        "{url} sent the same page twice, from feature {offset} on: it does not page as it should; \
         nothing was replaced"
    )]
    Repeated {
        /// The address.
        url: String,
        /// Where the second one should have begun.
        offset: u64,
    },
    /// The table cannot be written as CSV.
    #[error("the features of {url} do not make a table: {why}")]
    NoTable {
        /// The address.
        url: String,
        /// What is wrong.
        why: String,
    },
}

#[derive(Deserialize)]
struct Count {
    count: u64,
}

#[derive(Deserialize)]
struct Page {
    #[serde(default)]
    features: Vec<Box<RawValue>>,
    #[serde(default)]
    fields: Vec<Field>,
    #[serde(default, rename = "exceededTransferLimit")]
    exceeded: bool,
    properties: Option<PageProperties>,
}

/// Where `GeoJSON` puts it.
#[derive(Deserialize)]
struct PageProperties {
    #[serde(default, rename = "exceededTransferLimit")]
    exceeded: bool,
}

#[derive(Deserialize)]
struct ServiceAnswer {
    error: Option<ServiceError>,
}

#[derive(Deserialize)]
struct ServiceError {
    #[serde(default)]
    code: i64,
    #[serde(default)]
    message: String,
}

/// All features of a layer that fit the condition, as one file.
pub(crate) fn layer(
    client: &mut Client<'_>,
    url: &str,
    form: Form,
    query: &LayerQuery,
) -> Result<Vec<u8>, LayerError> {
    let asking = Asking { url, form, query };
    let counted = asking.count(client)?;
    if counted == 0 {
        return Err(LayerError::Nothing { url: url.into(), filter: query.filter.clone() });
    }
    client.progress.started(url, None);
    let mut features = Vec::new();
    let mut fields = Vec::new();
    let mut pages = BTreeSet::new();
    loop {
        let offset = features.len() as u64;
        let page = asking.page(client, offset)?;
        let n = page.features.len() as u64;
        if n > 0 && !pages.insert(hash_of(&page.features)) {
            return Err(LayerError::Repeated { url: url.into(), offset });
        }
        let more = page.exceeded || page.properties.is_some_and(|properties| properties.exceeded);
        features.extend(page.features);
        if fields.is_empty() {
            fields = page.fields;
        }
        // INVARIANT: every turn brings a feature, and more than were counted end it.
        if n == 0 || features.len() as u64 > counted || !(more || n >= u64::from(query.page_size)) {
            break;
        }
    }
    let received = features.len() as u64;
    if received != counted {
        return Err(LayerError::DoNotAddUp { url: url.into(), counted, received });
    }
    match form {
        Form::LayerCsv => {
            table(&features, &fields).map_err(|why| LayerError::NoTable { url: url.into(), why })
        }
        _ => Ok(collection(&features)),
    }
}

struct Asking<'a> {
    url: &'a str,
    form: Form,
    query: &'a LayerQuery,
}

impl Asking<'_> {
    fn count(&self, client: &mut Client<'_>) -> Result<u64, LayerError> {
        let filter = in_query(&self.query.filter);
        let address = format!("{}?where={filter}&returnCountOnly=true&f=json", self.url);
        Ok(self.ask::<Count>(client, &address)?.count)
    }

    fn page(&self, client: &mut Client<'_>, offset: u64) -> Result<Page, LayerError> {
        let shapes = self.form == Form::LayerGeojson;
        let format = if shapes { "geojson" } else { "json" };
        let (url, filter, size) = (self.url, in_query(&self.query.filter), self.query.page_size);
        let mut address =
            format!("{url}?where={filter}&outFields=*&returnGeometry={shapes}&outSR=4326");
        if let Some(field) = &self.query.order_by {
            address += "&orderByFields=";
            address += &in_query(field);
        }
        let page = format!("&resultOffset={offset}&resultRecordCount={size}&f={format}");
        self.ask(client, &(address + &page))
    }

    fn ask<T: for<'de> Deserialize<'de>>(
        &self,
        client: &mut Client<'_>,
        address: &str,
    ) -> Result<T, LayerError> {
        // What is wrong with an answer that came, as against a transfer that failed.
        let mut wrong = None;
        let answer = client.persist(address, |client| {
            let answer = client.get(address, &[("accept-encoding", "gzip".to_owned())])?;
            if let Some(found) = page(answer.header("content-type")) {
                return Err(self.not_json(found).into());
            }
            let bytes = client.read_all(address, answer)?;
            if let Some(found) = self.form.refused_by_bytes(&bytes[..bytes.len().min(512)]) {
                return Err(self.not_json(found).into());
            }
            // Errors come with status 200 here.
            let of_service = serde_json::from_slice::<ServiceAnswer>(&bytes).ok();
            if let Some(error) = of_service.and_then(|answer| answer.error) {
                if matches!(error.code, 429 | 500 | 502 | 503 | 504) {
                    let why = format!("the service answered {} {:?}", error.code, error.message);
                    return Err(Failure::passing(why));
                }
                let url = self.url.to_owned();
                wrong = Some(LayerError::Service { url, code: error.code, message: error.message });
                return Ok(None);
            }
            match serde_json::from_slice(&bytes) {
                Ok(answer) => Ok(Some(answer)),
                Err(error) => Err(self.not_json(format!("something else ({error})")).into()),
            }
        })?;
        match (answer, wrong) {
            (Some(answer), _) => Ok(answer),
            (None, Some(wrong)) => Err(wrong),
            (None, None) => Err(self.not_json("nothing".into()).into()),
        }
    }

    fn not_json(&self, found: String) -> TransferError {
        TransferError::WrongContent { url: self.url.into(), promised: self.form.in_words(), found }
    }
}

fn hash_of(features: &[Box<RawValue>]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    for feature in features {
        hasher.update(feature.get());
    }
    hasher.finalize().into()
}
