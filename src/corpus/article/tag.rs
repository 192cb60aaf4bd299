//! Elements of HTML by their names, and how they bear on words and paragraphs.

/// Place of an element in a page, as far as its text is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::corpus) enum TagKind {
    /// Begins and ends a line.
    Block,
    /// Begins and ends a cell of a row.
    Cell,
    /// Part of a line; splits no word.
    Inline,
    /// A control, picture or player that is part of a line but stands between words.
    Object,
    /// Text that no browser shows.
    Unseen,
    /// Has no content and no end tag, and ends the line.
    Break,
    /// Has no content and no end tag, and stands between words.
    Picture,
    /// Has no content and no end tag, and is not seen.
    Void,
}

macro_rules! tags {
    ($($tag:ident $name:literal $kind:ident,)*) => {
        /// An element's name.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub(in crate::corpus) enum Tag {
            /// A name that HTML does not know.
            Other,
            /// A custom element, which has a hyphen in its name.
            Custom,
            $(#[doc = $name] $tag,)*
        }

        impl Tag {
            /// Every name that is known.
            #[cfg(test)]
            pub(in crate::corpus) const NAMES: &[&str] = &[$($name),*];

            /// Finds the element of a name in lower case.
            pub(in crate::corpus) fn of(name: &[u8]) -> Tag {
                match std::str::from_utf8(name).unwrap_or_default() {
                    $($name => Tag::$tag,)*
                    name if name.contains('-') => Tag::Custom,
                    _ => Tag::Other,
                }
            }

            /// Returns the element's place in a page.
            pub(in crate::corpus) fn kind(self) -> TagKind {
                match self {
                    Tag::Other => TagKind::Inline,
                    // Most of them are laid out as blocks, and hardly any stands inside a word.
                    Tag::Custom => TagKind::Block,
                    $(Tag::$tag => TagKind::$kind,)*
                }
            }
        }
    };
}

tags! {
    A "a" Inline, Abbr "abbr" Inline, Acronym "acronym" Inline, Address "address" Block,
    Applet "applet" Object, Area "area" Void, Article "article" Block, Aside "aside" Block,
    Audio "audio" Object, B "b" Inline, Base "base" Void, Basefont "basefont" Void,
    Bdi "bdi" Inline, Bdo "bdo" Inline, Bgsound "bgsound" Void, Big "big" Inline,
    Blockquote "blockquote" Block, Body "body" Block, Br "br" Break, Button "button" Object,
    Canvas "canvas" Object, Caption "caption" Block, Center "center" Block, Cite "cite" Inline,
    Code "code" Inline, Col "col" Void, Colgroup "colgroup" Block, Data "data" Inline,
    Datalist "datalist" Object, Dd "dd" Block, Del "del" Inline, Details "details" Block,
    Dfn "dfn" Inline, Dialog "dialog" Block, Dir "dir" Block, Div "div" Block, Dl "dl" Block,
    Dt "dt" Block, Em "em" Inline, Embed "embed" Picture, Fieldset "fieldset" Block,
    Figcaption "figcaption" Block, Figure "figure" Block, Font "font" Inline,
    Footer "footer" Block, Form "form" Block, Frame "frame" Void, Frameset "frameset" Block,
    H1 "h1" Block, H2 "h2" Block, H3 "h3" Block, H4 "h4" Block, H5 "h5" Block, H6 "h6" Block,
    Head "head" Block, Header "header" Block, Hgroup "hgroup" Block, Hr "hr" Break,
    Html "html" Block, I "i" Inline, Iframe "iframe" Unseen, Img "img" Picture,
    Input "input" Picture, Ins "ins" Inline, Kbd "kbd" Inline, Keygen "keygen" Picture,
    Label "label" Inline, Legend "legend" Block, Li "li" Block, Link "link" Void,
    Listing "listing" Block, Main "main" Block, Map "map" Inline, Mark "mark" Inline,
    Marquee "marquee" Block, Math "math" Inline, Menu "menu" Block, Meta "meta" Void,
    Meter "meter" Object, Nav "nav" Block, Nobr "nobr" Inline, Noembed "noembed" Unseen,
    Noframes "noframes" Unseen, Noscript "noscript" Unseen, Object "object" Object,
    Ol "ol" Block, Optgroup "optgroup" Block, Option "option" Block, Output "output" Inline,
    P "p" Block, Param "param" Void, Picture "picture" Object, Plaintext "plaintext" Block,
    Pre "pre" Block, Progress "progress" Object, Q "q" Inline, Rb "rb" Inline, Rp "rp" Object,
    Rt "rt" Object, Rtc "rtc" Object, Ruby "ruby" Inline, S "s" Inline, Samp "samp" Inline,
    Script "script" Unseen, Search "search" Block, Section "section" Block,
    Select "select" Object, Slot "slot" Inline, Small "small" Inline, Source "source" Void,
    Span "span" Inline, Strike "strike" Inline, Strong "strong" Inline, Style "style" Unseen,
    Sub "sub" Inline, Summary "summary" Block, Sup "sup" Inline, Svg "svg" Object,
    Table "table" Block, Tbody "tbody" Block, Td "td" Cell, Template "template" Unseen,
    Textarea "textarea" Object, Tfoot "tfoot" Block, Th "th" Cell, Thead "thead" Block,
    Time "time" Inline, Title "title" Unseen, Tr "tr" Block, Track "track" Void, Tt "tt" Inline,
    U "u" Inline, Ul "ul" Block, Var "var" Inline, Video "video" Object, Wbr "wbr" Void,
    Xmp "xmp" Block,
}

impl Tag {
    /// The number of different tags.
    pub(in crate::corpus) const COUNT: usize = Tag::Xmp as usize + 1;

    /// Tells whether the element has an end tag.
    pub(in crate::corpus) fn has_content(self) -> bool {
        !matches!(
            self.kind(),
            TagKind::Break | TagKind::Picture | TagKind::Void
        )
    }

    /// Tells whether the element begins a line or a cell.
    pub(in crate::corpus) fn is_block(self) -> bool {
        matches!(self.kind(), TagKind::Block | TagKind::Cell)
    }

    /// Tells whether end tags inside do not reach what is open outside.
    pub(in crate::corpus) fn is_scope(self) -> bool {
        use Tag::{Applet, Caption, Html, Marquee, Object, Table, Td, Template, Th};
        matches!(
            self,
            Html | Table | Td | Th | Caption | Object | Applet | Marquee | Template
        )
    }

    /// Tells whether the element is a heading.
    pub(in crate::corpus) fn is_heading(self) -> bool {
        matches!(
            self,
            Tag::H1 | Tag::H2 | Tag::H3 | Tag::H4 | Tag::H5 | Tag::H6
        )
    }

    /// Tells whether an open paragraph ends where this element begins.
    pub(in crate::corpus) fn ends_paragraph(self) -> bool {
        use Tag::{Body, Caption, Colgroup, Custom, Head, Html, Legend, Optgroup, Option, Table};
        use Tag::{Tbody, Tfoot, Thead, Tr};
        self.kind() == TagKind::Block
            && !matches!(
                self,
                Html | Head | Body | Custom | Table | Caption | Colgroup | Legend
            )
            && !matches!(self, Optgroup | Option | Tbody | Tfoot | Thead | Tr)
    }
}
