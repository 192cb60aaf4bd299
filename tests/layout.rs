//! Layout on a terminal: tables at any width, help, manual pages, and explanations of a
//! sensible size.

use crate::support::{Folder, command, finish, run, run_line, small_model};
use std::collections::HashMap;
use unicode_width::UnicodeWidthStr;

/// Rows whose labels, ids and sources are long, wide, or alike in their beginning.
fn wide_rows() -> String {
    const LABELS: [&str; 6] = [
        "international_conflict",
        "international_sport",
        "Wirtschaftspolitik",
        "経済ニュース",
        "e\u{301}conomie 👩🏽\u{200d}🚀",
        "12.5 %",
    ];
    const WORDS: [&str; 6] = [
        "army troops border shells",
        "striker goal match cup",
        "Zinsen Inflation Haushalt Steuer",
        "市場 株価 円安",
        "marché banque taux franc",
        "share percent quota figure",
    ];
    let row = |at: usize| {
        let (label, other) = (at % 6, (at / 6) % 5);
        let words = if at.is_multiple_of(11) {
            WORDS[(label + 1) % 6]
        } else {
            WORDS[label]
        };
        let stance = if at.is_multiple_of(2) {
            r#"["de_escalation_of_conflict"]"#
        } else {
            "[]"
        };
        format!(
            "{{\"id\":\"archive/2021-05-09/article-{at:07}\",\"text\":\"{words} number{other} {}\",\"topic\":\"{}\",\
             \"stance\":{stance},\"source\":\"newspaper-{other}.example\",\"date\":\"20{:02}-03-01\",\"split\":\"{}\"}}\n",
            WORDS[(label + other) % 6],
            LABELS[label],
            10 + at % 7,
            if at.is_multiple_of(3) {
                "test"
            } else {
                "train"
            },
        )
    };
    (0..90).map(row).collect()
}

fn at_width(args: &[&str], width: usize) -> String {
    let ran = finish(
        command()
            .args(args)
            .env("COLUMNS", width.to_string())
            .output()
            .unwrap(),
    );
    assert!(matches!(ran.code, Some(0 | 1)), "{args:?}: {}", ran.err);
    ran.out
}

/// The numbers of a text and how often each stands there.
fn numbers(text: &str) -> HashMap<&str, usize> {
    let mut all = HashMap::new();
    let number = |word: &&str| {
        word.contains(|c: char| c.is_ascii_digit()) && !word.contains(char::is_alphabetic)
    };
    let words = text
        .split_whitespace()
        .map(|word| word.trim_end_matches([',', ':']));
    words
        .filter(number)
        .for_each(|word| *all.entry(word).or_default() += 1);
    all
}

#[test]
fn no_table_breaks_a_number_or_leaves_the_terminal() {
    let folder = Folder::new();
    let corpus = folder.write("corpus.jsonl", wide_rows());
    let model = folder.path("wide.model");
    run_line(&format!(
        "train {corpus} -o {model} --min-df 1 --abstain --label topic --labels stance"
    ))
    .ok();
    let coded =
        "anna,ben\n".to_string() + &"international_conflict,international_sport\na,a\n".repeat(9);
    let coded = folder.write("coded.csv", coded);
    let map = folder.write(
        "map.csv",
        "code,act\ninternational_conflict,fight|talk\n12.5 %,12.5 %\n12,25\n",
    );
    let labelled = folder.path("labelled.jsonl");
    let commands = [
        format!("relabel {corpus} --map {map} --label topic -o {labelled} --force"),
        format!("score {model} {corpus} --why --max-error 0.1"),
        format!("explain {model} {corpus}"),
        format!("eval {model} {corpus} --resamples 20 --max-error 0.1"),
        format!(
            "compare {corpus} --label topic --models nb,svm,cnb --resamples 20 --folds 2 \
             --source source"
        ),
        format!("check {corpus} --label topic --by split --date date --source source"),
        format!("split {corpus} --label topic --labels stance"),
        format!("agree {coded} --annotators anna,ben --resamples 20"),
        format!("inspect {model}"),
        format!("score {model} {corpus}"),
    ];
    for line in commands {
        let line = format!("{line} --table");
        let args = &line.split(' ').collect::<Vec<_>>()[..];
        let wide = at_width(args, 400);
        // Times differ from run to run.
        let timed = args[0] == "compare";
        for width in [20, 27, 33, 40, 47, 60, 66, 80, 100, 132, 200] {
            let narrow = at_width(args, width);
            let long = narrow.lines().find(|line| line.width() > width);
            assert_eq!(long, None, "{} at {width}:\n{narrow}", args[0]);
            let shown = numbers(&narrow);
            for (number, times) in numbers(&wide).into_iter().filter(|_| !timed) {
                let found = shown.get(number).copied().unwrap_or(0);
                assert!(
                    found >= times,
                    "{} at {width} lost {number}:\n{narrow}",
                    args[0]
                );
            }
        }
    }
}

#[test]
fn an_unknown_width_is_that_of_eighty_columns() {
    let folder = Folder::new();
    let model = small_model(&folder);
    let args = ["inspect", &model, "--table"];
    let unknown = run(&args).ok();
    for width in ["0", "", "wide", "-1"] {
        let shown = finish(command().args(args).env("COLUMNS", width).output().unwrap()).ok();
        assert_eq!(shown, unknown);
    }
    assert_eq!(at_width(&args, 80), unknown);
}

/// An article of many words that the model knows, all different.
fn long_article() -> String {
    let rows = crate::support::news();
    (0..60)
        .map(|at| rows.texts.get(at).to_string())
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn an_explanation_shows_the_strongest_terms_and_the_sum_of_the_rest() {
    let article = long_article();
    let explain = |flags: &[&str]| {
        let args = [&["explain", "--format", "text", "--json"], flags].concat();
        crate::support::run_with(&args, article.as_bytes())
            .json()
            .remove(0)
    };
    for (flags, each_way) in [
        (&[][..], 20),
        (&["--top", "3"], 3),
        (&["--top", "0"], 0),
        (&["--all"], usize::MAX),
    ] {
        let row = explain(flags);
        let heads = row["heads"].as_object().unwrap();
        for reasons in heads
            .values()
            .flat_map(|head| head["explanation"].as_object().unwrap().values())
        {
            let number = |value: &serde_json::Value| value.as_f64().unwrap();
            let terms = reasons["contributions"].as_array().unwrap();
            // In this order, to the last bit.
            let shown = terms.iter().fold(number(&reasons["bias"]), |sum, term| {
                sum + number(&term["contribution"])
            });
            let all =
                shown + number(&reasons["rest"]["contribution"]) + number(&reasons["rounding"]);
            assert_eq!(all, number(&reasons["decision"]), "{flags:?}");
            let for_it = terms
                .iter()
                .filter(|term| number(&term["contribution"]) > 0.0)
                .count();
            assert!(for_it <= each_way && terms.len() - for_it <= each_way);
            let known = row["known_terms"].as_u64().unwrap() as usize;
            let others = reasons["rest"]["terms"].as_u64().unwrap() as usize;
            assert!(
                terms.len() + others <= known && (others > 0) == (each_way < 100),
                "{others} of {known}"
            );
            terms
                .iter()
                .for_each(|term| assert_spans(&row, term, &article));
        }
    }
    run(&["explain", "--top", "3", "--all"]).fails(2);
    let table = crate::support::run_with(
        &["explain", "--format", "text", "--table"],
        article.as_bytes(),
    )
    .ok();
    assert!(
        table.contains("more terms)") && table.lines().count() < 200,
        "{table}"
    );
}

/// Asserts that the spans of a term point into the article, at character boundaries.
fn assert_spans(row: &serde_json::Value, term: &serde_json::Value, article: &str) {
    let spans = row["terms"][term["term"].as_str().unwrap()]["spans"]
        .as_array()
        .unwrap();
    let place = |end: &serde_json::Value| end.as_u64().unwrap() as usize;
    assert!(!spans.is_empty());
    for span in spans {
        assert!(article.get(place(&span[0])..place(&span[1])).is_some());
    }
}

/// Returns true if a program is on the PATH.
fn installed(program: &str) -> bool {
    let paths = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&paths).any(|folder| folder.join(program).is_file())
}

#[test]
fn latex_tables_compile_in_two_columns_and_fit_the_page() {
    let Some(latex) = ["pdflatex", "tectonic"]
        .into_iter()
        .find(|program| installed(program))
    else {
        println!("skipped: neither pdflatex nor tectonic is on the PATH");
        return;
    };
    let folder = Folder::new();
    let hostile = r"_%&#$~^{}\\input{/etc/passwd}-a-very-long-label-without-any-blank-in-it-at-all";
    let rows = wide_rows().replace("12.5 %", &hostile.replace('\\', "\\\\"));
    let corpus = folder.write("corpus.jsonl", rows);
    let model = folder.path("wide.model");
    let [evaluation, comparison] =
        ["evaluation.tex", "comparison.tex"].map(|name| folder.path(name));
    for line in [
        format!("train {corpus} -o {model} --min-df 1 --label topic --labels stance"),
        format!("eval {model} {corpus} --resamples 50 --report {evaluation}"),
        format!(
            "compare {corpus} --label topic --report {comparison} --models nb,svm,cnb,lr \
             --resamples 50 --folds 2 --source source"
        ),
    ] {
        run_line(&line).ok();
    }
    let log = compiled(&folder, latex);
    for complaint in [
        "Float too large",
        "Overfull \\hbox",
        "Undefined control sequence",
        "Too many",
    ] {
        assert!(!log.contains(complaint), "{complaint}: {log}");
    }
}

/// Compiles a paper with both tables, and returns the log.
fn compiled(folder: &Folder, latex: &str) -> String {
    let paper = folder.write(
        "paper.tex",
        "\\documentclass[twocolumn]{article}\n\\usepackage{booktabs,graphicx}\n\\begin{document}\n\
         \\input{evaluation}\n\\clearpage\n\\input{comparison}\n\\end{document}\n",
    );
    let mut command = std::process::Command::new(latex);
    if latex == "pdflatex" {
        command.args(["-interaction=nonstopmode", "-halt-on-error"]);
    } else {
        command.arg("--keep-logs");
    }
    let output = command
        .arg(&paper)
        .current_dir(folder.path(""))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success() && crate::support::exists(&folder.path("paper.pdf")),
        "{said}"
    );
    String::from_utf8_lossy(&std::fs::read(folder.path("paper.log")).unwrap()).into_owned()
}

#[test]
fn short_help_fits_a_screen_and_long_help_tells_all() {
    let commands = [
        "check", "split", "train", "tune", "score", "explain", "eval", "compare", "agree",
        "inspect", "verify",
    ];
    let help = |args: &[&str], width: &str| {
        finish(command().args(args).env("COLUMNS", width).output().unwrap()).ok()
    };
    assert!(help(&["-h"], "80").lines().count() < 40);
    for name in commands {
        let short = help(&[name, "-h"], "80");
        assert!(
            short.lines().count() < 40,
            "{name}: {} lines\n{short}",
            short.lines().count()
        );
        let options = short
            .lines()
            .filter(|line| line.trim_start().starts_with('-'))
            .count();
        assert!(options <= 11, "{name}\n{short}");
        let long = help(&[name, "--help"], "80");
        assert!(
            long.contains("Exit codes: 0 done") && long.contains("--threads"),
            "{long}"
        );
        assert!(long.lines().count() > short.lines().count());
        for width in ["40", "80", "120"] {
            let columns: usize = width.parse().unwrap();
            for page in [help(&[name, "-h"], width), help(&[name, "--help"], width)] {
                // An example is a line to be copied, and an option with its value is one word.
                let prose = page
                    .lines()
                    .filter(|line| !line.trim_start().starts_with(['-', '[']));
                let prose =
                    prose.filter(|line| !line.contains("standpoint ") && !line.contains("[="));
                let long = prose
                    .filter(|line| line.width() > columns.max(60))
                    .collect::<Vec<_>>();
                assert!(long.is_empty(), "{name} at {width}: {long:#?}");
            }
        }
        assert_eq!(help(&[name, "--help"], "0"), long);
    }
}

#[test]
fn wrong_usage_gets_a_remedy_that_is_right() {
    let says = |args: &[&str], remedy: &str| {
        let error = run(args).fails(2);
        assert!(error.contains(remedy), "{args:?}: {error}");
    };
    says(&["train", "x.jsonl", "--quiet"], "2>/dev/null");
    says(
        &["train", "x.jsonl", "--labl", "topic"],
        "did you mean `--label`?",
    );
    says(
        &["train", "x.jsonl", "--models", "svm"],
        "`--models` is an option of `compare`, not of `train`",
    );
    says(&["--model", "x", "score"], "stands behind the command");
    says(&["score", "--overwrite"], "`--force`");
    says(
        &["score", "--nonsense"],
        "`standpoint score --help` shows all options",
    );
    says(&["predict", "x"], "`standpoint score`");
    says(&["trian", "x"], "`standpoint train`");
    says(
        &[crate::support::NEWS],
        "a command comes first: `standpoint score ",
    );
    let quiet = run(&["train", "x.jsonl", "--quiet"]).fails(2);
    assert!(!quiet.contains("--quote"), "{quiet}");
}

#[test]
fn manual_pages_are_roff_without_a_warning() {
    let folder = Folder::new();
    let groff = |page: &str| {
        let page = folder.write("page.1", page);
        std::process::Command::new("groff")
            .args(["-man", "-Tutf8", "-ww", "-z", &page])
            .output()
    };
    if groff("").is_err() {
        return eprintln!("skipped: there is no groff");
    }
    let commands = run(&["--help"]).ok();
    let names = commands
        .lines()
        .filter_map(|line| line.strip_prefix("  ")?.split(' ').next());
    let names: Vec<&str> = names
        .filter(|name| run(&["man", name]).code == Some(0))
        .collect();
    assert!(names.contains(&"train") && names.len() > 10, "{names:?}");
    for name in names {
        let page = run(&["man", name]).ok();
        assert!(page.is_ascii(), "{name}");
        let complaints = groff(&page).unwrap().stderr;
        assert!(
            complaints.is_empty(),
            "{name}: {}",
            String::from_utf8_lossy(&complaints)
        );
    }
}

#[test]
fn manual_pages_have_all_sections() {
    for name in ["train", "score", "completions", "man"] {
        let page = run(&["man", name]).ok();
        for section in [
            "NAME",
            "SYNOPSIS",
            "DESCRIPTION",
            "OPTIONS",
            "EXAMPLES",
            "EXIT STATUS",
            "SEE ALSO",
        ] {
            assert!(
                page.contains(&format!("\n.SH {section}\n"))
                    || page.contains(&format!("\n.SH \"{section}\"\n")),
                "{name} {section}: {page}"
            );
        }
        assert!(
            page.contains("standpoint\\-") && page.contains("[OPTIONS]"),
            "{page}"
        );
    }
    let whole = run(&["man"]).ok();
    assert!(
        whole.contains("SUBCOMMANDS") && whole.contains(".SH EXAMPLES"),
        "{whole}"
    );
    let error = run(&["man", "none"]).fails(2);
    assert!(error.contains("one of check, split"), "{error}");
}

#[test]
fn force_replaces_the_file_of_broken_rows_in_every_command() {
    let folder = Folder::new();
    let model = small_model(&folder);
    let corpus = folder.write("bad.jsonl", format!("{}not json\n", crate::support::rows()));
    let coded = folder.write(
        "coded.jsonl",
        "{\"a\":\"x\",\"b\":\"x\"}\n{\"a\":\"y\",\"b\":\"y\"}\nnot json\n",
    );
    let bad = folder.path("bad.rows");
    let out = folder.path("out");
    let commands: [&[&str]; 8] = [
        &["score", &model, &corpus],
        &["explain", &model, &corpus],
        &["agree", &coded, "--annotators", "a,b"],
        &["eval", &model, &corpus],
        &["check", &corpus],
        &["train", &corpus, "--label", "topic", "-o", &out],
        &["split", &corpus, "-o", &out],
        &[
            "compare",
            &corpus,
            "--label",
            "topic",
            "--models",
            "nb,cnb",
            "--folds",
            "2",
            "--resamples",
            "5",
        ],
    ];
    for args in commands {
        std::fs::write(&bad, "of yesterday").unwrap();
        let error = run(&[args, &["--skip-bad", &bad]].concat()).fails(2);
        assert!(error.contains("--force"), "{args:?}: {error}");
        assert_eq!(std::fs::read_to_string(&bad).unwrap(), "of yesterday");
        let ran = run(&[args, &["--skip-bad", &bad, "--force"]].concat());
        assert!(matches!(ran.code, Some(0 | 1)), "{args:?}: {}", ran.err);
        let listed = std::fs::read_to_string(&bad).unwrap();
        assert!(
            listed.contains("not json") && listed.lines().count() == 1,
            "{args:?}: {listed}"
        );
    }
}
