"""Addresses, the setting of the mail server, the pauses between tries, and the words of a mail."""

from datetime import UTC, datetime, timedelta

import pytest

from pilot.domain.errors import Invalid
from pilot.domain.mailing import (
    MailServer,
    Security,
    again_at,
    clean_address,
    letter,
    link,
    mail_server,
    public_address,
)
from pilot.domain.vocabulary import MailKind

NOON = datetime(2026, 6, 1, 4, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("li.gong@example.cn", "li.gong@example.cn"),
        ("  Li+pilot@Mail.Example.CN ", "Li+pilot@mail.example.cn"),
        ("ｌｉ＠ｅｘａｍｐｌｅ．ｃｎ", "li@example.cn"),
        ("a_b-c@xn--fiq228c.cn", "a_b-c@xn--fiq228c.cn"),
    ],
    ids=["plain", "blanks and case", "full width", "punycode"],
)
def test_an_address_that_is_taken(typed, kept):
    assert clean_address(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        *("", "li", "li@", "@example.cn", "li@example", "li@@example.cn", "li@-a.cn"),
        *("李工@example.cn", "li@例子.cn", "li gong@example.cn", "li@example.cn,x@example.cn"),
        *("li@example.cn\r\nBcc: x@example.cn", "li\n@example.cn", "li@exa\x00mple.cn"),
        *("<li@example.cn>", '"a b"@example.cn', "li..gong@example.cn", ".li@example.cn"),
        *("x" * 65 + "@example.cn", "x@" + "a." * 130 + "cn", "li@example.cn\u202e"),
    ],
    ids=ascii,
)
def test_an_address_that_is_refused(typed):
    with pytest.raises(Invalid, match=r"name@example\.cn"):
        clean_address(typed)


@pytest.mark.parametrize(
    ("url", "server"),
    [
        pytest.param(
            "smtp://me:s%40c%3Aret@mail.example.cn?from=a@example.cn",
            MailServer("mail.example.cn", 587, Security.STARTTLS, "a@example.cn", "me", "s@c:ret"),
            id="STARTTLS unless told otherwise",
        ),
        pytest.param(
            "smtps://mail.example.cn?from=a@example.cn&ca=/etc/ca.pem",
            MailServer("mail.example.cn", 465, Security.TLS, "a@example.cn", ca="/etc/ca.pem"),
            id="TLS",
        ),
        pytest.param(
            "smtp://localhost:25?from=a@example.cn&starttls=no",
            MailServer("localhost", 25, Security.NONE, "a@example.cn"),
            id="in the clear, as written",
        ),
    ],
)
def test_a_setting_of_the_mail_server(url, server):
    assert mail_server(url) == server


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("https://mail.example.cn?from=a@example.cn", "smtp://"),
        ("smtp://?from=a@example.cn", "主机名"),
        ("smtp://u:topsecret@mail.example.cn", "from="),
        ("smtp://u:topsecret@mail.example.cn?from=a", "邮箱地址"),
        ("smtp://u:topsecret@mail.example.cn:port?from=a@example.cn", "端口"),
        ("smtp://u:topsecret@mail.example.cn?from=a@example.cn&tls=1", "不认识 tls"),
        ("smtp://u:topsecret@mail.example.cn?from=a@example.cn&starttls=maybe", "yes 或 no"),
    ],
)
def test_a_wrong_setting_says_why_and_never_the_password(url, why):
    with pytest.raises(Invalid, match=why) as refused:
        mail_server(url)
    assert "topsecret" not in refused.value.message


def test_the_password_is_not_shown_by_accident():
    server = mail_server("smtp://u:topsecret@mail.example.cn?from=a@example.cn")
    assert "topsecret" not in f"{server} {server!r} {[server]}"


@pytest.mark.parametrize("url", ["", "pilot.example.cn", "ftp://x", "https://x?y=1", "https://"])
def test_a_link_needs_the_address_of_the_product(url):
    with pytest.raises(Invalid, match="PILOT_PUBLIC_URL"):
        public_address(url)


def test_a_link_leads_to_a_page_of_the_product():
    public = public_address("https://pilot.example.cn/zs/ ")
    assert link(public, "submission", id=7) == "https://pilot.example.cn/zs/submission?id=7"
    assert link(public, "x", confirm="a&b=c") == "https://pilot.example.cn/zs/x?confirm=a%26b%3Dc"


@pytest.mark.parametrize(
    ("tries", "minutes"), [(1, 1), (2, 5), (3, 15), (4, 60), (5, 120), (40, 120)]
)
def test_the_pauses_between_tries_grow(tries, minutes):
    assert again_at(tries, NOON) == NOON + timedelta(minutes=minutes)


@pytest.mark.parametrize("kind", list(MailKind))
def test_a_mail_says_a_name_a_sentence_and_a_link(kind):
    said = letter(kind, "李工", "https://pilot.example.cn/x", count=3)
    lines = said.text.splitlines()
    assert lines[0] == "李工，您好："
    assert lines[4] == "https://pilot.example.cn/x"
    assert len(lines) == 8
    assert "{" not in said.text
    assert "我的账号" in said.text if kind not in (MailKind.TEST, MailKind.CONFIRM) else True
