//! A fast hash for the short keys of the reader's caches.
//!
//! Crime types, area codes and snapped points recur in their thousands, and the standard library's
//! hash, which resists chosen keys, would cost more than the parsing. The caches live for one run
//! over files that the analyst chose.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// A map under [`WordHasher`].
pub(super) type FastMap<K, V> = HashMap<K, V, BuildHasherDefault<WordHasher>>;

/// Rotates, mixes and multiplies one machine word at a time.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct WordHasher(u64);

const ODD: u64 = 0x9E37_79B9_7F4A_7C15;

impl Hasher for WordHasher {
    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks::<8>();
        for word in words {
            self.write_u64(u64::from_le_bytes(*word));
        }
        let last = rest.iter().fold(0, |word, byte| word << 8 | u64::from(*byte));
        self.write_u64(last);
    }

    fn write_u8(&mut self, byte: u8) {
        self.write_u64(u64::from(byte));
    }

    fn write_u32(&mut self, word: u32) {
        self.write_u64(u64::from(word));
    }

    fn write_u64(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(23) ^ word).wrapping_mul(ODD);
    }

    fn write_usize(&mut self, word: usize) {
        self.write_u64(word as u64);
    }

    fn finish(&self) -> u64 {
        // The table takes its bucket from the low bits, which a product mixes least.
        self.0 ^ (self.0 >> 32)
    }
}
