//! The article in a web page: its title and text, without menus, adverts and scripts.

use crate::{Error, Result};
use dom_smoothie::{Config, Readability, TextMode};

/// Title and text of a web page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Article {
    /// The title, which may be empty.
    pub title: String,
    /// The text, paragraphs on lines of their own.
    pub text: String,
}

/// Finds the article in a page by the rules of Mozilla's Readability; a page in which they find
/// none gives all its visible text.
///
/// # Errors
/// A data error for a page nested more deeply than any browser shows, which would take for ever.
pub fn from_html(html: &str) -> Result<Article> {
    if depth(html) > DEEPEST {
        return Err(Error::data(format!("the web page is nested more than {DEEPEST} deep")));
    }
    let config = || Config { text_mode: TextMode::Formatted, ..Config::default() };
    let parsed = Readability::new(html, None, Some(config())).and_then(|mut page| page.parse());
    match parsed {
        Ok(article) if !article.text_content.trim().is_empty() => {
            Ok(Article { title: article.title, text: article.text_content.to_string() })
        }
        _ => Ok(visible_text(html)),
    }
}

const DEEPEST: usize = 1000;

/// How deep elements are nested at most, by a rough count of their tags. Elements that are often
/// left open, as paragraphs and rows of tables, do not count.
fn depth(html: &str) -> usize {
    const NEST: [&str; 14] = [
        "div",
        "span",
        "section",
        "article",
        "table",
        "ul",
        "ol",
        "b",
        "i",
        "font",
        "blockquote",
        "a",
        "em",
        "strong",
    ];
    let (mut depth, mut deepest) = (0usize, 0);
    for tag in html.split('<').skip(1) {
        let (name, closing) = tag.strip_prefix('/').map_or((tag, false), |name| (name, true));
        let name = &name[..name.bytes().take_while(u8::is_ascii_alphanumeric).count()];
        if NEST.iter().any(|nest| name.eq_ignore_ascii_case(nest)) {
            depth = if closing { depth.saturating_sub(1) } else { depth + 1 };
            deepest = deepest.max(depth);
        }
    }
    deepest
}

fn visible_text(html: &str) -> Article {
    let page = Readability::from(html);
    page.doc.select("script, style, noscript, template, title").remove();
    Article { title: page.get_article_title().to_string(), text: page.doc.formatted_text().to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn menus_and_scripts_are_left_out() {
        let paragraph =
            "<p>The ministers met in Geneva on Monday, where they talked for hours about a ceasefire.</p>";
        let html = format!(
            "<html><head><title>Talks in Geneva</title><script>var army = 1;</script></head><body>\
             <nav><a href='/'>Home</a></nav><article><h1>Talks in Geneva</h1>{}</article></body></html>",
            paragraph.repeat(8)
        );
        let article = from_html(&html).unwrap();
        assert_eq!(article.title, "Talks in Geneva");
        assert!(article.text.contains("ceasefire") && !article.text.contains("Home"), "{}", article.text);
    }

    #[test]
    fn a_page_without_an_article_gives_its_text() {
        for html in ["<p>Short</p>", "Short", "<script>x</script><b>Short"] {
            assert_eq!(from_html(html).unwrap().text.trim(), "Short");
        }
        from_html("").unwrap();
        from_html("<<<>>&#0;\u{0}é<é").unwrap();
    }

    #[test]
    fn a_page_nested_without_end_is_refused() {
        assert!(from_html(&"<DIV class=x>".repeat(5000)).is_err());
        assert!(from_html(&"<div><p>x</div>".repeat(5000)).is_ok());
    }
}
