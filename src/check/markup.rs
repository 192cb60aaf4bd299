//! HTML entities and tags that were left in a text.

/// The named entities that are looked for: those of HTML 2 to 4 that stand in articles.
const ENTITIES: &str = " amp lt gt quot apos nbsp shy ensp emsp thinsp zwnj zwj lrm rlm \
    iexcl cent pound curren yen brvbar sect uml copy ordf laquo raquo not reg macr deg plusmn sup1 sup2 sup3 \
    acute micro para middot cedil ordm frac14 frac12 frac34 iquest times divide \
    Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml \
    ETH Ntilde Ograve Oacute Ocirc Otilde Ouml Oslash Ugrave Uacute Ucirc Uuml Yacute THORN szlig \
    agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml igrave iacute icirc iuml \
    eth ntilde ograve oacute ocirc otilde ouml oslash ugrave uacute ucirc uuml yacute thorn yuml \
    OElig oelig Scaron scaron Yuml fnof circ tilde ndash mdash lsquo rsquo sbquo ldquo rdquo bdquo \
    dagger Dagger bull hellip permil prime Prime lsaquo rsaquo euro trade larr uarr rarr darr minus ";

/// The tags that are looked for.
const TAGS: &str = " a abbr article aside audio b big blockquote body br caption center cite code dd del div \
    dl dt em embed figcaption figure font footer form h1 h2 h3 h4 h5 h6 head header hr html i iframe img \
    input ins label li link main mark meta nav ol option p picture pre q s script section select small \
    source span strike strong style sub sup table tbody td tfoot th thead time title tr tt u ul video ";

/// Returns the entities and tags of a text in their order.
pub(super) fn fragments(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices(['&', '<']).filter_map(|(at, start)| {
        let rest = &text[at..];
        if start == "&" { entity(rest) } else { tag(rest) }
    })
}

fn listed(list: &str, name: &str) -> bool {
    !name.is_empty() && list.split_ascii_whitespace().any(|known| known == name)
}

/// Returns the entity at the start of a text; a semicolon ends it.
fn entity(text: &str) -> Option<&str> {
    const LONGEST: usize = 12;
    let end = text.bytes().take(LONGEST).position(|byte| byte == b';')?;
    let name = &text[1..end];
    let numeric = name.strip_prefix('#').is_some_and(|number| match number.strip_prefix(['x', 'X']) {
        Some(digits) => !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_hexdigit()),
        None => !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()),
    });
    (numeric || listed(ENTITIES, name)).then_some(&text[..=end])
}

/// Returns the tag at the start of a text; attributes have an equals sign, which prose lacks.
fn tag(text: &str) -> Option<&str> {
    // The next `<` ends the search, so that a text of `<` alone takes linear time.
    let end = 1 + text[1..].find(['<', '>'])?;
    if !text[end..].starts_with('>') {
        return None;
    }
    let inner = text[1..end].trim_start_matches('/').trim_end_matches('/');
    let (name, rest) = inner.split_once(|c: char| c.is_ascii_whitespace()).unwrap_or((inner, ""));
    let attributes = rest.trim().is_empty() || rest.contains('=');
    (attributes && listed(TAGS, &name.to_ascii_lowercase())).then_some(&text[..=end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entities_and_tags_are_found_and_prose_is_not() {
        let text = "Q&amp;A &#8220;x&#x201D;<br />a<P>b</p> <a href=\"u\">l</a> &uuml;";
        let found: Vec<&str> = fragments(text).collect();
        let expected =
            ["&amp;", "&#8220;", "&#x201D;", "<br />", "<P>", "</p>", "<a href=\"u\">", "</a>", "&uuml;"];
        assert_eq!(found, expected);
        for prose in
            ["a < b", "AT&T", "x & y;", "a<b and c>d", "<a <", "&foo;", "&#;", "<3", "&", "<", "&ü;", "<>"]
        {
            assert_eq!(fragments(prose).next(), None, "{prose}");
        }
    }
}
