//! The content of a page without menus, adverts and comments.

use super::page::{HtmlPage, Node, ROOT};
use super::tag::{Tag, TagKind};

/// The strictness of cleaning; a page of which too little is left is cleaned again, less strictly.
#[derive(Debug, Clone, Copy)]
pub(super) struct Strictness {
    /// Leaves out elements whose names speak against them.
    pub unlikely: bool,
    /// Weighs the names of elements.
    pub names: bool,
    /// Leaves out lists, tables and blocks that look like menus.
    pub blocks: bool,
}

/// The content of an element, less the parts that are left out.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Content {
    pub characters: u32,
    pub commas: u32,
    /// Characters in links.
    pub linked: f32,
    /// Characters in headings.
    pub headings: u32,
    /// Characters of list items.
    pub listed: u32,
    pub paragraphs: u32,
    pub items: u32,
    pub cells: u32,
    pub pictures: u32,
    pub inputs: u32,
    /// Characters of its own and of its links and other parts of lines.
    pub own: u32,
    /// True where a block with text lies in it.
    pub has_blocks: bool,
    /// True where it has header cells or a caption, those of tables in it apart.
    pub headed: bool,
    /// True where it is or holds a table of data.
    pub has_data: bool,
}

impl Content {
    fn of(node: &Node) -> Self {
        let (characters, commas) = (node.characters, node.commas);
        let (pictures, inputs) = (u32::from(node.pictures), u32::from(node.inputs));
        Content {
            characters,
            commas,
            pictures,
            inputs,
            own: characters,
            ..Content::default()
        }
    }

    /// Adds the content of an element of this tag.
    fn add(&mut self, tag: Tag, inner: &Content) {
        self.characters += inner.characters;
        self.commas += inner.commas;
        self.linked += inner.linked;
        self.headings += inner.headings;
        self.listed += inner.listed;
        self.paragraphs += inner.paragraphs;
        self.items += inner.items;
        self.pictures += inner.pictures;
        self.inputs += inner.inputs;
        self.has_data |= inner.has_data;
        if tag != Tag::Table {
            self.headed |= inner.headed;
            self.cells += inner.cells;
        }
        if tag.is_block() {
            self.has_blocks |= inner.characters > 0;
        } else {
            self.own += inner.own;
            self.has_blocks |= inner.has_blocks;
        }
    }

    /// Returns the share of its characters that are in links.
    pub(super) fn link_density(&self) -> f32 {
        if self.characters == 0 {
            0.0
        } else {
            self.linked / self.characters as f32
        }
    }

    /// Tells whether it is one paragraph.
    pub(super) fn is_paragraph(&self, tag: Tag) -> bool {
        self.own > 0 && (tag == Tag::P || (tag == Tag::Div && !self.has_blocks))
    }
}

/// The elements that are left out, and the content of the others.
pub(super) struct Cleaned {
    pub removed: Vec<bool>,
    pub content: Vec<Content>,
    /// For each element the number after those in it.
    pub after: Vec<u32>,
    /// Tables of data rather than for the layout.
    data: Vec<bool>,
}

/// Facts about an element that hang on those around it.
#[derive(Debug, Clone, Copy, Default)]
struct Around {
    table: bool,
    figure: bool,
    code: bool,
}

impl Cleaned {
    /// Leaves out elements that do not belong to an article of this title.
    pub(super) fn new(page: &HtmlPage, title: &str, strict: Strictness) -> Self {
        let nodes = &page.nodes;
        let removed = unlikely(page, title, strict);
        let content = vec![Content::default(); nodes.len()];
        let after = (1..=nodes.len() as u32).collect();
        let data = vec![false; nodes.len()];
        let mut cleaned = Cleaned {
            removed,
            content,
            after,
            data,
        };
        for at in (1..nodes.len()).rev() {
            cleaned.sum(nodes, at);
            cleaned.data[at] = is_data(&nodes[at], &cleaned.content[at]);
            cleaned.content[at].has_data |= cleaned.data[at];
            let (parent, after) = (nodes[at].parent as usize, cleaned.after[at]);
            cleaned.after[parent] = cleaned.after[parent].max(after);
            if !cleaned.removed[at] {
                let inner = cleaned.content[at];
                cleaned.content[parent].add(nodes[at].tag, &inner);
            }
        }
        cleaned.sum(nodes, ROOT as usize);
        cleaned
    }

    /// Completes the content of an element of which all inner ones are known.
    fn sum(&mut self, nodes: &[Node], at: usize) {
        let (node, content) = (&nodes[at], &mut self.content[at]);
        let inner = std::mem::replace(content, Content::of(node));
        content.add(Tag::Other, &inner);
        content.cells += u32::from(matches!(node.tag, Tag::Td | Tag::Th));
        match node.tag {
            Tag::A => {
                let share = if node.hints.inner_link { 0.3 } else { 1.0 };
                content.linked = content.characters as f32 * share;
            }
            Tag::Li => {
                content.items += 1;
                content.listed = content.characters;
            }
            Tag::Th | Tag::Caption | Tag::Thead | Tag::Tfoot => content.headed = true,
            tag if tag.is_heading() => content.headings = content.characters,
            _ => {}
        }
        content.paragraphs += u32::from(content.is_paragraph(node.tag));
        content.has_data |= self.data[at];
    }

    /// Leaves out blocks that look like menus, from the innermost on, below `top`.
    pub(super) fn clean_blocks(&mut self, page: &HtmlPage, top: u32, strict: Strictness) {
        let (from, to) = (top as usize + 1, self.after[top as usize] as usize);
        let around = around(page, from, to, &|table| self.data[table]);
        let half = self.content[top as usize].characters / 2;
        for at in from..to {
            self.content[at] = Content::default();
        }
        self.content[top as usize] = Content::default();
        for at in (from..to).rev() {
            self.sum(&page.nodes, at);
            if !self.removed[at] {
                self.removed[at] =
                    self.is_foreign(&page.nodes[at], at, around[at - from], strict, half);
            }
            if !self.removed[at] {
                let inner = self.content[at];
                self.content[page.nodes[at].parent as usize].add(page.nodes[at].tag, &inner);
            }
        }
        self.sum(&page.nodes, top as usize);
    }

    fn is_foreign(
        &self,
        node: &Node,
        at: usize,
        around: Around,
        strict: Strictness,
        half: u32,
    ) -> bool {
        let content = &self.content[at];
        let weight = if strict.names { node.hints.weight } else { 0 };
        match node.tag {
            Tag::Footer | Tag::Aside => return true,
            Tag::H1 | Tag::H2 if weight < 0 => return true,
            _ if node.hints.share && content.characters < 500 => return true,
            Tag::Td => return strict.blocks && !around.table && content.link_density() > 0.5,
            Tag::Form
            | Tag::Fieldset
            | Tag::Table
            | Tag::Ul
            | Tag::Ol
            | Tag::Div
            | Tag::Section => {}
            _ => return false,
        }
        if !strict.blocks || self.data[at] || around.table || around.code || content.has_data {
            return false;
        }
        // What holds most of the article is part of it, whatever it looks like.
        weight < 0
            || (content.characters <= half
                && content.commas < 10
                && looks_like_a_menu(node.tag, content, weight, around.figure))
    }
}

/// Tells whether a table holds data rather than a layout.
fn is_data(node: &Node, content: &Content) -> bool {
    node.tag == Tag::Table && !node.hints.layout && (content.headed || content.cells > 10)
}

/// The measures by which Readability tells lists of links, forms and galleries from text.
fn looks_like_a_menu(tag: Tag, content: &Content, weight: i8, figure: bool) -> bool {
    let characters = content.characters as f32;
    let list = matches!(tag, Tag::Ul | Tag::Ol) || content.listed as f32 > 0.9 * characters;
    let (paragraphs, pictures) = (content.paragraphs, content.pictures);
    let gallery = !figure && pictures > 1 && paragraphs * 2 < pictures;
    let items = content.items.saturating_sub(100) > paragraphs;
    let form = content.inputs > paragraphs / 3;
    let heading = content.headings as f32 / characters.max(1.0);
    let short = content.characters < 25 && (pictures == 0 || pictures > 2);
    let density = content.link_density();
    gallery
        || form
        || (!list && items)
        || (!list && !figure && heading < 0.9 && short && density > 0.0)
        || (!list && weight < 25 && density > 0.2)
        || (weight >= 25 && density > 0.5)
        || (list && density > 0.5 && weight < 25)
}

/// Marks elements that are hidden, and those with names of menus and adverts.
fn unlikely(page: &HtmlPage, title: &str, strict: Strictness) -> Vec<bool> {
    let nodes = &page.nodes;
    let around = around(page, 0, nodes.len(), &|_| true);
    let mut headline = false;
    let mut mark = |(at, node): (usize, &Node)| {
        let hints = &node.hints;
        if at == ROOT as usize {
            return false;
        }
        if hints.hidden || hints.modal || node.tag.kind() == TagKind::Object {
            return true;
        }
        if !headline && matches!(node.tag, Tag::H1 | Tag::H2) && repeats(page.text_of(node), title)
        {
            headline = true;
            return true;
        }
        let exempt = node.tag == Tag::A || around[at].table || around[at].code;
        strict.unlikely && !exempt && (hints.role || (hints.unlikely && !hints.maybe))
            || strict.unlikely && node.tag == Tag::Nav
    };
    nodes.iter().enumerate().map(&mut mark).collect()
}

/// Tells for the elements from `from` to `to` what they lie in, apart from what lies around `from`;
/// tables only as far as they count.
fn around(page: &HtmlPage, from: usize, to: usize, counts: &dyn Fn(usize) -> bool) -> Vec<Around> {
    let mut around: Vec<Around> = Vec::with_capacity(to - from);
    for node in &page.nodes[from..to] {
        let parent = node.parent as usize;
        let outer = parent
            .checked_sub(from)
            .and_then(|at| around.get(at))
            .copied()
            .unwrap_or_default();
        let tag = page.nodes[parent].tag;
        around.push(Around {
            table: outer.table || (tag == Tag::Table && counts(parent)),
            figure: outer.figure || tag == Tag::Figure,
            code: outer.code || matches!(tag, Tag::Code | Tag::Pre),
        });
    }
    around
}

/// Tells whether a heading is the title of the page.
fn repeats(heading: &str, title: &str) -> bool {
    let letters = |text: &str| -> String {
        text.chars()
            .filter(|c| c.is_alphanumeric())
            .flat_map(char::to_lowercase)
            .collect()
    };
    if heading.len() > 2 * title.len() + 50 {
        return false;
    }
    let (heading, title) = (letters(heading), letters(title));
    !heading.is_empty()
        && (heading == title || (heading.len() * 4 >= title.len() * 3 && title.contains(&heading)))
}

impl HtmlPage {
    /// Returns the text in an element.
    pub(super) fn text_of(&self, node: &Node) -> &str {
        &self.text[node.start as usize..node.end as usize]
    }
}
