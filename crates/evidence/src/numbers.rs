//! Numbers as they are printed: one form for each kind, everywhere.

/// A count with thousands separated by commas: `18,664`.
pub fn thousands(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A number with one decimal place; a minus sign is a true minus, and -0.0 is 0.0.
pub fn one_decimal(x: f64) -> String {
    signed(format!("{x:.1}"))
}

/// A change in per cent without its sign, for use after "fell by": `2.7%`.
pub fn percent_size(percent: f64) -> String {
    format!("{}%", one_decimal(percent.abs()))
}

/// A change in per cent with its sign: `−2.7%`, `+25.1%`.
pub fn percent_signed(percent: f64) -> String {
    let text = one_decimal(percent);
    if text.starts_with('−') || text == "0.0" { format!("{text}%") } else { format!("+{text}%") }
}

/// A change in points of share with its sign: `−5.2`, `+1.0`.
pub fn points_signed(points: f64) -> String {
    let text = one_decimal(points);
    if text.starts_with('−') || text == "0.0" { text } else { format!("+{text}") }
}

/// A p value: three decimals, or "below 0.001".
pub fn p_value(p: f64) -> String {
    if p < 0.001 { "below 0.001".to_owned() } else { format!("{p:.3}") }
}

/// A ratio or statistic with two decimals.
pub fn two_decimals(x: f64) -> String {
    signed(format!("{x:.2}"))
}

/// A place in an order: `1st`, `12th`, `23rd`.
pub fn ordinal(n: u64) -> String {
    let ending = match (n % 10, n % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{}{ending}", thousands(n))
}

fn signed(text: String) -> String {
    match text.strip_prefix('-') {
        Some(digits) if digits.bytes().all(|b| b == b'0' || b == b'.') => digits.to_owned(),
        Some(digits) => format!("−{digits}"),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinals() {
        let found = [1, 2, 3, 4, 11, 12, 13, 21, 22, 103, 111].map(ordinal).join(" ");
        assert_eq!(found, "1st 2nd 3rd 4th 11th 12th 13th 21st 22nd 103rd 111th");
    }

    #[test]
    fn printed_forms() {
        assert_eq!(thousands(0), "0");
        assert_eq!(thousands(999), "999");
        assert_eq!(thousands(18_664), "18,664");
        assert_eq!(thousands(1_234_567), "1,234,567");
        assert_eq!(percent_signed(-2.66), "−2.7%");
        assert_eq!(percent_signed(25.13), "+25.1%");
        assert_eq!(percent_signed(-0.04), "0.0%");
        assert_eq!(p_value(0.0004), "below 0.001");
        assert_eq!(p_value(0.294), "0.294");
    }
}
