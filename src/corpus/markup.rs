//! HTML that was left in a text: entities, tags and comments.
//!
//! One search serves the finding of `check` and the decoder of the reader, so that what one finds
//! the other removes. Prose is no markup: a `<` or `&` that begins neither a known tag nor an
//! entity with its semicolon stays as it is. The search takes time in proportion to the text.

use super::article::{Tag, TagKind};
use html5gum::{Token, Tokenizer};
use std::borrow::Cow;
use std::collections::HashSet;
use std::ops::Range;

/// A piece of markup and its bytes in the text.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Markup {
    pub(crate) range: Range<usize>,
    piece: Piece,
}

#[derive(Debug, Clone, PartialEq)]
enum Piece {
    /// An entity and its characters.
    Entity(String),
    Tag {
        tag: Tag,
        is_end: bool,
    },
    /// A comment, a document type, or the frame of a CDATA section.
    Unseen,
}

/// Returns the markup of a text in its order.
pub(crate) fn markup(text: &str) -> impl Iterator<Item = Markup> {
    let mut search = Search::new(text);
    std::iter::from_fn(move || search.next())
}

/// Returns a text as a browser shows it: entities are decoded once, tags of blocks become line
/// breaks, tags inside a line vanish, and scripts, styles and comments are left out.
pub(crate) fn decode_html(text: &str) -> Cow<'_, str> {
    let mut search = Search::new(text);
    let mut decoded = String::new();
    let mut copied = 0;
    let mut unclosed = HashSet::new();
    while let Some(Markup { range, piece }) = search.next() {
        decoded.push_str(&text[copied..range.start]);
        copied = range.end;
        match piece {
            Piece::Entity(characters) => decoded.push_str(&characters),
            Piece::Unseen => {}
            Piece::Tag { tag, is_end } => {
                decoded.push_str(separator(tag));
                if is_unseen(tag) && !is_end && !unclosed.contains(&tag) {
                    match end_tag(&text[range.end..], &text[range]) {
                        Some(content) => copied += content,
                        // Looked for once, so that a text of open scripts takes linear time.
                        None => drop(unclosed.insert(tag)),
                    }
                    search.at = copied;
                }
            }
        }
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    decoded.push_str(&text[copied..]);
    Cow::Owned(decoded)
}

/// Returns the replacement of a tag.
fn separator(tag: Tag) -> &'static str {
    match tag.kind() {
        TagKind::Block | TagKind::Break => "\n",
        TagKind::Cell | TagKind::Object | TagKind::Picture => " ",
        // In a page the title is read apart; in a cell it is a line of the text.
        TagKind::Unseen if tag == Tag::Title => "\n",
        TagKind::Unseen => " ",
        TagKind::Inline | TagKind::Void => "",
    }
}

fn is_unseen(tag: Tag) -> bool {
    tag.kind() == TagKind::Unseen && tag != Tag::Title
}

/// Returns the number of bytes before the end tag of an element that opens with `start`.
fn end_tag(content: &str, start: &str) -> Option<usize> {
    let name = name(&start[1..]);
    let is_end = |at: &usize| {
        let rest = &content.as_bytes()[at + 2..];
        rest.get(..name.len())
            .is_some_and(|found| found.eq_ignore_ascii_case(name.as_bytes()))
    };
    content.match_indices("</").map(|(at, _)| at).find(is_end)
}

struct Search<'a> {
    text: &'a str,
    at: usize,
    /// True until a search finds no end of a comment: one such search is enough.
    comments_end: bool,
    /// True inside a CDATA section, which `]]>` ends.
    cdata: bool,
}

impl<'a> Search<'a> {
    fn new(text: &'a str) -> Self {
        Search {
            text,
            at: 0,
            comments_end: true,
            cdata: false,
        }
    }

    fn next(&mut self) -> Option<Markup> {
        while let Some(found) = memchr::memchr3(b'&', b'<', b']', &self.text.as_bytes()[self.at..])
        {
            let start = self.at + found;
            let rest = &self.text[start..];
            let piece = match rest.as_bytes()[0] {
                b'&' => entity(rest),
                b'<' => self.angle(rest),
                _ => self.end_of_section(rest),
            };
            if let Some((length, piece)) = piece {
                self.at = start + length;
                return Some(Markup {
                    range: start..self.at,
                    piece,
                });
            }
            self.at = start + 1;
        }
        None
    }

    /// Returns the comment, section or tag at the start of a text, and its length.
    fn angle(&mut self, rest: &str) -> Option<(usize, Piece)> {
        const CDATA: &str = "<![CDATA[";
        if let Some(comment) = rest.strip_prefix("<!--") {
            let end = if self.comments_end {
                comment.find("-->")
            } else {
                None
            };
            self.comments_end = end.is_some();
            return Some(("<!--".len() + end? + "-->".len(), Piece::Unseen));
        }
        if rest.starts_with(CDATA) {
            self.cdata = true;
            return Some((CDATA.len(), Piece::Unseen));
        }
        if rest
            .get(..9)
            .is_some_and(|start| start.eq_ignore_ascii_case("<!doctype"))
        {
            return Some((tag_length(rest)?, Piece::Unseen));
        }
        tag(rest)
    }

    fn end_of_section(&mut self, rest: &str) -> Option<(usize, Piece)> {
        const END: &str = "]]>";
        let ends = self.cdata && rest.starts_with(END);
        self.cdata &= !ends;
        ends.then_some((END.len(), Piece::Unseen))
    }
}

/// Returns the entity at the start of a text, which a semicolon ends, and its length.
fn entity(text: &str) -> Option<(usize, Piece)> {
    // `&CounterClockwiseContourIntegral;` is the longest name.
    const MAX_ENTITY: usize = 33;
    let end = text
        .bytes()
        .take(MAX_ENTITY)
        .position(|byte| byte == b';')?;
    let name = &text[1..end];
    if name.is_empty()
        || !name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'#')
    {
        return None;
    }
    let mut characters = String::new();
    for token in Tokenizer::new(&text[..=end]) {
        if let Ok(Token::String(part)) = token {
            characters.push_str(&String::from_utf8_lossy(&part));
        }
    }
    // An entity is one or two characters; a name of which only the start is known, as in `&notit;`,
    // keeps the rest and its semicolon.
    (characters.chars().count() <= 2).then_some((end + 1, Piece::Entity(characters)))
}

/// Returns the tag at the start of a text, and its length.
fn tag(text: &str) -> Option<(usize, Piece)> {
    let length = tag_length(text)?;
    let is_end = text[1..].starts_with('/');
    let inner = text[1..length - 1]
        .trim_start_matches('/')
        .trim_end_matches('/');
    let name = name(inner);
    let tag = Tag::of(name.to_ascii_lowercase().as_bytes());
    let is_known = !matches!(tag, Tag::Other | Tag::Custom);
    (is_known && are_attributes(&inner[name.len()..]))
        .then_some((length, Piece::Tag { tag, is_end }))
}

/// Returns the name at the start of a tag's inside.
fn name(inner: &str) -> &str {
    let end = inner.find(|c: char| c.is_ascii_whitespace() || matches!(c, '/' | '>'));
    &inner[..end.unwrap_or(inner.len())]
}

/// Returns the length of the tag at the start of a text. A `>` in quotes does not end it; a `<`
/// anywhere says that it was none, so that no byte is looked at for two tags.
fn tag_length(text: &str) -> Option<usize> {
    let mut quote = None;
    let mut before = b' ';
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match (byte, quote) {
            (b'<', _) => return None,
            (b'>', None) => return Some(at + 1),
            (b'"' | b'\'', None) if before == b'=' => quote = Some(byte),
            (_, Some(open)) if byte == open => quote = None,
            _ => {}
        }
        before = if byte.is_ascii_whitespace() {
            before
        } else {
            byte
        };
    }
    None
}

/// Tells attributes behind a tag's name from prose: they have an equals sign, which prose
/// lacks, or are those that HTML knows without a value.
fn are_attributes(rest: &str) -> bool {
    const WITHOUT_VALUE: &str = " allowfullscreen async autofocus autoplay checked compact controls \
        default defer disabled download formnovalidate hidden inert ismap itemscope loop multiple muted \
        nohref nomodule noresize noshade novalidate nowrap open playsinline readonly required reversed \
        selected ";
    rest.contains('=')
        || rest
            .trim_end_matches('/')
            .split_ascii_whitespace()
            .all(|word| {
                let mut known = WITHOUT_VALUE.split_ascii_whitespace();
                known.any(|name| name.eq_ignore_ascii_case(word))
            })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn found(text: &str) -> Vec<&str> {
        markup(text).map(|markup| &text[markup.range]).collect()
    }

    #[test]
    fn entities_tags_and_comments_are_found_and_prose_is_not() {
        let text = "Q&amp;A &#8220;x&#x201D;<br />a<P>b</p> <a href=\"u>v\">l</a> &uuml;<!-- c -->\
                    <input disabled><script async src=x></script>";
        let expected = [
            "&amp;",
            "&#8220;",
            "&#x201D;",
            "<br />",
            "<P>",
            "</p>",
            "<a href=\"u>v\">",
            "</a>",
            "&uuml;",
            "<!-- c -->",
            "<input disabled>",
            "<script async src=x>",
            "</script>",
        ];
        assert_eq!(found(text), expected);
        let prose = "a < b|AT&T|x & y;|a<b and c>d|<a <|&foo;|&#;|<3|&|<|&ü;|<>|&notit;|&amp|<!-- open|<b c d>|a[b[0]]>1";
        for prose in prose.split('|') {
            assert_eq!(found(prose), [""; 0], "{prose}");
            assert_eq!(decode_html(prose), prose);
        }
    }

    #[test]
    fn texts_are_decoded_as_a_browser_shows_them() {
        for (text, expected) in [
            ("Q&amp;A &uuml;ber&nbsp;alles", "Q&A über\u{a0}alles"),
            ("&amp;lt;b&amp;gt;", "&lt;b&gt;"),
            ("&#8220;x&#x201D; &#128; &scaron;&zcaron;", "“x” € šž"),
            ("Ge<b>fecht</b>e<br />am Fluss", "Gefechte\nam Fluss"),
            ("<p>One</p><p>Two</p>", "\nOne\n\nTwo\n"),
            ("<td>a</td><td>b</td>", " a  b "),
            ("a<script>if (a < b) { x(\"</p>\") }</SCRIPT >b", "a  b"),
            ("a<style>p { }</style><!-- hidden <b> -->b", "a  b"),
            ("a<script>never closed", "a never closed"),
            ("<![CDATA[<p>Text</p>]]>", "\nText\n"),
            ("<!DOCTYPE html><title>T</title>", "\nT\n"),
            ("3 < 4 & 5 > 2, AT&T", "3 < 4 & 5 > 2, AT&T"),
        ] {
            assert_eq!(decode_html(text), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn decoding_removes_just_the_markup(pieces in prop::collection::vec(
            prop::sample::select(vec![
                "&amp;", "&lt;", "<b>", "</p>", "<br/>", "<script>", "</script>", "<!--", "-->", "<", ">",
                "&", ";", "\"", "'", "=", "é", " a", "<a b=\"", "]]>",
            ]),
            0..40,
        )) {
            let text = pieces.concat();
            let decoded = decode_html(&text);
            let is_markup = markup(&text).next().is_some();
            prop_assert_eq!(is_markup, matches!(decoded, Cow::Owned(_)));
            // Characters other than those of markup stay in their order.
            let letters = |text: &str| text.matches('é').count();
            prop_assert!(letters(&decoded) <= letters(&text));
        }
    }

    /// A search that began anew at every `<` would take minutes.
    #[test]
    fn hostile_texts_take_linear_time() {
        for piece in [
            "<!--",
            "<script>",
            "<a b=\"",
            "<a b='<a c\" ",
            "&amp",
            "<b x=\"<b\" ",
            "</",
        ] {
            let text = piece.repeat(2_000_000 / piece.len());
            assert!(decode_html(&text).len() <= text.len());
        }
    }
}
