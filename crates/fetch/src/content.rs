//! Whether what came is what was promised; a page that says "sorry" must not pass for data.

use crate::declaration::Form;

impl Form {
    /// What was promised, in words.
    pub(crate) fn in_words(self) -> &'static str {
        match self {
            Self::Archive => "a ZIP",
            Self::Json | Self::LayerCsv => "JSON",
            Self::LayerGeojson => "GeoJSON",
            Self::Csv => "a CSV file",
            Self::Ods => "an ODS spreadsheet",
            Self::Xlsx => "an Excel workbook",
        }
    }

    /// What the first bytes show to have come, if it is not what was promised.
    pub(crate) fn refused_by_bytes(self, first: &[u8]) -> Option<String> {
        let text = first.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(first).trim_ascii_start();
        if first.is_empty() {
            return Some("empty".into());
        }
        let fits = match self {
            Self::Archive | Self::Ods | Self::Xlsx => {
                first.starts_with(b"PK\x03\x04") || first.starts_with(b"PK\x05\x06")
            }
            Self::Json | Self::LayerCsv | Self::LayerGeojson => {
                text.starts_with(b"{") || text.starts_with(b"[")
            }
            Self::Csv => !text.starts_with(b"<") && !text.starts_with(b"{") && !first.contains(&0),
        };
        if fits {
            return None;
        }
        let shown: String = String::from_utf8_lossy(&text[..text.len().min(40)])
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect();
        let what = if text.starts_with(b"<") { "a web page or XML" } else { "something else" };
        Some(format!("{what} that begins {shown:?}"))
    }
}

/// What the header says that came, if that is a page.
///
/// Nothing else is refused by its header: servers call data all sorts of things.
pub(crate) fn page(content_type: Option<&str>) -> Option<String> {
    let kind = content_type?.split(';').next()?.trim().to_ascii_lowercase();
    let is_page = matches!(kind.as_str(), "text/html" | "application/xhtml+xml");
    is_page.then(|| format!("a web page ({kind})"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_do_not_pass_for_data() {
        assert!(page(Some("text/html; charset=utf-8")).is_some());
        assert!(page(Some("binary/octet-stream")).is_none());
        for form in [Form::Archive, Form::Json, Form::Csv, Form::Ods, Form::LayerGeojson] {
            assert!(form.refused_by_bytes(b"\n<!DOCTYPE html>").is_some(), "{form:?}");
            assert!(form.refused_by_bytes(b"").is_some(), "{form:?}");
        }
        assert!(Form::Archive.refused_by_bytes(b"PK\x03\x04rest").is_none());
        assert!(Form::Csv.refused_by_bytes(b"\xEF\xBB\xBFa,b\n1,2\n").is_none());
        assert!(Form::Json.refused_by_bytes(b" [1]").is_none());
    }
}
