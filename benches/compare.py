#!/usr/bin/env python3
"""Twelve expectations on one table: lockgate against the same checks written by hand.

    python3 -m pip install polars duckdb
    cargo build --release
    python3 benches/compare.py --rows 5000000 --memory 1GiB

Makes a project with a table of so many rows, lets lockgate build it, and then lets each of lockgate
(whole process: start, plan, measure, judge, history), Polars' streaming engine and DuckDB (their
queries alone, in a process of their own) check the same Parquet files. Prints seconds, peak memory
and ratios of one run: the median of --times.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import textwrap
import time

ORDERS = """
select
    substr(md5(cast(value as varchar)), 1, 20) as id,
    value % 100000 as customer,
    value / 100000 as place,
    cast((value * 7919) % 100000 as double) / 100.0 as amount,
    case value % 4 when 0 then 'new' when 1 then 'paid' when 2 then 'sent' else 'closed' end as status,
    lpad(cast(value % 99999 as varchar), 5, '0') as zip,
    case value % 3 when 0 then 'US' when 1 then 'CA' else 'MX' end as country,
    cast(cast('2024-01-01' as date) + cast(value % 300 as int) as date) as ordered,
    cast(cast('2024-01-01' as date) + cast(value % 300 + 3 as int) as date) as shipped,
    'user' || cast(value % 50000 as varchar) || '@example.com' as email
from generate_series(1, {rows})
"""
CUSTOMERS = "select value as customer from generate_series(0, 99999)"
TWELVE = """
[[expect]]
kind = "row_count"
min = 1000
[[expect]]
kind = "not_null"
column = "email"
[[expect]]
kind = "unique"
columns = ["id"]
[[expect]]
kind = "unique"
columns = ["customer", "place"]
[[expect]]
kind = "in_set"
column = "status"
values = ["new", "paid", "sent", "closed"]
[[expect]]
kind = "matches"
column = "zip"
pattern = '^[0-9]{5}$'
[[expect]]
kind = "between"
column = "amount"
min = 0
max = 1000
[[expect]]
kind = "between"
column = "ordered"
min = 2024-01-01
max = 2024-12-31
[[expect]]
kind = "length"
column = "country"
equals = 2
[[expect]]
kind = "holds"
sql = "ordered <= shipped"
[[expect]]
kind = "refers_to"
column = "customer"
to = "customers.customer"
[[expect]]
kind = "fresh"
column = "ordered"
within = "100000 days"
"""

POLARS = """
import sys, time, datetime, resource
import polars as pl
files, customers = sys.argv[1], sys.argv[2]
begin = time.perf_counter()
t = pl.scan_parquet(files)
c = pl.scan_parquet(customers)
def bad(p):
    return (~p.fill_null(False)).sum()
checks = t.select(
    rows=pl.len(),
    email=pl.col("email").is_null().sum(),
    status=bad(pl.col("status").is_in(["new", "paid", "sent", "closed"])),
    zip=bad(pl.col("zip").str.contains("^[0-9]{5}$")),
    amount=bad(pl.col("amount").is_between(0, 1000)),
    ordered=bad(pl.col("ordered").is_between(datetime.date(2024, 1, 1), datetime.date(2024, 12, 31))),
    country=bad(pl.col("country").str.len_chars() == 2),
    holds=bad(pl.col("ordered") <= pl.col("shipped")),
    newest=pl.col("ordered").max(),
)
key = t.group_by("id").len().filter(pl.col("len") > 1).select(pl.len())
pair = t.group_by("customer", "place").len().filter(pl.col("len") > 1).select(pl.len())
orphans = t.join(c, on="customer", how="anti").select(pl.len())
found = pl.collect_all([checks, key, pair, orphans], engine="streaming")
assert found[0].row(0)[1:-1] == (0,) * 7, found[0]
assert [f.item() for f in found[1:]] == [0, 0, 0], found[1:]
print(time.perf_counter() - begin, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""

DUCKDB = """
import sys, time, resource
import duckdb
files, customers, memory = sys.argv[1], sys.argv[2], sys.argv[3]
begin = time.perf_counter()
db = duckdb.connect()
if memory:
    db.execute(f"set memory_limit = '{memory}'")
db.execute(f"create view t as select * from read_parquet('{files}')")
db.execute(f"create view c as select * from read_parquet('{customers}')")
checks = db.execute('''
    select count(*), count(*) filter (email is null),
        count(*) filter ((status in ('new', 'paid', 'sent', 'closed')) is not true),
        count(*) filter (regexp_matches(zip, '^[0-9]{5}$') is not true),
        count(*) filter ((amount between 0 and 1000) is not true),
        count(*) filter ((ordered between date '2024-01-01' and date '2024-12-31') is not true),
        count(*) filter ((length(country) = 2) is not true),
        count(*) filter ((ordered <= shipped) is not true), max(ordered) from t''').fetchone()
key = db.execute("select count(*) from (select id from t group by id having count(*) > 1)").fetchone()[0]
pair = db.execute("select count(*) from (select 1 from t group by customer, place having count(*) > 1)").fetchone()[0]
orphans = db.execute("select count(*) from t anti join c using (customer)").fetchone()[0]
assert checks[1:-1] == (0,) * 7 and (key, pair, orphans) == (0, 0, 0), (checks, key, pair, orphans)
print(time.perf_counter() - begin, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def project(folder, rows):
    files = {
        "lockgate.toml": 'name = "orders"\nlayers = ["base"]\n',
        "models/base/orders.sql": ORDERS.format(rows=rows),
        "models/base/customers.sql": CUSTOMERS,
        "expectations/base/orders.toml": TWELVE,
    }
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (folder / "data").mkdir(exist_ok=True)


def lockgate(binary, folder, memory):
    command = [binary, "run", "--project", str(folder), "--format", "json"]
    if memory:
        command += ["--memory", memory]
    begin = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=folder)
    text = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begin
    run = json.loads(text)
    assert status == 0 and run["verdict"] == "pass", text.decode()
    return seconds, usage.ru_maxrss / 1024


def script(text, *arguments):
    output = subprocess.run(
        [sys.executable, "-c", text, *arguments], capture_output=True, text=True, check=False
    )
    if output.returncode:
        print(textwrap.indent(output.stderr[-600:], "    "))
        return None
    seconds, kilobytes = output.stdout.split()
    return float(seconds), int(kilobytes) / 1024


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--rows", type=int, default=5_000_000)
    arguments.add_argument("--memory", default="1GiB")
    arguments.add_argument("--times", type=int, default=3)
    arguments.add_argument("--peers", default="polars,duckdb")
    arguments.add_argument("--binary", default="target/release/lockgate")
    options = arguments.parse_args()
    binary = str(pathlib.Path(options.binary).resolve())
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        project(folder, options.rows)
        build = lockgate(binary, folder, options.memory)
        tables = folder / "warehouse" / "base"
        orders, customers = str(tables / "orders" / "*.parquet"), str(tables / "customers" / "*.parquet")
        duckdb_memory = options.memory.replace("iB", "B").replace("GB", "GiB").replace("MB", "MiB")
        ways = {"lockgate": lambda: lockgate(binary, folder, options.memory)}
        if "polars" in options.peers:
            ways["polars"] = lambda: script(POLARS, orders, customers)
        if "duckdb" in options.peers:
            ways["duckdb"] = lambda: script(DUCKDB, orders, customers, duckdb_memory)
        found = {way: [] for way in ways}
        for _ in range(options.times):
            for way, run in ways.items():
                found[way].append(run())
        print(f"{options.rows:,} rows, --memory {options.memory}, median of {options.times}")
        print(f"built and judged the first time: {build[0]:.2f} s, {build[1]:.0f} MB")
        ours = statistics.median(second for second, _ in found["lockgate"])
        for way, results in found.items():
            if None in results:
                print(f"{way:10}  did not finish")
                continue
            seconds = statistics.median(second for second, _ in results)
            memory = max(memory for _, memory in results)
            print(f"{way:10}  {seconds:7.2f} s  {memory:7.0f} MB  lockgate takes {ours / seconds:.2f} of its time")


if __name__ == "__main__":
    main()
