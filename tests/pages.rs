//! Web pages: what is found in them, whatever they hold.

use standpoint::corpus::from_html;
use std::collections::HashMap;

/// The pages of `tests/data/pages` with their names: layouts of news sites, and beside each its
/// title and text.
fn pages() -> Vec<(String, String, String, String)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/pages");
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let pages = paths.iter().filter(|path| path.extension().is_some_and(|end| end == "html"));
    let read = |path: &std::path::PathBuf| {
        let told = std::fs::read_to_string(path.with_extension("txt")).unwrap();
        let (title, text) = told.split_once('\n').unwrap();
        let html = std::fs::read_to_string(path).unwrap();
        (path.display().to_string(), html, title.to_string(), text.to_string())
    };
    pages.map(read).collect()
}

fn words(text: &str) -> HashMap<&str, usize> {
    let mut words = HashMap::new();
    let found = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    found.for_each(|word| *words.entry(word).or_default() += 1);
    words
}

/// The harmonic mean of precision and recall of words, each as often as it stands there.
fn f1(found: &str, expected: &str) -> f64 {
    let (found, expected) = (words(found), words(expected));
    let common: usize = found.iter().map(|(word, n)| n.min(expected.get(word).unwrap_or(&0))).sum();
    2.0 * common as f64 / (found.values().sum::<usize>() + expected.values().sum::<usize>()) as f64
}

#[test]
fn articles_are_found_in_the_layouts_of_news_sites() {
    let pages = pages();
    assert_eq!(pages.len(), 12);
    for (name, html, title, text) in pages {
        let article = from_html(&html).unwrap();
        assert_eq!(article.title, title, "{name}");
        let f1 = f1(&article.text, &text);
        assert!(f1 > 0.97, "{name}: {f1}\n{}", article.text);
    }
}

/// Steps of a generator that is the same everywhere.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % bound.max(1) as u64) as usize
    }
}

/// A page with a few parts cut, doubled, moved or replaced by what is easily misread.
fn mutated(pages: &[Vec<u8>], random: &mut Random) -> String {
    const PARTS: [&str; 16] = [
        "<!--",
        "-->",
        "<p title=\"„é“\" class='ß„' id=ü>",
        "</div>",
        "<table>",
        "<iframe title=„>",
        "&amp",
        "&#xD800;",
        "&#x110000;",
        "\0",
        "\"",
        "<![CDATA[",
        "</",
        "<svg><title>",
        "<b>",
        "„",
    ];
    let mut page = pages[random.below(pages.len())].clone();
    for _ in 0..1 + random.below(6) {
        let at = random.below(page.len() + 1);
        match random.below(4) {
            0 => page.truncate(at),
            1 => drop(page.splice(at..at, PARTS[random.below(PARTS.len())].bytes())),
            2 => {
                let other = &pages[random.below(pages.len())];
                let from = random.below(other.len());
                let to = from + random.below(other.len() - from);
                page.splice(at..at, other[from..to].iter().copied());
            }
            _ => drop(page.drain(at..(at + random.below(60)).min(page.len()))),
        }
    }
    String::from_utf8_lossy(&page).into_owned()
}

#[test]
fn any_page_gives_an_article() {
    let pages: Vec<Vec<u8>> = pages().into_iter().map(|(_, html, ..)| html.into_bytes()).collect();
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    for _ in 0..3000 {
        let html = mutated(&pages, &mut random);
        let article = from_html(&html).unwrap();
        assert!(article.text.len() <= 2 * html.len(), "{html}");
    }
}

#[test]
fn quotes_in_attributes_are_no_matter() {
    let embed = "<iframe title=\"Video auf „youtube.com“\" src=\"https://consent.example/v/1\"></iframe>";
    let text = "Die Minister trafen sich am Montag in einem Hotel am See, um zu reden.";
    let article = from_html(&format!("<article><p>{text}</p>{embed}<p>{text}</p></article>")).unwrap();
    assert_eq!(article.text, format!("{text}\n{text}"));
}
