//! Parquet's hybrid of run lengths and packed bits, for small whole numbers.

/// Appends the values in `bits` bits each.
///
/// Runs of eight and more become a count and a value; what lies between is packed in groups of
/// eight. Sorted rows consist of runs.
///
/// # Source
///
/// Apache Parquet, *Encodings*, "Run Length Encoding / Bit-Packing Hybrid".
pub(super) fn encode(values: &[u32], bits: u32, out: &mut Vec<u8>) {
    let mut packed_from = 0;
    let mut at = 0;
    while at < values.len() {
        let value = values[at];
        let run = values[at..].iter().take_while(|next| **next == value).count();
        if run >= GROUP {
            pack(&values[packed_from..at], bits, out);
            varint((run as u64) << 1, out);
            out.extend_from_slice(&value.to_le_bytes()[..bits.div_ceil(8) as usize]);
            at += run;
            packed_from = at;
        } else {
            // A run may begin only where a group ends.
            at = (at + GROUP).min(values.len());
        }
    }
    pack(&values[packed_from..], bits, out);
}

const GROUP: usize = 8;

/// How many bits the numbers below `count` need.
pub(super) fn bits_for(count: usize) -> u32 {
    usize::BITS - count.saturating_sub(1).leading_zeros()
}

/// Packs whole groups; only the last of a page may be incomplete, and is filled up with zeros.
fn pack(values: &[u32], bits: u32, out: &mut Vec<u8>) {
    if values.is_empty() {
        return;
    }
    varint((values.len().div_ceil(GROUP) as u64) << 1 | 1, out);
    for group in values.chunks(GROUP) {
        let (mut word, mut n_bits, mut written) = (0_u64, 0, 0);
        for value in group {
            word |= u64::from(*value) << n_bits;
            n_bits += bits;
            while n_bits >= 8 {
                out.push(word as u8);
                written += 1;
                word >>= 8;
                n_bits -= 8;
            }
        }
        if n_bits > 0 {
            out.push(word as u8);
            written += 1;
        }
        // Eight values of so many bits fill as many bytes.
        out.resize(out.len() + bits as usize - written, 0);
    }
}

fn varint(mut value: u64, out: &mut Vec<u8>) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(values: &[u32], bits: u32) -> Vec<u8> {
        let mut out = Vec::new();
        encode(values, bits, &mut out);
        out
    }

    #[test]
    fn the_examples_of_the_specification() {
        // "The numbers 0 through 7 using bit width 3".
        assert_eq!(encoded(&[0, 1, 2, 3, 4, 5, 6, 7], 3), [0x03, 0x88, 0xC6, 0xFA]);
        assert_eq!(encoded(&[4; 100], 3), [0xC8, 0x01, 0x04]);
        assert_eq!(encoded(&[1, 0, 1], 1), [0x03, 0b0000_0101]);
        assert_eq!(encoded(&[0; 20], 0), [40]);
    }

    #[test]
    fn widths_fit_the_count() {
        let widths = [(0, 0), (1, 0), (2, 1), (3, 2), (4, 2), (5, 3), (256, 8), (257, 9)];
        for (count, bits) in widths {
            assert_eq!(bits_for(count), bits, "{count}");
        }
    }
}
