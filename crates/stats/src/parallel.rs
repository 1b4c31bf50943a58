//! The same work on one thread or many.

/// `work` for each index below `n`, in order, over the machine's threads.
///
/// Each thread makes itself a scratch space. The result may depend on the index only, not on what an
/// earlier index left in the scratch; then it does not depend on the number of threads.
pub(crate) fn map<S, T: Send>(
    n: usize,
    scratch: impl Fn() -> S + Sync,
    work: impl Fn(&mut S, usize) -> T + Sync,
) -> Vec<T> {
    map_on(std::thread::available_parallelism().map_or(1, usize::from), n, scratch, work)
}

fn map_on<S, T: Send>(
    threads: usize,
    n: usize,
    scratch: impl Fn() -> S + Sync,
    work: impl Fn(&mut S, usize) -> T + Sync,
) -> Vec<T> {
    let threads = threads.clamp(1, n.max(1));
    let run = |thread: usize| -> Vec<T> {
        let mut own = scratch();
        (thread * n / threads..(thread + 1) * n / threads).map(|i| work(&mut own, i)).collect()
    };
    if threads == 1 {
        return run(0);
    }
    std::thread::scope(|scope| {
        let run = &run;
        let others: Vec<_> = (1..threads).map(|thread| scope.spawn(move || run(thread))).collect();
        let mut results = run(0);
        for other in others {
            match other.join() {
                Ok(part) => results.extend(part),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        results
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seeded::Draws;

    #[test]
    fn the_number_of_threads_changes_nothing() {
        let on = |threads| map_on(threads, 101, || (), |(), i| Draws::new(3, i as u64).next());
        for threads in [2, 3, 7, 500] {
            assert_eq!(on(1), on(threads), "{threads} threads");
        }
        assert_eq!(map_on(4, 0, || (), |(), i| i), Vec::<usize>::new());
    }
}
