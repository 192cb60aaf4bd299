//! The article in a web page: its title and text, without menus, adverts and scripts.

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
pub fn from_html(html: &str) -> Article {
    let config = || Config { text_mode: TextMode::Formatted, ..Config::default() };
    let parsed = Readability::new(html, None, Some(config())).and_then(|mut page| page.parse());
    match parsed {
        Ok(article) if !article.text_content.trim().is_empty() => {
            Article { title: article.title, text: article.text_content.to_string() }
        }
        _ => visible_text(html),
    }
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
        let article = from_html(&html);
        assert_eq!(article.title, "Talks in Geneva");
        assert!(article.text.contains("ceasefire") && !article.text.contains("Home"), "{}", article.text);
    }

    #[test]
    fn a_page_without_an_article_gives_its_text() {
        for html in ["<p>Short</p>", "Short", "<script>x</script><b>Short"] {
            assert_eq!(from_html(html).text.trim(), "Short");
        }
        from_html("");
        from_html("<<<>>&#0;\u{0}");
    }
}
