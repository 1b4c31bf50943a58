"""Reads every table of a lake with Polars and with deltalake, and prints what each found as JSON.

usage: read_tables.py LAKE
"""

import json
import pathlib
import sys

import polars as pl
from deltalake import DeltaTable, QueryBuilder

BY_KIND = "SELECT month, category, count(*) AS n FROM incidents GROUP BY month, category"


def by_kind(rows):
    return {f"{row['month']} {row['category']}": row["n"] for row in rows}


def polars_found(lake):
    tables = {folder.name: pl.read_delta(str(folder)) for folder in folders(lake)}
    incidents = tables["incidents"].group_by("month", "category").len("n")
    return {
        "rows": {name: table.height for name, table in tables.items()},
        "incidents": by_kind(incidents.with_columns(pl.col("month", "category").cast(str)).to_dicts()),
    }


def deltalake_found(lake):
    builder = QueryBuilder()
    for folder in folders(lake):
        builder = builder.register(folder.name, DeltaTable(str(folder)))

    def rows(query):
        return pl.DataFrame(builder.execute(query).read_all())

    counts = {f.name: int(rows(f'SELECT count(*) AS n FROM "{f.name}"')["n"][0]) for f in folders(lake)}
    incidents = rows(BY_KIND).with_columns(pl.col("month", "category").cast(str))
    return {"rows": counts, "incidents": by_kind(incidents.to_dicts())}


def folders(lake):
    return sorted(path.parent for path in pathlib.Path(lake).glob("*/_delta_log"))


if __name__ == "__main__":
    lake = sys.argv[1]
    print(json.dumps({"polars": polars_found(lake), "deltalake": deltalake_found(lake)}))
