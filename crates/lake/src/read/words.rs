//! Words that recur, stored once and known by number.

use super::hashing::FastMap;

/// Numbers for the distinct words of one column; 0 stands for a blank cell.
#[derive(Debug, Default)]
pub(super) struct Words {
    ids: FastMap<Box<[u8]>, u32>,
    known: Vec<String>,
    last: u32,
}

impl Words {
    /// The number of a word, new or known.
    pub(super) fn id(&mut self, word: &[u8]) -> u32 {
        if word.is_empty() {
            return 0;
        }
        // One force's rows stand together, so the last word is usually the next.
        if self.last != 0 && self.known[self.last as usize - 1].as_bytes() == word {
            return self.last;
        }
        self.last = if let Some(id) = self.ids.get(word) {
            *id
        } else {
            let id = self.known.len() as u32 + 1;
            self.ids.insert(word.into(), id);
            self.known.push(String::from_utf8_lossy(word).into_owned());
            id
        };
        self.last
    }

    /// The number of a word that is known.
    pub(super) fn known(&mut self, word: &[u8]) -> Option<u32> {
        if self.last != 0 && self.known[self.last as usize - 1].as_bytes() == word {
            return Some(self.last);
        }
        let id = *self.ids.get(word)?;
        self.last = id;
        Some(id)
    }

    /// The words, in the order of their numbers from 1.
    pub(super) fn words(&self) -> &[String] {
        &self.known
    }
}
