"""How large a spec may be: one limit, looked at before anything else, so that no reader meets more than it reads quickly."""

from collections.abc import Mapping

MAX_SPEC = 256_000
"""The most bytes of a spec, as compact JSON in UTF-8. An API server takes objects of about 1.5 MB."""

TOO_LARGE = f"is larger than {MAX_SPEC // 1000} kB, which is the most that is read"
"""What to say of a spec that is larger. What to do about it differs by kind."""

_MOST_BITS = 64


def larger(value: object, limit: int) -> bool:
    """Whether a JSON value takes more than `limit` bytes as compact JSON in UTF-8.

    It walks through the value without copying its texts, and gives up as soon as the limit is passed. A character counts as
    what it is in UTF-8, escaped or not. What stands in several places, as aliases of YAML have it, counts in each of them.
    """
    waiting = [[value]]
    while waiting and limit >= 0:
        values = waiting.pop()
        # Most values are texts, and counted together they take a fifth of the time.
        texts = [each for each in values if isinstance(each, str)]
        limit -= 2 * len(texts) + sum(map(len, texts))
        if limit >= 0 and not all(map(str.isascii, texts)):
            limit -= sum(len(text.encode(errors="surrogatepass")) - len(text) for text in texts)
        for each in values if len(texts) < len(values) else ():
            # Two brackets, and commas but for the last one; for each field of an object a colon as well.
            if isinstance(each, list):
                limit -= 1 + len(each) + (not each)
                if limit >= 0:
                    waiting.append(each)
            elif each is None or isinstance(each, int | float):
                limit -= _word(each)
            elif isinstance(each, Mapping):
                limit -= 1 + 2 * len(each) + (not each)
                if limit >= 0:
                    waiting.append([*each, *each.values()])
    return limit < 0


def _word(value: float | None) -> int:
    """The characters of a number, true, false or null; about, where an integer is longer than JSON's readers take."""
    if value is None or value is True:
        return 4
    if isinstance(value, int) and value.bit_length() > _MOST_BITS:
        return value.bit_length() // 4
    return len(repr(value))
