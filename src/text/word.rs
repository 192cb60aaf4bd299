//! All rules of words, read character by character.
//!
//! The scanner reads words of plain letters by itself and leaves all others to this file, so that
//! each rule is written down once.

use super::Umlauts;
use super::emoji::{Emoji, is_selector, may_begin};
use super::languages::{Apostrophe, MAX_PROCLITIC_BYTES, Rules};
use super::spelling::{
    DOT_ABOVE, is_apostrophe, is_digit, is_hyphen, is_invisible, is_letter, spell,
};
use super::tokens::Tokens;
use super::{Hyphens, Language, LanguageSet, TokenOptions};
use unicode_normalization::char::is_combining_mark;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// A position in a text, and the rules that hold for the text.
pub(super) struct Cursor<'t> {
    pub text: &'t str,
    pub at: usize,
    pub umlauts: Umlauts,
    hyphens: Hyphens,
    languages: LanguageSet,
    /// Rules of the language, which is detected when something depends on it; for most texts
    /// nothing does.
    rules: Option<&'static Rules>,
    /// Turkish case, in which `I` is the capital of `ı`.
    pub dotless: bool,
}

/// Reason for which a word ends.
#[derive(PartialEq, Eq)]
enum End {
    Plain,
    /// A hyphen between two words.
    Hyphen,
    /// An elision; the next word begins at once.
    Elided,
}

/// Parts of a hyphenated word at most: longer chains are lists or lines, not words.
const MAX_HYPHENATED_PARTS: usize = 8;

impl<'t> Cursor<'t> {
    /// Returns the start of `text`, read by `rules` or by those of its language, which is one of
    /// `languages`.
    pub(super) fn new(
        text: &'t str,
        options: &TokenOptions,
        languages: LanguageSet,
        rules: Option<&'static Rules>,
    ) -> Self {
        let (umlauts, hyphens) = (options.umlauts, options.hyphens);
        let mut cursor = Cursor {
            text,
            at: 0,
            umlauts,
            hyphens,
            languages,
            rules,
            dotless: false,
        };
        cursor.dotless =
            (rules.is_some() || languages.may_be_turkish(text)) && cursor.rules().dotless_i;
        cursor
    }

    pub(super) fn rules(&mut self) -> &'static Rules {
        let (languages, text) = (self.languages, self.text);
        self.rules.get_or_insert_with(|| languages.rules(text))
    }

    /// Moves to the next character that begins a word or an emoji; returns false at the end of the
    /// text.
    pub(super) fn next_start(&mut self) -> bool {
        let rest = &self.text[self.at..];
        let begins = |&(at, c): &(usize, char)| {
            is_letter(c) || may_begin(c) && Emoji::at(&rest[at..]).is_some()
        };
        let skipped = rest.char_indices().find(begins).map(|(skipped, _)| skipped);
        self.at = skipped.map_or(self.text.len(), |skipped| self.at + skipped);
        skipped.is_some()
    }

    /// Reads the emoji that begins here, if there is one: a token without the skin tone, and a
    /// standalone one with it.
    #[inline]
    pub(super) fn emoji(&mut self, tokens: &mut Tokens) -> bool {
        let Some(emoji) = self.emoji_here() else {
            return false;
        };
        let (start, end) = (self.at, self.at + emoji.len());
        emoji.without_tones().for_each(|c| tokens.push_char(c));
        tokens.finish(start, end, false);
        if emoji.has_tone() {
            emoji.characters().for_each(|c| tokens.push_char(c));
            tokens.finish(start, end, true);
        }
        self.at = end;
        true
    }

    #[inline]
    fn emoji_here(&self) -> Option<Emoji<'t>> {
        self.peek()
            .filter(|&c| may_begin(c))
            .and_then(|_| Emoji::at(&self.text[self.at..]))
    }

    /// Reads the word that begins here, and those that are joined to it.
    pub(super) fn words(&mut self, tokens: &mut Tokens) {
        let (start, first, mut parts) = (self.at, tokens.len(), 1);
        loop {
            match self.word(tokens) {
                End::Plain => break,
                End::Hyphen => {
                    self.at += self.peek().map_or(0, char::len_utf8);
                    parts += 1;
                }
                End::Elided => return,
            }
        }
        let whole = self.hyphens == Hyphens::Both && (2..=MAX_HYPHENATED_PARTS).contains(&parts);
        if whole && tokens.len() >= first + 2 {
            self.whole(start, first, tokens);
        }
    }

    /// Adds the parts from `first` as one standalone token, unless all are numbers.
    fn whole(&self, start: usize, first: usize, tokens: &mut Tokens) {
        let parts = first..tokens.len();
        let number = |word: &[u8]| {
            word.iter()
                .all(|&byte| byte.is_ascii_digit() || byte == b'.')
        };
        if parts.clone().all(|part| number(tokens.bytes(part))) {
            return;
        }
        let end = tokens.span(tokens.len() - 1).end;
        let spelled: Vec<&str> = parts.map(|part| tokens.word(part)).collect();
        let spelled = spelled.join("-");
        tokens.push_str(&spelled);
        tokens.finish(start, end, true);
    }

    fn word(&mut self, tokens: &mut Tokens) -> End {
        let mut word = PartialWord {
            start: self.at,
            from: tokens.used(),
            initial: false,
            letters: 0,
        };
        loop {
            self.plain_letters(&mut word, tokens);
            let Some(character) = self.peek().filter(|&character| !self.keycap(character)) else {
                break;
            };
            if is_letter(character) || is_combining_mark(character) {
                self.letter(character, &mut word, tokens);
            } else if let Some(role) = self.apostrophe_role(character, &word, tokens) {
                if role != ApostropheRole::Ending {
                    tokens.push_str("'");
                    word.letters += 1;
                    self.at += character.len_utf8();
                }
                if role != ApostropheRole::Letter {
                    return self.end_at_apostrophe(role, character, &word, tokens);
                }
            } else if !(self.invisible(character)
                || self.number(character, tokens)
                || self.abbreviation(character, &mut word, tokens))
            {
                break;
            }
        }
        self.end_word(&word, tokens);
        self.end()
    }

    /// Returns true if a digit begins a keycap, which is no part of a word.
    fn keycap(&self, digit: char) -> bool {
        digit.is_ascii_digit() && self.emoji_here().is_some()
    }

    fn end(&self) -> End {
        let mut rest = self.text[self.at..].chars();
        match rest.next().is_some_and(is_hyphen) && rest.next().is_some_and(is_letter) {
            true => End::Hyphen,
            false => End::Plain,
        }
    }

    /// Ends a word at the apostrophe after it.
    fn end_at_apostrophe(
        &mut self,
        role: ApostropheRole,
        apostrophe: char,
        word: &PartialWord,
        tokens: &mut Tokens,
    ) -> End {
        self.end_word(word, tokens);
        if role == ApostropheRole::Proclitic {
            return End::Elided;
        }
        self.at += apostrophe.len_utf8();
        while let Some(letter) = self
            .peek()
            .filter(|&c| c.is_alphabetic() || is_combining_mark(c))
        {
            self.at += letter.len_utf8();
        }
        End::Plain
    }

    /// Reads the ASCII letters that come next, about which no rule asks anything.
    fn plain_letters(&mut self, word: &mut PartialWord, tokens: &mut Tokens) {
        if self.dotless {
            return;
        }
        let rest = &self.text.as_bytes()[self.at..];
        let plain = |byte: &&u8| byte.is_ascii_alphabetic();
        let length = rest.iter().take_while(plain).count();
        if length == 0 {
            return;
        }
        let end = self.at + length;
        tokens.push_ascii_lower(&self.text[self.at..end]);
        word.letters += length;
        word.initial = word.letters == 1;
        self.at = end;
    }

    fn letter(&mut self, character: char, word: &mut PartialWord, tokens: &mut Tokens) {
        match character {
            _ if is_selector(character) => {}
            // With a mark it is `Í` or `İ`, in two characters.
            'I' if self.dotless && !self.second().is_some_and(is_combining_mark) => {
                tokens.push_char('ı')
            }
            _ => character
                .to_lowercase()
                .for_each(|lower| tokens.push_char(lower)),
        }
        if !is_combining_mark(character) {
            word.letters += 1;
            word.initial = word.letters == 1 && character.is_alphabetic();
        }
        self.at += character.len_utf8();
    }

    /// Returns the role of an apostrophe after the word; `None` if it only ends the word.
    fn apostrophe_role(
        &mut self,
        apostrophe: char,
        word: &PartialWord,
        tokens: &Tokens,
    ) -> Option<ApostropheRole> {
        if !is_apostrophe(apostrophe) {
            return None;
        }
        let before = tokens.last(word.from)?;
        let rest = &self.text[self.at + apostrophe.len_utf8()..];
        let after = rest
            .chars()
            .next()
            .is_some_and(|c| c.is_alphabetic() && is_letter(c));
        if is_digit(before) {
            return self.after_a_number(rest).filter(|_| after);
        }
        let letter = before.is_alphabetic() || is_combining_mark(before);
        if !letter || !after && !self.proclitic_apart(rest, word) {
            return None;
        }
        let role = self.rule_of_apostrophe(tokens, word);
        (after || role == ApostropheRole::Proclitic).then_some(role)
    }

    /// Returns the role of an apostrophe after a number, as in `F-16's`, and in `2024'te` in
    /// languages that part endings.
    fn after_a_number(&self, rest: &str) -> Option<ApostropheRole> {
        let possessive = rest.starts_with(['s', 'S'])
            && !rest[1..].starts_with(|c| is_letter(c) || is_combining_mark(c));
        match self.rules.map(|rules| rules.apostrophe) {
            Some(Apostrophe::Suffix) => Some(ApostropheRole::Ending),
            _ if possessive => Some(ApostropheRole::Letter),
            _ => None,
        }
    }

    /// Returns true if a blank and a letter follow, as in `l' homme`, and the word is not quoted,
    /// as in `'l' is`.
    fn proclitic_apart(&self, rest: &str, word: &PartialWord) -> bool {
        let quoted = self.text[..word.start].ends_with(|c| is_apostrophe(c) || c == '‘');
        !quoted && rest.starts_with(' ') && rest[1..].starts_with(char::is_alphabetic)
    }

    /// Returns the role by the language, which is detected only if languages differ about the word.
    fn rule_of_apostrophe(&mut self, tokens: &Tokens, word: &PartialWord) -> ApostropheRole {
        let short = tokens.used() - word.from <= MAX_PROCLITIC_BYTES;
        let proclitic = if short { tokens.since(word.from) } else { "" };
        let elides = |rules: &Rules| matches!(rules.apostrophe, Apostrophe::Elision(proclitics) if proclitics.contains(&proclitic));
        let known = self.rules.is_some();
        let matters = || {
            Language::ALL
                .iter()
                .filter_map(|l| l.own_rules())
                .any(elides)
        };
        if !known && !matters() {
            return ApostropheRole::Letter;
        }
        match self.rules() {
            rules if elides(rules) => ApostropheRole::Proclitic,
            rules if rules.apostrophe == Apostrophe::Suffix => ApostropheRole::Ending,
            _ => ApostropheRole::Letter,
        }
    }

    /// Passes an invisible character inside a word, and the line break after a soft hyphen.
    fn invisible(&mut self, character: char) -> bool {
        if !is_invisible(character) {
            return false;
        }
        let rest = self.text[self.at..].trim_start_matches(is_invisible);
        let rest = match character {
            '\u{ad}' => rest
                .strip_prefix("\r\n")
                .or(rest.strip_prefix('\n'))
                .unwrap_or(rest),
            _ => rest,
        };
        let inside = rest.starts_with(is_letter);
        if inside {
            self.at = self.text.len() - rest.len();
        }
        inside
    }

    /// Passes a separator between digits.
    fn number(&mut self, separator: char, tokens: &mut Tokens) -> bool {
        let rest = &self.text[self.at + separator.len_utf8()..];
        if !self.text[..self.at].ends_with(is_digit)
            || !rest.starts_with(is_digit)
            || Emoji::at(rest).is_some()
        {
            return false;
        }
        let rules = self.rules();
        let three = rest.chars().take(4).take_while(|&c| is_digit(c)).count() == 3;
        let group = three && rules.digit_groups.contains(&separator);
        let decimal = rules.decimals.contains(&separator);
        if !group && decimal {
            tokens.push_str(".");
        }
        if group || decimal {
            self.at += separator.len_utf8();
        }
        group || decimal
    }

    /// Reads a point between single letters: `z.B.`, `U.S.`
    fn abbreviation(&mut self, point: char, word: &mut PartialWord, tokens: &mut Tokens) -> bool {
        if point != '.' || !word.initial {
            return false;
        }
        let mut rest = self.text[self.at + point.len_utf8()..].chars();
        let inside = |c: char| c.is_alphanumeric() || is_invisible(c) || is_apostrophe(c);
        let role = rest
            .next()
            .is_some_and(|c| c.is_alphabetic() && is_letter(c))
            && !rest.find(|&c| !is_combining_mark(c)).is_some_and(inside);
        if role {
            tokens.push_str(".");
            self.at += point.len_utf8();
            (word.initial, word.letters) = (false, 0);
        }
        role
    }

    fn end_word(&self, word: &PartialWord, tokens: &mut Tokens) {
        self.normalise(word.from, tokens);
        let end = self.strip_possessive(word, tokens);
        tokens.finish(word.start, end, false);
    }

    fn normalise(&self, from: usize, tokens: &mut Tokens) {
        let spelled = tokens.since(from);
        if spelled.is_ascii() {
            return;
        }
        let composed = is_nfc_quick(spelled.chars()) == IsNormalized::Yes;
        let whole: String = if composed {
            spelled.to_string()
        } else {
            spelled.nfc().collect()
        };
        let whole = if whole.contains(DOT_ABOVE) {
            without_dots(&whole)
        } else {
            whole
        };
        tokens.truncate(from);
        tokens.push_str(&spell(&whole, self.umlauts));
    }

    /// Cuts the possessive `'s` off a word; returns the end of the word in the text.
    fn strip_possessive(&self, word: &PartialWord, tokens: &mut Tokens) -> usize {
        const POSSESSIVE: &str = "'s";
        let spelled = tokens.since(word.from);
        if spelled.len() <= POSSESSIVE.len() || !spelled.ends_with(POSSESSIVE) {
            return self.at;
        }
        tokens.truncate(tokens.used() - POSSESSIVE.len());
        let tail = self.text[word.start..self.at].rfind(is_apostrophe);
        tail.map_or(self.at, |tail| word.start + tail)
    }

    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn second(&self) -> Option<char> {
        self.text[self.at..].chars().nth(1)
    }
}

/// Removes the dot that Unicode's lower case of `İ`, the capital of `i` in every language, keeps.
fn without_dots(word: &str) -> String {
    let mut dotted = false;
    let dot = |character| {
        dotted = character == 'i' || dotted && is_combining_mark(character);
        dotted && character == DOT_ABOVE
    };
    word.replace(dot, "")
}

/// A word that is being read.
struct PartialWord {
    /// Start in the text.
    start: usize,
    /// Start among the words of the tokens.
    from: usize,
    /// Characters other than combining marks, since the beginning or the last point.
    letters: usize,
    /// True for a single letter, which may be the start of an abbreviation.
    initial: bool,
}

/// Role of an apostrophe after a word.
#[derive(PartialEq, Eq)]
enum ApostropheRole {
    /// A letter of the word.
    Letter,
    /// The end of a proclitic, to which it belongs.
    Proclitic,
    /// The end of the word before an ending that is left out.
    Ending,
}
