//! Options beside others with which they do nothing, and beside others with which they do
//! something.

use crate::cli::args::{Args, ColorArg};
use crate::cli::console::Console;
use clap::{CommandFactory, FromArgMatches};
use standpoint::corpus::HeadKind;

/// An option, where it is refused, and where it is not.
pub type Case = (&'static str, &'static str, &'static str);

/// Stands for no case, where an option has no effect whatever stands beside it.
pub const NEVER: &str = "never";

/// The cases of commands.
pub const CASES: &[(&str, &[Case])] = &[
    (
        "check split relabel score explain eval compare agree inspect verify quantize",
        &[("--color always", "--json", "--table")],
    ),
    (
        "train",
        &[(
            "--color always",
            "",
            "--from old.model --evaluate new.jsonl",
        )],
    ),
    (
        "background tune completions man export import convert fit-part fit-merge serve",
        &[("--color always", "", NEVER)],
    ),
    (
        "fit-part",
        &[
            ("--survey", "--language de", ""),
            ("--surveys 1.survey", "--language de", ""),
            ("--hyphens parts", "--survey", "--language de"),
            ("--umlauts keep", "--survey", "--language de"),
            ("--no-stem", "--survey", "--language de"),
            ("--stop-words drop", "--survey", "--language de"),
            ("--no-compounds", "--survey", "--language de"),
        ],
    ),
    (
        "corrections",
        &[
            ("--color always", "export a.sqlite", "show a.sqlite --table"),
            ("--answers a.json", "show a.sqlite", "import a.sqlite"),
            ("--as doccano", "export a.sqlite", "import a.sqlite"),
            ("--label topic", "log a.sqlite", "import a.sqlite"),
            ("--labels stance", "show a.sqlite", "import a.sqlite"),
            ("--text body", "export a.sqlite", "import a.sqlite"),
            ("--annotator anna", "log a.sqlite", "import a.sqlite"),
            ("--output a.jsonl", "show a.sqlite", "export a.sqlite"),
            ("--json", "log a.sqlite", "show a.sqlite"),
            ("--table", "export a.sqlite", "import a.sqlite"),
        ],
    ),
    (
        "eval agree compare",
        &[
            ("--confidence-level 0.9", "--resamples 0", "--resamples 10"),
            ("--interval-seed 1", "--resamples 0", ""),
            ("--group source", "--resamples 0", ""),
        ],
    ),
    (
        "train",
        &[
            (
                "--classifier svm",
                "--classifier topic=nb",
                "--classifier stance=nb",
            ),
            ("--norm-exponent 1.2", "--norm none", ""),
            ("--preset auto", "--char-ngrams 3-5", "--min-df 3"),
            ("--C 2", "--classifier nb", ""),
            (
                "--C 2",
                "--classifier topic=nb",
                "--classifier topic=nb --labels stance",
            ),
            ("--alpha 2", "", "--classifier ridge"),
            ("--tol 0.1", "--classifier nb", ""),
            ("--epochs 2", "", "--stream"),
            (
                "--learning-rate 2",
                "--classifier lr",
                "--classifier sgd-hinge",
            ),
            ("--loss hinge", "--classifier cs", ""),
            ("--penalty l1", "", "--classifier lr"),
            (
                "--l1-ratio 0.5",
                "--classifier lr --penalty l1",
                "--classifier lr --penalty elasticnet",
            ),
            ("--multi-class ovr", "", "--classifier lr"),
            (
                "--multi-class ovr",
                "--classifier topic=svm --labels stance --classifier stance=lr",
                "--classifier topic=lr",
            ),
            ("--intercept none", "--classifier nb", ""),
            ("--interpolation 0.5", "", "--classifier nbsvm"),
            ("--ratio-exponent 0.5", "", "--classifier nbsvm"),
        ],
    ),
    (
        "train tune",
        &[
            (
                "--calibrate platt",
                "--calibrate topic=none",
                "--calibrate topic=none --labels stance",
            ),
            (
                "--thresholds max-f1",
                "--thresholds topic=fixed",
                "--thresholds topic=fixed --labels stance",
            ),
        ],
    ),
    (
        "fit-merge",
        &[
            ("--classifier svm", "--classifier topic=nb", ""),
            ("--norm-exponent 1.2", "--norm none", ""),
            ("--preset auto", "--char-ngrams 3-5", "--min-df 3"),
            ("--C 2", "--classifier nb", ""),
            ("--alpha 2", "", "--classifier ridge"),
            ("--tol 0.1", "--classifier nb", ""),
            ("--epochs 2", "", "--classifier sgd"),
            ("--learning-rate 2", "", "--classifier sgd"),
            ("--loss hinge", "--classifier cs", ""),
            ("--penalty l1", "", "--classifier lr"),
            (
                "--l1-ratio 0.5",
                "--classifier lr",
                "--classifier lr --penalty elasticnet",
            ),
            ("--multi-class ovr", "", "--classifier lr"),
            ("--intercept none", "--classifier nb", ""),
            ("--interpolation 0.5", "", "--classifier nbsvm"),
            ("--ratio-exponent 0.5", "", "--classifier nbsvm"),
            ("--calibrate platt", "--calibrate topic=none", ""),
            ("--thresholds max-f1", "--thresholds topic=fixed", ""),
        ],
    ),
    (
        "background train compare fit-part fit-merge",
        &[
            ("--no-stem", "--language und", "--language en"),
            ("--stop-words drop", "--language und", ""),
        ],
    ),
    (
        "fit-part",
        &[("--no-compounds", "--language fr", "--language de")],
    ),
    (
        "train compare fit-merge",
        &[
            ("--no-compounds", "--language fr", "--language de"),
            (
                "--no-compounds",
                "--word-ngrams none --char-ngrams 2-4",
                "--char-ngrams 2-4",
            ),
            (
                "--hyphens parts",
                "--word-ngrams none --char-ngrams 2-4",
                "",
            ),
        ],
    ),
    (
        "compare",
        &[
            ("--language de", "--models a.json", ""),
            ("--umlauts keep", "--models a.json", "--models a.json,tune"),
            ("--hyphens parts", "--models a.json", "--models tune"),
            (
                "--word-ngrams 1-1",
                "--models tune,a.json",
                "--models tune,nb",
            ),
            ("--char-ngrams 1-2", "--models tune", ""),
            ("--char-ngrams 1-2", "--models auto", "--models auto,svm"),
            ("--no-stem", "--models tune", ""),
            ("--min-df 3", "--models a.json", ""),
            ("--max-df 0.5", "--models a.json", ""),
            ("--max-features 9", "--models a.json", ""),
            ("--tf raw", "--models bnb", "--models bnb,nb"),
            ("--idf none", "--models bnb", "--models bnb,nb"),
            ("--norm none", "--models bnb,a.json", "--models tune"),
            (
                "--norm-exponent 1.2",
                "--models bnb,a.json",
                "--models tune",
            ),
            ("--norm-exponent 1.2", "--norm none", "--norm l1"),
            ("--time-limit 3s", "", "--models tune"),
            (
                "--time-limit 3s",
                "--models svm+background",
                "--models tune+background",
            ),
            (
                "--background a.vectors",
                "--models svm",
                "--models svm,svm+background",
            ),
            (
                "--seed 1",
                "--models nb,lr --test b.jsonl",
                "--models nb,svm --test b.jsonl",
            ),
            (
                "--seed 1",
                "--models a.json --labels stance --test-where a=b",
                "--models a.json",
            ),
            ("--fail-if-worse", "--models nb", ""),
            (
                "--fail-if-worse",
                "--truth b.jsonl",
                "--truth b.jsonl c.jsonl",
            ),
            ("--text title", "--truth b.jsonl", ""),
            ("--decode-html", "--truth b.jsonl", ""),
            ("--where a=b", "--truth b.jsonl", ""),
            ("--skip-bad bad", "--truth b.jsonl", ""),
            ("--sample-weight w", "--truth b.jsonl", ""),
            ("--group source", "--truth b.jsonl", ""),
        ],
    ),
    (
        "check",
        &[
            ("--rare 3", "", "--label topic"),
            ("--limit rare-labels=3", "", "--label topic"),
            (
                "--limit unseen-labels=3",
                "b.jsonl",
                "b.jsonl --label topic",
            ),
            (
                "--limit unseen-labels=3",
                "--label topic",
                "--by split --label topic",
            ),
            ("--limit near-across=0", "", "--by split"),
            ("--limit unreadable-dates=3", "", "--date date"),
            ("--limit tiny=0.1", "--limit tiny=0.2", ""),
        ],
    ),
    (
        "split",
        &[
            ("--seed 0", "--date date", ""),
            ("--undated error", "", "--before 2021"),
            ("--force", "", "-o out"),
            ("--force", "", "--skip-bad bad"),
            ("--unlabelled mask", "", "--label topic"),
            ("--similarity 0.8", "--near-duplicates ignore", ""),
        ],
    ),
    (
        "score",
        &[
            ("--top 1", "--table", "--json"),
            ("--top 1", "-o s.parquet", "-o s.jsonl"),
            ("--why", "-o s.parquet", "-o s.jsonl"),
            ("--max-error 0.1", "-o s.parquet", "-o s.jsonl"),
            ("--force", "", "-o s.jsonl"),
            ("--force", "", "--skip-bad bad"),
            ("--color always", "-o s.jsonl", "--table"),
        ],
    ),
    (
        "export",
        &[
            ("--head topic", "a.jsonl", "a.jsonl --as libsvm"),
            ("--row-names r", "", "a.jsonl"),
            ("--format csv", "", "a.csv"),
            ("--delimiter ;", "", "a.csv"),
            ("--quote none", "", "a.csv"),
            ("--no-header", "", "a.csv"),
            ("--encoding latin-1", "", "a.csv"),
            ("--max-row 1M", "", "a.csv"),
            ("--text title", "", "a.csv"),
            ("--decode-html", "", "a.csv"),
            ("--id key", "", "a.csv"),
            ("--where a=b", "", "a.csv"),
            ("--skip-bad bad", "", "a.csv"),
        ],
    ),
    ("eval", &[("--errors 3", "--report a.tex", "--report a.md")]),
    (
        "relabel",
        &[
            ("--text a", "", NEVER),
            ("--decode-html", "", NEVER),
            ("--id a", "", NEVER),
        ],
    ),
    (
        "agree",
        &[
            ("--text a", "", NEVER),
            ("--decode-html", "", NEVER),
            ("--id a", "", NEVER),
        ],
    ),
];

/// The id of an option.
pub fn id(option: &str) -> String {
    let name = option
        .split(' ')
        .next()
        .unwrap_or_default()
        .trim_start_matches('-');
    if name == "where" {
        "filters".to_string()
    } else {
        name.replace('-', "_")
    }
}

/// Returns what is said of an option beside others.
pub fn verify(command: &str, option: &str, beside: &str) -> Result<(), String> {
    let line = format!(
        "standpoint {command} {} {option} {beside}",
        required(command)
    );
    let matches = Args::command().try_get_matches_from(line.split_whitespace());
    let matches = matches.unwrap_or_else(|error| panic!("{line}: {error}"));
    let args = Args::from_arg_matches(&matches).unwrap();
    let merged = match matches.subcommand() {
        Some(("fit-merge", matches)) => {
            super::verify_merge(matches, &[("topic".to_string(), HeadKind::Exclusive)])
        }
        _ => Ok(()),
    };
    super::verify(&args.command, &matches, Console::new(ColorArg::Auto))
        .and(merged)
        .map_err(|error| error.to_string())
}

/// Arguments that a command requires.
fn required(command: &str) -> &'static str {
    match command {
        "train" | "tune" => "a.jsonl --label topic -o out.model",
        "fit-part" => "a.jsonl --label topic -o a.part",
        "fit-merge" => "a.part -o out.model",
        "background" => "a.jsonl -o out.vectors",
        "relabel" => "a.csv --map cameo --label code -o out.jsonl",
        "compare" => "a.jsonl --label topic",
        "agree" => "a.csv --annotators anna,ben",
        "export" => "-o out.npz",
        "serve" => "a.model",
        "import" => "a.liblinear --model a.model -o b.model",
        "convert" => "a.svm -o a.npz",
        "completions" => "bash",
        "man" | "corrections" => "",
        _ => "a.jsonl",
    }
}
