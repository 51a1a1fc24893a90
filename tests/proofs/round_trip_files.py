"""Writes every list in every format, in a process of its own, and prints their SHA-256 as JSON."""

import hashlib
import io
import json
import sys
from datetime import date

from sqlmodel import select

from pilot.domain.import_columns import ImportKind
from pilot.domain.moment import Moment, end_of_day
from pilot.reports import exports, handover
from pilot.reports.exports import Encoding
from pilot.reports.tables import TABLES
from pilot.store import queries_people
from pilot.store.engine import make_engine, reading
from pilot.store.models import Account

VIEW = Moment(2026, date(2026, 12, 31), end_of_day(date(2100, 1, 1)), False)


def main(url: str) -> dict[str, str]:
    """The hash of each file by its name."""
    found = {}
    with reading(make_engine(url)) as session:
        manager = session.exec(select(Account).where(Account.login == "manager")).one()
        actor = queries_people.as_actor(session, manager)
        for name in TABLES:
            asked = exports.asked(session, actor, name, VIEW)
            for encoding in Encoding:
                file = io.BytesIO()
                exports.write_csv(session, asked, file, encoding)
                found[f"{name}.{encoding.value}"] = file
            found[f"{name}.xlsx"] = file = io.BytesIO()
            exports.write_xlsx(session, asked, file)
        found["units"] = file = io.BytesIO()
        handover.write(session, actor, ImportKind.ORGANISATIONS, file, Encoding.UTF8)
    return {name: hashlib.sha256(file.getvalue()).hexdigest() for name, file in found.items()}


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1])))
