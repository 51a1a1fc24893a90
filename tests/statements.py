"""How many statements a reading sends to the database."""

from sqlalchemy import event


def count_statements(session, read):
    """The statements that `read` sends."""
    found = []

    def note(_connection, _cursor, statement, *_rest):
        found.append(statement)

    engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", note)
    try:
        read()
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len(found)
