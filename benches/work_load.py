"""Times the signed-in pages of a store of many records, as a browser gets them, one after another.

The folder is a copy of the Stockport twin in which `wardmote demo` ran and which the example `fill` of
wardmote-records filled (see README.md beside this file). The script invites an officer, a data protection
officer and an administrator, all invented, signs them in over HTTP, and asks for each kind of page many
times. All on loopback, all bounded. With --records the store is another, such as PostgreSQL.
"""

import argparse
import html
import http.client
import json
import pathlib
import re
import subprocess
import sys
import threading
import time
import urllib.parse

MOST_PAGES = 1000
PASSWORD = "orchard lamp kettle invented"
STAFF = """
organisations = [{ id = "invented-council", name = "Invented Council" }]
[[people]]
id = "protection-officer-one"
name = "Invented Protection Officer"
organisation = "invented-council"
roles = [{ role = "data-protection-officer", from = "2022-04-01" }]
"""
WORDS = ["visit", "review", "lighting", "parks", "bikes", "burglary", "schools", "training"]
STATES = ["not-started", "under-way", "done", "stopped"]


def main():
    options = arguments()
    program = [options.wardmote, "-C", options.folder]
    if options.records:
        program += ["--records", options.records]
    links = invitations(program, options.folder)
    server = subprocess.Popen(
        [*program, "serve", "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    found = {"store": "PostgreSQL" if options.records else "SQLite"}
    try:
        host = urllib.parse.urlsplit(there(server)).netloc
        people = {person: Browser(host) for person in links}
        for person, link in links.items():
            if link:
                people[person].form(link, {"password": PASSWORD, "again": PASSWORD})
            people[person].sign_in(person)
        for name, (person, paths) in pages(people, options.pages).items():
            times = [people[person].timed(path) for path in paths]
            found[name] = spread(times)
            print(f"{name:34} {found[name]}", file=sys.stderr)
        found["a change of an item"] = spread(changes(people["plan-officer-one"], options.pages))
        print(f"{'a change of an item':34} {found['a change of an item']}", file=sys.stderr)
    finally:
        server.terminate()
        server.wait(20)
    print(json.dumps(found, indent=2))
    if options.json:
        options.json.write_text(json.dumps(found, indent=2) + "\n")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--wardmote", required=True, help="the program")
    parser.add_argument("--folder", required=True, help="the filled copy of the Stockport twin")
    parser.add_argument("--records", help="another store, such as postgres://...")
    parser.add_argument("--pages", type=int, default=200, help="how often each kind is asked for")
    parser.add_argument("--json", type=pathlib.Path, help="a file for what was found")
    options = parser.parse_args()
    if options.pages > MOST_PAGES:
        parser.error(f"at most {MOST_PAGES} pages of a kind")
    return options


def invitations(program, folder):
    """The links by which people set their passwords; none for those who have one from a run before."""
    folder = pathlib.Path(folder)
    (folder / "sign-in.toml").write_text('[rules]\nsecond_factor = "offered"\n')
    (folder / "bench-staff.toml").write_text(STAFF)
    run = lambda *words: subprocess.run([*program, *words], capture_output=True, text=True, timeout=120)
    staff = run("records", "staff", str(folder / "bench-staff.toml"))
    if staff.returncode:
        sys.exit(staff.stderr)
    create = ["admin", "create", "admin-one", "--organisation", "invented-council", "--name"]
    said = {
        "plan-officer-one": run("admin", "invite", "plan-officer-one", "--email", email("plan-officer-one")),
        "protection-officer-one": run(
            "admin", "invite", "protection-officer-one", "--email", email("protection-officer-one")
        ),
        "admin-one": run(*create, "Invented Administrator", "--email", email("admin-one")),
    }
    link = lambda ran: (re.search(r"/work/invitation/[0-9a-f]+", ran.stdout) or [None])[0]
    return {person: link(ran) for person, ran in said.items()}


def email(person):
    return f"{person}@example.org"


def there(server):
    """The address, once the pages are there."""
    for line in server.stdout:
        address = re.search(r"http://[^/ ]+/", line)
        if address:
            threading.Thread(target=server.stdout.read, daemon=True).start()
            return address.group()
    sys.exit("the server did not start")


class Browser:
    """Cookies, and the token of the last form."""

    def __init__(self, host):
        self.host, self.cookies, self.token = host, {}, ""
        self.connection = http.client.HTTPConnection(host, timeout=60)

    def ask(self, method, path, body=None):
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body is not None:
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"http://{self.host}"}
        try:
            self.connection.request(method, path, body=body, headers=headers)
            answer = self.connection.getresponse()
        except (http.client.RemoteDisconnected, BrokenPipeError):
            # It was kept open for too long without a word.
            self.connection.close()
            self.connection.request(method, path, body=body, headers=headers)
            answer = self.connection.getresponse()
        text = answer.read().decode()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, value = cookie.split(";")[0].split("=", 1)
            self.cookies[name] = value
        token = re.search(r'name="form-token" value="([^"]+)"', text)
        if token:
            self.token = html.unescape(token[1])
        return answer.status, text, answer.headers.get("Location", "")

    def get(self, path):
        status, text, _ = self.ask("GET", path)
        if status != 200:
            sys.exit(f"{path}: {status}")
        return text

    def post(self, path, fields):
        return self.ask("POST", path, urllib.parse.urlencode({"form-token": self.token, **fields}))

    def form(self, path, fields):
        self.get(path)
        status, text, location = self.post(path, fields)
        if status != 303:
            sys.exit(f"{path}: {status}\n{text[:2000]}")
        return location

    def sign_in(self, person):
        self.form("/work/sign-in", {"email": email(person), "password": PASSWORD})

    def timed(self, path):
        started = time.perf_counter()
        self.get(path)
        return 1000 * (time.perf_counter() - started)


def pages(people, many):
    """Each kind of page with who asks, and its addresses."""
    officer = people["plan-officer-one"]
    in_turn = lambda all: [all[number % len(all)] for number in range(many)]
    ids = lambda path, of: sorted(set(re.findall(rf'href="/work/{of}/([^"/?]+)"', officer.get(path))))
    actions = ids("/work/registers/actions?page=3", "registers/actions")
    voices = ids("/work/registers/voices?page=3", "registers/voices")
    decisions = ids("/work/registers/decisions?page=3", "registers/decisions")
    meetings = ids("/work/meetings?page=2", "meetings")
    reviews = ids("/work/reviews?page=2", "reviews")
    actions = [one for one in actions if len(one) == 32]
    voices = [one for one in voices if len(one) == 32]
    decisions = [one for one in decisions if len(one) == 32]
    numbered = lambda path, last: [f"{path}page={1 + number % last}" for number in range(many)]
    words = [f"{one} {other[:3]}" for one in WORDS for other in WORDS]
    search = [f"/work/registers/actions?q={urllib.parse.quote_plus(two)}" for two in words]
    states = [f"/work/registers/actions?state={state}&page={page}" for page in range(1, 51) for state in STATES]
    officers = {
        "the first page": ["/work/"],
        "all registers": ["/work/registers"],
        "a list in order": numbered("/work/registers/actions?", 200),
        "a list by state": states,
        "a list by two words": search,
        "a list of restricted items": numbered("/work/registers/voices?", 200),
        "what is due": ["/work/registers/due"],
        "an item": [f"/work/registers/actions/{id}" for id in actions],
        "a restricted item": [f"/work/registers/voices/{id}" for id in voices],
        "the form of an item": [f"/work/registers/actions/{id}/change" for id in actions],
        "the form of a decision": [f"/work/registers/decisions/{id}/change" for id in decisions],
        "what an item said before": [f"/work/registers/actions/{id}/history" for id in actions],
        "the form of a link": [f"/work/registers/actions/{id}/link" for id in actions],
        "workbooks": ["/work/registers/workbook"],
        "meetings": numbered("/work/meetings?", 50),
        "a meeting": [f"/work/meetings/{id}" for id in meetings],
        "decisions": numbered("/work/decisions?", 50),
        "reviews": numbered("/work/reviews?", 50),
        "a review": [f"/work/reviews/{id}" for id in reviews],
        "a form of a review": [f"/work/reviews/{id}/note/happened" for id in reviews],
        "my account": ["/work/account"],
        "agreements": ["/work/agreements"],
        "the public plan": ["/plan"],
        "public meetings": ["/meetings"],
    }
    others = {
        "the log": ("protection-officer-one", numbered("/work/audit?", 20)),
        "people": ("admin-one", ["/work/people"]),
    }
    return {name: ("plan-officer-one", in_turn(all)) for name, all in officers.items()} | {
        name: (person, in_turn(all)) for name, (person, all) in others.items()
    }


def changes(officer, many):
    """A form is sent and stored: until the page that says so begins to come."""
    list_ = officer.get("/work/registers/actions?page=5")
    ids = [one for one in sorted(set(re.findall(r'href="/work/registers/actions/([0-9a-f]{32})"', list_)))]
    times = []
    for number in range(many):
        at = f"/work/registers/actions/{ids[number % len(ids)]}/change"
        text = officer.get(at)
        fields = filled(text) | {"title": f"SYNTHETIC changed {number}"}
        started = time.perf_counter()
        status, text, _ = officer.post(at, fields)
        times.append(1000 * (time.perf_counter() - started))
        if status != 303:
            sys.exit(f"{at}: {status}\n{text[:4000]}")
    return times


def filled(text):
    """The fields of a form as they stand in it."""
    form = text[text.index('<form action="', text.index("<main")) if '<form action="' in text else text.index("<main"):]
    fields = {}
    for tag in re.findall(r"<input[^>]+>", form):
        name, kind = re.search(r'name="([^"]+)"', tag), re.search(r'type="([^"]+)"', tag)
        value = re.search(r'value="([^"]*)"', tag)
        if name and (kind is None or kind[1] not in ("radio", "checkbox", "submit") or " checked" in tag):
            fields[name[1]] = html.unescape(value[1]) if value else ""
    for name, value in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>([^<]*)</textarea>', form):
        fields[name] = html.unescape(value)
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.search(r'<option value="([^"]*)"[^>]* selected', options)
        fields[name] = html.unescape(chosen[1]) if chosen else ""
    fields.pop("form-token", None)
    return fields


def spread(times):
    times.sort()
    at = lambda share: round(times[min(len(times) - 1, int(share * len(times)))], 1)
    return {"median ms": at(0.5), "p99 ms": at(0.99), "most ms": at(1)}


if __name__ == "__main__":
    main()
