//! Options that several commands share, and the conditions under which each has an effect.

use super::Idle;
use super::given::Given;
use super::rules::{
    color, intervals, norm_exponent, of_all_heads, of_classifier, of_features, of_heads_of_label,
    penalty_of_elastic_net,
};

/// The condition under which an option has an effect.
#[derive(Clone, Copy)]
pub enum Effect {
    /// Wherever clap takes it. A column that is not there is an error, and so is not ignored.
    Always,
    /// Wherever the rule finds no reason why it has none.
    Only(fn(&Given<'_>, &'static str) -> Option<Idle>),
    /// Hangs on what is read: the function that refuses it.
    Later(#[allow(dead_code, reason = "for readers and for the test")] &'static str),
}

use Effect::{Always, Later, Only};

/// Ids of options with their conditions.
pub type Options = &'static [(&'static str, Effect)];

pub const PROGRAM: Options = &[("threads", Always), ("color", Only(color))];

pub const SHAPE: Options = &[("json", Always), ("table", Always)];

pub const READING: Options = &[
    ("format", Always),
    ("delimiter", Later("plan::source")),
    ("quote", Later("plan::source")),
    ("no_header", Later("plan::source")),
    ("encoding", Later("plan::source")),
    ("max_row", Always),
];

pub const ROWS: Options = &[
    ("text", Always),
    ("decode_html", Later("plan::source")),
    ("id", Always),
    ("filters", Always),
    ("skip_bad", Always),
];

pub const LABELS: Options = &[("label", Always), ("labels", Always)];

pub const LABEL_FORMAT: Options = &[
    ("missing", Later("LabelFormatArgs::over")),
    ("separator", Later("LabelFormatArgs::over")),
];

pub const LABELLED: Options = &[("sample_weight", Always), ("unlabelled", Always)];

pub const INTERVALS: Options = &[
    ("resamples", Always),
    ("confidence_level", Only(intervals)),
    ("interval_seed", Only(intervals)),
];

pub const GROUP: Options = &[("group", Only(intervals))];

pub const MODEL: Options = &[("model", Always)];

pub const GOALS: Options = &[
    ("calibrate", Only(of_all_heads)),
    ("thresholds", Only(of_all_heads)),
    ("abstain", Always),
];

/// Options of words and languages.
pub const WORDS: Options = &[
    ("no_stem", Only(of_features)),
    ("stop_words", Only(of_features)),
];

/// Options that make more terms of words.
pub const PARTS: Options = &[
    ("hyphens", Only(of_features)),
    ("no_compounds", Only(of_features)),
];

pub const FEATURES: Options = &[
    ("language", Always),
    ("umlauts", Always),
    ("word_ngrams", Always),
    ("char_ngrams", Always),
    ("min_df", Always),
    ("max_df", Always),
    ("max_features", Always),
    ("tf", Always),
    ("idf", Always),
    ("norm", Always),
    ("norm_exponent", Only(norm_exponent)),
];

/// The same where models may have features of their own.
pub const FEATURES_OF_MODELS: Options = &[
    ("language", Only(of_features)),
    ("umlauts", Only(of_features)),
    ("word_ngrams", Only(of_features)),
    ("char_ngrams", Only(of_features)),
    ("min_df", Only(of_features)),
    ("max_df", Only(of_features)),
    ("max_features", Only(of_features)),
    ("tf", Only(of_features)),
    ("idf", Only(of_features)),
    ("norm", Only(of_features)),
    ("norm_exponent", Only(norm_exponent)),
];

pub const CLASSIFIER: Options = &[
    ("classifier", Only(of_all_heads)),
    ("C", Only(of_classifier)),
    ("alpha", Only(of_classifier)),
    ("tol", Only(of_classifier)),
    ("epochs", Only(of_classifier)),
    ("learning_rate", Only(of_classifier)),
    ("loss", Only(of_classifier)),
    ("penalty", Only(of_classifier)),
    ("l1_ratio", Only(penalty_of_elastic_net)),
    ("multi_class", Only(of_heads_of_label)),
    ("intercept", Only(of_classifier)),
    ("interpolation", Only(of_classifier)),
    ("ratio_exponent", Only(of_classifier)),
    ("class_weight", Always),
];

pub const TARGET: Options = &[
    ("output", Always),
    ("force", Always),
    ("compact", Always),
    ("no_fingerprints", Always),
    ("no_profile", Always),
    ("intended_use", Always),
    ("known_gaps", Always),
    ("card_file", Always),
    ("name", Always),
];

pub const WITH_BACKGROUND: Options = &[
    ("background", Always),
    ("background_weight", Always),
    ("background_terms", Always),
];
