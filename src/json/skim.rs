//! The members of an object by their texts: one pass checks the grammar of all of them and decodes
//! none, so that only what somebody asks for is decoded.
//!
//! A refusal has no reason: callers that want one read the text with serde_json, which refuses the
//! same texts.

use std::borrow::Cow;

/// An object whose grammar was checked.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Skimmed {
    /// True if an object inside may hold a key twice; false if none does.
    pub may_repeat: bool,
}

/// A key as it is written, without its quotes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Key<'t> {
    written: &'t str,
    has_escapes: bool,
}

impl<'t> Key<'t> {
    /// Returns the text that the key spells; `None` for an escape of no character.
    pub fn spelt(self) -> Option<Cow<'t, str>> {
        match self.has_escapes {
            false => Some(Cow::Borrowed(self.written)),
            true => unescaped(self.written).map(Cow::Owned),
        }
    }
}

/// Calls `each` with the key and the text of the value of every member of the object that is the
/// whole of `text`, until it returns `None`. Returns `None` then, where brackets lie within one
/// another more than `nesting` levels deep, and for a text that is no object.
pub(crate) fn skim<'t>(
    text: &'t str,
    nesting: usize,
    mut each: impl FnMut(Key<'t>, &'t str) -> Option<()>,
) -> Option<Skimmed> {
    let mut skimmer = Skimmer {
        text,
        bytes: text.as_bytes(),
        at: 0,
        has_controls: least(text.as_bytes()) < FIRST_PRINTED,
        nesting,
        keys: Vec::new(),
        may_repeat: false,
    };
    skimmer.blanks();
    skimmer.take(b'{')?;
    skimmer.deeper(1)?;
    skimmer.members(|skimmer, key| {
        let from = skimmer.at;
        skimmer.value(1)?;
        each(key, &text[from..skimmer.at])
    })?;
    skimmer.blanks();
    (skimmer.at == text.len()).then_some(Skimmed {
        may_repeat: skimmer.may_repeat,
    })
}

/// Returns the text that a string without its quotes spells; `None` for an escape of no character.
pub(crate) fn unescaped(written: &str) -> Option<String> {
    let mut spelt = String::with_capacity(written.len());
    let mut rest = written;
    while let Some(at) = memchr::memchr(b'\\', rest.as_bytes()) {
        spelt.push_str(&rest[..at]);
        let (c, length) = escape(&rest.as_bytes()[at..])?;
        spelt.push(c);
        rest = &rest[at + length..];
    }
    spelt.push_str(rest);
    Some(spelt)
}

/// First character that a string may hold as it is.
const FIRST_PRINTED: u8 = b' ';

/// Returns the least of some bytes; without a branch, so that many are compared at once.
fn least(bytes: &[u8]) -> u8 {
    bytes.iter().fold(u8::MAX, |least, &byte| least.min(byte))
}

/// Returns the character of the escape that begins `bytes`, and the length of the escape.
fn escape(bytes: &[u8]) -> Option<(char, usize)> {
    let c = match bytes.get(1)? {
        b'n' => '\n',
        b'"' => '"',
        b'\\' => '\\',
        b'/' => '/',
        b't' => '\t',
        b'r' => '\r',
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'u' => return code_point(bytes),
        _ => return None,
    };
    Some((c, 2))
}

/// Returns the character of an escape by its number, or of two that are halves of a pair.
fn code_point(bytes: &[u8]) -> Option<(char, usize)> {
    const ESCAPE: usize = 6;
    let unit = code_unit(bytes)?;
    if !(0xd800..0xdc00).contains(&unit) {
        return char::from_u32(unit).map(|c| (c, ESCAPE));
    }
    let second = code_unit(&bytes[ESCAPE..])?.checked_sub(0xdc00)?;
    let c = char::from_u32(0x1_0000 + ((unit - 0xd800) << 10) + second);
    c.filter(|_| second < 0x400).map(|c| (c, 2 * ESCAPE))
}

/// Returns the number in an escape of four hexadecimal digits.
fn code_unit(bytes: &[u8]) -> Option<u32> {
    let digits = bytes.strip_prefix(b"\\u")?.first_chunk::<4>()?;
    let digit = |&digit: &u8| char::from(digit).to_digit(16);
    digits
        .iter()
        .try_fold(0, |unit, byte| Some(unit << 4 | digit(byte)?))
}

/// A place in a text, and what was seen before it.
struct Skimmer<'t> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
    /// True if the text holds a control character, which no string may.
    has_controls: bool,
    nesting: usize,
    /// Fingerprints of the keys of the objects around, the outermost first.
    keys: Vec<u64>,
    may_repeat: bool,
}

impl<'t> Skimmer<'t> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn take(&mut self, byte: u8) -> Option<()> {
        (self.peek()? == byte).then(|| self.at += 1)
    }

    fn deeper(&self, depth: usize) -> Option<()> {
        (depth <= self.nesting).then_some(())
    }

    fn blanks(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.at += 1;
        }
    }

    /// Takes the members of an object and the bracket after them; `each` takes the value of a key.
    fn members(&mut self, mut each: impl FnMut(&mut Self, Key<'t>) -> Option<()>) -> Option<()> {
        self.blanks();
        if self.peek()? == b'}' {
            return self.take(b'}');
        }
        loop {
            let key = self.key()?;
            self.blanks();
            self.take(b':')?;
            self.blanks();
            each(self, key)?;
            self.blanks();
            if self.peek()? == b'}' {
                return self.take(b'}');
            }
            self.take(b',')?;
            self.blanks();
        }
    }

    fn key(&mut self) -> Option<Key<'t>> {
        let from = self.at + 1;
        let has_escapes = self.string()?;
        Some(Key {
            written: &self.text[from..self.at - 1],
            has_escapes,
        })
    }

    fn value(&mut self, depth: usize) -> Option<()> {
        match self.peek()? {
            b'"' => self.string().map(|_| ()),
            b'{' => self.object(depth + 1),
            b'[' => self.array(depth + 1),
            b't' => self.word(b"true"),
            b'f' => self.word(b"false"),
            b'n' => self.word(b"null"),
            _ => self.number(),
        }
    }

    fn object(&mut self, depth: usize) -> Option<()> {
        self.deeper(depth)?;
        self.at += 1;
        let first = self.keys.len();
        self.members(|skimmer, key| {
            // Two spellings of one key have two fingerprints.
            skimmer.may_repeat |= key.has_escapes;
            skimmer.keys.push(fingerprint(key.written.as_bytes()));
            skimmer.value(depth)
        })?;
        let own = &mut self.keys[first..];
        own.sort_unstable();
        self.may_repeat |= own.windows(2).any(|pair| pair[0] == pair[1]);
        self.keys.truncate(first);
        Some(())
    }

    fn array(&mut self, depth: usize) -> Option<()> {
        self.deeper(depth)?;
        self.at += 1;
        self.blanks();
        if self.peek()? == b']' {
            return self.take(b']');
        }
        loop {
            self.value(depth)?;
            self.blanks();
            if self.peek()? == b']' {
                return self.take(b']');
            }
            self.take(b',')?;
            self.blanks();
        }
    }

    fn word(&mut self, word: &[u8]) -> Option<()> {
        self.bytes[self.at..]
            .starts_with(word)
            .then(|| self.at += word.len())
    }

    /// Takes a string with its quotes; returns whether it holds escapes.
    fn string(&mut self) -> Option<bool> {
        self.take(b'"')?;
        let (from, mut has_escapes) = (self.at, false);
        loop {
            self.at += memchr::memchr2(b'"', b'\\', &self.bytes[self.at..])?;
            if self.bytes[self.at] == b'"' {
                break;
            }
            has_escapes = true;
            self.at += escape(&self.bytes[self.at..])?.1;
        }
        if self.has_controls && least(&self.bytes[from..self.at]) < FIRST_PRINTED {
            return None;
        }
        self.at += 1;
        Some(has_escapes)
    }

    fn number(&mut self) -> Option<()> {
        if self.peek()? == b'-' {
            self.at += 1;
        }
        match self.peek()? {
            b'0' => self.at += 1,
            _ => self.digits()?,
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.peek() {
            self.at += 1;
            if let Some(b'+' | b'-') = self.peek() {
                self.at += 1;
            }
            self.digits()?;
        }
        Some(())
    }

    /// Takes one digit and more.
    fn digits(&mut self) -> Option<()> {
        let rest = &self.bytes[self.at..];
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        self.at += digits;
        (digits > 0).then_some(())
    }
}

/// Returns a number that few other keys have.
fn fingerprint(key: &[u8]) -> u64 {
    const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
    key.chunks(8).fold(key.len() as u64, |print, chunk| {
        let mut block = [0; 8];
        block[..chunk.len()].copy_from_slice(chunk);
        (print.rotate_left(5) ^ u64::from_le_bytes(block)).wrapping_mul(FACTOR)
    })
}
