#!/usr/bin/env python3
"""Holds the answers of the differential test against DuckDB's.

    python3 -m venv v && v/bin/pip install duckdb
    v/bin/python scripts/differential_duckdb.py target/differential/cases-*.jsonl

The files are written by the test (docs/differential.md): a line of tables, then a line for each query
over them with the answer that lockgate gave. Prints every difference with its tables, then the counts;
ends with 1 where there is a difference.
"""

import argparse
import collections
import decimal
import json
import math
import sys

import duckdb


def number(value):
    """As the Rust side writes it: a whole number as it is, another by twelve digits."""
    value = float(value)
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "inf" if value > 0 else "-inf"
    if value == math.trunc(value) and abs(value) < 1e15:
        return str(int(value))
    digits, _, exponent = f"{value:.11e}".partition("e")
    return f"{digits}e{int(exponent)}"


def cell(value):
    if value is None:
        return None
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, (float, decimal.Decimal)):
        return number(value)
    return str(value)


def order(row):
    return [(value is not None, value or "") for value in row]


def fill(connection, tables):
    for table in tables:
        columns = ", ".join(f'"{name}" {kind}' for name, kind in table["columns"])
        connection.execute(f'CREATE OR REPLACE TABLE {table["name"]} ({columns})')
        if table["rows"]:
            places = ", ".join(f"CAST(? AS {kind})" for _, kind in table["columns"])
            connection.executemany(f'INSERT INTO {table["name"]} VALUES ({places})', table["rows"])


def judge(connection, case):
    """`None` where the answers agree, else what DuckDB says; its own errors as text."""
    try:
        rows = connection.execute(case["sql"]).fetchall()
    except duckdb.Error as error:
        return str(error).splitlines()[0]
    rows = [[cell(value) for value in row] for row in rows]
    ours = case["rows"]
    if not case["ordered"]:
        rows, ours = sorted(rows, key=order), sorted(ours, key=order)
    return None if rows == ours else rows


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("files", nargs="+")
    parser.add_argument("--errors", action="store_true", help="print also what DuckDB does not take")
    arguments = parser.parse_args()
    connection = duckdb.connect(config={"threads": 1})
    counts, shapes = collections.Counter(), collections.Counter()
    for path in arguments.files:
        with open(path, encoding="utf-8") as lines:
            held = None
            for line in lines:
                case = json.loads(line)
                tables, case = case["tables"], case["case"]
                if tables != held:
                    fill(connection, tables)
                    held = tables
                found = judge(connection, case)
                kind = "agreed" if found is None else "not taken" if isinstance(found, str) else "differ"
                counts[kind] += 1
                if kind == "agreed" and not case["sqlite"]:
                    counts["agreed, without SQLite"] += 1
                if kind == "differ":
                    shapes[case["shape"]] += 1
                if kind == "differ" or kind == "not taken" and arguments.errors:
                    print(f'case {case["number"]} ({case["shape"]})')
                    for table in tables:
                        if f' {table["name"]}' in case["sql"]:
                            print(f'  {table["name"]} {table["columns"]} {table["rows"]}')
                    print(f'  lockgate: {case["lockgate"]}\n    {case["rows"]}')
                    print(f'  DuckDB: {case["sql"]}\n    {found}')
    print(f"DuckDB {duckdb.__version__}:", dict(counts), dict(shapes))
    return 1 if counts["differ"] else 0


if __name__ == "__main__":
    sys.exit(main())
