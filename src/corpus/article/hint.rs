//! Hints at the role of an element: its class, id, role and whether it is shown.

/// The names of elements that are no part of an article.
const UNLIKELY: [&str; 46] = [
    "-ad-",
    "ad-break",
    "advert",
    "agegate",
    "anzeige",
    "banner",
    "breadcrumb",
    "brotkrum",
    "combx",
    "comment",
    "community",
    "consent",
    "cookie",
    "disqus",
    "extra",
    "footer",
    "gdpr",
    "header",
    "kommentar",
    "legends",
    "masthead",
    "mehr-zum",
    "menu",
    "navi",
    "newsletter",
    "outbrain",
    "pager",
    "pagination",
    "popup",
    "recommend",
    "related",
    "remark",
    "replies",
    "rss",
    "shoutbox",
    "sidebar",
    "skyscraper",
    "social",
    "sponsor",
    "subscribe",
    "supplemental",
    "taboola",
    "teaser-list",
    "weitere-artikel",
    "werbung",
    "yom-remote",
];

/// The names that make an element worth a look all the same.
const MAYBE: [&str; 9] = [
    "and", "article", "artikel", "body", "column", "content", "main", "shadow", "mathjax",
];

const NEGATIVE: [&str; 32] = [
    "-ad-",
    "advert",
    "anzeige",
    "banner",
    "combx",
    "comment",
    "com-",
    "consent",
    "contact",
    "cookie",
    "footer",
    "gdpr",
    "hidden",
    "kommentar",
    "masthead",
    "media",
    "meta",
    "newsletter",
    "outbrain",
    "promo",
    "related",
    "scroll",
    "share",
    "shoutbox",
    "sidebar",
    "skyscraper",
    "sponsor",
    "shopping",
    "tags",
    "teilen",
    "werbung",
    "widget",
];

const POSITIVE: [&str; 12] = [
    "article", "artikel", "body", "content", "entry", "hentry", "main", "page", "post", "text",
    "blog", "story",
];

/// The roles of elements that are no part of an article.
const ROLES: [&str; 9] = [
    "menu",
    "menubar",
    "complementary",
    "navigation",
    "alert",
    "alertdialog",
    "dialog",
    "banner",
    "contentinfo",
];

/// The bytes of an attribute that are looked at: names that tell stand first, and pages may be
/// hostile.
const MAX_ATTRIBUTE: usize = 256;

/// Facts about an element that its attributes tell.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Hints {
    /// True where it is not shown.
    pub hidden: bool,
    /// True where a name speaks against it.
    pub unlikely: bool,
    /// True where a name speaks for a second look.
    pub maybe: bool,
    /// True where it offers to share the article.
    pub share: bool,
    /// True where it is a dialog that lies over the page.
    pub modal: bool,
    /// True where its role is none of an article.
    pub role: bool,
    /// True where it is a link within the page.
    pub inner_link: bool,
    /// True where it is a table for the layout.
    pub layout: bool,
    /// The score of its names, from -50 to 75.
    pub weight: i8,
    /// A number that two elements of the same class share; 0 without a class.
    pub class: u32,
}

impl Hints {
    /// Notes an attribute, whose name is in lower case.
    pub(super) fn note(&mut self, name: &[u8], value: &[u8]) {
        match name {
            b"class" => {
                self.class = number(value);
                self.names(&lower(value));
            }
            b"id" => self.names(&lower(value)),
            b"role" => self.role(&lower(value)),
            b"hidden" => self.hidden = !value.eq_ignore_ascii_case(b"until-found"),
            b"aria-hidden" => self.hidden |= value.eq_ignore_ascii_case(b"true"),
            b"aria-modal" => self.modal |= value.eq_ignore_ascii_case(b"true"),
            b"style" => self.style(&lower(value)),
            b"href" => self.inner_link |= value.starts_with(b"#"),
            b"itemprop" if value.eq_ignore_ascii_case(b"articleBody") => {
                (self.weight, self.maybe) = (self.weight.saturating_add(25), true);
            }
            _ => {}
        }
    }

    fn names(&mut self, names: &str) {
        let any = |list: &[&str]| list.iter().any(|word| names.contains(word));
        self.unlikely |= any(&UNLIKELY);
        self.maybe |= any(&MAYBE);
        self.share |= any(&["share", "sharing", "teilen"]);
        let weight = 25 * i8::from(any(&POSITIVE)) - 25 * i8::from(any(&NEGATIVE));
        self.weight = self.weight.saturating_add(weight).clamp(-50, 75);
    }

    fn role(&mut self, role: &str) {
        self.role |= ROLES.contains(&role);
        self.layout |= role == "presentation";
    }

    fn style(&mut self, style: &str) {
        let style: String = style.chars().filter(|c| !c.is_whitespace()).collect();
        self.hidden |= style.contains("display:none") || style.contains("visibility:hidden");
    }
}

fn lower(value: &[u8]) -> String {
    String::from_utf8_lossy(&value[..value.len().min(MAX_ATTRIBUTE)])
        .trim()
        .to_ascii_lowercase()
}

/// FNV-1a, which is enough to tell the classes of one page apart.
fn number(value: &[u8]) -> u32 {
    let step = |hash: u32, byte: &u8| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193);
    if value.is_empty() {
        0
    } else {
        value
            .iter()
            .take(MAX_ATTRIBUTE)
            .fold(0x811c_9dc5, step)
            .max(1)
    }
}
