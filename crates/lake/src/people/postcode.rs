//! Postcodes as people write them: whole ones become small areas at the lake's edge, and none is kept.

/// A whole postcode in its normal form.
///
/// Seven letters and digits at six bits each, first letter highest: the order of the numbers is that
/// of the texts, and two and a half million of them fit in twenty megabytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Postcode(u64);

/// What stands in a cell that should hold a postcode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Written {
    /// Nothing.
    Blank,
    /// One address's postcode.
    Whole(Postcode),
    /// A district or sector, such as "SK1" or "SK1 3", which names no small area.
    Half,
    /// Something else.
    Other,
}

/// The letters with which the postcodes of the United Kingdom begin.
const AREAS: [&str; 124] = [
    "AB", "AL", "B", "BA", "BB", "BD", "BH", "BL", "BN", "BR", "BS", "BT", "CA", "CB", "CF", "CH",
    "CM", "CO", "CR", "CT", "CV", "CW", "DA", "DD", "DE", "DG", "DH", "DL", "DN", "DT", "DY", "E",
    "EC", "EH", "EN", "EX", "FK", "FY", "G", "GL", "GU", "GY", "HA", "HD", "HG", "HP", "HR", "HS",
    "HU", "HX", "IG", "IM", "IP", "IV", "JE", "KA", "KT", "KW", "KY", "L", "LA", "LD", "LE", "LL",
    "LN", "LS", "LU", "M", "ME", "MK", "ML", "N", "NE", "NG", "NN", "NP", "NR", "NW", "OL", "OX",
    "PA", "PE", "PH", "PL", "PO", "PR", "RG", "RH", "RM", "S", "SA", "SE", "SG", "SK", "SL", "SM",
    "SN", "SO", "SP", "SR", "SS", "ST", "SW", "SY", "TA", "TD", "TF", "TN", "TQ", "TR", "TS", "TW",
    "UB", "W", "WA", "WC", "WD", "WF", "WN", "WR", "WS", "WV", "YO", "ZE",
];

impl Postcode {
    /// Reads a whole postcode, in any case and with blanks anywhere.
    pub fn new(text: &str) -> Option<Self> {
        match Written::of(text) {
            Written::Whole(postcode) => Some(postcode),
            _ => None,
        }
    }

    fn pack(compact: &[u8]) -> Self {
        let code = |byte: u8| match byte {
            b'0'..=b'9' => u64::from(byte - b'0') + 1,
            _ => u64::from(byte - b'A') + 11,
        };
        let packed = compact.iter().fold(0, |packed, byte| packed << 6 | code(*byte));
        Self(packed << (6 * (7 - compact.len())))
    }

    /// In its normal form, with one blank before the last three characters.
    pub(crate) fn text(self) -> String {
        let codes = (0..7).rev().map(|place| (self.0 >> (6 * place) & 63) as u8);
        let letter =
            |code: u8| char::from(if code < 11 { b'0' + code - 1 } else { b'A' + code - 11 });
        let mut text: String = codes.filter(|code| *code > 0).map(letter).collect();
        text.insert(text.len().saturating_sub(3), ' ');
        text
    }
}

impl Written {
    pub(crate) fn of(cell: &str) -> Self {
        let mut compact = Vec::with_capacity(8);
        for c in cell.chars() {
            if c.is_ascii_alphanumeric() {
                if compact.len() == 8 {
                    return Self::Other;
                }
                compact.push(c.to_ascii_uppercase() as u8);
            } else if !c.is_whitespace() && !".-*_".contains(c) {
                return Self::Other;
            }
        }
        if compact.is_empty() {
            return Self::Blank;
        }
        if is_whole(&compact) {
            return Self::Whole(Postcode::pack(&compact));
        }
        let is_half = match compact.as_slice() {
            [outward @ .., b'0'..=b'9'] | [outward @ .., b'0'..=b'9', b'A'..=b'Z']
                if is_outward(outward) =>
            {
                true
            }
            district => is_outward(district),
        };
        if is_half { Self::Half } else { Self::Other }
    }
}

/// The cell with all but the district hidden: "SK1 ***".
pub(crate) fn masked(cell: &str) -> Option<String> {
    match Written::of(cell) {
        Written::Blank => None,
        Written::Whole(postcode) => {
            let text = postcode.text();
            Some(format!("{} ***", text.split(' ').next().unwrap_or_default()))
        }
        Written::Half | Written::Other => Some("***".to_owned()),
    }
}

/// Whether a whole postcode stands somewhere in a text.
pub(crate) fn holds_postcode(text: &str) -> bool {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let mut before: Vec<u8> = Vec::new();
    for word in words {
        let word = word.to_ascii_uppercase().into_bytes();
        if is_whole(&word) || (is_outward(&before) && is_inward(&word)) {
            return true;
        }
        before = word;
    }
    false
}

fn is_whole(compact: &[u8]) -> bool {
    compact.len().checked_sub(3).is_some_and(|at| {
        let (outward, inward) = compact.split_at(at);
        is_outward(outward) && is_inward(inward)
    })
}

fn is_inward(text: &[u8]) -> bool {
    matches!(text, [b'0'..=b'9', b'A'..=b'Z', b'A'..=b'Z'])
}

fn is_outward(text: &[u8]) -> bool {
    let letters = text.iter().take_while(|byte| byte.is_ascii_uppercase()).count();
    let (area, district) = text.split_at(letters);
    let is_area = std::str::from_utf8(area).is_ok_and(|area| AREAS.binary_search(&area).is_ok());
    let is_district = matches!(district, [b'0'..=b'9'] | [b'0'..=b'9', b'0'..=b'9' | b'A'..=b'Z']);
    is_area && is_district
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn postcodes_are_read_in_any_dress() {
        // Postcodes of town halls and stations.
        for (cell, text) in [
            ("SK1 3XE", "SK1 3XE"),
            ("sk13xe", "SK1 3XE"),
            ("  m60\u{a0}2la ", "M60 2LA"),
            ("EC1A-1BB", "EC1A 1BB"),
            ("W1A0AX", "W1A 0AX"),
        ] {
            assert_eq!(Postcode::new(cell).unwrap().text(), text, "{cell}");
        }
        for half in ["SK1", "M60", "sk1 3", "EC1A", "SK1 3X", "SK1 ***"] {
            assert_eq!(Written::of(half), Written::Half, "{half}");
        }
        for other in ["n/a", "12 Acacia Avenue", "QQ1 1AA", "SK1 3XEE", "Ж", "SK1 333", "1"] {
            assert_eq!(Written::of(other), Written::Other, "{other}");
        }
        assert_eq!((Written::of(" "), Written::of("-")), (Written::Blank, Written::Blank));
    }

    #[test]
    fn the_order_of_postcodes_is_that_of_their_letters() {
        let [a, b, c] = ["M1 1AA", "M60 2LA", "SK1 3XE"].map(|text| Postcode::new(text).unwrap());
        assert!(a < b && b < c);
    }

    #[test]
    fn postcodes_in_a_text_are_seen_and_hidden() {
        for text in ["lives at SK1 3XE", "sk13xe", "(M60 2LA)", "return_SK1_3XE.csv"] {
            assert!(holds_postcode(text), "{text}");
        }
        for text in ["E01015700", "noise at 12 3AM", "M60 motorway", "AB12 345", ""] {
            assert!(!holds_postcode(text), "{text}");
        }
        assert_eq!(masked("sk13xe").unwrap(), "SK1 ***");
        assert_eq!(masked("12 Acacia Avenue").unwrap(), "***");
        assert_eq!(masked(""), None);
    }

    #[test]
    fn the_areas_are_in_order() {
        assert!(AREAS.is_sorted());
    }
}
