//! A page as its text and the elements that lie over it, read in one pass.
//!
//! Nothing here depends on how deep elements are nested: open elements are found by the place of
//! the last one of their name, so every tag costs the same, and a tag costs a constant on top of
//! the elements that it closes. Elements without text are forgotten when they close.

use super::hint::Hints;
use super::tag::{Tag, TagKind};
use crate::corpus::Limits;
use html5gum::emitters::callback::{CallbackEmitter, CallbackEvent};
use html5gum::{Span, Tokenizer};
use std::convert::Infallible;

/// An element with text in it, in the order of the page; the root comes first.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub tag: Tag,
    /// The number of the element around it.
    pub parent: u32,
    /// The part of the page's text that lies in it.
    pub start: u32,
    pub end: u32,
    /// Characters of its own, not those of elements in it.
    pub characters: u32,
    /// Commas of its own.
    pub commas: u32,
    /// Pictures of its own.
    pub pictures: u16,
    /// Input fields of its own.
    pub inputs: u16,
    pub hints: Hints,
}

/// The text of a page and its elements.
#[derive(Debug, Default)]
pub(super) struct HtmlPage {
    /// All text, blank runs collapsed, blocks on lines of their own.
    pub text: String,
    pub nodes: Vec<Node>,
    /// The text of the element `title`.
    pub title: String,
    /// The title for other sites to show, as `og:title`.
    pub shared_title: String,
    /// The work done, in elements opened, closed or looked at.
    pub steps: u64,
}

/// Bytes of a page for each node, so that memory is in proportion to the page: `<p>a</p>` has as
/// many.
const BYTES_A_NODE: usize = 8;
/// Nodes that a page may have however short it is.
const MIN_NODES: usize = 4096;
/// The root of [`HtmlPage::nodes`].
pub(super) const ROOT: u32 = 0;

/// Reads a page, which must be shorter than 2 GiB.
pub(super) fn read(html: &str, limits: &Limits) -> HtmlPage {
    let mut builder = Builder::new(html.len(), limits);
    let mut emitter = CallbackEmitter::new(|event: CallbackEvent<'_>, _: Span<()>| {
        builder.take(&event);
        None::<Infallible>
    });
    emitter.naively_switch_states(true);
    let Ok(()) = Tokenizer::new_with_emitter(html, emitter).finish();
    builder.finish()
}

/// An element that is open.
struct Open {
    tag: Tag,
    node: u32,
    /// The last open element of the same tag below, as place in the stack plus one.
    same: u32,
    /// The last open block and the last open scope at or below, counted likewise.
    block: u32,
    scope: u32,
}

/// The separator between the text so far and the next.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
enum Gap {
    None,
    Blank,
    Line,
}

struct Builder {
    page: HtmlPage,
    max_nodes: usize,
    /// Beyond it elements have no node of their own; browsers stop at 512.
    max_depth: usize,
    stack: Vec<Open>,
    /// The last open element of each tag, as place in the stack plus one.
    last: [u32; Tag::COUNT],
    /// Open elements of each tag that are too deep for the stack.
    too_deep: [u32; Tag::COUNT],
    gap: Gap,
    tag: Tag,
    attribute: Vec<u8>,
    hints: Hints,
    meta: Meta,
}

/// The attributes of a `meta` element.
#[derive(Default)]
struct Meta {
    titles: bool,
    content: String,
}

impl Builder {
    fn new(length: usize, limits: &Limits) -> Self {
        let root = Node::new(Tag::Body, ROOT, 0, Hints::default());
        let page = HtmlPage {
            text: String::with_capacity(length / 8),
            nodes: vec![root],
            ..HtmlPage::default()
        };
        Builder {
            page,
            max_nodes: (length / BYTES_A_NODE + MIN_NODES).min(limits.elements),
            max_depth: limits.depth,
            stack: Vec::new(),
            last: [0; Tag::COUNT],
            too_deep: [0; Tag::COUNT],
            gap: Gap::None,
            tag: Tag::Other,
            attribute: Vec::new(),
            hints: Hints::default(),
            meta: Meta::default(),
        }
    }

    fn take(&mut self, event: &CallbackEvent<'_>) {
        match event {
            CallbackEvent::OpenStartTag { name } => {
                (self.tag, self.hints) = (Tag::of(name), Hints::default());
                self.meta = Meta::default();
            }
            CallbackEvent::AttributeName { name } => {
                self.attribute.clear();
                self.attribute.extend(&name[..name.len().min(32)]);
                if *name == b"hidden" {
                    self.hints.note(b"hidden", b"");
                }
            }
            CallbackEvent::AttributeValue { value } => self.attribute(value),
            CallbackEvent::CloseStartTag { .. } => self.open(),
            CallbackEvent::EndTag { name } => self.close(Tag::of(name)),
            CallbackEvent::String { value } => self.string(&String::from_utf8_lossy(value)),
            CallbackEvent::Comment { .. }
            | CallbackEvent::Doctype { .. }
            | CallbackEvent::Error(_) => {}
        }
    }

    fn attribute(&mut self, value: &[u8]) {
        if self.tag == Tag::Meta {
            self.meta.note(&self.attribute, value);
        } else {
            self.hints.note(&self.attribute, value);
        }
    }

    fn open(&mut self) {
        let tag = self.tag;
        self.page.steps += 1;
        match tag {
            Tag::Meta if self.meta.titles && self.page.shared_title.is_empty() => {
                self.page.shared_title = std::mem::take(&mut self.meta.content);
            }
            // The hints of the body are those of the page.
            Tag::Html | Tag::Body if self.last[tag as usize] > 0 => return,
            _ => {}
        }
        self.count(tag);
        self.gap = self.gap.or(gap(tag));
        if tag.has_content() {
            self.close_implied(tag);
            self.push(tag);
        }
    }

    /// Counts an element without content, which says something about its surroundings.
    fn count(&mut self, tag: Tag) {
        let node = self.node() as usize;
        let node = &mut self.page.nodes[node];
        match tag {
            Tag::Img | Tag::Picture => node.pictures = node.pictures.saturating_add(1),
            Tag::Input | Tag::Textarea | Tag::Select => node.inputs = node.inputs.saturating_add(1),
            _ => {}
        }
    }

    /// Closes elements whose end tags may be left out.
    fn close_implied(&mut self, tag: Tag) {
        use Tag::{
            A, Caption, Colgroup, Dd, Dt, Li, Optgroup, Option, P, Tbody, Td, Tfoot, Th, Thead, Tr,
        };
        if tag.ends_paragraph() && self.last[P as usize] > self.scope() {
            self.pop_to(P);
        }
        match tag {
            Li => self.close_within(&[Li], &[Tag::Ul, Tag::Ol, Tag::Menu, Tag::Dir]),
            Dt | Dd => self.close_within(&[Dt, Dd], &[Tag::Dl]),
            Option => self.close_within(&[Option], &[Tag::Select, Tag::Datalist]),
            Optgroup => self.close_within(&[Optgroup, Option], &[Tag::Select]),
            Td | Th => self.close_within(&[Td, Th, Caption, Colgroup], &[Tag::Table]),
            Tr => self.close_within(&[Tr, Caption, Colgroup], &[Tag::Table]),
            Tbody | Thead | Tfoot => {
                self.close_within(&[Tbody, Thead, Tfoot, Tr, Caption, Colgroup], &[Tag::Table]);
            }
            A if self.last[A as usize] > self.block() => self.pop_to(A),
            _ if tag.is_heading() => {
                let top = self.stack.last().map(|open| open.tag);
                if top.is_some_and(Tag::is_heading) {
                    self.pop();
                }
            }
            _ => {}
        }
    }

    /// Closes the outermost open element of these tags inside the last open one of `around`.
    fn close_within(&mut self, tags: &[Tag], around: &[Tag]) {
        let table = tags.contains(&Tag::Caption);
        let scope = if table { 0 } else { self.scope() };
        let bound = around
            .iter()
            .map(|tag| self.last[*tag as usize])
            .fold(scope, u32::max);
        let open = tags
            .iter()
            .map(|tag| self.last[*tag as usize])
            .filter(|last| *last > bound);
        if let Some(outermost) = open.min() {
            self.pop_down_to(outermost);
        }
    }

    fn close(&mut self, tag: Tag) {
        self.page.steps += 1;
        self.gap = self.gap.or(gap(tag));
        if self.too_deep[tag as usize] > 0 {
            self.too_deep[tag as usize] -= 1;
            return;
        }
        let bound = match tag {
            Tag::Html | Tag::Body => u32::MAX,
            Tag::Table => 0,
            Tag::Td | Tag::Th | Tag::Tr | Tag::Tbody | Tag::Thead | Tag::Tfoot | Tag::Caption => {
                self.last[Tag::Table as usize]
            }
            Tag::Li => [Tag::Ul, Tag::Ol]
                .iter()
                .fold(self.scope(), |at, tag| at.max(self.last[*tag as usize])),
            _ if tag.is_scope() => 0,
            _ if tag.is_block() || tag.kind() == TagKind::Object => self.scope(),
            // What is misnested, as in <b><p>…</b>, stays open as long as the block around it.
            _ => self.block(),
        };
        if self.last[tag as usize] > bound {
            self.pop_to(tag);
        }
    }

    /// Returns the place plus one of the last open scope.
    fn scope(&self) -> u32 {
        self.stack.last().map_or(0, |open| open.scope)
    }

    fn block(&self) -> u32 {
        self.stack.last().map_or(0, |open| open.block)
    }

    fn node(&self) -> u32 {
        self.stack.last().map_or(ROOT, |open| open.node)
    }

    fn push(&mut self, tag: Tag) {
        if self.stack.len() >= self.max_depth {
            self.too_deep[tag as usize] = self.too_deep[tag as usize].saturating_add(1);
            return;
        }
        let hints = std::mem::take(&mut self.hints);
        let (parent, place) = (self.node(), self.stack.len() as u32 + 1);
        if tag == Tag::Body {
            self.page.nodes[ROOT as usize].hints = hints;
        }
        let node = if needs_node(tag, &hints) && self.page.nodes.len() < self.max_nodes {
            self.write_gap();
            self.page
                .nodes
                .push(Node::new(tag, parent, self.page.text.len() as u32, hints));
            self.page.nodes.len() as u32 - 1
        } else {
            parent
        };
        let block = if tag.is_block() { place } else { self.block() };
        let scope = if tag.is_scope() { place } else { self.scope() };
        self.stack.push(Open {
            tag,
            node,
            same: self.last[tag as usize],
            block,
            scope,
        });
        self.last[tag as usize] = place;
    }

    fn pop_to(&mut self, tag: Tag) {
        self.pop_down_to(self.last[tag as usize]);
    }

    fn pop_down_to(&mut self, place: u32) {
        while self.stack.len() as u32 >= place.max(1) {
            self.pop();
        }
        self.too_deep = [0; Tag::COUNT];
    }

    fn pop(&mut self) {
        let Some(open) = self.stack.pop() else { return };
        self.page.steps += 1;
        self.last[open.tag as usize] = open.same;
        self.gap = self.gap.or(gap(open.tag));
        if open.node == self.node() {
            return;
        }
        let end = self.page.text.len() as u32;
        let node = &mut self.page.nodes[open.node as usize];
        node.end = end;
        let (empty, last) = (
            node.start == end,
            open.node as usize + 1 == self.page.nodes.len(),
        );
        if empty && last {
            let Some(node) = self.page.nodes.pop() else {
                return;
            };
            let parent = &mut self.page.nodes[node.parent as usize];
            parent.pictures = parent.pictures.saturating_add(node.pictures);
            if !matches!(node.tag, Tag::Form | Tag::Fieldset) && !node.hints.hidden {
                parent.inputs = parent.inputs.saturating_add(node.inputs);
            }
        }
    }

    fn string(&mut self, text: &str) {
        match self.stack.last().map(|open| open.tag) {
            Some(Tag::Title) if self.last[Tag::Svg as usize] == 0 && self.page.title.is_empty() => {
                self.page.title = text.split_whitespace().collect::<Vec<_>>().join(" ");
            }
            Some(tag) if tag.kind() == TagKind::Unseen => {}
            // What is inside a template is not seen either, whatever element it is in.
            _ if self.last[Tag::Template as usize] > 0 => {}
            _ => self.text(text),
        }
    }

    fn text(&mut self, text: &str) {
        let as_it_is = [
            Tag::Pre,
            Tag::Listing,
            Tag::Textarea,
            Tag::Plaintext,
            Tag::Xmp,
        ];
        let lines = as_it_is.iter().any(|tag| self.last[*tag as usize] > 0);
        let (mut characters, mut commas) = (0, 0);
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            if is_blank(first) {
                self.gap = self.gap.or(if lines && first == '\n' {
                    Gap::Line
                } else {
                    Gap::Blank
                });
                rest = &rest[first.len_utf8()..];
                continue;
            }
            let (word, after) = rest.split_at(rest.find(is_blank).unwrap_or(rest.len()));
            self.write_gap();
            self.page.text.push_str(word);
            characters += word.chars().count() as u32 + 1;
            commas += word.chars().filter(|c| is_comma(*c)).count() as u32;
            rest = after;
        }
        let node = self.node() as usize;
        self.page.nodes[node].characters += characters;
        self.page.nodes[node].commas += commas;
    }

    fn write_gap(&mut self) {
        let text = &mut self.page.text;
        match std::mem::replace(&mut self.gap, Gap::None) {
            _ if text.is_empty() => {}
            Gap::Line if text.ends_with(' ') => {
                text.pop();
                text.push('\n');
            }
            Gap::Line if !text.ends_with('\n') => text.push('\n'),
            Gap::Blank if !text.ends_with(['\n', ' ']) => text.push(' '),
            _ => {}
        }
    }

    fn finish(mut self) -> HtmlPage {
        self.pop_down_to(1);
        self.page.nodes[ROOT as usize].end = self.page.text.len() as u32;
        self.page
    }
}

impl Node {
    fn new(tag: Tag, parent: u32, start: u32, hints: Hints) -> Self {
        Node {
            tag,
            parent,
            start,
            end: start,
            characters: 0,
            commas: 0,
            pictures: 0,
            inputs: 0,
            hints,
        }
    }
}

impl Meta {
    fn note(&mut self, name: &[u8], value: &[u8]) {
        const TITLES: [&str; 6] = [
            "og:title",
            "twitter:title",
            "dc:title",
            "dc.title",
            "dcterm:title",
            "parsely-title",
        ];
        match name {
            b"property" | b"name" => {
                let value =
                    String::from_utf8_lossy(&value[..value.len().min(32)]).to_ascii_lowercase();
                self.titles |= TITLES.contains(&value.trim());
            }
            b"content" => {
                let value = String::from_utf8_lossy(&value[..value.len().min(2000)]);
                self.content = value.split_whitespace().collect::<Vec<_>>().join(" ");
            }
            _ => {}
        }
    }
}

impl Gap {
    fn or(self, other: Gap) -> Gap {
        if other > self { other } else { self }
    }
}

/// Blocks, links and parts of lines that attributes speak of.
fn needs_node(tag: Tag, hints: &Hints) -> bool {
    match tag.kind() {
        TagKind::Block | TagKind::Cell | TagKind::Object => {
            !matches!(tag, Tag::Html | Tag::Head | Tag::Body)
        }
        TagKind::Inline => {
            tag == Tag::A
                || hints.hidden
                || hints.unlikely
                || hints.role
                || hints.share
                || hints.modal
        }
        TagKind::Unseen | TagKind::Break | TagKind::Picture | TagKind::Void => false,
    }
}

fn gap(tag: Tag) -> Gap {
    match tag.kind() {
        TagKind::Block | TagKind::Break => Gap::Line,
        TagKind::Cell | TagKind::Object | TagKind::Picture => Gap::Blank,
        TagKind::Unseen if tag == Tag::Iframe => Gap::Blank,
        TagKind::Inline | TagKind::Unseen | TagKind::Void => Gap::None,
    }
}

/// White space of HTML, at which a browser may break a line; a no-break space is part of the text.
fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{c}')
}

fn is_comma(c: char) -> bool {
    matches!(
        c,
        ',' | '\u{60c}' | '\u{3001}' | '\u{ff0c}' | '\u{fe50}' | '\u{fe10}'
    )
}
