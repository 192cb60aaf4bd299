//! Rules for options without effect.

use super::Idle;
use super::given::{Given, Learnt};
use crate::cli::plan::thresholds;
use crate::cli::score_file::ScoreFile;
use standpoint::Model;
use standpoint::corpus::HeadKind;
use standpoint::linear::{Classifier, Parameter};
use standpoint::report::page::PageFormat;
use standpoint::tune::AutoPreset;
use std::path::{Path, PathBuf};

/// The option as it is typed.
fn flag(id: &str) -> String {
    let name = if id == "filters" { "where" } else { id };
    format!("--{}", name.replace('_', "-"))
}

fn idle_if(idle: bool, why: impl Into<String>, help: impl Into<String>) -> Option<Idle> {
    idle.then(|| Idle::new(why, help))
}

const LEAVE_OUT: &str = "leave it out";
const LEAVE_ONE: &str = "leave one of them out";
const NAME_LABELS: &str = "name it with --label or --labels";

/// Not to use colours is obeyed everywhere; to use them takes something that is written for people.
pub fn color(given: &Given<'_>, _: &'static str) -> Option<Idle> {
    let to_file = given.command == "score" && given.has("output");
    let written = given.shown && !to_file || given.command == "train" && given.has("evaluate");
    let asked = given.is("color", "always") && !written;
    idle_if(
        asked,
        "--color always is for tables, but none is written",
        "leave it out, or add --table where a command has it",
    )
}

pub fn intervals(given: &Given<'_>, id: &'static str) -> Option<Idle> {
    let why = format!(
        "{} is for intervals, but --resamples 0 makes none",
        flag(id)
    );
    idle_if(given.is("resamples", "0"), why, LEAVE_ONE)
}

pub fn of_classifier(given: &Given<'_>, id: &'static str) -> Option<Idle> {
    let learnt = given.learnt()?;
    let parameter = Parameter::ALL.iter().find(|known| known.name() == id)?;
    let by = parameter.classifiers();
    // An unknown name is an error later.
    let is_known = |head: &Learnt| Classifier::named(&head.classifier).is_ok();
    let used = learnt
        .iter()
        .any(|head| !is_known(head) || by.contains(&head.classifier.as_str()));
    let why = format!(
        "{} is for {}, of which none is used",
        flag(id),
        by.join(", ")
    );
    idle_if(
        !used,
        why,
        "leave it out, or name one of them with --classifier",
    )
}

pub fn of_heads_of_label(given: &Given<'_>, id: &'static str) -> Option<Idle> {
    of_classifier(given, id).or_else(|| {
        let learnt = given.learnt()?;
        let used = |head: &Learnt| head.kind == HeadKind::Exclusive && head.classifier == "lr";
        let why = "--multi-class is for lr on heads of --label, of which there is none";
        idle_if(!learnt.iter().any(used), why, LEAVE_OUT)
    })
}

pub fn penalty_of_elastic_net(given: &Given<'_>, _: &'static str) -> Option<Idle> {
    let other = !given.is("penalty", "elasticnet");
    idle_if(
        other,
        "--l1-ratio is for --penalty elasticnet",
        "leave it out, or ask for that penalty",
    )
}

/// Refuses an option for all heads where each has one of its own.
pub fn of_all_heads(given: &Given<'_>, id: &'static str) -> Option<Idle> {
    let specs = given.all(id);
    let head_of = |spec: &String| match id {
        "thresholds" => thresholds::head_of(spec).map(str::to_string),
        _ => spec.split_once('=').map(|(head, _)| head.to_string()),
    };
    let general = specs.iter().find(|spec| head_of(spec).is_none())?;
    let own: Vec<String> = specs.iter().filter_map(head_of).collect();
    let learnt = given.learnt()?;
    let why = format!(
        "{} {general} is for no head: each has one of its own",
        flag(id)
    );
    idle_if(
        learnt.iter().all(|head| own.contains(&head.name)),
        why,
        LEAVE_OUT,
    )
}

/// Refuses options of words for a survey, which finds none.
pub fn of_words_found(given: &Given<'_>, id: &'static str) -> Option<Idle> {
    let why = format!(
        "{} is for the words of a part, but --survey finds none",
        flag(id)
    );
    idle_if(given.has("survey"), why, LEAVE_OUT).or_else(|| of_features(given, id))
}

/// Refuses a survey of languages where the language is named.
pub fn survey(given: &Given<'_>, _: &'static str) -> Option<Idle> {
    let named = !given.is("language", "auto");
    let why = "--survey looks for the languages of the texts, but --language names one";
    idle_if(named, why, LEAVE_ONE)
}

/// Refuses surveys of languages where the language is named.
pub fn surveys(given: &Given<'_>, _: &'static str) -> Option<Idle> {
    let named = !given.is("language", "auto");
    let why = "--surveys tells the languages of the texts, but --language names one";
    idle_if(named, why, LEAVE_ONE)
}

/// Refuses options of features that no model of `compare` takes.
pub fn of_features(given: &Given<'_>, id: &'static str) -> Option<Idle> {
    let models = if given.command == "compare" {
        given.models()
    } else {
        Vec::new()
    };
    let takes = |model: &String| match model.as_str() {
        name if takes_binary_features_only(name) => {
            !matches!(id, "tf" | "idf" | "norm" | "norm_exponent")
        }
        "tune" => !matches!(id, "word_ngrams" | "char_ngrams" | "no_stem"),
        "auto" => !matches!(id, "word_ngrams" | "char_ngrams"),
        name => !is_file(name),
    };
    if !models.is_empty() && !models.iter().any(takes) {
        let all = models.join(", ");
        let why = format!(
            "{} is not for {all}, which have features of their own",
            flag(id)
        );
        return Some(Idle::new(why, LEAVE_OUT));
    }
    let searched = models
        .iter()
        .any(|model| model == "tune" || model == "auto");
    of_language(given, id).or_else(|| of_words(given, id).filter(|_| !searched))
}

fn takes_binary_features_only(model: &str) -> bool {
    Classifier::named(model)
        .is_ok_and(|known| known.default_classifier().takes_binary_features_only())
}

/// Refuses the exponent of a norm where there is none.
pub fn norm_exponent(given: &Given<'_>, id: &'static str) -> Option<Idle> {
    let none = idle_if(
        given.is("norm", "none"),
        "--norm none leaves nothing for --norm-exponent",
        LEAVE_ONE,
    );
    match given.command {
        "compare" => none.or_else(|| of_features(given, id)),
        _ => none,
    }
}

/// A file of options, which `tune` wrote.
fn is_file(model: &str) -> bool {
    model.ends_with(".json")
}

/// Refuses options that the language does not know.
fn of_language(given: &Given<'_>, id: &'static str) -> Option<Idle> {
    let language = given.value("language")?;
    let neutral = language == "und";
    let (typed, idle, what) = match id {
        "stop_words" => (
            "--stop-words drop",
            neutral && given.is(id, "drop"),
            "stop words",
        ),
        "no_stem" => ("--no-stem", neutral, "stems"),
        "no_compounds" => (
            "--no-compounds",
            !matches!(language.as_str(), "auto" | "de"),
            "compounds",
        ),
        _ => return None,
    };
    let why = format!("{typed} has no effect: no {what} are known of --language {language}");
    idle_if(idle, why, "leave it out, or name the language of the texts")
}

/// Compounds and words with hyphens are terms beside others, which character n-grams do not know.
fn of_words(given: &Given<'_>, id: &'static str) -> Option<Idle> {
    let idle = matches!(id, "hyphens" | "no_compounds") && given.is("word_ngrams", "none");
    let why = format!(
        "{} is for words, but --word-ngrams none counts none",
        flag(id)
    );
    idle_if(idle, why, LEAVE_ONE)
}

/// Options for texts, of which files of predictions have none.
pub fn not_of_files(given: &Given<'_>, id: &'static str) -> Option<Idle> {
    let why = format!(
        "{} is not for predictions in files, which --truth asks for",
        flag(id)
    );
    let of_files = idle_if(given.has("truth"), why, LEAVE_OUT);
    of_files.or_else(|| intervals(given, id).filter(|_| id == "group"))
}

pub fn time_of_compare(given: &Given<'_>, _: &'static str) -> Option<Idle> {
    let searched = given.models().iter().any(|model| model == "tune");
    let why = "--time-limit is for the model `tune`, which is not compared";
    idle_if(!searched, why, "leave it out, or add `tune` to --models")
}

/// Word vectors are for models that are named so.
pub fn background_of_compare(given: &Given<'_>, id: &'static str) -> Option<Idle> {
    let why = format!(
        "{} is for models with word vectors, of which none is compared",
        flag(id)
    );
    idle_if(
        !given.has_model_with_background(),
        why,
        "leave it out, or compare such as svm+background",
    )
}

/// A single system is worse than no other.
pub fn fail_if_worse(given: &Given<'_>, _: &'static str) -> Option<Idle> {
    let systems = if given.has("truth") {
        given.all("inputs").len()
    } else {
        given.models().len()
    };
    let why = "--fail-if-worse compares systems, but there is only one";
    idle_if(systems == 1, why, "leave it out, or give a second one")
}

/// The preset `auto` chooses what other options name.
pub fn preset(given: &Given<'_>, id: &'static str) -> Option<Idle> {
    let named = AutoPreset::CHOICES.into_iter().find(|id| given.has(id));
    let named = named.filter(|_| given.is(id, "auto"))?;
    let why = format!(
        "--preset auto chooses features and classifier, but there is {}",
        flag(named)
    );
    Some(Idle::new(why, LEAVE_ONE))
}

/// The seed is for folds by chance, and for solvers that visit rows in an order by chance.
pub fn seed_of_compare(given: &Given<'_>, _: &'static str) -> Option<Idle> {
    let by_chance = !given.has("test") && !given.has("test_where");
    let held = given.has_head_of(HeadKind::Independent);
    let exact = |model: &String| {
        Classifier::named(model).is_ok_and(|known| !known.default_classifier().uses_seed())
    };
    let models = given.models();
    let (files, exact) = (
        models.iter().all(|model| is_file(model)),
        models.iter().all(|m| exact(m) || is_file(m)),
    );
    let idle = !by_chance && !models.is_empty() && (files || exact && !held);
    let why = format!(
        "--seed has no effect on {}, with test rows that are named",
        models.join(", ")
    );
    idle_if(idle, why, LEAVE_OUT)
}

pub fn not_in_agree(_: &Given<'_>, id: &'static str) -> Option<Idle> {
    let why = format!(
        "{} has no meaning here: only the columns of annotators are read",
        flag(id)
    );
    Some(Idle::new(why, LEAVE_OUT))
}

pub fn not_in_relabel(_: &Given<'_>, id: &'static str) -> Option<Idle> {
    let why = format!(
        "{} has no meaning here: rows are written as they are",
        flag(id)
    );
    Some(Idle::new(why, LEAVE_OUT))
}

/// Tells whether `export` writes the rows of a corpus, and not weights.
fn exports_rows(given: &Given<'_>) -> bool {
    let inputs = given.all("inputs");
    let models = !given.has("model")
        && inputs
            .first()
            .is_some_and(|first| Model::is_model(Path::new(first)));
    inputs.len() > usize::from(models)
}

pub fn rows_of_export(given: &Given<'_>, id: &'static str) -> Option<Idle> {
    let why = format!("{} is for rows, but there is no corpus", flag(id));
    idle_if(
        !exports_rows(given),
        why,
        "name a corpus behind the model, or leave it out",
    )
}

pub fn head_of_export(given: &Given<'_>, _: &'static str) -> Option<Idle> {
    let output = given.value("output").unwrap_or_default();
    let format = given.value("format_of_output");
    let end = Path::new(&output).extension().unwrap_or_default();
    let format = format.unwrap_or_else(|| end.to_string_lossy().into_owned());
    let of_one_head = ["libsvm", "svm", "svmlight", "liblinear"].contains(&format.as_str());
    idle_if(
        !of_one_head,
        "--head is for LIBSVM's and LIBLINEAR's formats; others hold all heads or none",
        LEAVE_OUT,
    )
}

pub fn top_of_scores(given: &Given<'_>, id: &'static str) -> Option<Idle> {
    let shown = given.shown && !given.has("output");
    idle_if(shown, "--top is for JSON", "add --json").or_else(|| of_score_rows(given, id))
}

pub fn of_score_rows(given: &Given<'_>, id: &'static str) -> Option<Idle> {
    let output = given.value("output").map(PathBuf::from)?;
    idle_if(
        matches!(ScoreFile::of(&output), Ok(ScoreFile::Parquet)),
        format!(
            "{}: a table in Parquet has all scores and no more",
            flag(id)
        ),
        "leave it out, or write JSON lines (.jsonl)",
    )
}

pub fn force_of_score(given: &Given<'_>, _: &'static str) -> Option<Idle> {
    idle_if(
        !given.has("output") && !given.has("skip_bad"),
        "--force replaces files, but none is written",
        "name one with -o FILE",
    )
}

pub fn errors_of_report(given: &Given<'_>, _: &'static str) -> Option<Idle> {
    let report = given.value("report")?;
    let latex = matches!(
        PageFormat::of_path(Path::new(&report)),
        Ok(PageFormat::Latex)
    );
    idle_if(
        latex,
        "--errors: a LaTeX report shows no mistakes",
        "leave it out, or write a page (.html) or Markdown (.md)",
    )
}

fn by_time(given: &Given<'_>) -> bool {
    given.has("date") || given.has("before")
}

pub fn seed_of_split(given: &Given<'_>, _: &'static str) -> Option<Idle> {
    let why = "--seed is for rows that are dealt out by chance, but --date and --before part them by time";
    idle_if(by_time(given), why, LEAVE_OUT)
}

pub fn undated(given: &Given<'_>, _: &'static str) -> Option<Idle> {
    idle_if(
        !by_time(given),
        "--undated is for splits by time",
        "add --date COLUMN",
    )
}

pub fn force_of_split(given: &Given<'_>, _: &'static str) -> Option<Idle> {
    let written = ["output", "write", "skip_bad"]
        .iter()
        .any(|id| given.has(id));
    idle_if(
        !written,
        "--force replaces files, but none is written",
        "name them with -o PREFIX or --write FILE",
    )
}

pub fn unlabelled_of_split(given: &Given<'_>, _: &'static str) -> Option<Idle> {
    let why = "--unlabelled is for rows without a label, but no label column is named";
    idle_if(!given.has_labels(), why, NAME_LABELS)
}

pub fn similarity(given: &Given<'_>, _: &'static str) -> Option<Idle> {
    let ignored = given.is("near_duplicates", "ignore");
    idle_if(
        ignored,
        "--similarity is for near duplicates, which are ignored",
        LEAVE_ONE,
    )
}

/// Returns that an option has no effect on this action, if it has one on others alone.
fn not_in_action(given: &Given<'_>, id: &'static str, actions: [&str; 2]) -> Option<Idle> {
    let action = given.value("action").unwrap_or_default();
    idle_if(
        !actions.contains(&action.as_str()),
        format!("{} has no effect on `corrections {action}`", flag(id)),
        LEAVE_OUT,
    )
}

pub fn of_import(given: &Given<'_>, id: &'static str) -> Option<Idle> {
    not_in_action(given, id, ["import"; 2])
}

pub fn of_written_corrections(given: &Given<'_>, id: &'static str) -> Option<Idle> {
    not_in_action(given, id, ["export", "log"])
}

pub fn of_counted_corrections(given: &Given<'_>, id: &'static str) -> Option<Idle> {
    not_in_action(given, id, ["show", "import"])
}

pub fn rare(given: &Given<'_>, _: &'static str) -> Option<Idle> {
    idle_if(
        !given.has_labels(),
        "--rare is for labels, but no label column is named",
        NAME_LABELS,
    )
}

/// Limits on findings of which there can be none.
pub fn limits(given: &Given<'_>, _: &'static str) -> Option<Idle> {
    let specs = given.all("limit");
    let names: Vec<&str> = specs
        .iter()
        .map(|spec| spec.split('=').next().unwrap_or_default())
        .collect();
    let twice = names
        .iter()
        .enumerate()
        .find(|(at, name)| names[..*at].contains(name));
    if let Some((_, name)) = twice {
        return Some(Idle::new(format!("--limit {name} stands twice"), LEAVE_ONE));
    }
    names.into_iter().find_map(|name| {
        let parts = given.has("by") || given.all("inputs").len() > 1;
        let (idle, what, help) = match name {
            "unseen-labels" | "exact-across" | "near-across" if !parts => (
                true,
                "parts, but there is only one",
                "name several files, or a column with --by",
            ),
            "conflicting-labels" | "missing-labels" | "alike-labels" | "label-leaks"
            | "rare-labels" | "unseen-labels" => (
                !given.has_labels(),
                "labels, but no label column is named",
                NAME_LABELS,
            ),
            "unreadable-dates" => (
                !given.has("date"),
                "dates, but no column of dates is named",
                "name it with --date",
            ),
            _ => return None,
        };
        idle_if(idle, format!("--limit {name} is for {what}"), help)
    })
}
