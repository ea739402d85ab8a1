"""What to measure against: the same Flask under the same gunicorn, with as little behind it as can be.

``/typical`` returns an eligibility answer by ``jsonify``; ``/select`` reads five rows by raw psycopg before;
``/insert`` writes one row and commits. No key, no checks, no record of who asked.
"""

import itertools
import os
import threading
from pathlib import Path
from typing import Final

import orjson
import psycopg
from flask import Flask, Response, jsonify

from bench.ledgers import TOTALS

DATABASE: Final = "BENCH_DATABASE"
ANSWER: Final = "BENCH_ANSWER"
PEOPLE: Final = "BENCH_PEOPLE"

_SELECT: Final = (
    f"SELECT credit_year, subject, division_code, registered, recognised FROM {TOTALS}"  # noqa: S608  # a constant
    " WHERE person_id = %s ORDER BY credit_year, subject LIMIT 5"
)
_INSERT: Final = (
    "INSERT INTO bench_row (number, name, year, subject, hours, reference) VALUES (%s, %s, %s, %s, %s, %s)"
)
TABLE: Final = (
    "CREATE TABLE bench_row (id bigserial PRIMARY KEY, number text, name text, year smallint, subject text,"
    " hours integer, reference text)"
)


def application() -> Flask:
    """The three routes, on one connection a thread."""
    app = Flask("yardstick")
    answer = orjson.loads(Path(os.environ[ANSWER]).read_bytes())
    people = itertools.cycle(orjson.loads(Path(os.environ[PEOPLE]).read_bytes()))
    numbers = itertools.count()
    own = threading.local()

    def connection() -> psycopg.Connection:
        if not hasattr(own, "connection"):
            own.connection = psycopg.connect(os.environ[DATABASE], autocommit=True, prepare_threshold=0)
        kept: psycopg.Connection = own.connection
        return kept

    @app.post("/typical")
    def typical() -> Response:
        return jsonify(answer)

    @app.post("/select")
    def select() -> Response:
        rows = connection().execute(_SELECT, (next(people),)).fetchall()
        return jsonify({**answer, "rows": len(rows)})

    @app.post("/insert")
    def insert() -> Response:
        number = next(numbers)
        row = (f"N{number}", "测试", 2023, "specialty", 720, f"R-{os.getpid()}-{number}")
        connection().execute(_INSERT, row)
        return jsonify({"entry": number})

    @app.get("/healthz")
    def healthz() -> Response:
        return jsonify({})

    return app
