//! Requests that nobody should send.

use std::io::Write;
use std::net::TcpStream;

use super::Server;

pub(super) fn hostile_requests_get_clear_answers(server: &Server) {
    for path in [
        "/areas/E99999999",
        "/areas/nonsense",
        "/areas/%00",
        "/assessment/../../../etc/passwd",
        "/assessment/%2e%2e%2f%2e%2e%2fetc%2fpasswd",
        "/methods/..%2f..%2fLICENSE",
        "/nothing%0d%0aSet-Cookie:%20a=b",
    ] {
        let answer = server.get(path);
        assert_eq!(answer.status, 404, "{path}");
        assert!(answer.body.contains("Page not found"), "{path}: {}", answer.body);
        assert!(!answer.head.contains("set-cookie"), "{path}");
    }
    server.shows("/areas?q=%3Cscript%3Ealert(1)%3C/script%3E", &["&lt;script&gt;"]);
    server.refuses(&format!("/areas?q={}", "a".repeat(10_000)), 414);
    server.refuses("/areas?q=%ff%fe", 200);
    let post =
        server.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    assert_eq!(post.status, 405);
    assert!(post.body.contains("Everything here is for reading"), "{}", post.body);
    let large = format!("GET / HTTP/1.1\r\nHost: x\r\nX: {}\r\n\r\n", "a".repeat(200_000));
    let mut stream = server.connect();
    // The server may close before it has read all of it.
    let _refused = stream.write_all(large.as_bytes());
    a_thousand_idle_connections_leave_room(server);
}

pub(super) fn a_thousand_idle_connections_leave_room(server: &Server) {
    let mut idle = Vec::new();
    for _ in 0..1_000 {
        // Where the test may open fewer files, it opens as many as it may.
        let Ok(mut stream) = TcpStream::connect(&server.address) else { break };
        stream.write_all(b"GET / HT").unwrap();
        idle.push(stream);
    }
    assert!(idle.len() > 200, "only {} connections could be opened", idle.len());
    idle.truncate(idle.len() - 5);
    server.shows("/", &["What changed"]);
}
