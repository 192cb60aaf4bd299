//! English: the possessive `'s` is cut off, contractions such as `don't` stay whole because they
//! carry the negation.

use super::Rules;

pub(super) static RULES: Rules =
    Rules { code: "en", digit_group: b',', decimal: b'.', clitics: &["'s"], fold: |_| None };
