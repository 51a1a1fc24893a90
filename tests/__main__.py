"""`python -m tests`: every test, the browser's beside the others, which wait for other things.

Two processes of pytest compute (`-n 2`); the third drives a browser and mostly waits for it. What
it has to say comes at the end. Arguments go to both.
"""

import subprocess
import sys
import tempfile

_PYTEST = [sys.executable, "-m", "pytest"]
_OTHERS = ["-n", "2", "--dist", "worksteal", "--ignore", "tests/browser"]
_NO_TESTS = 5  # how pytest ends when the arguments choose nothing of a part


def main(arguments: list[str]) -> int:
    """Run both parts; 0 if both pass."""
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as said:
        browser = subprocess.Popen(
            [*_PYTEST, *arguments, "tests/browser"], stdout=said, stderr=subprocess.STDOUT
        )
        others = subprocess.run([*_PYTEST, *_OTHERS, *arguments], check=False).returncode
        codes = {others, browser.wait()}
        said.seek(0)
        print(said.read(), flush=True)
    return max(codes - {0, _NO_TESTS}, default=0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
