//! Web pages: what is found in them, whatever they hold.

use crate::support::{Folder, run, run_with};
use standpoint::corpus::from_html;
use std::collections::HashMap;

/// The pages of `tests/data/pages` with their names: layouts of news sites, and beside each its
/// title and text.
fn pages() -> Vec<(String, String, String, String)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/pages");
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    let pages = paths
        .iter()
        .filter(|path| path.extension().is_some_and(|end| end == "html"));
    let read = |path: &std::path::PathBuf| {
        let told = std::fs::read_to_string(path.with_extension("txt")).unwrap();
        let (title, text) = told.split_once('\n').unwrap();
        let html = std::fs::read_to_string(path).unwrap();
        (
            path.display().to_string(),
            html,
            title.to_string(),
            text.to_string(),
        )
    };
    pages.map(read).collect()
}

fn words(text: &str) -> HashMap<&str, usize> {
    let mut words = HashMap::new();
    let found = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty());
    found.for_each(|word| *words.entry(word).or_default() += 1);
    words
}

/// The harmonic mean of precision and recall of words, each as often as it stands there.
fn f1(found: &str, expected: &str) -> f64 {
    let (found, expected) = (words(found), words(expected));
    let common: usize = found
        .iter()
        .map(|(word, n)| n.min(expected.get(word).unwrap_or(&0)))
        .sum();
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
    let pages: Vec<Vec<u8>> = pages()
        .into_iter()
        .map(|(_, html, ..)| html.into_bytes())
        .collect();
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    for _ in 0..3000 {
        let html = mutated(&pages, &mut random);
        let article = from_html(&html).unwrap();
        assert!(article.text.len() <= 2 * html.len(), "{html}");
    }
}

#[test]
fn quotes_in_attributes_are_no_matter() {
    let embed =
        "<iframe title=\"Video auf „youtube.com“\" src=\"https://consent.example/v/1\"></iframe>";
    let text = "Die Minister trafen sich am Montag in einem Hotel am See, um zu reden.";
    let article = from_html(&format!(
        "<article><p>{text}</p>{embed}<p>{text}</p></article>"
    ))
    .unwrap();
    assert_eq!(article.text, format!("{text}\n{text}"));
}

const WAR: &str = "Die Truppen beschossen über Nacht die Stadt und überquerten die Grenze.";

fn latin_1(text: &str) -> Vec<u8> {
    text.chars().map(|c| c as u8).collect()
}

fn utf_16(text: &str, little: bool) -> Vec<u8> {
    let unit = |unit: u16| {
        if little {
            unit.to_le_bytes()
        } else {
            unit.to_be_bytes()
        }
    };
    format!("\u{feff}{text}")
        .encode_utf16()
        .flat_map(unit)
        .collect()
}

/// The scores of the built-in model, without ids.
fn heads(args: &[&str]) -> Vec<String> {
    run(args)
        .json()
        .iter()
        .map(|row| row["heads"].to_string())
        .collect()
}

#[test]
fn every_page_is_read_in_its_own_encoding() {
    let folder = Folder::new();
    let page =
        |declared: &str| format!("<html><head>{declared}</head><body><p>{WAR}</p></body></html>");
    folder.write("a/utf8.html", page(""));
    folder.write("a/latin.html", latin_1(&page("<meta charset=iso-8859-1>")));
    folder.write("a/le.html", utf_16(&page(""), true));
    folder.write("a/be.xhtml", utf_16(&page("<meta charset=utf-16>"), false));
    folder.write("a/bare", latin_1(&page("")));
    let path = folder.path("a");
    for more in [&[][..], &["--encoding", "latin-1"]] {
        let args = [&["score", "--json", &*path][..], more].concat();
        let found = heads(&args);
        assert_eq!(found.len(), 5);
        assert!(
            found.iter().all(|heads| *heads == found[0]),
            "{more:?}: {found:?}"
        );
    }
    let told = run(&["score", "--json", &path]).err;
    assert!(
        told.contains("read as windows-1252 1 page") && told.contains("bare"),
        "{told}"
    );
    assert!(
        run(&["score", "--json", &path, "--encoding", "latin-1"])
            .err
            .contains("read otherwise than --encoding says 3 pages")
    );
    folder.write("a/bad.html", b"<meta charset=utf-8><p>f\xfcr");
    let error = run(&["score", "--json", &path]).fails(3);
    assert!(
        error.contains("bad.html: the page holds bytes that are not valid UTF-8"),
        "{error}"
    );
    let bad = folder.path("bad.jsonl");
    assert_eq!(
        run(&["score", "--json", &path, "--skip-bad", &bad])
            .json()
            .len(),
        5
    );
}

#[test]
fn a_mark_tells_the_encoding_of_every_format() {
    let folder = Folder::new();
    for (name, text) in [
        ("a.txt", WAR.to_string()),
        ("a.csv", format!("text\n{WAR}\n")),
        ("a.jsonl", format!("{{\"text\":\"{WAR}\"}}\n")),
        ("a.ft", format!("{WAR}\n")),
    ] {
        let plain = heads(&["score", "--json", &folder.write(name, &text)]);
        for little in [true, false] {
            let path = folder.write(name, utf_16(&text, little));
            assert_eq!(heads(&["score", "--json", &path]), plain, "{name}");
            assert_eq!(
                heads(&["score", "--json", &path, "--encoding", "utf-16"]),
                plain,
                "{name}"
            );
        }
    }
}

#[test]
fn files_in_a_folder_are_told_apart_by_their_content() {
    let folder = Folder::new();
    folder.write("a/53068", WAR);
    folder.write("a/page", format!("<!DOCTYPE html><p>{WAR}</p>"));
    folder.write("a/part-0", format!("{{\"text\":\"{WAR}\"}}\n"));
    folder.write("a/a.pdf", b"%PDF-1.7\n\x00");
    folder.write("a/b.docx", b"PK\x03\x04\x00");
    folder.write("a/style.css", "p { color: red }");
    let ran = run(&["score", "--json", &folder.path("a")]);
    assert!(
        ran.err.contains("left out 3 files") && ran.err.contains("a.pdf"),
        "{}",
        ran.err
    );
    let rows = ran.json();
    assert_eq!(rows.len(), 3);
    assert!(rows.iter().all(|row| row["heads"] == rows[0]["heads"]));
    folder.write("b/a.pdf", b"%PDF-1.7\n");
    run(&["score", &folder.path("b")]).fails(3);
}

#[test]
fn rows_under_the_name_of_an_article_are_an_error() {
    let folder = Folder::new();
    for (text, format) in [
        (format!("__label__war {WAR}\n"), "fasttext"),
        (format!("{{\"text\":\"{WAR}\"}}\n"), "jsonl"),
        (format!("<!doctype html><p>{WAR}"), "html"),
    ] {
        let path = folder.write("lines.txt", text);
        for command in ["score", "explain", "check"] {
            let error = run(&[command, &path]).fails(3);
            assert!(error.contains(&format!("--format {format}")), "{error}");
            assert_ne!(run(&[command, &path, "--format", format]).code, Some(3));
        }
    }
    let path = folder.write("a.txt", WAR);
    for label in ["label", "topic"] {
        let error = run(&["train", &path, "--label", label, "-o", &folder.path("m")]).fails(3);
        assert!(error.contains("one article"), "{error}");
    }
    assert!(
        run_with(&["score"], format!("<p>{WAR}").as_bytes())
            .err
            .contains("HTML page")
    );
}
