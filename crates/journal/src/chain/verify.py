#!/usr/bin/env python3
"""Checks an exported journal of Claviger. Needs Python 3 and nothing else.

    python3 verify.py journal.jsonl [HEAD]

HEAD is the hash of the last record as it was noted down elsewhere. Without it, a file whose end was cut off still fits.
Exit code 0: the journal is as it was written. 1: it is not, and the first line that does not fit is named.
"""
import hashlib
import json
import sys


def trouble(number, line, previous):
    """Why this line does not follow the one before it, and the hash that the next one must name."""
    try:
        record = json.loads(line.decode("utf-8"))
        body = json.loads(record["body"])
        named, own, text = record["previous"], record["hash"], record["body"]
        places = record["sequence"], body["sequence"]
        hashed = hashlib.sha256(f"{previous}\n{text}".encode("utf-8")).hexdigest()
    except (ValueError, KeyError, TypeError) as error:
        return f"cannot be read ({error})", None
    if places != (number, number):
        return f"has the place {places}", None
    if named != previous:
        return "does not name the record before it", None
    if own != hashed:
        return "is not what was hashed", None
    return None, own


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    previous, number = "0" * 64, 0
    with open(sys.argv[1], "rb") as journal:
        for number, line in enumerate(journal, start=1):
            wrong, following = trouble(number, line, previous)
            if wrong:
                print(f"NOT as it was written: line {number} {wrong}.")
                return 1
            previous = following
    if len(sys.argv) == 3 and sys.argv[2] != previous:
        print(f"NOT as it was written: it ends with {previous}, not with the head that was noted down.")
        return 1
    print(f"As it was written: {number} records, head {previous}.")
    if len(sys.argv) == 2:
        print("No head was given: records cut off at the end would not be seen.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
