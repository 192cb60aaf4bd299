//! English: the possessive `'s` is cut off, contractions such as `don't` stay whole because they
//! carry the negation.

use super::{Rules, german};

pub(super) static RULES: Rules =
    Rules { code: "en", digit_group: Some(b','), decimal: Some(b'.'), clitics: &["'s"], fold: german::fold };
