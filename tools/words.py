"""The words of a text in English, German or a language without rules: tokens, stems, parts of compounds."""

import re
import unicodedata
from dataclasses import dataclass

from stemmers import STEMMERS

APOSTROPHES = "'\u2019\u02bc"
HYPHENS = "-\u2010\u2011"
INVISIBLE = "\u00ad\u200c\u200d\u200e\u200f\u2060\ufeff"
MAX_HYPHENATED_PARTS = 8
MAX_STEMMED_BYTES = 80
MIN_PART_LETTERS = 4
# Spellings that mean the same; the umlauts by the option.
FOLDED = {"ς": "σ", "ſ": "s", "ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st",
          "\u0640": "", "\u0670": "", **{chr(code): "" for code in range(0x64B, 0x653)},
          **{chr(zero + digit): str(digit) for zero in (0x660, 0x6F0) for digit in range(10)}}
UMLAUTS = {"transcribe": {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"},
           "strip": {"ä": "a", "ö": "o", "ü": "u", "ß": "ss"}, "keep": {}}


@dataclass
class Language:
    """Rules of a language."""

    code: str
    digit_groups: str = ""
    decimals: str = ""
    linking_elements: tuple = ()
    stop_words: tuple = ()

    @property
    def frequent(self):
        return self.stop_words


LANGUAGES = {
    "english": Language("en", ",", ".", (), tuple(
        ("a also am an and are as at be been being by did do does from had has have he her hers him his i in into "
         "is it its me my of on or our she so some such that the their them then there these they this those to was "
         "we were what when where which while who whom will with you your").split())),
    "german": Language("de", ".'\u2019\u00a0\u202f", ",", ("", "s", "es", "n", "en", "er", "e"), tuple(
        ("als am an auch auf aus bei bis da das dass dem den der des die dies diese diesem diesen dieser dieses "
         "durch ein eine einem einen einer eines er es hat hatte hatten ich ihm ihn ihr ihre im in ist mit nach nun "
         "ob oder seien sein seine sich sie sind so um und unter vom von vor war waren was wenn werden wie wir wird "
         "wurde wurden zu zum zur zwischen über").split())),
    "neutral": Language("und"),
}


def alphabetic(c):
    return c.isalpha() or unicodedata.category(c) == "Nl"


def letter(c):
    """Returns true for the characters that words begin with."""
    return c.isalnum() and c != "\u02bc"


def mark(c):
    return unicodedata.category(c)[0] == "M"


def digit(c):
    return c in "0123456789" or "\u0660" <= c <= "\u0669" or "\u06f0" <= c <= "\u06f9"


# Emoji, of Unicode 17's emoji-data.

EMOJI = ("A9 AE 203C 2049 2122 2139 2194-2199 21A9-21AA 231A-231B 2328 23CF 23E9-23F3 23F8-23FA 24C2 25AA-25AB 25B6 "
         "25C0 25FB-25FE 2600-2604 260E 2611 2614-2615 2618 261D 2620 2622-2623 2626 262A 262E-262F 2638-263A 2640 "
         "2642 2648-2653 265F-2660 2663 2665-2666 2668 267B 267E-267F 2692-2697 2699 269B-269C 26A0-26A1 26A7 "
         "26AA-26AB 26B0-26B1 26BD-26BE 26C4-26C5 26C8 26CE-26CF 26D1 26D3-26D4 26E9-26EA 26F0-26F5 26F7-26FA 26FD "
         "2702 2705 2708-270D 270F 2712 2714 2716 271D 2721 2728 2733-2734 2744 2747 274C 274E 2753-2755 2757 "
         "2763-2764 2795-2797 27A1 27B0 27BF 2934-2935 2B05-2B07 2B1B-2B1C 2B50 2B55 3030 303D 3297 3299 1F004 "
         "1F0CF 1F170-1F171 1F17E-1F17F 1F18E 1F191-1F19A 1F1E6-1F1FF 1F201-1F202 1F21A 1F22F 1F232-1F23A "
         "1F250-1F251 1F300-1F321 1F324-1F393 1F396-1F397 1F399-1F39B 1F39E-1F3F0 1F3F3-1F3F5 1F3F7-1F4FD "
         "1F4FF-1F53D 1F549-1F54E 1F550-1F567 1F56F-1F570 1F573-1F57A 1F587 1F58A-1F58D 1F590 1F595-1F596 "
         "1F5A4-1F5A5 1F5A8 1F5B1-1F5B2 1F5BC 1F5C2-1F5C4 1F5D1-1F5D3 1F5DC-1F5DE 1F5E1 1F5E3 1F5E8 1F5EF 1F5F3 "
         "1F5FA-1F64F 1F680-1F6C5 1F6CB-1F6D2 1F6D5-1F6D9 1F6DC-1F6E5 1F6E9 1F6EB-1F6EC 1F6F0 1F6F3-1F6FC "
         "1F7E0-1F7EB 1F7F0 1F90C-1F93A 1F93C-1F945 1F947-1F9FF 1FA70-1FA7C 1FA80-1FAC6 1FAC8 1FACC-1FADD "
         "1FADF-1FAEB 1FAEF-1FAFA")
EMOJI = frozenset(code for part in EMOJI.split() for ends in [part.split("-")]
                  for code in range(int(ends[0], 16), int(ends[-1], 16) + 1))
# Shown as a picture without a selector, outside of the blocks of pictographs.
ALONE = frozenset("\u231a\u231b\u23e9\u23ea\u23eb\u23ec\u23f0\u23f3\u25fd\u25fe\u2b1b\u2b1c\u2b50\u2b55")
AS_TEXT, AS_PICTURE, KEYCAP, JOINER = "\ufe0e", "\ufe0f", "\u20e3", "\u200d"
MAX_JOINED = 8
MAX_TAGS = 30


def tone(c):
    return "\U0001f3fb" <= c <= "\U0001f3ff"


def indicator(c):
    return "\U0001f1e6" <= c <= "\U0001f1ff"


def emoji(text, at):
    """Returns the end of the emoji that begins here; `at` where there is none."""
    end = emoji_element(text, at, True)
    for _ in range(MAX_JOINED - 1):
        if end == at or text[end : end + 1] != JOINER:
            break
        joined = emoji_element(text, end + 1, False)
        if joined == end + 1:
            break
        end = joined
    return end


def emoji_element(text, at, first):
    c, rest = text[at : at + 1], at + 1
    if c and c in "0123456789#*":
        selected = rest + (text[rest : rest + 1] == AS_PICTURE)
        return selected + 1 if text[selected : selected + 1] == KEYCAP else at
    if c and indicator(c):
        return rest + 1 if rest < len(text) and indicator(text[rest]) else at
    if not c or c.isalnum() or text[rest : rest + 1] == AS_TEXT or ord(c) not in EMOJI:
        return at
    end = emoji_ending(text, rest)
    alone = c in ALONE or "\u2600" <= c <= "\u27bf" or c >= "\U0001f000"
    return at if end == rest and first and not alone else end


def emoji_ending(text, at):
    """Returns the place behind selector, tone or tags."""
    selected = at + (text[at : at + 1] == AS_PICTURE)
    if selected < len(text) and tone(text[selected]):
        return selected + 1
    tags = selected
    while tags < min(len(text), selected + MAX_TAGS) and "\U000e0020" <= text[tags] <= "\U000e007e":
        tags += 1
    return tags + 1 if tags > selected and text[tags : tags + 1] == "\U000e007f" else selected


class Reader:
    """Cuts one text into words; each is followed by whether it is standalone."""

    def __init__(self, text, options, rules):
        self.text, self.options, self.rules, self.at, self.tokens = text, options, rules, 0, []
        self.spellings = str.maketrans({**FOLDED, **UMLAUTS[options["umlauts"]]})

    def read(self):
        while self.at < len(self.text):
            end = emoji(self.text, self.at)
            if end > self.at:
                self.emoji(end)
            elif letter(self.text[self.at]):
                self.joined_words()
            else:
                self.at += 1
        return self.tokens

    def emoji(self, end):
        characters = [c for c in self.text[self.at : end] if c not in (AS_TEXT, AS_PICTURE)]
        self.tokens.append(("".join(characters[:1] + [c for c in characters[1:] if not tone(c)]), False))
        if any(tone(c) for c in self.text[self.at + 1 : end]):
            self.tokens.append(("".join(characters), True))
        self.at = end

    def joined_words(self):
        first, parts = len(self.tokens), 1
        while self.word():
            self.at += 1
            parts += 1
        words = [word for word, _ in self.tokens[first:]]
        numbers = all(c in "0123456789." for word in words for c in word)
        if self.options["hyphens"] == "both" and 2 <= parts <= MAX_HYPHENATED_PARTS and len(words) >= 2 and not numbers:
            self.tokens.append(("-".join(words), True))

    def word(self):
        """Reads one word; returns true where a hyphen joins the next one to it."""
        text, self.spelled, self.initial, self.letters = self.text, "", False, 0
        while self.at < len(text):
            c = text[self.at]
            if c in "0123456789" and emoji(text, self.at) > self.at:
                break
            if letter(c) or mark(c):
                self.spelled += "" if c in (AS_TEXT, AS_PICTURE) else c.lower()
                if not mark(c):
                    self.letters += 1
                    self.initial = self.letters == 1 and alphabetic(c)
                self.at += 1
            elif self.apostrophe(c):
                self.spelled += "'"
                self.letters += 1
                self.at += 1
            elif not (self.invisible(c) or self.number(c) or self.abbreviation(c)):
                break
        self.end_word()
        return text[self.at : self.at + 1] in tuple(HYPHENS) and letter((text[self.at + 1 :] or " ")[0])

    def apostrophe(self, c):
        """Returns true for an apostrophe between letters, and in `F-16's`."""
        rest = self.text[self.at + 1 : self.at + 3]
        if c not in APOSTROPHES or not self.spelled or not rest or not (alphabetic(rest[0]) and letter(rest[0])):
            return False
        before = self.spelled[-1]
        if digit(before):
            return rest[0] in "sS" and not (rest[1:] and (letter(rest[1]) or mark(rest[1])))
        return alphabetic(before) or mark(before)

    def invisible(self, c):
        """Passes invisible characters inside a word, and the line break after a soft hyphen."""
        if c not in INVISIBLE:
            return False
        rest = self.text[self.at :].lstrip(INVISIBLE)
        if c == "\u00ad":
            rest = rest.removeprefix("\r\n") if rest.startswith("\r\n") else rest.removeprefix("\n")
        inside = rest != "" and letter(rest[0])
        if inside:
            self.at = len(self.text) - len(rest)
        return inside

    def number(self, c):
        """Passes a separator between digits."""
        rest = self.text[self.at + 1 : self.at + 5]
        keycap = emoji(self.text, self.at + 1) > self.at + 1
        if keycap or not rest or not digit(rest[0]) or not digit(self.text[self.at - 1]):
            return False
        digits = [digit(d) for d in rest] + [False]
        group = digits.index(False) == 3 and c in self.rules.digit_groups
        decimal = c in self.rules.decimals
        if decimal and not group:
            self.spelled += "."
        self.at += group or decimal
        return group or decimal

    def abbreviation(self, c):
        """Reads a point between single letters."""
        rest = self.text[self.at + 1 :]
        if c != "." or not self.initial or not rest or not (alphabetic(rest[0]) and letter(rest[0])):
            return False
        after = next((c for c in rest[1:] if not mark(c)), " ")
        if after.isalnum() or after in INVISIBLE or after in APOSTROPHES:
            return False
        self.spelled += "."
        self.at += 1
        self.initial, self.letters = False, 0
        return True

    def end_word(self):
        word = self.spelled
        if not word.isascii():
            word = without_dots(unicodedata.normalize("NFC", word)).translate(self.spellings)
        if len(word.encode()) > 2:
            word = word.removesuffix("'s")
        if word:
            self.tokens.append((word, False))


def without_dots(word):
    """Removes the dot that the lower case of the Turkish capital keeps."""
    kept, dotted = "", False
    for c in word:
        dotted = c == "i" or dotted and mark(c)
        kept += "" if dotted and c == "\u0307" else c
    return kept


END_OF_LINE = "</s>"


def fasttext_words(text):
    """Returns the words of a line as fastText cuts them."""
    words = [word for word in re.split("[ \n\r\t\v\f\0]", text) if word and not word.startswith("__label__")]
    return [*words[: words.index(END_OF_LINE) if END_OF_LINE in words else None], END_OF_LINE]


def signed(number):
    """Returns the lower 32 bits of a number, the highest of which is its sign."""
    return (number + 2**31) % 2**32 - 2**31


def fasttext_hash(word):
    value = 2166136261
    for byte in word.encode():
        value = (value ^ (byte if byte < 128 else byte + 0xFFFFFF00)) * 16777619 % 2**32
    return value


def fasttext_buckets(words, buckets):
    """Yields the buckets of the n-grams of words, and then of those of characters."""
    hashes = [signed(fasttext_hash(word)) for word in words]
    if limits := buckets["word_ngrams"]:
        for first, value in enumerate(hashes):
            for length, follows in enumerate(hashes[first + 1 : first + limits["max"]], 2):
                value = (value * 116049371 + follows) % 2**64
                if length >= limits["min"]:
                    yield value % buckets["count"]
    if limits := buckets["char_ngrams"]:
        for word in (f"<{word}>" for word in words if word != END_OF_LINE):
            for first in range(len(word)):
                for end in range(first + limits["min"], min(first + limits["max"], len(word)) + 1):
                    if end - first > 1 or 0 < first < len(word) - 1:
                        yield fasttext_hash(word[first:end]) % buckets["count"]


class Words:
    """The words of texts as features: stems, and parts of compounds."""

    def __init__(self, options, parts):
        self.options, self.parts, self.stems = options, parts, {}

    def of(self, text, language):
        if self.options.get("words") == "fasttext":
            return [(word, False) for word in fasttext_words(text)]
        rules = LANGUAGES[language]
        tokens = Reader(text, self.options, rules).read()
        if self.options["stop_words"] == "drop":
            spellings = str.maketrans({**FOLDED, **UMLAUTS[self.options["umlauts"]]})
            dropped = {word.translate(spellings) for word in rules.stop_words}
            tokens = [token for token in tokens if token[0] not in dropped]
        return [(self.stem(word, rules.code), standalone) for word, standalone in tokens]

    def stem(self, word, code):
        stemmer = STEMMERS.get(code)
        if not self.options["stem"] or stemmer is None or len(word.encode()) > MAX_STEMMED_BYTES:
            return word
        if (code, word) not in self.stems:
            self.stems[code, word] = stemmer(word) or word
        return self.stems[code, word]

    def parts_of(self, words, language):
        """Returns the parts of those words that are compounds."""
        elements = LANGUAGES[language].linking_elements
        if self.parts is None or not elements:
            return []
        return [part for word in words for part in self.split(word, elements)]

    def split(self, word, elements):
        """Returns the parts of a compound: as few as possible, then the longest last, then the longest first one."""
        size = len(word)
        plain = all("a" <= c <= "z" or not c.isascii() for c in word)
        if size < MIN_PART_LETTERS or len(word.encode()) < 2 * MIN_PART_LETTERS or len(word.encode()) > 80 or not plain:
            return []
        # Of each place: number of parts, start of the last part, and the parts of the rest of the word.
        best = {}
        for start in range(size - 1, -1, -1):
            # In bytes, as the program counts, in which a part of four letters may be shorter.
            for end in range(start + 1, size + 1):
                part = word[start:end]
                if len(part.encode()) < MIN_PART_LETTERS or end - start == size or part not in self.parts:
                    continue
                if end == size:
                    best[start] = (1, start, [word[start:]])
                    continue
                for element in elements:
                    rest = best.get(end + len(element)) if word.startswith(element, end) else None
                    if rest and (start not in best or (rest[0] + 1, rest[1]) <= best[start][:2]):
                        best[start] = (rest[0] + 1, rest[1], [word[start:end], *rest[2]])
        parts = best.get(0, (0, 0, []))[2]
        return parts if len(parts) > 1 else []
