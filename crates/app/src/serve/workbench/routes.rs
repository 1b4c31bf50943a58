//! The table of signed-in pages: method, address, who may ask, how much may be sent.

use std::fmt;
use std::sync::Arc;

use axum::Router;
use axum::handler::Handler;
use axum::middleware::from_fn_with_state;
use axum::routing::{self, MethodRouter};
use wardmote_records::words::Duty;

use super::{Workbench, gate};

/// The most that a form may send, in bytes.
pub(crate) const FORM_BYTES: usize = 256 * 1024;

/// Who may ask for a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Needs {
    /// Everybody.
    Nobody,
    /// Whose password was right, and who still owes a code.
    Code,
    /// Whose password was right, and who must or may set up codes.
    SetUp,
    /// Everybody who is signed in.
    SignedIn,
    /// Who has this duty, by the policies.
    Duty(Duty),
}

impl fmt::Display for Needs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nobody => f.write_str("nobody"),
            Self::Code => f.write_str("password"),
            Self::SetUp => f.write_str("set-up"),
            Self::SignedIn => f.write_str("signed-in"),
            Self::Duty(duty) => write!(f, "duty {duty}"),
        }
    }
}

/// A line of the table.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) method: &'static str,
    /// The address below `work/`, with `{name}` for parts that vary.
    pub(crate) path: &'static str,
    pub(crate) needs: Needs,
    pub(super) most_bytes: usize,
}

/// The table.
#[derive(Default)]
pub(crate) struct Routes(Vec<(Entry, MethodRouter<Arc<Workbench>>)>);

impl Routes {
    /// Adds a page that is read.
    pub(crate) fn get<H, T>(&mut self, path: &'static str, needs: Needs, handler: H) -> &mut Self
    where
        H: Handler<T, Arc<Workbench>>,
        T: 'static,
    {
        let entry = Entry { method: "GET", path, needs, most_bytes: 0 };
        self.0.push((entry, routing::get(handler)));
        self
    }

    /// Adds what is posted to.
    pub(crate) fn post<H, T>(&mut self, path: &'static str, needs: Needs, handler: H) -> &mut Self
    where
        H: Handler<T, Arc<Workbench>>,
        T: 'static,
    {
        self.post_up_to(path, needs, FORM_BYTES, handler)
    }

    /// The same for what sends more, such as a file.
    pub(crate) fn post_up_to<H, T>(
        &mut self,
        path: &'static str,
        needs: Needs,
        most_bytes: usize,
        handler: H,
    ) -> &mut Self
    where
        H: Handler<T, Arc<Workbench>>,
        T: 'static,
    {
        let entry = Entry { method: "POST", path, needs, most_bytes };
        self.0.push((entry, routing::post(handler)));
        self
    }

    /// The lines.
    pub(crate) fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.0.iter().map(|(entry, _)| entry)
    }

    /// The router, every route behind the gate.
    pub(crate) fn into_router<S>(self, bench: &Arc<Workbench>) -> Router<S> {
        let mut router = Router::new();
        for (entry, handler) in self.0 {
            let path = bench.at(entry.path);
            let gate = from_fn_with_state((Arc::clone(bench), entry), gate::gate);
            router = router.route(&path, handler.route_layer(gate));
        }
        router.with_state(Arc::clone(bench))
    }
}
