//! E-mail: the links by which passwords are set, and what `wardmote plan chase --send` asks owners of
//! actions. No word of a restricted record is ever in a message.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use lettre::message::Mailbox;
use lettre::message::header::ContentType;
use lettre::transport::smtp::authentication::Credentials;
use lettre::{Message, SmtpTransport, Transport as _};
use serde::Deserialize;

const TIME_OUT: Duration = Duration::from_secs(20);

/// What `sign-in.toml` says of the server that takes our messages.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MailSettings {
    /// Its host.
    server: String,
    /// Its port.
    port: u16,
    /// How the connection is protected.
    tls: Tls,
    /// Who writes: `Anytown CSP <csp@example.org>`.
    from: String,
    /// The user, if it asks for one.
    user: Option<String>,
    /// The file with the password, in the folder; `WARDMOTE_MAIL_PASSWORD` holds it otherwise.
    password_file: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Tls {
    /// From the first byte, usually at port 465.
    Wrapped,
    /// By STARTTLS, usually at port 587; without it nothing is sent.
    Starttls,
    /// Not at all: only to this machine itself.
    None,
}

/// The way out for messages.
#[derive(Debug, Clone)]
pub(crate) struct Mail {
    transport: SmtpTransport,
    from: Mailbox,
}

impl Mail {
    pub(crate) fn new(settings: &MailSettings, folder: &Path) -> anyhow::Result<Self> {
        let server = settings.server.as_str();
        let builder = match settings.tls {
            Tls::Wrapped => SmtpTransport::relay(server)?,
            Tls::Starttls => SmtpTransport::starttls_relay(server)?,
            Tls::None => {
                let at_home = ["127.0.0.1", "localhost", "::1"].contains(&server);
                ensure!(at_home, "tls = \"none\" is only for a server on this machine");
                SmtpTransport::builder_dangerous(server)
            }
        };
        let mut builder = builder.port(settings.port).timeout(Some(TIME_OUT));
        if let Some(user) = &settings.user {
            let named = settings.password_file.as_deref();
            let password = super::settings::secret(folder, named, "WARDMOTE_MAIL_PASSWORD")?;
            builder = builder.credentials(Credentials::new(user.clone(), password));
        }
        let from = sender(&settings.from);
        let from = from.with_context(|| format!("{:?} is no sender", settings.from))?;
        Ok(Self { transport: builder.build(), from })
    }

    /// Sends the link by which a password is set.
    pub(super) async fn send_link(
        &self,
        to: &str,
        partnership: &str,
        link: &str,
        hours: u32,
    ) -> anyhow::Result<()> {
        let subject = format!("Set your password: {partnership}");
        let text = format!(
            "This link sets your password for {partnership}:\n\n{link}\n\n\
             It works once, and for {hours} hours. If you did not expect it, do not open it, \
             and tell whoever administers the site.\n"
        );
        self.send(to, &subject, text).await
    }

    /// Sends a message.
    pub(crate) async fn send(&self, to: &str, subject: &str, text: String) -> anyhow::Result<()> {
        // The library encodes the subject and refuses what would break out of a header.
        let message = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to.parse().with_context(|| format!("{to:?} is no address"))?))
            .subject(subject)
            .header(ContentType::TEXT_PLAIN)
            .body(text)?;
        let transport = self.transport.clone();
        let sent = tokio::task::spawn_blocking(move || transport.send(&message));
        sent.await?.context("the mail server did not take the message")?;
        Ok(())
    }
}

/// `NAME <ADDRESS>`, or an address; the library puts the name into quotation marks where it must be.
fn sender(text: &str) -> Option<Mailbox> {
    let (name, address) = match text.trim().strip_suffix('>').and_then(|rest| rest.split_once('<'))
    {
        Some((name, address)) => (Some(name.trim().to_owned()), address),
        None => (None, text.trim()),
    };
    Some(Mailbox::new(name.filter(|name| !name.is_empty()), address.parse().ok()?))
}
