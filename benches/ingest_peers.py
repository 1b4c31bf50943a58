"""Loads the same street files with wardmote, DuckDB and Polars in one run, and counts them.

Each measurement is a process of its own, so that its peak memory is its own. The engines take
turns within a round, so that a busy spell of the machine falls on all of them; the best round of
each counts. See README.md beside this file.
"""

import argparse
import functools
import json
import os
import pathlib
import platform
import re
import shlex
import shutil
import subprocess
import sys
import time

# ---------------------------------------------------------------------------------------------
# What the peers do. Columns, order and compression follow `incidents_schema`, `write_parquet` and
# `sorted_months` in crates/lake/src/read; change them together.
#
# The peers are spared what only the lake does: projection to easting and northing (they keep
# longitude and latitude), checks, refusals, hashes of the files, LSOA 2011 codes by crosswalk.

ORDER = ["month", "lsoa_2021", "lsoa_2011", "category", "reporting_body"]
ZSTD_LEVEL = 1
HEADER = [
    "Crime ID", "Month", "Reported by", "Falls within", "Longitude", "Latitude", "Location",
    "LSOA code", "LSOA name", "Crime type", "Last outcome category", "Context",
]

DUCKDB_CONVERT = """
COPY (
    SELECT
        'police-street' AS source,
        "Crime ID" AS source_id,
        CAST("Month" || '-01' AS DATE) AS month,
        CAST(NULL AS TIMESTAMPTZ) AS occurred_at,
        'month' AS time_precision,
        CASE WHEN "Longitude" IS NULL THEN 'unknown' ELSE 'snapped' END AS place_precision,
        replace(lower("Crime type"), ' ', '-') AS category,
        "Crime type" AS source_category,
        "Longitude" AS longitude,
        "Latitude" AS latitude,
        "LSOA code" AS lsoa_2021,
        CAST(NULL AS VARCHAR) AS lsoa_2011,
        CASE WHEN "LSOA code" IS NOT NULL THEN 'source' END AS area_found_by,
        "Last outcome category" AS outcome,
        "Reported by" AS reporting_body,
        "Falls within" AS falls_within,
        CAST(NULL AS VARCHAR) AS flags,
        filename AS load_id,
        CAST(row_number() OVER () AS INTEGER) AS line
    FROM read_csv({csv}, header = true, delim = ',', quote = '"', escape = '"',
        auto_detect = false, filename = true, columns = {columns})
    {order}
) TO '{parquet}' (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL {level})
"""

DUCKDB_COUNT = """
SELECT count(*), sum(n) FROM (
    SELECT lsoa_2021, month, category, count(*) AS n FROM '{parquet}' GROUP BY ALL
)
"""


def duckdb_convert(csv_files, parquet, order):
    connection = duckdb_connection(os.path.dirname(parquet))
    kinds = {"Longitude": "DOUBLE", "Latitude": "DOUBLE"}
    columns = ", ".join(f"'{name}': '{kinds.get(name, 'VARCHAR')}'" for name in HEADER)
    connection.execute(DUCKDB_CONVERT.format(
        csv=json.dumps(csv_files).replace('"', "'"),
        columns="{" + columns + "}",
        order="ORDER BY " + ", ".join(ORDER) if order else "",
        parquet=parquet,
        level=ZSTD_LEVEL,
    ))
    return {}


def duckdb_count(parquet):
    connection = duckdb_connection(os.path.dirname(parquet))
    groups, rows = connection.execute(DUCKDB_COUNT.format(parquet=parquet)).fetchone()
    return {"groups": int(groups), "rows": int(rows)}


@functools.cache
def duckdb_connection(work):
    import duckdb

    connection = duckdb.connect()
    connection.execute(f"SET threads = {cores()}")
    connection.execute("SET preserve_insertion_order = false")
    connection.execute(f"SET temp_directory = '{work}/spill'")
    return connection


def polars_convert(csv_files, parquet, order):
    import polars as pl

    kinds = {"Longitude": pl.Float64, "Latitude": pl.Float64}
    schema = {name: kinds.get(name, pl.String) for name in HEADER}
    rows = pl.scan_csv(csv_files, schema=schema, row_index_name="line", include_file_paths="load_id")
    place = pl.col("Longitude").is_null()
    columns = [
        pl.lit("police-street").alias("source"),
        pl.col("Crime ID").alias("source_id"),
        (pl.col("Month") + "-01").str.to_date("%Y-%m-%d").alias("month"),
        pl.lit(None, pl.Datetime("us", "UTC")).alias("occurred_at"),
        pl.lit("month").alias("time_precision"),
        pl.when(place).then(pl.lit("unknown")).otherwise(pl.lit("snapped")).alias("place_precision"),
        pl.col("Crime type").str.to_lowercase().str.replace_all(" ", "-", literal=True).alias("category"),
        pl.col("Crime type").alias("source_category"),
        pl.col("Longitude").alias("longitude"),
        pl.col("Latitude").alias("latitude"),
        pl.col("LSOA code").alias("lsoa_2021"),
        pl.lit(None, pl.String).alias("lsoa_2011"),
        pl.when(pl.col("LSOA code").is_not_null()).then(pl.lit("source")).alias("area_found_by"),
        pl.col("Last outcome category").alias("outcome"),
        pl.col("Reported by").alias("reporting_body"),
        pl.col("Falls within").alias("falls_within"),
        pl.lit(None, pl.String).alias("flags"),
        pl.col("load_id"),
        pl.col("line").cast(pl.Int32),
    ]
    rows = rows.select(columns)
    if order:
        rows = rows.sort(ORDER, nulls_last=True)
    rows.sink_parquet(parquet, compression="zstd", compression_level=ZSTD_LEVEL, maintain_order=order)
    return {}


def polars_count(parquet):
    import polars as pl

    groups = pl.scan_parquet(parquet).group_by("lsoa_2021", "month", "category").len()
    answer = groups.select(pl.len().alias("groups"), pl.col("len").sum().alias("rows"))
    return {key: int(value) for key, value in answer.collect(engine="streaming").row(0, named=True).items()}


# ---------------------------------------------------------------------------------------------
# The tasks, and how one is measured.

ENGINES = {"duckdb": (duckdb_convert, duckdb_count), "polars": (polars_convert, polars_count)}

TASKS = {
    "sorted": "CSV to Parquet, sorted",
    "by-month": "CSV to Parquet, sorted, a month at a time",
    "unsorted": "CSV to Parquet, unsorted",
    "count": "count by LSOA, month, category",
}


def parquet_path(work, engine, task):
    return work / engine / task


def child(engine, task, files, work):
    """Runs one task of a peer in this process and prints what it took."""
    convert, count = ENGINES[engine]
    __import__(engine)
    out = parquet_path(work, engine, "sorted" if task == "count" else task)
    if task == "count":
        start = time.perf_counter()
        answer = count(str(out / "rows.parquet"))
    else:
        shutil.rmtree(out, ignore_errors=True)
        out.mkdir(parents=True)
        csv_files = [str(path) for path in street_files(files)]
        start = time.perf_counter()
        if task == "by-month":
            # A month's files are sorted alone, as the lake lays them out, so nothing spills.
            for month, files in by_month(csv_files).items():
                convert(files, str(out / f"{month}.parquet"), True)
            answer = {}
        else:
            answer = convert(csv_files, str(out / "rows.parquet"), task == "sorted")
    print(json.dumps({"inner_seconds": time.perf_counter() - start, **answer}))


def street_files(folder):
    return sorted(folder.rglob("*-street.csv"))


def by_month(csv_files):
    months = {}
    for path in csv_files:
        months.setdefault(pathlib.Path(path).name[:7], []).append(path)
    return months


def measure(command, cwd=None):
    """Runs a command; its wall time, processor time and peak memory."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=cwd)
    output = process.stdout.read().decode()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{shlex.join(command)} ended with {process.returncode}")
    # Linux gives kilobytes, macOS bytes.
    peak = usage.ru_maxrss / (1024 if platform.system() == "Linux" else 1024 * 1024)
    return {
        "wall_seconds": wall,
        "cpu_seconds": usage.ru_utime + usage.ru_stime,
        "peak_mib": peak,
        "output": output,
    }


def measure_peer(engine, task, arguments):
    command = [sys.executable, __file__, "--child", engine, task, "--files", str(arguments.files)]
    found = measure([*command, "--work", str(arguments.work)])
    found.update(json.loads(found.pop("output").splitlines()[-1]))
    # Start-up and imports are not charged to a peer; they are to us, who have none to speak of.
    found["seconds"] = found.pop("inner_seconds")
    return found


def measure_ours(task, arguments):
    template = {
        "sorted": arguments.ours_ingest,
        "unsorted": arguments.ours_unsorted,
        "count": arguments.ours_count,
    }.get(task)
    if template is None:
        return None
    folder = parquet_path(arguments.work, "wardmote", "sorted" if task == "count" else task)
    if task != "count":
        shutil.rmtree(folder, ignore_errors=True)
        folder.parent.mkdir(parents=True, exist_ok=True)
    if task == "sorted":
        measure(ours(arguments.ours_before, arguments, folder))
    found = measure(ours(template, arguments, folder))
    output = found.pop("output")
    found["seconds"] = found["wall_seconds"]
    for name in ("groups", "rows"):
        value = re.search(rf'"{name}"\s*:\s*(\d+)', output)
        if value and task == "count":
            found[name] = int(value.group(1))
    return found


def ours(template, arguments, folder):
    values = {"wardmote": arguments.wardmote, "files": arguments.files, "folder": folder}
    return [word.format(**values) for word in shlex.split(template)]


# ---------------------------------------------------------------------------------------------
# A run.


def run(arguments):
    files = street_files(arguments.files)
    if not files:
        sys.exit(f"no *-street.csv below {arguments.files}")
    n_bytes, n_lines = warm(files)
    engines = [*arguments.engines, *(["wardmote"] if arguments.wardmote else [])]
    runs = {(engine, task): [] for engine in engines for task in TASKS}
    for number in range(arguments.rounds):
        for task in TASKS:
            # Whoever goes first in one round goes last in the next.
            turn = engines[number % len(engines):] + engines[: number % len(engines)]
            for engine in turn:
                ours = engine == "wardmote"
                found = measure_ours(task, arguments) if ours else measure_peer(engine, task, arguments)
                if found:
                    runs[engine, task].append(found)
                    note = f"{found['seconds']:.2f} s, {found['peak_mib']:.0f} MiB"
                    print(f"round {number + 1}: {engine}, {TASKS[task]}: {note}", file=sys.stderr)

    best = {key: min(found, key=lambda one: one["seconds"]) for key, found in runs.items() if found}
    for found, all_of_it in ((best[key], runs[key]) for key in best):
        found["peak_mib_of_any_round"] = max(one["peak_mib"] for one in all_of_it)
    n_rows = n_lines - len(files)
    check_counts(best, n_rows)
    result = {
        "synthetic": True,
        "machine": {"cores": cores(), "platform": platform.platform(), "python": platform.python_version()},
        "versions": {engine: __import__(engine).__version__ for engine in arguments.engines},
        "input": {"files": len(files), "bytes": n_bytes, "rows": n_rows},
        "settings": {
            "rounds": arguments.rounds,
            "zstd_level": ZSTD_LEVEL,
            "order": ORDER,
            "ours": {
                "ingest": arguments.ours_ingest,
                "unsorted": arguments.ours_unsorted,
                "count": arguments.ours_count,
            },
        },
        "best": {f"{engine}/{task}": found for (engine, task), found in best.items()},
        "parquet_bytes": parquet_bytes(arguments.work),
        "rounds": {f"{engine}/{task}": found for (engine, task), found in runs.items() if found},
    }
    if arguments.json:
        arguments.json.write_text(json.dumps(result, indent=2) + "\n")
    print(table(best, engines, n_rows))
    if not arguments.keep:
        shutil.rmtree(arguments.work, ignore_errors=True)


def warm(files):
    n_bytes = n_lines = 0
    for path in files:
        with path.open("rb") as file:
            while block := file.read(1 << 22):
                n_bytes += len(block)
                n_lines += block.count(b"\n")
    return n_bytes, n_lines


def check_counts(best, n_rows):
    """Engines that count differently have not done the same work."""
    counts = {engine: found for (engine, task), found in best.items() if task == "count"}
    answers = {engine: (found["groups"], found["rows"]) for engine, found in counts.items() if "groups" in found}
    for engine in counts.keys() - answers.keys():
        print(f"{engine} printed no count of groups, so it was not checked", file=sys.stderr)
    if len(set(answers.values())) > 1 or any(rows != n_rows for _, rows in answers.values()):
        sys.exit(f"the counts differ; the files hold {n_rows} rows: {answers}")


def parquet_bytes(work):
    found = {}
    for engine in sorted(path for path in work.iterdir() if path.is_dir()):
        for task in sorted(path for path in engine.iterdir() if path.is_dir()):
            found[f"{engine.name}/{task.name}"] = sum(
                path.stat().st_size for path in task.rglob("*.parquet")
            )
    return found


def table(best, engines, n_rows):
    peers = [engine for engine in engines if engine != "wardmote"]
    heads = ["task", "engine", "wall s", "M rows/s", "CPU s", "peak MiB"]
    heads += [f"{peer} takes" for peer in peers]
    lines = [heads, ["---"] * len(heads)]
    for task, title in TASKS.items():
        for engine in engines:
            found = best.get((engine, task))
            if not found:
                continue
            rate = n_rows / found["seconds"] / 1e6
            line = [title, engine, f"{found['seconds']:.2f}", f"{rate:.2f}", f"{found['cpu_seconds']:.2f}"]
            line.append(f"{found['peak_mib_of_any_round']:.0f}")
            for peer in peers:
                # Where a peer is faster a month at a time, that is what it is held to.
                tasks = ["sorted", "by-month"] if task == "sorted" and engine == "wardmote" else [task]
                seconds = min(best[peer, one]["seconds"] for one in tasks)
                line.append(f"{seconds / found['seconds']:.2f}x")
            lines.append(line)
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def cores():
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=pathlib.Path, required=True, help="folder of street files")
    parser.add_argument("--work", type=pathlib.Path, required=True, help="folder for what is written, empty or not there")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--engines", nargs="*", default=list(ENGINES), choices=list(ENGINES))
    parser.add_argument("--json", type=pathlib.Path, help="where to write every measurement")
    parser.add_argument("--keep", action="store_true", help="leave what was written in --work")
    parser.add_argument("--wardmote", help="the program; without it only the peers run")
    parser.add_argument(
        "--ours-before",
        metavar="CMD",
        default="{wardmote} init {folder} --name Bench --district E06000032 --force synthetic-force-1",
        help="makes the partnership in {folder}, untimed; default: %(default)s",
    )
    parser.add_argument(
        "--ours-ingest",
        metavar="CMD",
        default="{wardmote} -C {folder} ingest {files}",
        help="loads {files}; default: %(default)s",
    )
    parser.add_argument(
        "--ours-unsorted",
        metavar="CMD",
        help="turns {files} into Parquet in {folder} without sort and checks: crates/lake/examples/unsorted.rs, once built",
    )
    parser.add_argument(
        "--ours-count",
        metavar="CMD",
        default="{wardmote} -C {folder} count --groups --format json",
        help='counts by LSOA, month and category and prints "groups": N and "rows": N; default: %(default)s',
    )
    parser.add_argument("--child", nargs=2, metavar=("ENGINE", "TASK"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    arguments.files, arguments.work = arguments.files.resolve(), arguments.work.resolve()
    if arguments.wardmote:
        arguments.wardmote = str(pathlib.Path(arguments.wardmote).resolve())
    if arguments.child:
        child(*arguments.child, arguments.files, arguments.work)
        return
    if arguments.work.exists() and any(arguments.work.iterdir()):
        parser.error(f"{arguments.work} is not empty")
    arguments.work.mkdir(parents=True, exist_ok=True)
    run(arguments)


if __name__ == "__main__":
    main()
