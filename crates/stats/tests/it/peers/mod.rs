//! What independent programs found on generated series, as `benches/peers/` recorded it. Each file says
//! which tool and version it comes from.

use serde::de::DeserializeOwned;
use serde_json::Value;

/// What one script recorded for a method, in the method's own shape.
pub(crate) fn read<T: DeserializeOwned>(method: &str) -> T {
    let path = format!("{}/tests/it/peers/{method}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// The cases of a recording.
pub(crate) fn cases(recording: &str) -> Vec<Value> {
    let parsed: Value = serde_json::from_str(recording).unwrap();
    parsed["cases"].as_array().unwrap().clone()
}

pub(crate) fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(number).collect()
}

pub(crate) fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("no number: {value}"))
}

pub(crate) fn counts(value: &Value) -> Vec<u64> {
    value.as_array().unwrap().iter().map(|count| count.as_u64().unwrap()).collect()
}

pub(crate) fn whole(value: &Value) -> usize {
    value.as_u64().unwrap() as usize
}

/// Agreement to `digits` significant digits, or to as many decimals where the value is below 1.
#[track_caller]
pub(crate) fn agree(found: f64, expected: f64, digits: i32, what: &str) {
    let allowed = 10f64.powi(-digits) * expected.abs().max(1.0);
    assert!((found - expected).abs() <= allowed, "{what}: {found}, recorded {expected}");
}

#[track_caller]
pub(crate) fn all_agree(found: &[f64], expected: &Value, digits: i32, what: &str) {
    let expected = numbers(expected);
    assert_eq!(found.len(), expected.len(), "{what}");
    for (index, (found, expected)) in found.iter().zip(expected).enumerate() {
        agree(*found, expected, digits, &format!("{what} {index}"));
    }
}

pub(crate) fn months(value: &Value) -> Vec<u8> {
    counts(value).into_iter().map(|month| u8::try_from(month).unwrap()).collect()
}
