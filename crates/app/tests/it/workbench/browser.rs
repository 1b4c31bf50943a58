//! A browser without a screen: cookies, forms, origins.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

/// What was answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.into_iter().find(|(one, _)| one.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    pub(crate) fn location(&self) -> &str {
        self.header("location").unwrap_or_default()
    }

    /// The value of a hidden field of the page.
    pub(crate) fn hidden(&self, name: &str) -> Option<&str> {
        let start = format!("<input type=\"hidden\" name=\"{name}\" value=\"");
        let (_, rest) = self.body.split_once(&start)?;
        rest.split_once('"').map(|(value, _)| value)
    }

    #[track_caller]
    pub(crate) fn shows(self, status: u16, parts: &[&str]) -> Self {
        assert_eq!(self.status, status, "{}", self.body);
        for part in parts {
            assert!(self.body.contains(part), "lacks {part}:\n{}", self.body);
        }
        self
    }
}

/// A browser.
#[derive(Debug, Clone)]
pub(crate) struct Browser {
    address: String,
    pub(crate) cookies: BTreeMap<String, String>,
    /// The token of the last page with a form.
    pub(crate) token: String,
}

impl Browser {
    pub(crate) fn new(address: &str) -> Self {
        Self { address: address.to_owned(), cookies: BTreeMap::new(), token: String::new() }
    }

    pub(crate) fn get(&mut self, path: &str) -> Answer {
        self.send("GET", path, &[], "")
    }

    /// Sends a form with the token of the last page, from this site.
    pub(crate) fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let origin = format!("http://{}", self.address);
        let token = self.token.clone();
        let mut all = vec![("form-token", token.as_str())];
        all.extend(fields);
        self.post_from(path, Some(&origin), &all)
    }

    /// Sends exactly these fields, from an origin or without one.
    pub(crate) fn post_from(
        &mut self,
        path: &str,
        origin: Option<&str>,
        fields: &[(&str, &str)],
    ) -> Answer {
        let body: Vec<String> =
            fields.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
        let mut headers = vec![("Content-Type", "application/x-www-form-urlencoded")];
        headers.extend(origin.map(|origin| ("Origin", origin)));
        self.send("POST", path, &headers, &body.join("&"))
    }

    pub(crate) fn sign_in(&mut self, person: &str, password: &str) -> Answer {
        self.get("/work/sign-in").shows(200, &["Sign in", "form-token"]);
        let email = format!("{person}@example.org");
        self.post("/work/sign-in", &[("email", &email), ("password", password)])
    }

    /// Sends a form with a file, with the token of the last page.
    pub(crate) fn post_file(&mut self, path: &str, name: &str, bytes: &[u8]) -> Answer {
        let part = "Content-Disposition: form-data; name=";
        let token = &self.token;
        let mut body = format!(
            "--xyz\r\n{part}\"form-token\"\r\n\r\n{token}\r\n--xyz\r\n{part}\"file\"; \
             filename=\"{name}\"\r\nContent-Type: application/octet-stream\r\n\r\n"
        )
        .into_bytes();
        body.extend(bytes);
        body.extend(b"\r\n--xyz--\r\n");
        let origin = format!("http://{}", self.address);
        let kind = "multipart/form-data; boundary=xyz";
        let headers = [("Content-Type", kind), ("Origin", origin.as_str())];
        self.send_bytes("POST", path, &headers, &body)
    }

    /// Sends a request as it is, with the cookies, and keeps what is set.
    pub(crate) fn send(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Answer {
        self.send_bytes(method, path, headers, body.as_bytes())
    }

    fn send_bytes(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Answer {
        let mut lines = vec![format!("{method} {path} HTTP/1.1"), "Connection: close".to_owned()];
        if headers.iter().all(|(name, _)| *name != "Host") {
            lines.push(format!("Host: {}", self.address));
        }
        lines.extend(headers.iter().map(|(name, value)| format!("{name}: {value}")));
        if !self.cookies.is_empty() {
            let pairs: Vec<String> =
                self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            lines.push(format!("Cookie: {}", pairs.join("; ")));
        }
        if method == "POST" {
            lines.push(format!("Content-Length: {}", body.len()));
        }
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_mins(1))).unwrap();
        stream.write_all(format!("{}\r\n\r\n", lines.join("\r\n")).as_bytes()).unwrap();
        // The server may answer and close before it has read all of it.
        let _sent = stream.write_all(body);
        let mut bytes = Vec::new();
        let _cut = stream.read_to_end(&mut bytes);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        let status = head.split(' ').nth(1).and_then(|word| word.parse().ok()).unwrap_or(0);
        let answer = Answer { status, head: head.to_owned(), body: body.to_owned() };
        for line in answer.head.lines() {
            let Some((name, value)) = line.split_once(": ") else { continue };
            if name.eq_ignore_ascii_case("set-cookie") {
                let (name, rest) = value.split_once('=').unwrap();
                let value = rest.split(';').next().unwrap().to_owned();
                if value.is_empty() {
                    self.cookies.remove(name);
                } else {
                    self.cookies.insert(name.to_owned(), value);
                }
            }
        }
        if let Some(token) = answer.hidden("form-token") {
            token.clone_into(&mut self.token);
        }
        answer
    }
}

/// As browsers encode a field.
pub(crate) fn encoded(value: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    let encode = |byte: u8| match byte {
        byte if plain(byte) => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    };
    value.bytes().map(encode).collect()
}
