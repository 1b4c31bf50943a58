//! Pages that were made before, within a bound of bytes.
//!
//! Two generations: what is asked for lives in the young one; when that has taken half of the bound,
//! it becomes the old one, and what nobody has asked for since is let go. So a walk through every
//! address cannot push the bound, and pages that are read stay.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::answer::Held;

/// Pages by their key.
#[derive(Debug)]
pub(super) struct Kept {
    most_bytes: usize,
    generations: Mutex<Generations>,
}

#[derive(Debug, Default)]
struct Generations {
    young: HashMap<String, Arc<Held>>,
    old: HashMap<String, Arc<Held>>,
    bytes_of_young: usize,
}

impl Kept {
    pub(super) fn new(most_bytes: usize) -> Self {
        Self { most_bytes, generations: Mutex::default() }
    }

    pub(super) fn get(&self, key: &str) -> Option<Arc<Held>> {
        let mut generations = self.generations.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(held) = generations.young.get(key) {
            return Some(Arc::clone(held));
        }
        let (key, held) = generations.old.remove_entry(key)?;
        self.add(&mut generations, &key, &held);
        Some(held)
    }

    pub(super) fn put(&self, key: &str, held: &Arc<Held>) {
        let mut generations = self.generations.lock().unwrap_or_else(PoisonError::into_inner);
        self.add(&mut generations, key, held);
    }

    fn add(&self, generations: &mut Generations, key: &str, held: &Arc<Held>) {
        let of = |key: &str, held: &Held| held.size() + 2 * key.len();
        let half = self.most_bytes / 2;
        if of(key, held) > half {
            return;
        }
        if generations.bytes_of_young + of(key, held) > half {
            generations.old = std::mem::take(&mut generations.young);
            generations.bytes_of_young = 0;
        }
        generations.bytes_of_young += of(key, held);
        if let Some(before) = generations.young.insert(key.to_owned(), Arc::clone(held)) {
            generations.bytes_of_young -= of(key, &before);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(bytes: usize) -> Arc<Held> {
        Arc::new(Held::new("s-1f", "text/html", vec![b'a'; bytes]))
    }

    #[test]
    fn what_is_read_stays_and_the_bound_holds() {
        let kept = Kept::new(100_000);
        kept.put("read", &page(1_000));
        for other in 0..1_000 {
            kept.put(&other.to_string(), &page(1_000));
            assert!(kept.get("read").is_some(), "after {other}");
            let generations = kept.generations.lock().unwrap();
            let all = generations.young.values().chain(generations.old.values());
            assert!(all.map(|held| held.size()).sum::<usize>() <= 100_000);
        }
        assert!(kept.get("0").is_none() && kept.get("999").is_some());
    }

    #[test]
    fn a_page_larger_than_its_share_is_not_kept() {
        let kept = Kept::new(1_000);
        kept.put("large", &page(2_000));
        assert!(kept.get("large").is_none());
        for _ in 0..1_000 {
            kept.put("same", &page(100));
        }
        assert!(kept.get("same").is_some());
    }
}
