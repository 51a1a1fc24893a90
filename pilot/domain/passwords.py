"""What a login name and a password must be (登录名与密码规则); hashing is in services.passwords."""

import re

from pilot.domain.errors import Invalid

SHORTEST, LONGEST = 12, 128
CLASSES = 3
RULE = f"密码须 {SHORTEST} 至 {LONGEST} 位，含大写字母、小写字母、数字、符号中的至少三类。"

_LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{2,31}")
_KINDS = (r"[a-z]", r"[A-Z]", r"[0-9]", r"[^a-zA-Z0-9]")
# Guessed first, although they are long and mixed enough; compared without case.
_COMMON = frozenset(
    {
        "1234567890aa",
        "1qaz2wsx3edc",
        "1qaz@wsx3edc",
        "a123456789012",
        "aa123456789!",
        "aa1234567890",
        "aa@123456789",
        "abc123456789",
        "abc@12345678",
        "abcd1234!@#$",
        "abcd@1234567",
        "admin123456!",
        "admin@123456",
        "admin@1234567",
        "changeme1234",
        "changeme123!",
        "letmein12345",
        "p@ssw0rd1234",
        "p@ssword1234",
        "passw0rd1234",
        "password1234",
        "password123!",
        "password@123",
        "qwer1234!@#$",
        "qwerty123456",
        "qwerty@12345",
        "test@1234567",
        "welcome12345",
        "welcome@1234",
        "woaini@13145",
        "zaq12wsx@123",
    }
)


def clean_login(text: str) -> str:
    """The login name as it is stored: without blanks at its ends, in small letters."""
    login = text.strip().lower()
    if not _LOGIN.fullmatch(login):
        raise Invalid(
            "login", "登录名须 3 至 32 位，只用字母、数字和 . _ -，并以字母或数字开头；请修改。"
        )
    return login


def is_typable(text: str, longest: int = LONGEST) -> bool:
    """Whether a text can be looked up and hashed at all: not overlong, no broken characters."""
    return len(text) <= longest and "\0" not in text and not re.search(r"[\ud800-\udfff]", text)


def check_password(text: str, login: str) -> None:
    """Raise Invalid with the rule that a new password breaks."""
    if len(text) > LONGEST or not is_typable(text):
        raise Invalid("password", f"密码最长 {LONGEST} 位，且不能含无法识别的字符；请换一个。")
    kinds = sum(bool(re.search(kind, text)) for kind in _KINDS)
    if len(text) < SHORTEST or kinds < CLASSES:
        raise Invalid("password", RULE)
    if login.lower() in text.lower():
        raise Invalid("password", "密码不能包含登录名；请换一个。")
    if text.lower() in _COMMON or len(set(text)) < 5:
        raise Invalid("password", "这个密码过于常见，容易被猜中；请换一个。")
