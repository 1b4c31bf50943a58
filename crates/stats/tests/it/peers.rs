//! Input and answers that `benches/peers/comparison.py` wrote; each file names what it asked.

use serde::de::DeserializeOwned;

/// One method's file.
pub(crate) fn read<T: DeserializeOwned>(method: &str) -> T {
    let path = format!("{}/tests/it/peers/{method}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}
