//! Escapes, which stand between a corpus and a page.
//!
//! White space and line breaks become blanks, since a line break ends a row of a table in Markdown
//! and LaTeX. Control characters, and those that turn the direction of all that follows, become
//! U+FFFD.

use std::fmt::{self, Write};

/// In HTML, as text and in attributes with quotation marks.
pub fn html(out: &mut impl Write, text: &str) -> fmt::Result {
    for c in text.chars().map(shown) {
        match c {
            '&' => out.write_str("&amp;")?,
            '<' => out.write_str("&lt;")?,
            '>' => out.write_str("&gt;")?,
            '"' => out.write_str("&quot;")?,
            '\'' => out.write_str("&#39;")?,
            c => out.write_char(c)?,
        }
    }
    Ok(())
}

/// In Markdown, in the middle of a line or in a cell of a table.
///
/// Addresses are broken up as well, because GitHub's Markdown makes links of bare ones.
pub fn markdown(out: &mut impl Write, text: &str) -> fmt::Result {
    let mut last = [' '; 3];
    let mut chars = text.chars().map(shown).peekable();
    while let Some(c) = chars.next() {
        let address = match c {
            '.' => last.iter().all(|c| matches!(c, 'w' | 'W')),
            ':' => chars.peek().is_some_and(|&next| next != ' '),
            _ => false,
        };
        if address || "\\`*_{}[]<>#|~&$!^@".contains(c) {
            out.write_char('\\')?;
        }
        out.write_char(c)?;
        last = [last[1], last[2], c];
    }
    Ok(())
}

/// In LaTeX, in running text or in a cell of a table.
pub fn latex(out: &mut impl Write, text: &str) -> fmt::Result {
    let (mut last, mut run) = (' ', 0);
    for c in text.chars().map(shown) {
        run = if c == ' ' { 0 } else { run + 1 };
        if run > LONG_RUN && (matches!(last, '_' | '/' | '-' | '.' | ':') || run % LONG_RUN == 1) {
            out.write_str("\\allowbreak{}")?;
        }
        match c {
            '\\' => out.write_str("\\textbackslash{}")?,
            '{' | '}' | '$' | '&' | '#' | '%' | '_' => write!(out, "\\{c}")?,
            '~' => out.write_str("\\textasciitilde{}")?,
            '^' => out.write_str("\\textasciicircum{}")?,
            '<' => out.write_str("\\textless{}")?,
            '>' => out.write_str("\\textgreater{}")?,
            '|' => out.write_str("\\textbar{}")?,
            '`' => out.write_str("\\textasciigrave{}")?,
            // A shorthand in several languages of babel.
            '"' => out.write_str("\\char34{}")?,
            // After the end of a row these would be an option of it.
            '[' | ']' | '*' => write!(out, "{{{c}}}")?,
            '-' if last == '-' => out.write_str("{}-")?,
            '\u{2212}' => out.write_str("$-$")?,
            '≤' => out.write_str("$\\le$")?,
            '\u{fffd}' => out.write_str("\\fbox{?}")?,
            c if is_simple(c) => out.write_char(c)?,
            c => write!(out, "\\standpointletter{{{:04X}}}{{{c}}}", c as u32)?,
        }
        last = c;
    }
    Ok(())
}

/// Words of more letters may be broken in LaTeX.
const LONG_RUN: usize = 14;

/// Tells whether every LaTeX writes a character, in every encoding of fonts.
fn is_simple(c: char) -> bool {
    let accented = matches!(c, 'À'..='ÿ') && !"ÐðÞþ×÷".contains(c);
    c.is_ascii() || accented || "ŁłŠšŽžČčŘřĚěŇňŚśŹźŻżĆćŃńŐőŰűĞğŞşİıŒœ–—‘’“”…".contains(c)
}

fn shown(c: char) -> char {
    match c {
        '\t' | '\n' | '\r' | '\u{2028}' | '\u{2029}' => ' ',
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{fffe}' | '\u{ffff}' => '\u{fffd}',
        c if c.is_control() => '\u{fffd}',
        c => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn escaped(escape: fn(&mut String, &str) -> fmt::Result, text: &str) -> String {
        let mut out = String::new();
        escape(&mut out, text).unwrap();
        out
    }

    #[test]
    fn what_formats_mean_something_by_is_escaped() {
        assert_eq!(
            escaped(html, "<a href='x\"'>&\u{1b}\n"),
            "&lt;a href=&#39;x&quot;&#39;&gt;&amp;\u{fffd} "
        );
        assert_eq!(
            escaped(markdown, "a|b *c* www.d http://e"),
            "a\\|b \\*c\\* www\\.d http\\://e"
        );
        assert_eq!(
            escaped(latex, "5 % of $x_1$ \\\\[2]"),
            "5 \\% of \\$x\\_1\\$ \\textbackslash{}\\textbackslash{}{[}2{]}"
        );
        assert_eq!(escaped(latex, "a--b \u{0}"), "a-{}-b \\fbox{?}");
    }

    const KNOWN: [&str; 9] = [
        "textbackslash{}",
        "textascii",
        "textless{}",
        "textgreater{}",
        "textbar{}",
        "char34{}",
        "fbox{?}",
        "allowbreak{}",
        "standpointletter{",
    ];

    proptest! {
        #[test]
        fn html_has_no_markup_and_reads_back(text in any::<String>()) {
            let out = escaped(html, &text);
            prop_assert!(!out.contains(['<', '>', '"', '\'']) && !out.chars().any(char::is_control));
            let back = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")];
            let back = back.iter().fold(out, |out, (entity, c)| out.replace(entity, c));
            prop_assert_eq!(back, text.chars().map(shown).collect::<String>());
        }

        #[test]
        fn markdown_keeps_to_its_cell(text in any::<String>()) {
            let out = escaped(markdown, &text);
            prop_assert!(!out.chars().any(char::is_control));
            let mut chars = out.chars();
            while let Some(c) = chars.next() {
                if c == '\\' {
                    prop_assert!(chars.next().is_some_and(|c| c.is_ascii_punctuation()));
                } else {
                    prop_assert!(!"`*_[]<>#|~&$!@".contains(c), "{out}");
                    prop_assert!(c != ':' || !chars.as_str().starts_with('/'), "{out}");
                }
            }
        }

        #[test]
        fn latex_is_balanced_and_knows_few_commands(text in any::<String>()) {
            let out = escaped(latex, &text);
            prop_assert!(!out.chars().any(char::is_control));
            let (mut rest, mut depth) = (out.as_str(), 0);
            while let Some(c) = rest.chars().next() {
                rest = &rest[c.len_utf8()..];
                match c {
                    '\\' if rest.starts_with(['{', '}', '$', '&', '#', '%', '_']) => rest = &rest[1..],
                    '\\' => prop_assert!(KNOWN.iter().any(|name| rest.starts_with(name)), "{}", rest),
                    '{' => depth += 1,
                    '}' => depth -= 1,
                    '$' => {
                        let known = ["-$", "\\le$"].into_iter().find(|known| rest.starts_with(known));
                        prop_assert!(known.is_some());
                        rest = &rest[known.map_or(0, str::len)..];
                    }
                    c => prop_assert!(!"&#%_~^<>|\"`".contains(c)),
                }
                prop_assert!(depth >= 0);
            }
            prop_assert_eq!(depth, 0);
        }
    }
}
