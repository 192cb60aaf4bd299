//! Disks that are full: nothing is written in part, nothing old is lost. Skipped where no file
//! system can be mounted.

use super::support::{Folder, NEWS, Ran, command, finish, run};
use std::process::Command;

/// Mounts a megabyte at `$1` that only this process sees, fills all but 8 kB of it, and runs the
/// rest of the arguments there.
const SCRIPT: &str = r#"
mount -t tmpfs -o size=1m tmpfs "$1" && cd "$1" || exit 77
echo old > old
head -c 1036000 /dev/zero > fill
shift
"$@" 2> "$ERRORS"
code=$?
echo "files:" $(ls -A), "old:" $(head -c 9 old)
exit $code
"#;

/// Runs the program there; `None` where that cannot be mounted.
fn on_a_full_disk(folder: &Folder, args: &[&str]) -> Option<Ran> {
    let (disk, errors) = (folder.write("disk/under", ""), folder.path("errors"));
    let program = command().get_program().to_os_string();
    let mut shell = Command::new("unshare");
    shell.args([
        "-rm",
        "sh",
        "-c",
        SCRIPT,
        "sh",
        disk.trim_end_matches("/under"),
    ]);
    let ran = finish(
        shell
            .arg(program)
            .args(args)
            .env("ERRORS", &errors)
            .output()
            .ok()?,
    );
    let err = std::fs::read_to_string(&errors).ok()?;
    Some(Ran { err, ..ran })
}

#[cfg(target_os = "linux")]
#[test]
fn every_command_that_writes_ends_whole_on_a_full_disk() {
    let folder = Folder::new();
    let model = folder.path("news.model");
    let labels = ["--text", "title,text", "--label", "topic"];
    run(&[&["train", NEWS, "-o", &model], &labels[..]].concat()).ok();
    let broken = folder.write(
        "broken.jsonl",
        format!("{}{}", "{broken\n".repeat(1000), rows_of_news()),
    );
    let coded = folder.write(
        "coded.csv",
        format!("code,text\n{}", "190,Troops moved\n".repeat(2000)),
    );
    let few = folder.write("few.jsonl", rows_of_news());
    let (out, checkpoint) = (folder.path("out"), folder.path("checkpoint"));
    let attempts = [
        format!("train {NEWS} -o new --label topic"),
        format!("train {NEWS} -o old --label topic --force"),
        format!("train {NEWS} -o {out} --label topic --stream --checkpoint c --checkpoint-every 1"),
        format!("train {NEWS} -o old --label topic --stream --checkpoint {checkpoint} --force"),
        format!("split {NEWS} --label topic -o part"),
        format!("split {NEWS} --label topic --write old --force"),
        format!("check {NEWS} --write old --force"),
        format!("relabel {coded} --map cameo --label code -o old --force"),
        format!("background {NEWS} -o old --force"),
        format!("eval --model {model} {NEWS} --predictions old --report page.html --force"),
        format!("compare {NEWS} --label topic --models nb --resamples 0 --report page.html"),
        format!("score --model {model} {broken} --skip-bad old --force"),
        format!("tune {few} --label topic --folds 2 -o old --force"),
    ];
    for attempt in attempts {
        let args: Vec<&str> = attempt.split(' ').collect();
        // The log of `tune` stays, with whole lines, for the same command to go on from.
        let files = if args[0] == "tune" {
            "fill old old.trials.jsonl"
        } else {
            "fill old"
        };
        let Some(ran) = on_a_full_disk(&folder, &args).filter(|ran| ran.code != Some(77)) else {
            return;
        };
        let seen = ran.out.lines().last().unwrap_or_default().to_string();
        let said = ran.fails(5);
        assert!(
            said.contains("No space left on device") && said.contains("help: free some space"),
            "{attempt}: {said}"
        );
        assert_eq!(seen, format!("files: {files}, old: old"), "{attempt}");
    }
}

/// Rows of two topics.
fn rows_of_news() -> String {
    let news = std::fs::read_to_string(NEWS).unwrap();
    let rows = news
        .lines()
        .filter(|row| row.contains("\"conflict\"") || row.contains("\"sport\""));
    rows.take(60).map(|row| format!("{row}\n")).collect()
}
