//! The element that holds the article, by the rules of Mozilla's Readability: paragraphs speak
//! for the elements around them, links and names against.

use super::clean::{Cleaned, Strictness};
use super::page::{HtmlPage, ROOT};
use super::tag::Tag;

/// The number of elements around a paragraph that its score counts for, as in Readability.
const LEVELS: usize = 5;
/// The number of best elements among which one that holds several is searched, as in Readability.
const BEST: usize = 5;

/// Returns the element with the most text of an article, and the elements beside it that belong to
/// it, in the order of the page.
pub(super) fn choose(page: &mut HtmlPage, cleaned: &Cleaned, strict: Strictness) -> Vec<u32> {
    let scores = Scores::new(page, cleaned, strict);
    let top = scores.top(page, cleaned);
    if top == ROOT {
        return vec![ROOT];
    }
    scores.with_siblings(page, cleaned, top)
}

struct Scores {
    /// NaN where no paragraph speaks for the element.
    of: Vec<f32>,
}

impl Scores {
    fn new(page: &mut HtmlPage, cleaned: &Cleaned, strict: Strictness) -> Self {
        let nodes = &page.nodes;
        let mut of = vec![f32::NAN; nodes.len()];
        let out = left_out(page, cleaned);
        let mut steps = 0;
        for at in 0..nodes.len() {
            let content = &cleaned.content[at];
            let tag = nodes[at].tag;
            if out[at] || !speaks(tag) || content.own < 25 {
                continue;
            }
            let own = content.own as f32 / content.characters.max(1) as f32;
            let points = 2.0 + content.commas as f32 * own + (content.own as f32 / 100.0).min(3.0);
            // Text beside blocks is a paragraph of its own in the element.
            let mut around = if content.has_blocks {
                at
            } else {
                nodes[at].parent as usize
            };
            for level in 0..LEVELS {
                steps += 1;
                if of[around].is_nan() {
                    let weight = if strict.names {
                        nodes[around].hints.weight
                    } else {
                        0
                    };
                    of[around] = base(nodes[around].tag) + f32::from(weight);
                }
                of[around] += points / [1.0, 2.0, 6.0, 9.0, 12.0][level];
                if around == ROOT as usize {
                    break;
                }
                around = nodes[around].parent as usize;
            }
        }
        for (score, content) in of.iter_mut().zip(&cleaned.content) {
            *score *= 1.0 - content.link_density().min(1.0);
        }
        page.steps += steps;
        Scores { of }
    }

    fn top(&self, page: &mut HtmlPage, cleaned: &Cleaned) -> u32 {
        let mut best: Vec<u32> = Vec::with_capacity(BEST + 1);
        for at in (0..self.of.len()).filter(|&at| !self.of[at].is_nan()) {
            let place = best
                .iter()
                .position(|&other| self.of[other as usize] < self.of[at]);
            best.insert(place.unwrap_or(best.len()), at as u32);
            best.truncate(BEST);
        }
        let Some(&first) = best.first() else {
            return ROOT;
        };
        let top = around_several(page, cleaned, &best, &self.of).unwrap_or(first);
        let top = self.climb(page, top);
        alone(page, cleaned, top)
    }

    /// Goes on to an element around that has a greater score, as far as scores do not fall off.
    fn climb(&self, page: &mut HtmlPage, top: u32) -> u32 {
        let mut last = self.of[top as usize];
        let least = last / 3.0;
        let mut around = page.nodes[top as usize].parent;
        while around != ROOT {
            page.steps += 1;
            let score = self.of[around as usize];
            if score < least {
                break;
            }
            if score > last {
                return around;
            }
            if !score.is_nan() {
                last = score;
            }
            around = page.nodes[around as usize].parent;
        }
        top
    }

    fn with_siblings(&self, page: &mut HtmlPage, cleaned: &Cleaned, top: u32) -> Vec<u32> {
        let score = self.of[top as usize];
        let score = if score.is_nan() { 0.0 } else { score };
        let least = (score * 0.2).max(10.0);
        let class = page.nodes[top as usize].hints.class;
        let parent = page.nodes[top as usize].parent as usize;
        let mut chosen = Vec::new();
        let mut at = parent as u32 + 1;
        while at < cleaned.after[parent] {
            page.steps += 1;
            let node = &page.nodes[at as usize];
            let same = class != 0 && node.hints.class == class;
            let bonus = if same { score * 0.2 } else { 0.0 };
            let kept = !cleaned.removed[at as usize];
            if at == top
                || kept && (self.of[at as usize] + bonus >= least || is_prose(page, cleaned, at))
            {
                chosen.push(at);
            }
            at = cleaned.after[at as usize];
        }
        chosen
    }
}

/// Returns an element that holds at least three more of the best, where these are nearly as good.
fn around_several(
    page: &mut HtmlPage,
    cleaned: &Cleaned,
    best: &[u32],
    scores: &[f32],
) -> Option<u32> {
    let (&first, others) = best.split_first()?;
    let good = |at: &&u32| scores[**at as usize] >= 0.75 * scores[first as usize];
    let others: Vec<u32> = others.iter().filter(good).copied().collect();
    let mut around = page.nodes[first as usize].parent;
    while around != ROOT && others.len() >= 3 {
        page.steps += 1;
        let holds = |at: &&u32| **at > around && **at < cleaned.after[around as usize];
        if others.iter().filter(holds).count() >= 3 {
            return Some(around);
        }
        around = page.nodes[around as usize].parent;
    }
    None
}

/// Returns the outermost element that holds nothing but this one.
fn alone(page: &mut HtmlPage, cleaned: &Cleaned, mut top: u32) -> u32 {
    while top != ROOT {
        page.steps += 1;
        let parent = page.nodes[top as usize].parent;
        let around = &page.nodes[parent as usize];
        let inner =
            cleaned.after[top as usize] == cleaned.after[parent as usize] && top == parent + 1;
        if parent == ROOT || !inner || around.characters > 0 {
            break;
        }
        top = parent;
    }
    top
}

/// Tells whether a paragraph beside the article belongs to it.
fn is_prose(page: &HtmlPage, cleaned: &Cleaned, at: u32) -> bool {
    let (node, content) = (&page.nodes[at as usize], &cleaned.content[at as usize]);
    let ends = || {
        let text = page.text_of(node).trim_end();
        text.contains(". ") || text.ends_with('.')
    };
    content.is_paragraph(node.tag)
        && match content.characters {
            81.. => content.link_density() < 0.25,
            1.. => content.linked == 0.0 && ends(),
            0 => false,
        }
}

/// Tells whether an element or one around it is left out.
fn left_out(page: &HtmlPage, cleaned: &Cleaned) -> Vec<bool> {
    let mut out = cleaned.removed.clone();
    for at in 1..out.len() {
        out[at] |= out[page.nodes[at].parent as usize];
    }
    out
}

/// Tells whether the text of an element is a paragraph.
fn speaks(tag: Tag) -> bool {
    tag.is_block()
        && !matches!(
            tag,
            Tag::Li | Tag::Ul | Tag::Ol | Tag::H1 | Tag::Address | Tag::Figcaption | Tag::Nav
        )
}

/// Returns the score of an element without any text.
fn base(tag: Tag) -> f32 {
    match tag {
        Tag::Article | Tag::Main => 8.0,
        Tag::Div => 5.0,
        Tag::Pre | Tag::Td | Tag::Blockquote => 3.0,
        Tag::Address | Tag::Ol | Tag::Ul | Tag::Dl | Tag::Dd | Tag::Dt | Tag::Li | Tag::Form => {
            -3.0
        }
        Tag::Th => -5.0,
        tag if tag.is_heading() => -5.0,
        _ => 0.0,
    }
}
