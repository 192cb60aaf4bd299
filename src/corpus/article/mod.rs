//! The article in a web page: its title and text, without menus, adverts and scripts.
//!
//! A page is tokenised once ([`html5gum`]) into its text and the elements that lie over it
//! ([`page`]), what is no part of an article is left out ([`clean`]), and the element that holds
//! the article is chosen by the rules of Mozilla's Readability ([`choose`]). Every step takes time
//! and memory in proportion to the page, whatever it holds: there is no recursion, elements are
//! numbered in the order of the page, and sums over what they hold are made in one pass from the
//! last to the first.

mod choose;
mod clean;
mod hint;
mod page;
mod tag;

use super::limits::Limits;
use crate::{Error, Result};
use clean::{Cleaned, Strictness};
use page::HtmlPage;
pub(super) use tag::{Tag, TagKind};

/// Title and text of a web page.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Article {
    /// The title, which may be empty.
    pub title: String,
    /// The text, paragraphs on lines of their own.
    pub text: String,
}

/// Characters of an article below which a page is cleaned again, less strictly; Readability's
/// threshold.
const ENOUGH: usize = 500;
/// Bytes of a page, whose positions are numbers of 32 bits.
const MAX_PAGE: usize = 1 << 31;

/// Finds the article in a page by the rules of Mozilla's Readability; a page in which they find
/// none gives all its visible text.
///
/// Time and memory are in proportion to the size of the page, whatever it holds.
///
/// # Errors
/// A data error for a page of 2 GiB or more.
pub fn from_html(html: &str) -> Result<Article> {
    from_html_within(html, &Limits::default())
}

/// Finds the article in a page as [`from_html`] does, within other limits of elements and depth.
///
/// # Errors
/// As [`from_html`]; a usage error for limits that cannot be kept.
pub fn from_html_within(html: &str, limits: &Limits) -> Result<Article> {
    limits.verify()?;
    if html.len() >= MAX_PAGE {
        return Err(Error::data("the web page is too long").help("a page has less than 2 GiB"));
    }
    let mut page = page::read(html, limits);
    let title = title(&page);
    let text = text(&mut page, &title);
    Ok(Article { title, text })
}

/// Returns the text of the strictest attempt that gives enough, else of one that gives far more
/// than those before it.
fn text(page: &mut HtmlPage, title: &str) -> String {
    let all = Strictness {
        unlikely: true,
        names: true,
        blocks: true,
    };
    let attempts = [
        all,
        Strictness {
            unlikely: false,
            ..all
        },
        Strictness {
            unlikely: false,
            names: false,
            blocks: true,
        },
        Strictness {
            unlikely: false,
            names: false,
            blocks: false,
        },
    ];
    let mut best = String::new();
    for strict in attempts {
        let text = attempt(page, title, strict);
        if text.chars().count() >= ENOUGH {
            return text;
        }
        if text.len() > best.len() / 2 * 3 {
            best = text;
        }
    }
    if best.is_empty() {
        page.text.clone()
    } else {
        best
    }
}

fn attempt(page: &mut HtmlPage, title: &str, strict: Strictness) -> String {
    let mut cleaned = Cleaned::new(page, title, strict);
    let chosen = choose::choose(page, &cleaned, strict);
    let mut text = String::new();
    for top in chosen {
        cleaned.clean_blocks(page, top, strict);
        write(page, &cleaned, top, &mut text);
    }
    text.truncate(text.trim_end().len());
    text
}

/// Appends the text of an element, less the parts that are left out.
fn write(page: &HtmlPage, cleaned: &Cleaned, top: u32, text: &mut String) {
    if !text.is_empty() {
        text.push('\n');
    }
    let mut append = |part: &str| {
        let part = if text.is_empty() || text.ends_with([' ', '\n']) {
            part.trim_start_matches([' ', '\n'])
        } else {
            part
        };
        text.push_str(part);
    };
    let node = &page.nodes[top as usize];
    let (mut from, mut at) = (node.start as usize, top + 1);
    while at < cleaned.after[top as usize] {
        if cleaned.removed[at as usize] {
            let inner = &page.nodes[at as usize];
            append(&page.text[from..inner.start as usize]);
            from = inner.end as usize;
            at = cleaned.after[at as usize];
        } else {
            at += 1;
        }
    }
    append(&page.text[from..node.end as usize]);
}

/// Returns the title that the page gives to other sites, else its own without the name of the site.
fn title(page: &HtmlPage) -> String {
    if !page.shared_title.is_empty() {
        return page.shared_title.clone();
    }
    let headings = || {
        page.nodes
            .iter()
            .filter(|node| node.tag == Tag::H1)
            .map(|node| page.text_of(node))
    };
    if page.title.is_empty() {
        return headings().next().unwrap_or_default().replace('\n', " ");
    }
    without_site(&page.title).to_string()
}

/// Cuts the name of the site from a title such as `Talks on the border resume | The Paper`, unless
/// few words are left.
fn without_site(title: &str) -> &str {
    const SIGNS: [&str; 8] = [" | ", " - ", " – ", " — ", " \\ ", " / ", " > ", " » "];
    let words = |text: &str| text.split_whitespace().count();
    let places = || {
        SIGNS
            .iter()
            .flat_map(|sign| [(title.find(sign), sign), (title.rfind(sign), sign)])
    };
    let places = || places().filter_map(|(at, sign)| Some((at?, sign.len())));
    let (Some((last, _)), Some((first, sign))) = (places().max(), places().min()) else {
        return title;
    };
    let (before, after) = (title[..last].trim(), title[first + sign..].trim());
    let cut = if words(before) >= 3 { before } else { after };
    if words(cut) > 4 { cut } else { title }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn menus_and_scripts_are_left_out() {
        let paragraph = "<p>The ministers met in Geneva on Monday, where they talked for hours about a ceasefire.</p>";
        let html = format!(
            "<html><head><title>Talks in Geneva</title><script>var army = 1;</script></head><body>\
             <nav><a href='/'>Home</a></nav><article><h1>Talks in Geneva</h1>{}</article></body></html>",
            paragraph.repeat(8)
        );
        let article = from_html(&html).unwrap();
        assert_eq!(article.title, "Talks in Geneva");
        assert!(
            article.text.contains("ceasefire") && !article.text.contains("Home"),
            "{}",
            article.text
        );
    }

    #[test]
    fn a_page_without_an_article_gives_its_text() {
        for html in ["<p>Short</p>", "Short", "<script>x</script><b>Short"] {
            assert_eq!(from_html(html).unwrap().text.trim(), "Short");
        }
        from_html("").unwrap();
        from_html("<<<>>&#0;\u{0}é<é").unwrap();
    }

    /// Pages of about this many bytes that are made of one part, for every tag and way to misuse
    /// it.
    fn pathological(bytes: usize) -> Vec<String> {
        let mut parts: Vec<String> = Vec::new();
        for tag in Tag::NAMES {
            parts.extend([
                format!("<{tag}>"),
                format!("<{tag}>x"),
                format!("<{tag}></{tag}>"),
                format!("</{tag}>"),
                format!("<{tag}></b>"),
                format!("<b><{tag}></b>"),
                format!("<a href=x><{tag}>x"),
                format!("<table><td><{tag}>"),
                format!("<{tag} class=comment><table>x"),
                format!("<{tag}><p>a, word of twenty-five letters</{tag}>"),
            ]);
        }
        let others = [
            "&amp;",
            "&",
            "<",
            "</",
            "<!--",
            "<div title='</div><div>'>",
            "<div><!--</div>-->",
        ];
        parts.extend(others.map(str::to_string));
        parts
            .extend(["<p", "a=b ", "<![CDATA[", "]]>", "<script><!--<script>"].map(str::to_string));
        let mut pages: Vec<String> = parts
            .iter()
            .map(|part| part.repeat(bytes / part.len()))
            .collect();
        let deep = bytes / 22;
        let (down, up) = ("<section>".repeat(deep), "</div>".repeat(2 * deep));
        pages.push(format!("<div><table><td>{down}{up}"));
        let attributes: String = (0..bytes / 8).map(|at| format!("a{at}=b ")).collect();
        pages.push(format!("<div {attributes}>x"));
        pages
    }

    #[test]
    fn work_is_in_proportion_to_the_page_whatever_it_holds() {
        for html in pathological(20_000) {
            let mut page = page::read(&html, &Limits::default());
            text(&mut page, "");
            let start: String = html.chars().take(40).collect();
            assert!(
                page.steps <= 20 * html.len() as u64,
                "{} steps: {start}",
                page.steps
            );
            assert!(
                page.nodes.len() <= html.len() / 8 + 4096,
                "{} nodes: {start}",
                page.nodes.len()
            );
            assert!(
                page.text.len() <= 2 * html.len(),
                "{} bytes: {start}",
                page.text.len()
            );
        }
    }

    #[test]
    fn blocks_separate_words_and_parts_of_lines_do_not() {
        use tag::TagKind;
        for tag in Tag::NAMES {
            let text = from_html(&format!("<div>Ge<{tag}>fecht</{tag}>e</div>"))
                .unwrap()
                .text;
            let kind = Tag::of(tag.as_bytes()).kind();
            let joined = matches!(kind, TagKind::Inline | TagKind::Void) && *tag != "plaintext";
            assert_eq!(
                text.replace("</plaintext>e", "").contains("Gefecht"),
                joined,
                "{tag}: {text}"
            );
        }
        let table = "<table><caption>Zugesagte Systeme</caption><tr><th>Land<th>Zahl<tr><td>Nordland<td>4</table>";
        let words = ["Zugesagte", "Systeme", "Land", "Zahl", "Nordland", "4"];
        assert_eq!(
            from_html(table)
                .unwrap()
                .text
                .split_whitespace()
                .collect::<Vec<_>>(),
            words
        );
    }

    #[test]
    fn misnested_and_open_elements_lose_no_text() {
        for html in [
            "<b><p>one</b> two</p> three",
            "<div><span>one</div> two</span> three",
            "<ul><li>one<li>two</ul>three",
            "<table><tr><td>one<td>two<tr><td>three",
            "<dl><dt>one<dd>two<dt>three</dl>",
            "<a href=1>one</a> <a href=2>two<a href=3> three",
            "<p>one<div>two</p>three</div>",
            "<svg><title>no</title></svg>one<br>two<hr>three",
            "<div>one</section></article></td>two<p>three",
        ] {
            let text = from_html(html).unwrap().text;
            assert_eq!(
                text.split_whitespace().collect::<Vec<_>>(),
                ["one", "two", "three"],
                "{html}"
            );
        }
    }

    #[test]
    fn titles_come_without_the_site() {
        for (title, cut) in [
            (
                "Talks on the border resume on Monday | The Paper",
                "Talks on the border resume on Monday",
            ),
            (
                "The Paper - Talks on the border resume again",
                "Talks on the border resume again",
            ),
            ("Short news | The Paper", "Short news | The Paper"),
            ("Plain", "Plain"),
            (" | ", "|"),
        ] {
            assert_eq!(
                from_html(&format!("<title>{title}</title>x"))
                    .unwrap()
                    .title,
                cut
            );
        }
    }
}
