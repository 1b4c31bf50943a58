"""Asks a running or started site for pages, and says how fast and how large it is.

Three loads, all on loopback and all bounded: mixed pages at a fixed rate, whatever the answers take
(requests that fall due while others are slow are not put off); area pages that were made before, as
fast as `wrk` gets them, with and without gzip; and what the process holds in memory meanwhile. See
README.md beside this file.
"""

import argparse
import http.client
import json
import pathlib
import random
import re
import shutil
import subprocess
import sys
import threading
import time
import urllib.parse

MOST_SECONDS = 120
MOST_RATE = 200


def main():
    options = arguments()
    command = [options.wardmote, "serve", options.folder, "--listen", "127.0.0.1:0"]
    started = time.monotonic()
    server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    found = {"folder": str(options.folder)}
    try:
        # On standard error when loading takes more than a moment, and on standard output at its end.
        addresses = {}
        threading.Thread(target=first_line, args=(server.stderr, addresses, "loading"), daemon=True).start()
        first_line(server.stdout, addresses, "there")
        if "there" not in addresses:
            sys.exit("the server did not start: " + addresses.get("loading", ""))
        host = urllib.parse.urlsplit(addresses["there"][1]).netloc
        found["loading page said after s"] = rounded(addresses.get("loading", (None,))[0], started)
        found["site there after s"] = rounded(addresses["there"][0], started)
        ask(host, "/")
        found["first page after s"] = rounded(time.monotonic(), started)
        found["memory after start"] = memory(server.pid)
        paths = mixed_pages(host, options.seed)
        found["mixed"] = [mixed(host, paths, options) for _ in range(options.rounds)]
        found["memory after mixed pages"] = memory(server.pid)
        if shutil.which("wrk"):
            page = f"http://{host}{small_areas(host)[0]}"
            ask(host, urllib.parse.urlsplit(page).path)
            for name, coding in [("gzip", "gzip"), ("plain", "identity")]:
                runs = [wrk(page, coding, options.seconds) for _ in range(options.rounds)]
                found[f"cached area page, {name}"] = runs
        found["memory at the end"] = memory(server.pid)
    finally:
        server.terminate()
        server.wait(20)
    print(json.dumps(found, indent=2))
    if options.json:
        options.json.write_text(json.dumps(found, indent=2) + "\n")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--wardmote", required=True, help="the program")
    parser.add_argument("--folder", required=True, help="the partnership's folder, loaded")
    parser.add_argument("--rate", type=int, default=50, help="mixed pages a second")
    parser.add_argument("--seconds", type=int, default=15, help="how long each load takes")
    parser.add_argument("--rounds", type=int, default=3, help="how often each load is tried")
    parser.add_argument("--seed", type=int, default=1, help="the same seed asks for the same pages")
    parser.add_argument("--json", type=pathlib.Path, help="a file for what was found")
    options = parser.parse_args()
    if options.seconds > MOST_SECONDS or options.rate > MOST_RATE:
        parser.error(f"at most {MOST_SECONDS} seconds and {MOST_RATE} a second")
    return options


def first_line(stream, into, name):
    for line in stream:
        address = re.search(r"http://[^/ ]+/", line)
        if address:
            into[name] = (time.monotonic(), address.group())
            return
        into[name] = (time.monotonic(), line)


def rounded(at, started):
    return None if at is None else round(at - started, 2)


def ask(host, path):
    """The status and the body, over a connection of its own."""
    connection = http.client.HTTPConnection(host, timeout=30)
    try:
        connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def listed(host, path):
    return json.loads(plain(host, path))["rows"]


def plain(host, path):
    connection = http.client.HTTPConnection(host, timeout=30)
    connection.request("GET", path)
    body = connection.getresponse().read()
    connection.close()
    return body


def small_areas(host):
    last = json.loads(plain(host, "/api/v1/areas?per_page=1000"))["pages"]
    return [f"/areas/{row['code']}" for row in listed(host, f"/api/v1/areas?page={last}")]


def mixed_pages(host, seed):
    """A draw of addresses as readers ask for them: mostly areas, most of them never asked before."""
    draw = random.Random(seed)
    pages = json.loads(plain(host, "/api/v1/areas?per_page=1000"))["pages"]
    areas = [row for page in range(1, pages + 1) for row in listed(host, f"/api/v1/areas?page={page}")]
    codes = [row["code"] for row in areas]
    names = [row["name"] for row in areas]
    measures = [row["id"] for row in listed(host, "/api/v1/measures")]
    fixed = ["/", "/data", "/methods", "/methods/spikes", "/glossary", "/areas", "/api/v1/coverage"]
    # Pages that some versions have: asked only where they are.
    for maybe in ["/topics", "/compare", "/explore", "/map", f"/topics/{measures[0]}"]:
        if ask(host, maybe)[0] == 200:
            fixed.append(maybe)

    def one():
        kind = draw.random()
        if kind < 0.6:
            return f"/areas/{draw.choice(codes)}"
        if kind < 0.75:
            return "/areas?q=" + urllib.parse.quote(draw.choice(names)[:12])
        if kind < 0.85:
            return f"/api/v1/series/{draw.choice(measures)}/{draw.choice(codes)}"
        return draw.choice(fixed)

    return one


def mixed(host, one, options):
    """Requests at a fixed rate; each has a thread of its own, so that a slow one delays no other."""
    times, wrong, lock = [], [], threading.Lock()

    def timed(path, due):
        status, _ = ask(host, path)
        took = time.monotonic() - due
        with lock:
            times.append((took, path))
            if status != 200:
                wrong.append((status, path))

    threads, start = [], time.monotonic() + 0.1
    for number in range(options.rate * options.seconds):
        due = start + number / options.rate
        time.sleep(max(0.0, due - time.monotonic()))
        # From the moment at which it was due, so that a server that stands still is seen.
        threads.append(threading.Thread(target=timed, args=(one(), due)))
        threads[-1].start()
    for thread in threads:
        thread.join()
    times.sort()
    at = lambda share: round(1000 * times[min(len(times) - 1, int(share * len(times)))][0], 1)
    return {
        "requests": len(times),
        "not 200": wrong[:10],
        "ms": {"p50": at(0.5), "p90": at(0.9), "p99": at(0.99), "most": at(1)},
        "slowest": [path for _, path in times[-5:]],
    }


def wrk(url, coding, seconds):
    command = ["wrk", "-t1", "-c16", f"-d{seconds}s", "--latency", "-H", f"Accept-Encoding: {coding}", url]
    said = subprocess.run(command, capture_output=True, text=True, timeout=seconds + 30).stdout
    value = lambda pattern: (re.search(pattern, said) or [None, None])[1]
    return {
        "requests a second": value(r"Requests/sec:\s+([\d.]+)"),
        "p99": value(r"99%\s+(\S+)"),
        "not 200": value(r"Non-2xx or 3xx responses: (\d+)") or "0",
    }


def memory(process):
    """Of the server alone, in MiB: now, and the most so far."""
    status = pathlib.Path(f"/proc/{process}/status").read_text()
    value = lambda name: int(re.search(rf"{name}:\s+(\d+) kB", status)[1]) // 1024
    return {"MiB now": value("VmRSS"), "MiB at most": value("VmHWM")}


if __name__ == "__main__":
    main()
