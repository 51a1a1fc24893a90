"""Stored files in an S3-compatible bucket keep the promises that files in a folder keep."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from pilot.domain.errors import NotFound, PilotError
from pilot.store import buckets, files
from tests.buckets import CREDENTIALS, Bucket, bucket

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


@pytest.fixture(scope="module")
def running(tmp_path_factory) -> Iterator[Bucket]:
    with bucket(tmp_path_factory.mktemp("s3") / "store") as found:
        yield found


@pytest.fixture
def store(running, monkeypatch) -> Bucket:
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    return running


def save(store, data=PDF, name="报告.pdf"):
    return files.save(store.url, data, shown_name=name, limit_bytes=10**6)


def later() -> datetime:
    """A moment after all that was sent; the store tells times in whole seconds."""
    time.sleep(1.1)
    return datetime.now(UTC)


def test_what_was_stored_lies_under_its_hash_and_comes_back(store):
    stored = save(store)

    with files.open_file(store.url, stored.sha256) as file:
        assert file.read() == PDF
    assert files.check(store.url, stored.sha256)
    assert store.place(stored.sha256).read_bytes() == PDF


@pytest.mark.parametrize("name", ["0" * 64, "../../etc/passwd", "", "A" * 64])
def test_what_is_not_stored_is_not_found(store, name):
    with pytest.raises(NotFound):
        files.open_file(store.url, name)
    assert not files.check(store.url, name)


def test_a_damaged_object_is_found_and_mended_by_the_next_upload(store):
    stored = save(store)
    store.place(stored.sha256).write_bytes(PDF[:-1] + b"!")
    assert not files.check(store.url, stored.sha256)

    save(store)

    assert files.check(store.url, stored.sha256)


def test_only_old_objects_that_no_row_names_are_swept(store):
    named, orphan = (save(store, PDF + bytes([65 + number])) for number in range(2))
    foreign = store.folder / "README.txt"
    foreign.write_text("x")
    then = later()
    fresh = save(store, PDF + b"fresh")

    files.sweep(store.url, {named.sha256}, then)

    assert foreign.exists()
    assert files.check(store.url, named.sha256)
    assert files.check(store.url, fresh.sha256)
    assert not files.check(store.url, orphan.sha256)


def test_an_object_sent_again_is_no_old_orphan(store):
    stored = save(store)
    then = later()
    listed = dict(buckets.stored(store.url))

    save(store)

    key = f"{stored.sha256[:2]}/{stored.sha256[2:]}"
    assert listed[key] < then
    assert not buckets.remove(store.url, key, then)
    assert files.check(store.url, stored.sha256)


def test_two_replicas_may_sweep_at_once(store):
    stored = save(store, PDF + b"two")
    key, then = f"{stored.sha256[:2]}/{stored.sha256[2:]}", later()

    assert buckets.remove(store.url, key, then)
    assert not buckets.remove(store.url, key, then)


def test_a_store_that_does_not_answer_is_said_in_words(store):
    nowhere = "s3://attachments?endpoint=http://127.0.0.1:9"
    with pytest.raises(PilotError, match="附件存储暂时用不了"):
        files.save(nowhere, PDF, shown_name="报告.pdf", limit_bytes=10**6)
    with pytest.raises(PilotError, match="附件存储暂时用不了"):
        files.check(nowhere, "0" * 64)  # not the same as a missing file


def test_a_wrong_key_is_said_in_words(store, monkeypatch):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "guessed")
    other = store.url.replace("?", "/elsewhere?")  # a client of its own, not the kept one
    with pytest.raises(PilotError, match="附件存储暂时用不了"):
        files.save(other, PDF, shown_name="报告.pdf", limit_bytes=10**6)


@pytest.mark.parametrize("url", ["s3:///x", "http://bucket", "s3://b?endpoit=x", "s3://b?secret=x"])
def test_a_wrong_address_is_said_in_words(store, url):
    with pytest.raises(PilotError, match="PILOT_ATTACHMENTS_URL"):
        files.open_file(url, "0" * 64)
