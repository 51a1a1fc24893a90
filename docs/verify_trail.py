"""Check an exported journal without the product: python verify_trail.py trail.jsonl [anchor …]"""

import hashlib
import json
import sys


def main(path: str, anchors: list[str]) -> int:
    before, marks = "0" * 64, {}
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            entry = json.loads(line)
            said = entry.pop("hash")
            body = json.dumps(list(entry.values()), ensure_ascii=False, separators=(",", ":"))
            found = hashlib.sha256(body.encode()).hexdigest()
            if (entry["sequence"], entry["previous"], found) != (number, before, said):
                print(f"entry {number} is broken: {entry['at']} {entry['action']}")
                return 1
            before, marks[number] = said, said
    print(f"{len(marks)} entries, chained to the end {before}")
    for anchor in anchors:
        _base, number, _at, *digits = anchor.split("-")
        if not marks.get(int(number), "").startswith("".join(digits)[:32].lower() or "-"):
            print(f"the journal does not pass through {anchor}")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
