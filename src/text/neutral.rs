//! Any other language: words by Unicode alone, numbers cut at every separator.

use super::Rules;

pub(super) static RULES: Rules =
    Rules { code: "und", digit_group: 0, decimal: 0, clitics: &[], fold: |_| None };
