"""Texts that would do something to a terminal, or to who reads a message, if they left as they are."""

HOSTILE = {
    "escape": "a\x1b[2J\x1b]0;owned\x07b",
    "newline": "a\nerror: all is well",
    "carriage return": "a\rerror: all is well",
    "bidi override": "a\u202eb\u2066c",
    "nul": "a\x00b",
    "c1 control": "a\x9b31mb",
    "next line": "a\x85b",
    "line separator": "a\u2028b\u2029c",
    "zero width": "a\u200bb\u200d\ufeffc",
    "soft hyphen": "a\u00adb",
    "tags block": "a\U000e0041\U000e007fb",
    "no-break space": "a\u00a0b",
    "unassigned": "a\U000e0fffb",
}
"""By what they hold; all but the surrogate of test_errors can be in a file."""

LETTERS = "Ünïcödé 名前 имя שם اسم नाम 🚀"
"""What stays as it is: letters of every language, and signs."""


def raw(text: str) -> list[str]:
    """The characters of a text that are not printable, line breaks at the ends of its lines apart."""
    return [c for line in text.split("\n") for c in line if not c.isprintable()]
