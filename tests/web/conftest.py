"""A running server for a module of tests, and visitors."""

from collections.abc import Callable, Iterator

import pytest

from tests.serving import Server, serving
from tests.web.client import Browser


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The whole product with one account of every role."""
    with serving(tmp_path_factory.mktemp("server")) as running:
        yield running


@pytest.fixture
def stranger(server: Server) -> Browser:
    """Somebody who has not signed in."""
    return Browser(server)


@pytest.fixture
def visit(server: Server) -> Callable[[str], Browser]:
    """`visit("manager")`: a visitor who has signed in."""

    def signed_in(login: str) -> Browser:
        browser = Browser(server)
        assert browser.sign_in(login).status == 303
        return browser

    return signed_in
