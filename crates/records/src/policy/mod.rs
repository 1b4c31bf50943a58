//! Who may do what with which record, by the partnership's sharing agreements.
//!
//! An agreement is a file that says what partners signed: parties, purpose, categories of data, legal
//! gateway, dates. Each of its permits becomes one policy of Cedar; whatever no policy permits is
//! refused. The same permits give the scope by which lists are filtered in SQL, and the sentences
//! that partners sign.

mod agreement;
mod cases;
mod compile;
mod decide;
mod duties;
mod english;
mod in_force;
mod scope;

pub use agreement::{
    Agreement, AgreementError, Agreements, Gateway, GatewayKind, Party, Permit, Terms,
};
pub use cases::{Case, CaseFailure, Cases, CasesError};
pub use compile::CompileError;
pub use decide::{Actor, Condition, Decision, DecisionError, Policies, Refusal, Request, Resource};
pub use duties::Duties;
pub use english::in_english;
pub(crate) use scope::{Arm, Scope};
