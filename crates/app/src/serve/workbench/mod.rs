//! The signed-in pages, at `{base}work/...`: only here are cookies set, and only here is anything
//! changed.
//!
//! Every page is a line of a table ([`routes::Routes`]) that says who may ask for it. The gate
//! ([`gate`]) asks the session and the policies before the handler runs, checks the origin and the
//! token of whatever is posted, and bounds its size; a handler cannot forget any of it.
//! [`PageError`] is the only place that chooses a status. Pages are structs of
//! `wardmote_reports::site::work`. `docs/decisions` says how to add one.

mod account;
mod agreements;
mod audit;
mod codes;
mod cookies;
mod entered;
mod forgotten;
mod gate;
mod home;
mod invitation;
mod jobs;
mod kept;
mod mail;
mod meetings;
mod openid;
mod page_error;
mod people;
mod posted;
mod registers;
mod reviews;
mod routes;
mod settings;
mod sign_in;
mod visit;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use wardmote_records::accounts::Accounts;
use wardmote_records::policy::Duties;
use wardmote_records::{Location, Records};
use wardmote_reports::site::SitePages;
use wardmote_reports::site::work::{Frame, NavigationLink, WorkPage};

use self::mail::Mail;
use self::openid::{OpenId, Provider};
pub(crate) use self::page_error::PageError;
pub(crate) use self::routes::Routes;
pub(crate) use self::settings::Settings;
use self::visit::{Origin, Visit};
use super::partnership::Served;
use crate::business::Business;
use crate::commands::records::{
    Where, folder_duties, folder_policies, folder_protection, folder_roles,
};

/// What every handler answers.
pub(crate) type Shown = Result<Response, PageError>;

/// The signed-in side of one partnership.
pub(crate) struct Workbench {
    pub(crate) records: Records,
    pub(crate) accounts: Accounts,
    /// The partnership's own lists, where its folder says whose they are.
    pub(crate) business: Option<Business>,
    duties: Duties,
    settings: Settings,
    mail: Option<Mail>,
    provider: Option<Arc<Provider>>,
    waiting: kept::Waiting,
    workbooks: registers::workbook::Workbooks,
    /// Where its pages lie, with `/` at both ends: `/work/`.
    base: String,
    cookies: cookies::Names,
    served: Arc<Served>,
    templates: Arc<SitePages>,
}

/// All signed-in pages: the one list that serves them and that tests read.
pub(crate) fn routes() -> Routes {
    let mut routes = Routes::default();
    home::add(&mut routes);
    sign_in::add(&mut routes);
    forgotten::add(&mut routes);
    openid::add(&mut routes);
    invitation::add(&mut routes);
    account::add(&mut routes);
    codes::add(&mut routes);
    people::add(&mut routes);
    agreements::add(&mut routes);
    audit::add(&mut routes);
    registers::add(&mut routes);
    jobs::add(&mut routes);
    reviews::add(&mut routes);
    meetings::add(&mut routes);
    routes
}

/// What stands in the navigation, for those who may ask for it: words, and address below `work/`.
const NAVIGATION: [(&str, &str); 10] = [
    ("Start", ""),
    ("Registers", "registers"),
    ("Meetings", "meetings"),
    ("Decisions", "decisions"),
    ("Reviews", "reviews"),
    ("People", "people"),
    ("Agreements", "agreements"),
    ("Log", "audit"),
    ("Jobs", "jobs"),
    ("My account", "account"),
];

impl Workbench {
    /// Opens the records of a folder; `None` where it has none, and so no signed-in page.
    pub(super) async fn open(
        at: &Where,
        served: Arc<Served>,
        templates: Arc<SitePages>,
    ) -> anyhow::Result<Option<Arc<Self>>> {
        if let Location::Sqlite(path) = at.location()
            && !path.exists()
        {
            return Ok(None);
        }
        let folder = &at.folder;
        let keys = match at.keys() {
            Ok(keys) => keys,
            Err(error) => {
                let chain = crate::console::chain(&error);
                eprintln!("there are records but no signed-in pages: {chain}");
                return Ok(None);
            }
        };
        let settings = Settings::read(folder)?;
        let store = at.open().await?;
        at.warn_of_texts_not_noted(&store).await?;
        let accounts = settings.accounts(folder, store.clone(), keys.clone())?;
        let records = Records::new(store, keys, folder_policies(folder)?);
        let records = records.protected_by(folder_protection(folder)?);
        let has_lists = crate::business::Settings::is_there(folder);
        let business = has_lists.then(|| Business::on(at, records.clone())).transpose()?;
        let base = format!("{}work/", served.base());
        let cookies = cookies::Names::new(served.base(), settings.is_secure());
        let duties = folder_duties(folder)?;
        let mail = mail_of(folder)?;
        let provider =
            settings.openid.as_ref().map(|openid| provider(openid, folder)).transpose()?;
        Ok(Some(Arc::new(Self {
            records,
            accounts,
            business,
            duties,
            settings,
            mail,
            provider,
            waiting: kept::Waiting::default(),
            workbooks: registers::workbook::Workbooks::default(),
            base,
            cookies,
            served,
            templates,
        })))
    }

    /// The address of a page below `work/`.
    pub(crate) fn at(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// The roles that an agreement or a duty names: all that permit anything.
    fn named_roles(&self) -> BTreeSet<String> {
        folder_roles(self.records.policies().agreements(), &self.duties)
    }

    /// What the published assessment says of a claim or figure, and the address of its note.
    pub(crate) fn reading(&self, key: &str) -> Option<(String, String)> {
        let (plan, _) = self.served.plan();
        let reading = plan.reading(key)?;
        let address = format!("{}assessment/figures.html#{}", self.served.base(), reading.anchor);
        Some((reading.sentence.clone(), address))
    }

    /// Shows a page. One with problems is answered as such, so that programs see it too.
    pub(crate) fn show(&self, visit: &Visit, page: &WorkPage) -> Shown {
        let status =
            if page.has_problems() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
        self.show_as(visit, status, page)
    }

    fn show_as(&self, visit: &Visit, status: StatusCode, page: &WorkPage) -> Shown {
        let html = self.templates.render_work(&self.frame(visit), page);
        let html = html.map_err(|error| PageError::Failed(error.into()))?;
        let kind = [(header::CONTENT_TYPE, "text/html; charset=utf-8")];
        Ok((status, kind, html).into_response())
    }

    /// Sends the browser on to a page below `work/`, after something was done.
    pub(crate) fn go(&self, path: &str) -> Response {
        Redirect::to(&self.at(path)).into_response()
    }

    /// The link by which an invitation is used.
    fn invitation_link(&self, Origin(origin): &Origin, secret: &str) -> String {
        format!("{origin}{}", self.at(&format!("invitation/{secret}")))
    }

    fn frame(&self, visit: &Visit) -> Frame {
        let mut site = self.served.now().site.clone();
        // The public pages' own address stays that of the site.
        site.licence_notes.clear();
        let here = visit.path.strip_prefix(&self.base).unwrap_or_default();
        let section = here.split('/').next().unwrap_or_default();
        let navigation =
            NAVIGATION.iter().filter(|(_, path)| self.may_open(visit, path)).map(|(text, path)| {
                NavigationLink {
                    text: (*text).to_owned(),
                    href: self.at(path),
                    active: *path == section,
                }
            });
        let signed_in = visit.signed_in.as_ref();
        let signed_in = signed_in.map(|who| {
            let session = who.session();
            format!("{}, {}", session.name, session.organisation)
        });
        Frame {
            site,
            navigation: navigation.collect(),
            signed_in,
            sign_out: self.at("sign-out"),
            form_token: visit.id.form_token(),
        }
    }

    fn may_open(&self, visit: &Visit, path: &str) -> bool {
        let needs = match path {
            "registers" => {
                return visit.signed_in.as_ref().is_some_and(|who| registers::sees_any(self, who));
            }
            "meetings" | "decisions" | "reviews" if self.business.is_none() => {
                return false;
            }
            "people" => routes::Needs::Duty(wardmote_records::words::Duty::AdministerPeople),
            "audit" => routes::Needs::Duty(wardmote_records::words::Duty::ReadAudit),
            "jobs" => routes::Needs::Duty(wardmote_records::words::Duty::RunJobs),
            _ => routes::Needs::SignedIn,
        };
        visit.signed_in.as_ref().is_some_and(|who| gate::meets(self, who, needs))
    }
}

/// The way out for messages, where the folder's `sign-in.toml` names a server.
pub(crate) fn mail_of(folder: &Path) -> anyhow::Result<Option<Mail>> {
    Settings::read(folder)?.mail.as_ref().map(|mail| Mail::new(mail, folder)).transpose()
}

fn provider(openid: &OpenId, folder: &Path) -> anyhow::Result<Arc<Provider>> {
    let named = openid.client_secret_file.as_deref();
    let secret = settings::secret(folder, named, "WARDMOTE_OPENID_SECRET")?;
    Ok(Arc::new(Provider::new(openid, secret)?))
}
