//! The options of each command, and the conditions under which each has an effect.

use super::groups::Effect::{self, Always, Later, Only};
use super::groups::{
    CLASSIFIER, FEATURES, FEATURES_OF_MODELS, GOALS, GROUP, INTERVALS, LABEL_FORMAT, LABELLED,
    LABELS, MODEL, Options, PARTS, PROGRAM, READING, ROWS, SHAPE, TARGET, WITH_BACKGROUND, WORDS,
};
use super::rules::{
    background_of_compare, errors_of_report, fail_if_worse, force_of_score, force_of_split,
    head_of_export, limits, not_in_agree, not_in_relabel, not_of_files, of_counted_corrections,
    of_import, of_score_rows, of_words_found, of_written_corrections, preset, rare, rows_of_export,
    seed_of_compare, seed_of_split, similarity, survey, surveys, time_of_compare, top_of_scores,
    undated, unlabelled_of_split,
};

const TRAIN: Options = &[
    ("inputs", Always),
    ("from", Always),
    ("rows", Always),
    ("evaluate", Always),
    ("stream", Always),
    ("memory", Always),
    ("checkpoint", Always),
    ("checkpoint_every", Always),
    ("seed", Later("train::verify_chance")),
    ("folds", Later("train::verify_chance")),
    ("calibration_set", Always),
    ("replication", Always),
    ("preset", Only(preset)),
    ("options", Always),
];

const FIT_PART: Options = &[
    ("inputs", Always),
    ("output", Always),
    ("force", Always),
    ("shard", Always),
    ("survey", Only(survey)),
    ("surveys", Only(surveys)),
    ("language", Always),
    ("hyphens", Only(of_words_found)),
    ("umlauts", Only(of_words_found)),
    ("no_stem", Only(of_words_found)),
    ("stop_words", Only(of_words_found)),
    ("no_compounds", Only(of_words_found)),
];

const FIT_MERGE: Options = &[
    ("part_files", Always),
    ("memory", Always),
    ("seed", Later("Chance::verify")),
    ("folds", Later("Chance::verify")),
    ("preset", Only(preset)),
    ("options", Always),
];

const BACKGROUND: Options = &[
    ("inputs", Always),
    ("output", Always),
    ("force", Always),
    ("dimensions", Always),
    ("window", Always),
    ("vocabulary", Always),
    ("min_df", Always),
    ("bits", Always),
    ("memory", Always),
    ("seed", Always),
    ("language", Always),
    ("hyphens", Always),
    ("umlauts", Always),
];

const TUNE: Options = &[
    ("inputs", Always),
    ("metric", Always),
    ("time_limit", Always),
    ("memory", Always),
    ("folds", Always),
    ("seed", Always),
    ("no_stack", Always),
    ("language", Always),
];

const CHECK: Options = &[
    ("inputs", Always),
    ("by", Always),
    ("date", Always),
    ("period", Always),
    ("source", Always),
    ("limit", Only(limits)),
    ("similarity", Always),
    ("shingle_size", Always),
    ("tiny", Always),
    ("giant", Always),
    ("rare", Only(rare)),
    ("examples", Always),
    ("write", Always),
    ("force", Always),
];

const SPLIT: Options = &[
    ("inputs", Always),
    ("output", Always),
    ("write", Always),
    ("column", Always),
    ("force", Only(force_of_split)),
    ("parts", Always),
    ("folds", Always),
    ("group", Always),
    ("date", Always),
    ("before", Always),
    ("seed", Only(seed_of_split)),
    ("near_duplicates", Always),
    ("similarity", Only(similarity)),
    ("undated", Only(undated)),
    ("strict", Always),
    ("unlabelled", Only(unlabelled_of_split)),
];

const SCORE: Options = &[
    ("inputs", Always),
    ("why", Only(of_score_rows)),
    ("top", Only(top_of_scores)),
    ("max_error", Only(of_score_rows)),
    ("output", Always),
    ("shard", Always),
    ("force", Only(force_of_score)),
];

const EXPLAIN: Options = &[
    ("inputs", Always),
    ("label", Always),
    ("top", Always),
    ("all", Always),
    ("force", Always),
];

const SERVE: Options = &[
    ("model_files", Always),
    ("listen", Always),
    ("token_file", Always),
    ("store", Always),
    ("base", Always),
    ("inbox", Always),
    ("test_share", Always),
    ("host", Always),
    ("max_body", Always),
    ("max_row", Always),
    ("max_rows", Always),
    ("max_model", Always),
    ("timeout", Always),
    ("concurrency", Always),
    ("queue", Always),
];

const EVAL: Options = &[
    ("inputs", Always),
    ("head", Always),
    ("write_card", Always),
    ("test_name", Always),
    ("max_error", Always),
    ("predictions", Always),
    ("report", Always),
    ("errors", Only(errors_of_report)),
    ("force", Always),
];

const COMPARE: Options = &[
    ("inputs", Always),
    ("models", Always),
    ("time_limit", Only(time_of_compare)),
    ("background", Only(background_of_compare)),
    ("background_weight", Always),
    ("background_terms", Always),
    ("truth", Always),
    ("probabilities", Always),
    ("test", Always),
    ("test_where", Always),
    ("folds", Always),
    ("source", Always),
    ("date", Always),
    ("before", Always),
    ("undated", Always),
    ("metric", Always),
    ("reference", Always),
    ("fail_if_worse", Only(fail_if_worse)),
    ("report", Always),
    ("force", Always),
    ("group", Only(not_of_files)),
    ("sample_weight", Only(not_of_files)),
    ("unlabelled", Always),
    ("seed", Only(seed_of_compare)),
    ("text", Only(not_of_files)),
    ("decode_html", Only(not_of_files)),
    ("id", Always),
    ("filters", Only(not_of_files)),
    ("skip_bad", Only(not_of_files)),
];

const AGREE: Options = &[
    ("inputs", Always),
    ("annotators", Always),
    ("force", Always),
    ("text", Only(not_in_agree)),
    ("decode_html", Only(not_in_agree)),
    ("id", Only(not_in_agree)),
    ("filters", Always),
    ("skip_bad", Always),
];

const RELABEL: Options = &[
    ("inputs", Always),
    ("map", Always),
    ("label", Always),
    ("to", Always),
    ("level", Always),
    ("exact", Always),
    ("strict", Always),
    ("skip_unknown", Always),
    ("output", Always),
    ("force", Always),
    ("text", Only(not_in_relabel)),
    ("decode_html", Only(not_in_relabel)),
    ("id", Only(not_in_relabel)),
    ("filters", Always),
    ("skip_bad", Always),
];

const INSPECT: Options = &[
    ("input", Always),
    ("terms", Later("inspect::run")),
    ("card", Later("inspect::run")),
];

const VERIFY: Options = &[
    ("input", Always),
    ("data", Always),
    ("calibration_set", Later("TrainingRecord::repeat")),
    ("background", Later("TrainingRecord::background")),
    ("from", Later("TrainingRecord::old_model")),
];

const CORRECTIONS: Options = &[
    ("action", Always),
    ("store", Always),
    ("answers", Only(of_import)),
    ("output", Only(of_written_corrections)),
    ("force", Always),
    ("as", Only(of_import)),
    ("label", Only(of_import)),
    ("labels", Only(of_import)),
    ("text", Only(of_import)),
    ("annotator", Only(of_import)),
    ("json", Only(of_counted_corrections)),
    ("table", Only(of_counted_corrections)),
];

const QUANTIZE: Options = &[
    ("inputs", Always),
    ("output", Always),
    ("force", Always),
    ("bits", Always),
    ("terms", Always),
    ("max_loss", Always),
];

const EXPORT: Options = &[
    ("inputs", Always),
    ("model", Always),
    ("output", Always),
    ("format_of_output", Always),
    ("head", Only(head_of_export)),
    ("row_names", Only(rows_of_export)),
    ("column_names", Always),
    ("force", Always),
    ("format", Only(rows_of_export)),
    ("delimiter", Only(rows_of_export)),
    ("quote", Only(rows_of_export)),
    ("no_header", Only(rows_of_export)),
    ("encoding", Only(rows_of_export)),
    ("max_row", Only(rows_of_export)),
    ("text", Only(rows_of_export)),
    ("decode_html", Only(rows_of_export)),
    ("id", Only(rows_of_export)),
    ("filters", Only(rows_of_export)),
    ("skip_bad", Only(rows_of_export)),
];

const IMPORT: Options = &[
    ("input", Always),
    ("model", Later("exchange::import_fasttext")),
    ("head", Always),
    ("output", Always),
    ("force", Always),
];

const CONVERT: Options = &[
    ("input", Always),
    ("output", Always),
    ("input_format", Always),
    ("output_format", Always),
    ("columns", Always),
    ("labels_from", Later("convert::verify")),
    ("labels_to", Later("convert::verify")),
    ("force", Always),
];

const COMPLETIONS: Options = &[("shell", Always)];

const MAN: Options = &[("command", Always)];

/// Groups of options of each command, beside those of the program.
const COMMANDS: &[(&str, &[Options])] = &[
    (
        "train",
        &[
            TRAIN,
            WITH_BACKGROUND,
            TARGET,
            WORDS,
            PARTS,
            FEATURES,
            CLASSIFIER,
            GOALS,
            LABELS,
            LABEL_FORMAT,
            LABELLED,
            READING,
            ROWS,
        ],
    ),
    (
        "fit-part",
        &[FIT_PART, LABELS, LABEL_FORMAT, LABELLED, READING, ROWS],
    ),
    (
        "fit-merge",
        &[
            FIT_MERGE,
            WITH_BACKGROUND,
            TARGET,
            WORDS,
            PARTS,
            FEATURES,
            CLASSIFIER,
            GOALS,
        ],
    ),
    ("background", &[BACKGROUND, WORDS, READING, ROWS]),
    (
        "tune",
        &[
            TUNE,
            WITH_BACKGROUND,
            TARGET,
            GOALS,
            LABELS,
            LABEL_FORMAT,
            LABELLED,
            READING,
            ROWS,
        ],
    ),
    (
        "check",
        &[CHECK, SHAPE, LABELS, LABEL_FORMAT, READING, ROWS],
    ),
    (
        "split",
        &[SPLIT, SHAPE, LABELS, LABEL_FORMAT, READING, ROWS],
    ),
    ("score", &[SCORE, MODEL, SHAPE, READING, ROWS]),
    ("serve", &[SERVE]),
    ("explain", &[EXPLAIN, MODEL, SHAPE, READING, ROWS]),
    (
        "eval",
        &[
            EVAL,
            MODEL,
            SHAPE,
            INTERVALS,
            GROUP,
            LABELS,
            LABEL_FORMAT,
            LABELLED,
            READING,
            ROWS,
        ],
    ),
    (
        "compare",
        &[
            COMPARE,
            SHAPE,
            INTERVALS,
            WORDS,
            PARTS,
            FEATURES_OF_MODELS,
            LABELS,
            LABEL_FORMAT,
            READING,
        ],
    ),
    (
        "agree",
        &[
            AGREE,
            SHAPE,
            INTERVALS,
            GROUP,
            LABELS,
            LABEL_FORMAT,
            READING,
        ],
    ),
    ("relabel", &[RELABEL, SHAPE, LABEL_FORMAT, READING]),
    ("inspect", &[INSPECT, MODEL, SHAPE]),
    ("verify", &[VERIFY, SHAPE]),
    (
        "quantize",
        &[
            QUANTIZE,
            MODEL,
            SHAPE,
            LABELS,
            LABEL_FORMAT,
            LABELLED,
            READING,
            ROWS,
        ],
    ),
    ("corrections", &[CORRECTIONS]),
    ("export", &[EXPORT]),
    ("import", &[IMPORT]),
    ("convert", &[CONVERT]),
    ("completions", &[COMPLETIONS]),
    ("man", &[MAN]),
];

/// Returns the options of a command.
pub fn of(command: &str) -> impl Iterator<Item = (&'static str, Effect)> {
    let own = COMMANDS.iter().find(|(name, _)| *name == command);
    let groups = own.into_iter().flat_map(|(_, groups)| *groups);
    [PROGRAM]
        .into_iter()
        .chain(groups.copied())
        .flatten()
        .copied()
}
