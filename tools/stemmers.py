"""Snowball stemmers of English and German, as the Snowball 3.0 descriptions of the algorithms define them.

The descriptions: https://snowballstem.org/algorithms/english/stemmer.html (Porter2, M. F. Porter) and
https://snowballstem.org/algorithms/german/stemmer.html. A suffix counts in the region R1 or R2 where it begins at or
behind the place `p1` or `p2`.
"""

import re


def longest(word, suffixes):
    """Returns the longest of the suffixes that the word ends with, or None."""
    found = [suffix for suffix in suffixes if word.endswith(suffix)]
    return max(found, key=len, default=None)


def after_vowel_and_consonant(word, vowels, start):
    """Returns the place behind the first consonant that follows a vowel; None where there is none."""
    at = start
    while at < len(word) and word[at] not in vowels:
        at += 1
    while at < len(word) and word[at] in vowels:
        at += 1
    return at + 1 if at < len(word) else None


# English.

VOWELS = "aeiouy"
DOUBLES = ("bb", "dd", "ff", "gg", "mm", "nn", "pp", "rr", "tt")
PREFIXES = ("gener", "commun", "arsen", "past", "univers", "later", "emerg", "organ", "inter")
WHOLE = {"skis": "ski", "skies": "sky", "idly": "idl", "gently": "gentl", "ugly": "ugli", "early": "earli",
         "only": "onli", "singly": "singl", **{word: word for word in "sky news howe atlas cosmos bias andes".split()}}
STEP_2 = {"tional": "tion", "enci": "ence", "anci": "ance", "abli": "able", "entli": "ent", "izer": "ize",
          "ization": "ize", "ational": "ate", "ation": "ate", "ator": "ate", "alism": "al", "aliti": "al", "alli": "al",
          "fulness": "ful", "ousli": "ous", "ousness": "ous", "iveness": "ive", "iviti": "ive", "biliti": "ble",
          "bli": "ble", "ogist": "og", "ogi": "og", "fulli": "ful", "lessli": "less", "li": ""}
STEP_3 = {"tional": "tion", "ational": "ate", "alize": "al", "icate": "ic", "iciti": "ic", "ical": "ic", "ful": "",
          "ness": "", "ative": ""}
STEP_4 = ("al", "ance", "ence", "er", "ic", "able", "ible", "ant", "ement", "ment", "ent", "ism", "ate", "iti", "ous",
          "ive", "ize", "ion")


def ends_short(word):
    """Returns true where the word ends in a short syllable."""
    if word.endswith("past"):
        return True
    if len(word) >= 3 and word[-1] not in VOWELS + "wxY" and word[-2] in VOWELS and word[-3] not in VOWELS:
        return True
    return len(word) == 2 and word[0] in VOWELS and word[1] not in VOWELS


def english(word):
    if word in WHOLE:
        return WHOLE[word]
    if len(word) < 3:
        return word
    word = word.removeprefix("'")
    word = re.sub("^y", "Y", word)
    word = re.sub("([aeiouy])y", r"\1Y", word)
    prefix = max((prefix for prefix in PREFIXES if word.startswith(prefix)), key=len, default="")
    p1 = len(prefix) or after_vowel_and_consonant(word, VOWELS, 0)
    p2 = after_vowel_and_consonant(word, VOWELS, p1) if p1 is not None else None
    p1, p2 = (len(word) if place is None else place for place in (p1, p2))
    word = ending_y(past_and_progressive(plural(word), p1))
    word = rewritten(word, STEP_2, p1, p2)
    word = rewritten(word, STEP_3, p1, p2)
    word = without_last_suffix(word, p2)
    return without_final(word, p1, p2).replace("Y", "y")


def plural(word):
    word = word.removesuffix(longest(word, ("'", "'s", "'s'")) or "")
    match longest(word, ("sses", "ied", "ies", "s", "us", "ss")):
        case "sses":
            return word[:-2]
        case "ied" | "ies":
            return word[:-2] if len(word) >= 5 else word[:-1]
        case "s" if any(letter in VOWELS for letter in word[:-2]):
            return word[:-1]
    return word


def past_and_progressive(word, p1):
    suffix = longest(word, ("eed", "eedly", "ed", "edly", "ing", "ingly"))
    if suffix is None:
        return word
    rest = word[: -len(suffix)]
    if suffix in ("eed", "eedly"):
        return rest + "ee" if len(rest) >= p1 and rest not in ("proc", "exc", "succ") else word
    if suffix == "ing":
        if len(rest) == 2 and rest[1] == "y" and rest[0] not in VOWELS:
            return rest[0] + "ie"
        if rest in ("inn", "out", "cann", "herr", "earr", "even"):
            return word
    if not any(letter in VOWELS for letter in rest):
        return word
    if rest.endswith(("at", "bl", "iz")):
        return rest + "e"
    if rest.endswith(DOUBLES):
        return rest if len(rest) == 3 and rest[0] in "aeo" else rest[:-1]
    return rest + "e" if len(rest) == p1 and ends_short(rest) else rest


def ending_y(word):
    if len(word) > 2 and word[-1] in "yY" and word[-2] not in VOWELS:
        return word[:-1] + "i"
    return word


def rewritten(word, step, p1, p2):
    suffix = longest(word, step)
    if suffix is None:
        return word
    rest = word[: -len(suffix)]
    holds = len(rest) >= p1
    if suffix == "li":
        holds = holds and rest.endswith(tuple("cdeghkmnrt"))
    elif suffix == "ogi":
        holds = holds and rest.endswith("l")
    elif suffix == "ative":
        holds = holds and len(rest) >= p2
    return rest + step[suffix] if holds else word


def without_last_suffix(word, p2):
    suffix = longest(word, STEP_4)
    if suffix is None or len(word) - len(suffix) < p2:
        return word
    rest = word[: -len(suffix)]
    return word if suffix == "ion" and not rest.endswith(("s", "t")) else rest


def without_final(word, p1, p2):
    rest = word[:-1]
    if word.endswith("e") and (len(rest) >= p2 or len(rest) >= p1 and not ends_short(rest)):
        return rest
    if word.endswith("ll") and len(rest) >= p2:
        return rest
    return word


# German.

UMLAUTS = {"ß": "ss", "ae": "ä", "oe": "ö", "ue": "ü", "qu": "qu"}
GERMAN_VOWELS = "aeiouyäöü"


def german(word):
    word = re.sub(f"([{GERMAN_VOWELS}])([uy])([{GERMAN_VOWELS}])", lambda m: m[1] + m[2].upper() + m[3], word)
    word = re.sub("ß|ae|oe|ue|qu", lambda m: UMLAUTS[m[0]], word)
    p1 = p2 = len(word)
    first = after_vowel_and_consonant(word, GERMAN_VOWELS, 0) if len(word) >= 3 else None
    if first is not None:
        second = after_vowel_and_consonant(word, GERMAN_VOWELS, first)
        p1, p2 = max(first, 3), len(word) if second is None else second
    word = derivation(comparison(inflection(word, p1), p1), p1, p2)
    return word.translate(str.maketrans("YUäöü", "yuaou"))


def inflection(word, p1):
    suffix = longest(word, ("em", "ern", "er", "erin", "erinnen", "e", "en", "es", "s", "ln", "lns"))
    if suffix is None or len(word) - len(suffix) < p1:
        return word
    rest = word[: -len(suffix)]
    match suffix:
        case "em":
            return word if rest.endswith("syst") else rest
        case "e" | "en" | "es":
            return rest[:-1] if rest.endswith("niss") else rest
        case "s":
            return rest if rest.endswith(tuple("bdfghklmnrt")) else word
        case "ln" | "lns":
            return rest + "l"
    return rest


def comparison(word, p1):
    suffix = longest(word, ("en", "er", "est", "st", "et"))
    if suffix is None or len(word) - len(suffix) < p1:
        return word
    rest = word[: -len(suffix)]
    if suffix == "st":
        return rest if rest.endswith(tuple("bdfghklmnt")) and len(rest) >= 4 else word
    if suffix == "et":
        kept = rest.endswith(("geordn", "intern", "plan", "tick", "tr"))
        return rest if rest.endswith(tuple("dfgklmnrstUzä")) and not kept else word
    return rest


def derivation(word, p1, p2):
    suffix = longest(word, ("end", "ung", "ig", "ik", "isch", "lich", "heit", "keit"))
    if suffix is None or len(word) - len(suffix) < p2:
        return word
    rest = word[: -len(suffix)]
    match suffix:
        case "end" | "ung":
            more = rest.endswith("ig") and not rest.endswith("eig") and len(rest) - 2 >= p2
            return rest[:-2] if more else rest
        case "ig" | "ik" | "isch":
            return word if rest.endswith("e") else rest
        case "lich" | "heit":
            return rest[:-2] if rest.endswith(("er", "en")) and len(rest) - 2 >= p1 else rest
        case "keit":
            more = longest(rest, ("lich", "ig"))
            return rest[: -len(more)] if more and len(rest) - len(more) >= p2 else rest
    return rest


STEMMERS = {"en": english, "de": german}
