#!/usr/bin/env python3
"""How the cost of a run grows: with expectations, with rows, with months; what a diff costs.

    cargo build --release
    python3 benches/scale.py                        # all four, about fifteen minutes and 8 GB of disk
    python3 benches/scale.py --only expectations,months
    python3 benches/scale.py --only rows --rows 50000000 --memory 512MiB

Each line is one whole process: start, plan, build or measure, judge, history. Prints seconds, peak
memory and ratios of one run; the smallest of --times where a line is run again.
"""

import argparse
import os
import pathlib
import shutil
import subprocess
import tempfile
import time

import compare

ROOT = pathlib.Path(__file__).resolve().parent.parent
SHAPES = [
    'kind = "not_null"\ncolumn = "email"',
    'kind = "in_set"\ncolumn = "status"\nvalues = ["new", "paid", "sent", "closed"]',
    'kind = "matches"\ncolumn = "zip"\npattern = \'^[0-9]{{5}}$\'',
    'kind = "between"\ncolumn = "amount"\nmin = 0\nmax = {bound}',
    'kind = "between"\ncolumn = "ordered"\nmin = 2024-01-01\nmax = 2024-12-31',
    'kind = "length"\ncolumn = "country"\nequals = 2',
    'kind = "holds"\nsql = "ordered <= shipped"',
    'kind = "mean"\ncolumn = "amount"\nmin = 0\nmax = {bound}',
    'kind = "max"\ncolumn = "customer"\nmax = {bound}00',
    'kind = "unique"\ncolumns = ["id"]',
]
WIDE = """
select
    md5(cast(value as varchar)) as id,
    'account number ' || lpad(cast(value % 1000003 as varchar), 12, '0') as account,
    'a line of text that makes the key wide, number ' || cast(value as varchar) as line,
    cast(value % 1000 as double) as amount
from generate_series(1, {rows})
"""
WIDE_CONTRACT = """
version = "1.0.0"
summary = "Wide rows."
owner = "scale"
key = ["id"]

[columns]
id = { type = "text" }
account = { type = "text" }
line = { type = "text" }
amount = { type = "float" }
"""
WIDE_KEY = '[[expect]]\nkind = "unique"\ncolumns = ["id", "account", "line"]\n'


def expectations(count):
    """The first `count` of the shapes, over and over; uniqueness is among ten once."""
    blocks = []
    for number in range(count):
        shape = SHAPES[number % len(SHAPES)].format(bound=1000 + number)
        blocks.append(f'[[expect]]\nid = "e{number}"\n{shape}\n')
    return "\n".join(blocks)


def write(folder, files):
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (folder / "data").mkdir(exist_ok=True)


def least(times, run):
    results = [run() for _ in range(times)]
    return min(seconds for seconds, _ in results), max(memory for _, memory in results)


def line(name, seconds, memory, note=""):
    print(f"  {name:<38} {seconds:8.2f} s {memory:7.0f} MB  {note}".rstrip(), flush=True)


def grow_expectations(binary, options):
    print(f"expectations on {options.base_rows:,} rows, judged again")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        compare.project(folder, options.base_rows)
        page = folder / "expectations" / "base" / "orders.toml"
        page.write_text(expectations(1))
        compare.lockgate(binary, folder, options.memory)
        first = None
        for count in (1, 10, 100):
            page.write_text(expectations(count))
            found = least(options.times, lambda: compare.lockgate(binary, folder, options.memory))
            first = first or found[0]
            line(f"{count} expectations", *found, f"{found[0] / first:.1f} times one")


def grow_rows(binary, options):
    few, many = options.base_rows, options.rows
    print(f"rows, a unique key of three wide columns, --memory {options.memory}")
    seconds = {}
    for rows in (few, many):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            files = {
                "lockgate.toml": 'name = "wide"\nlayers = ["base"]\n',
                "models/base/wide.sql": WIDE.format(rows=rows),
                "expectations/base/wide.toml": WIDE_KEY,
            }
            write(folder, files)
            built = compare.lockgate(binary, folder, options.memory)
            line(f"{rows:,} built and judged", *built)
            again = least(options.times, lambda: compare.lockgate(binary, folder, options.memory))
            line(f"{rows:,} judged again", *again)
            seconds[rows] = (built[0], again[0])
    built, again = (seconds[many][way] / seconds[few][way] for way in (0, 1))
    print(f"  {many / few:.0f} times the rows: {built:.1f} times the build, {again:.1f} times the judging")


def grow_diff(binary, options):
    print(f"diff by key, every row changed, --memory {options.diff_memory}")
    seconds = {}
    for rows in (options.diff_rows // 10, options.diff_rows):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            model = folder / "models" / "base" / "wide.sql"
            write(folder, {
                "lockgate.toml": 'name = "wide"\nlayers = ["base"]\n',
                "models/base/wide.sql": WIDE.format(rows=rows),
                "contracts/base/wide.toml": WIDE_CONTRACT,
            })
            measured([binary, "run", "--project", str(folder)], folder)
            model.write_text(WIDE.format(rows=rows).replace("% 1000 as", "% 1000 + 1 as"))
            measured([binary, "run", "--project", str(folder)], folder)
            found = measured([binary, "diff", "previous", "--memory", options.diff_memory], folder)
            line(f"{rows:,} rows on both sides", *found)
            seconds[rows] = found[0]
    few, many = seconds.values()
    print(f"  10 times the rows: {many / few:.1f} times the time")


def grow_months(binary, options):
    rows = options.month_rows
    print(f"a month of {rows:,} leads a source added to 35, the leads project")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for part in ("lockgate.toml", "models", "contracts", "expectations", "cleaners", "tests"):
            if (ROOT / part).is_dir():
                shutil.copytree(ROOT / part, folder / part, dirs_exist_ok=True)
            elif (ROOT / part).exists():
                shutil.copy(ROOT / part, folder / part)
        made, data = folder / "made", folder / "data"
        data.mkdir()
        command = [binary, "sample", "--rows", str(rows), "--months", "36", "--out", str(made)]
        subprocess.run(command, check=True, capture_output=True)
        months = sorted({path.stem.rsplit("_", 1)[1] for path in made.glob("*.csv")})
        took = []
        for month in months:
            for path in made.glob(f"*_{month}.csv"):
                shutil.move(path, data / path.name)
            took.append(run(binary, folder))
        for number in (1, 2, 12, 24, 36):
            line(f"run of month {number}", *took[number - 1])
        line("run again, nothing new", *run(binary, folder))
        print(f"  month 36 takes {took[35][0] / took[1][0]:.1f} times month 2")


def run(binary, folder):
    """One run, whatever its verdict: a generated month may warn."""
    return measured([binary, "run", "--project", str(folder), "--quiet"], folder, (0, 1))


def measured(command, folder, codes=(0,)):
    """Seconds and peak megabytes of one process that must end with one of the codes."""
    begin = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    code = os.waitstatus_to_exitcode(status)
    assert code in codes, f"{command} ended with {code}"
    return time.perf_counter() - begin, usage.ru_maxrss / 1024


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--only", default="expectations,rows,diff,months")
    arguments.add_argument("--base-rows", type=int, default=5_000_000)
    arguments.add_argument("--rows", type=int, default=50_000_000)
    arguments.add_argument("--diff-rows", type=int, default=10_000_000)
    arguments.add_argument("--diff-memory", default="256MiB")
    arguments.add_argument("--month-rows", type=int, default=20_000)
    arguments.add_argument("--memory", default="512MiB")
    arguments.add_argument("--times", type=int, default=3)
    arguments.add_argument("--binary", default="target/release/lockgate")
    options = arguments.parse_args()
    binary = str(pathlib.Path(options.binary).resolve())
    ways = {"expectations": grow_expectations, "rows": grow_rows, "diff": grow_diff, "months": grow_months}
    for name in options.only.split(","):
        ways[name](binary, options)


if __name__ == "__main__":
    main()
