//! Any other language: words by Unicode alone, numbers cut at every separator.

use super::{Rules, german};

pub(super) static RULES: Rules =
    Rules { code: "und", digit_group: None, decimal: None, clitics: &["'s"], fold: german::fold };
