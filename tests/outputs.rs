//! Files that are whole or absent, whatever ends the program, and what standard output loses.

use super::support::{
    Folder, Ran, command, exists, finish, hangup_is_ignored, rows, run, run_line, small_model,
};
use std::io::{Read, Write};
use std::process::{Command, Stdio};

/// Runs the program through a shell, with `$0` for the program and `$1` … for the arguments.
#[cfg(unix)]
fn shell(script: &str, args: &[&str]) -> Ran {
    let mut shell = Command::new("sh");
    shell
        .args(["-c", script, env!("CARGO_BIN_EXE_standpoint")])
        .args(args)
        .stdin(Stdio::null());
    finish(shell.output().unwrap())
}

#[cfg(unix)]
fn fifo(folder: &Folder, name: &str) -> String {
    let pipe = folder.path(name);
    assert!(
        Command::new("mkfifo")
            .arg(&pipe)
            .status()
            .unwrap()
            .success()
    );
    pipe
}

/// Rows of which the last is broken.
fn broken() -> String {
    format!("{}nonsense\n", rows())
}

/// The corpus comes through a pipe that stays open, so that the program is certainly at work.
#[cfg(unix)]
#[test]
fn signals_leave_nothing_behind() {
    for (signal, code) in [("HUP", 129), ("INT", 130), ("QUIT", 131), ("TERM", 143)] {
        if signal == "HUP" && hangup_is_ignored() {
            continue;
        }
        let folder = Folder::new();
        let (model, bad) = (folder.write("old", "old"), folder.path("bad"));
        let mut train = command();
        train.args([
            "train", "-", "--format", "jsonl", "--label", "topic", "--force", "-o", &model,
        ]);
        train
            .args(["--skip-bad", &bad])
            .stdin(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = train.spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        // More than a pipe holds: when it is written, the program is reading.
        stdin.write_all(broken().repeat(400).as_bytes()).unwrap();
        assert_eq!(
            folder.files().len(),
            2,
            "a temporary file and the old model: {:?}",
            folder.files()
        );
        Command::new("kill")
            .args([&format!("-{signal}"), &child.id().to_string()])
            .status()
            .unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!(
            output.status.code(),
            Some(code),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        assert_eq!(std::fs::read(&model).unwrap(), b"old");
        assert_eq!(folder.files(), ["old"]);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_program_under_nohup_outlives_the_terminal() {
    let folder = Folder::new();
    let mut shell = Command::new("sh");
    let script = "trap '' HUP; echo ready >&2; exec \"$0\" score - --format jsonl";
    shell.args(["-c", script, env!("CARGO_BIN_EXE_standpoint")]);
    shell
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = shell.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let mut ready = [0; 6];
    child
        .stderr
        .as_mut()
        .unwrap()
        .read_exact(&mut ready)
        .unwrap();
    stdin.write_all(rows().as_bytes()).unwrap();
    Command::new("kill")
        .args(["-HUP", &child.id().to_string()])
        .status()
        .unwrap();
    stdin.write_all(rows().as_bytes()).unwrap();
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(output.stdout.split(|&byte| byte == b'\n').count(), 17);
    drop(folder);
}

#[cfg(unix)]
#[test]
fn a_file_beyond_the_limit_is_an_error_and_leaves_nothing() {
    let folder = Folder::new();
    let corpus = folder.write("rows.jsonl", rows());
    let train = "ulimit -f 1; exec \"$0\" train \"$1\" --label topic -o \"$2\"";
    let said = shell(train, &[&corpus, &folder.path("model")]).fails(5);
    assert!(
        said.contains("model: cannot write") && said.contains("ulimit -f"),
        "{said}"
    );
    assert_eq!(folder.files(), ["rows.jsonl"]);
    let split = "ulimit -f 1; exec \"$0\" split \"$1\" --label topic -o \"$2\"";
    let many = folder.write("rows.jsonl", rows().repeat(20));
    shell(split, &[&many, &folder.path("part")]).fails(5);
    assert_eq!(folder.files(), ["rows.jsonl"]);
}

#[test]
fn the_list_of_broken_rows_is_whole_or_absent() {
    let folder = Folder::new();
    let (corpus, bad, model) = (
        folder.write("rows.jsonl", broken()),
        folder.path("bad"),
        folder.path("model"),
    );
    let train = ["train", &corpus, "-o", &model, "--skip-bad", &bad];
    let wrong = [&train[..], &["--label", "topic", "--min-df", "90"]].concat();
    run(&wrong).fails(3);
    assert_eq!(folder.files(), ["rows.jsonl"]);
    run(&[&train[..], &["--label", "topic"]].concat()).ok();
    assert_eq!(std::fs::read_to_string(&bad).unwrap().lines().count(), 1);
    let again = [
        "train",
        &corpus,
        "-o",
        &folder.path("other"),
        "--skip-bad",
        &bad,
        "--label",
        "topic",
    ];
    assert!(run(&again).fails(2).contains("exists already"));
    run(&[&again[..], &["--force"]].concat()).ok();
}

#[test]
fn a_misspelt_column_is_no_broken_row() {
    let folder = Folder::new();
    let (corpus, model) = (folder.write("rows.jsonl", rows()), small_model(&folder));
    let (bad, out) = (folder.path("bad"), folder.path("out"));
    let attempts: [&[&str]; 8] = [
        &["train", &corpus, "--label", "subject", "-o", &out],
        &[
            "train", &corpus, "--label", "topic", "--labels", "subject", "-o", &out,
        ],
        &[
            "train",
            &corpus,
            "--label",
            "topic",
            "--sample-weight",
            "subject",
            "-o",
            &out,
        ],
        &[
            "train", &corpus, "--stream", "--label", "subject", "-o", &out,
        ],
        &[
            "tune", &corpus, "--label", "topic", "--text", "subject", "-o", &out,
        ],
        &[
            "eval",
            "--model",
            &model,
            &corpus,
            "--label",
            "topic=subject",
        ],
        &["score", "--model", &model, &corpus, "--text", "subject"],
        &["explain", "--model", &model, &corpus, "--id", "subject"],
    ];
    for attempt in attempts {
        let said = run(&[attempt, &["--skip-bad", &bad]].concat()).fails(3);
        assert!(
            said.contains("there is no column `subject`"),
            "{attempt:?}: {said}"
        );
        assert!(!exists(&bad), "{attempt:?}");
    }
}

#[test]
fn of_several_files_none_is_new_where_one_cannot_be_written() {
    let folder = Folder::new();
    let (corpus, model) = (folder.write("rows.jsonl", rows()), small_model(&folder));
    let (said, page) = (folder.write("said", "old"), folder.write("page.md", "old"));
    let eval = [
        "eval",
        "--model",
        &model,
        &corpus,
        "--predictions",
        &said,
        "--report",
        &page,
        "--force",
    ];
    run(&eval).ok();
    assert_ne!(std::fs::read(&said).unwrap(), b"old");
    std::fs::write(&said, "old").unwrap();
    std::fs::remove_file(&page).unwrap();
    std::os::unix::fs::symlink("/dev/full", &page).unwrap();
    run(&eval).fails(5);
    assert_eq!(std::fs::read(&said).unwrap(), b"old");
}

#[cfg(unix)]
#[test]
fn a_split_that_is_killed_leaves_the_old_parts() {
    let folder = Folder::new();
    let pipe = fifo(&folder, "rows.jsonl");
    let (train, test) = (
        folder.write("p.train.jsonl", "old"),
        folder.write("p.test.jsonl", "old"),
    );
    let mut split = command();
    split.args([
        "split",
        &pipe,
        "--label",
        "topic",
        "--force",
        "-o",
        &folder.path("p"),
    ]);
    let mut child = split.spawn().unwrap();
    let mut writer = std::fs::OpenOptions::new().write(true).open(&pipe).unwrap();
    writer.write_all(rows().repeat(400).as_bytes()).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(
        [train, test].map(|path| std::fs::read(path).unwrap()),
        [b"old", b"old"]
    );
}

#[cfg(target_os = "linux")]
#[test]
fn results_that_nobody_receives_are_an_error() {
    let folder = Folder::new();
    let (corpus, model) = (folder.write("rows.jsonl", rows()), small_model(&folder));
    let printing: [&[&str]; 12] = [
        &["score", "--model", &model, &corpus],
        &["score", "--model", &model, &corpus, "--table"],
        &["explain", "--model", &model, &corpus, "--json"],
        &["explain", "--model", &model, &corpus, "--table"],
        &["eval", "--model", &model, &corpus],
        &["inspect", &model],
        &["inspect", &model, "--table"],
        &["split", &corpus, "--label", "topic"],
        &["check", &corpus, "--limit", "near-duplicates=1", "--table"],
        &["agree", &corpus, "--annotators", "topic,text"],
        &["man"],
        &["--help"],
    ];
    for args in printing {
        for target in [">&-", "> /dev/full"] {
            let said = shell(&format!("exec \"$0\" \"$@\" {target}"), args).fails(5);
            assert!(
                said.contains("standard output"),
                "{args:?} {target}: {said}"
            );
        }
        assert!(
            shell("exec \"$0\" \"$@\" > /dev/null", args).code.unwrap() <= 1,
            "{args:?}"
        );
    }
    // Nothing is lost where there is nothing to say.
    let train = [
        "train",
        &corpus,
        "--label",
        "topic",
        "-o",
        &folder.path("new"),
    ];
    shell("exec \"$0\" \"$@\" >&-", &train).ok();
}

#[test]
fn absurd_numbers_of_threads_are_refused() {
    for threads in ["513", "65535"] {
        let said = run(&["inspect", "--threads", threads]).fails(2);
        assert!(said.contains("--threads") && said.contains("512"), "{said}");
        let asked = command()
            .env("RAYON_NUM_THREADS", format!("{threads}000000"))
            .arg("inspect")
            .output();
        let said = finish(asked.unwrap()).fails(2);
        assert!(
            said.contains("RAYON_NUM_THREADS") && said.contains("512"),
            "{said}"
        );
    }
    let asked = |value: &str| {
        finish(
            command()
                .env("RAYON_NUM_THREADS", value)
                .arg("inspect")
                .output()
                .unwrap(),
        )
    };
    asked("many").fails(2);
    asked("").ok();
    asked("0").ok();
    asked("3").ok();
}

#[cfg(unix)]
#[test]
fn a_link_to_nothing_is_written_through() {
    let folder = Folder::new();
    let (corpus, link) = (folder.write("rows.jsonl", rows()), folder.path("link"));
    std::os::unix::fs::symlink("real", &link).unwrap();
    run(&["train", &corpus, "--label", "topic", "-o", &link]).ok();
    assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
    assert!(standpoint::Model::is_model(folder.path("real").as_ref()));
    let long = folder.path(&"n".repeat(255));
    run(&["train", &corpus, "--label", "topic", "-o", &long]).ok();
    let longer = folder.path(&"n".repeat(256));
    assert!(
        run(&["train", &corpus, "--label", "topic", "-o", &longer])
            .fails(5)
            .contains("cannot write")
    );
}

#[test]
fn no_two_outputs_and_no_input_are_one_file() {
    let folder = Folder::new();
    let (corpus, model) = (folder.write("rows.jsonl", rows()), small_model(&folder));
    let options = folder.write("t.options.json", rows());
    let same = folder.path("same");
    let (dotted, new) = (folder.path("./same"), folder.path("new"));
    folder.write("folder/x", "");
    let folded = folder.path("folder/../same");
    std::os::unix::fs::symlink("same", folder.path("link")).unwrap();
    std::fs::hard_link(&corpus, folder.path("hard")).unwrap();
    let (link, hard) = (folder.path("link"), folder.path("hard"));
    let tuned = folder.path("t");
    let m = folder.path("m");
    let attempts = [
        format!("train {corpus} --label topic --stream --checkpoint {same} -o {same}"),
        format!("train {corpus} --label topic -o {same} --skip-bad {same}"),
        format!("train {corpus} --label topic -o {same} --skip-bad {dotted}"),
        format!("train {corpus} --label topic -o {same} --skip-bad {folded}"),
        format!("train {corpus} --label topic -o {link} --skip-bad {same}"),
        format!("train {corpus} --label topic -o {hard} --force"),
        format!("train {corpus} --from {model} -o {new} --skip-bad {new}"),
        format!("check {corpus} --write {same} --skip-bad {same}"),
        format!("eval --model {model} {corpus} --predictions {same} --report {same}"),
        format!("eval {model} {corpus} --predictions {hard} --force"),
        format!("eval {model} {corpus} --report {model} --force"),
        format!("tune {options} --format jsonl --label topic -o {tuned} --force"),
        format!("tune {corpus} --label topic -o {m} --skip-bad {m}.trials.jsonl"),
        format!("tune {corpus} --label topic -o {m} --skip-bad {m}.options.json"),
        format!("split {corpus} --label topic -o {same} --skip-bad {same}.test.jsonl"),
    ];
    for attempt in attempts {
        let said = run_line(&attempt).fails(2);
        assert!(
            said.contains("name the same file") || said.contains("one of the inputs"),
            "{attempt}: {said}"
        );
    }
    assert_eq!(std::fs::read_to_string(&corpus).unwrap(), rows());
    assert_eq!(std::fs::read_to_string(&options).unwrap(), rows());
    // An older model may be replaced by its successor.
    run(&["train", &corpus, "--from", &model, "-o", &model, "--force"]).ok();
}

#[test]
fn no_redirected_output_is_an_input() {
    let folder = Folder::new();
    let (corpus, model) = (folder.write("rows.jsonl", rows()), small_model(&folder));
    let append = "exec \"$0\" score --model \"$1\" \"$2\" >> \"$2\"";
    assert!(
        shell(append, &[&model, &corpus])
            .fails(2)
            .contains("one of the inputs")
    );
    let through = "exec \"$0\" train - --format jsonl --label topic -o \"$1\" --force < \"$1\"";
    assert!(
        shell(through, &[&corpus])
            .fails(2)
            .contains("one of the inputs")
    );
    assert_eq!(std::fs::read_to_string(&corpus).unwrap(), rows());
}

#[test]
fn a_foreign_log_of_trials_stays_as_it_is() {
    let folder = Folder::new();
    let corpus = folder.write("rows.jsonl", rows());
    let foreign = folder.write("real", "no line end");
    std::os::unix::fs::symlink("real", folder.path("m.trials.jsonl")).unwrap();
    for text in ["no line end", "one\ntwo\n", "{\"a\": 1}\n"] {
        std::fs::write(&foreign, text).unwrap();
        for force in [&[][..], &["--force"]] {
            let tune = [
                "tune",
                &corpus,
                "--label",
                "topic",
                "-o",
                &folder.path("m"),
                "--folds",
                "2",
            ];
            let said = run(&[&tune[..], force].concat()).fails(3);
            assert!(said.contains("no log of trials"), "{said}");
            assert_eq!(std::fs::read_to_string(&foreign).unwrap(), text);
        }
    }
}

#[cfg(unix)]
#[test]
fn what_is_read_twice_is_no_pipe() {
    let folder = Folder::new();
    let (pipe, out) = (fifo(&folder, "rows.jsonl"), folder.path("out"));
    let attempts: [&[&str]; 7] = [
        &["check", &pipe, "--write", &out],
        &["train", &pipe, "--stream", "--label", "topic", "-o", &out],
        &["compare", &pipe, "--label", "topic", "--test-where", "id=a"],
        &[
            "train",
            &pipe,
            "--label",
            "topic",
            "--calibration-set",
            &pipe,
            "-o",
            &out,
        ],
        &["compare", &pipe, "--label", "topic", "--test", &pipe],
        &[
            "compare",
            &pipe,
            &pipe,
            "--label",
            "topic",
            "--truth",
            &folder.path("truth"),
        ],
        &["score", &pipe, &pipe],
    ];
    for attempt in attempts {
        let said = run(attempt).fails(2);
        assert!(
            said.contains("which a pipe cannot be") && said.contains("help: "),
            "{attempt:?}: {said}"
        );
    }
    assert!(
        run(&["check", "-", "--write", &out])
            .fails(2)
            .contains("standard input cannot be")
    );
    run_line(&format!(
        "train - --label topic --calibration-set - -o {out}"
    ))
    .fails(2);
}

/// A number of folds that no corpus has is refused before features are made.
#[test]
fn absurd_numbers_of_folds_are_refused() {
    let folder = Folder::new();
    let (corpus, out) = (folder.write("rows.jsonl", rows()), folder.path("out"));
    for flags in [
        &["--abstain"][..],
        &["--classifier", "stack"],
        &["--labels", "stance"],
    ] {
        let train = [
            "train",
            &corpus,
            "--label",
            "topic",
            "-o",
            &out,
            "--folds",
            "4000000000",
        ];
        assert!(
            run(&[&train[..], flags].concat())
                .fails(3)
                .contains("too few for 4000000000 folds")
        );
    }
    run(&["split", &corpus, "--folds", "4000000000"]).fails(2);
    run_line(&format!(
        "compare {corpus} --label topic --folds 4000000000"
    ))
    .fails(2);
    assert_eq!(folder.files(), ["rows.jsonl"]);
}

/// Cases that depend on what is read; those that the command line alone decides are in
/// `src/cli/effect/cases.rs`.
#[test]
fn flags_without_effect_are_refused() {
    let folder = Folder::new();
    let (corpus, model) = (folder.write("rows.jsonl", rows()), small_model(&folder));
    let out = folder.path("out");
    let train = &*format!("train {corpus} -o {out} --force");
    let from = &*format!("train {corpus} -o {out} --force --from {model}");
    let eval = &*format!("eval --model {model} {corpus}");
    let split = &*format!("split {corpus}");
    let nb = "--label topic --classifier nb";
    let calibrated = &*format!("--label topic --calibration-set {corpus}");
    let written = &*format!("-o {out}");
    // A flag, the flags beside which it does nothing, and some beside which it does something.
    let table = [
        (train, "--seed 0", nb, "--label topic"),
        (train, "--seed 1", nb, "--labels stance --classifier nb"),
        (train, "--folds 2", nb, "--label topic --abstain"),
        (train, "--separator #", nb, "--labels stance"),
        (train, "--delimiter ;", nb, calibrated),
        (from, "--seed 1", "--rows corrections", "--rows all"),
        (from, "--C 2", "--classifier nb", "--classifier svm"),
        (
            from,
            "--multi-class ovr",
            "--classifier topic=svm",
            "--classifier topic=lr",
        ),
        (eval, "--separator #", "--head topic", "--head stance"),
        (eval, "--quote none", "--head topic", ""),
        (eval, "--group id", "--resamples 0", ""),
        (split, "--force", "", written),
    ];
    for (command, flag, idle, used) in table {
        let said = run_line(format!("{command} {flag} {idle}").trim_end()).fails(2);
        let name = flag.split(' ').next().unwrap();
        assert!(
            said.contains(name) && said.contains("help: "),
            "{command} {flag}: {said}"
        );
        if !matches!(name, "--delimiter" | "--quote") {
            run_line(format!("{command} {flag} {used}").trim_end()).ok();
        }
    }
}

/// Nothing of a model, a corpus or a path may do more than show itself.
#[test]
fn nothing_foreign_commands_the_terminal() {
    let evil = "x\\u001b[2Jy\\u009bz\\u202ew\\u2028v\\u007f";
    let folder = Folder::new();
    let text: String = rows()
        .replace("\"id\":\"", &format!("\"id\":\"{evil}"))
        .replace("conflict", &format!("conflict{evil}"))
        .replace("escalation", &format!("escalation{evil}"));
    let name: String = serde_json::from_str(&format!("\"{evil}\"")).unwrap();
    let corpus = folder.write(
        &format!("{name}\n.jsonl"),
        text.replace("\"topic\"", &format!("\"{evil}\"")),
    );
    let (column, model) = (name.as_str(), folder.path(&format!("{name}model")));
    let train = [
        "train", &corpus, "--label", column, "--labels", "stance", "--name", column, "-o", &model,
    ];
    let mut all = vec![run(&train)];
    assert_eq!(all[0].code, Some(0), "{}", all[0].err);
    let (new, missing) = (folder.path("new"), folder.path(column));
    let attempts = [
        format!("score --model {model} {corpus} --why --table"),
        format!("explain --model {model} {corpus} --table"),
        format!("eval --model {model} {corpus} --table --resamples 20"),
        format!("inspect {model} --table"),
        format!("split {corpus} --label {column} --table"),
        format!("check {corpus} --label {column} --table --source {column}"),
        format!("check {corpus} --label {column} --table --by {column}"),
        format!("agree {corpus} --annotators {column},id --table"),
        format!("train {corpus} --label {column}y -o {new}"),
        format!("train {missing} --label {column} -o {new}"),
        format!("compare {corpus} --label {column} --models nb,svm --folds 2 --table"),
    ];
    all.extend(attempts.iter().map(|attempt| run_line(attempt)));
    let harmful = |c: char| {
        c.is_control() && c != '\n' && c != '\t'
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2028}' | '\u{2029}')
    };
    for (at, ran) in all.iter().enumerate() {
        assert!(!ran.err.contains("panicked"), "{at}: {}", ran.err);
        for text in [&ran.out, &ran.err] {
            assert!(!text.contains(harmful), "{at}: {text:?}");
        }
    }
    // JSON says all of it, in its own escapes.
    let row = &run(&["score", "--model", &model, &corpus]).json()[0];
    assert!(row["id"].as_str().unwrap().starts_with(&name));
}

#[test]
fn errors_do_not_repeat_long_values() {
    let folder = Folder::new();
    let long = "ab".repeat(50_000);
    let rows = rows();
    for (from, to) in [
        ("\"conflict\"", &*format!("{{\"{long}\": 1}}")),
        ("\"id\":\"a\"", &format!("\"id\":{{\"{long}\":1}}")),
    ] {
        let corpus = folder.write("rows.jsonl", rows.replace(from, to));
        let ran = run_line(&format!(
            "train {corpus} --label topic --id id -o {}",
            folder.path("m")
        ));
        assert!(
            ran.code != Some(0) && ran.err.len() < 3000,
            "{}",
            ran.err.len()
        );
    }
    let one = folder.write(
        "one.jsonl",
        format!("{{\"text\":\"a b\",\"topic\":\"{long}\"}}\n").repeat(3),
    );
    let said = run(&["train", &one, "--label", "topic", "-o", &folder.path("m")]).fails(3);
    assert!(
        said.len() < 1000 && said.contains("(100000 characters)"),
        "{}",
        said.len()
    );
    let said = run(&["train", &one, "--label", &long, "-o", &folder.path("m")]).fails(3);
    assert!(said.len() < 2000, "{}", said.len());
}
