//! Word vectors learnt from texts without labels, and models trained with them.

use crate::support::{Folder, rows, run, run_line};
use proptest::prelude::*;
use standpoint::background::{Background, BackgroundOptions, Blend};
use standpoint::corpus::HeadKind;
use standpoint::features::DocumentFrequency;
use standpoint::io::Silent;
use standpoint::linear::{
    Classifier, CrammerSinger, LogisticRegression, MultinomialNb, Ridge, Sgd, Stack,
};
use standpoint::text::{Language, Texts, TokenOptions};
use standpoint::{Corpus, Model, Trainer};

const SUBJECTS: [&str; 8] = [
    "army troops",
    "troops tanks",
    "tanks army",
    "army artillery",
    "team striker",
    "striker coach",
    "coach team",
    "team keeper",
];
const ACTIONS: [[&str; 4]; 2] = [
    [
        "shelled the town",
        "crossed the border",
        "seized a village",
        "fired rockets",
    ],
    [
        "won the cup",
        "lost the match",
        "scored a goal",
        "drew the final",
    ],
];

/// Sentences of war and sport, without labels, in which alike words stand alike.
fn texts() -> Texts {
    let sentence = |at: usize| {
        let subject = at % SUBJECTS.len();
        let action = ACTIONS[subject / 4][at / SUBJECTS.len() % 4];
        format!("the {} {action} on day {}", SUBJECTS[subject], at % 3)
    };
    (0..96).map(sentence).collect()
}

fn options() -> BackgroundOptions {
    let tokens = TokenOptions::default().language(Language::English);
    BackgroundOptions::default()
        .tokens(tokens)
        .min_df(2)
        .dimensions(8)
}

fn background() -> Background {
    options().learn(&texts(), &Silent).unwrap()
}

/// Two topics, and a stance that goes with one of them.
fn corpus() -> Corpus {
    let mut builder = Corpus::builder();
    builder.head("topic", HeadKind::Exclusive);
    builder.head("stance", HeadKind::Independent);
    let rows = [
        ("army shelled the town", "war", &["escalation"][..]),
        ("troops crossed the border", "war", &["escalation"]),
        ("the army seized a village", "war", &[]),
        ("troops shelled a village", "war", &["escalation"]),
        ("army crossed the town", "war", &[]),
        ("the team won the cup", "sport", &[]),
        ("the striker lost the match", "sport", &[]),
        ("team lost the cup", "sport", &[]),
        ("striker won the match", "sport", &[]),
        ("the team won a match", "sport", &[]),
    ];
    for (id, (text, topic, stance)) in rows.into_iter().enumerate() {
        builder.document(&id.to_string(), text, &[&[topic], stance]);
    }
    builder.finish().unwrap()
}

fn trainer(background: Option<Blend>) -> Trainer {
    let mut trainer = Trainer {
        background,
        ..Trainer::default()
    };
    trainer.features.min_df = DocumentFrequency::Count(1);
    trainer.features.tokens = options().tokens;
    trainer
}

fn model(classifier: Classifier) -> Model {
    Trainer {
        classifier,
        ..trainer(Some(Blend::new(background())))
    }
    .train(&corpus())
    .unwrap()
}

#[test]
fn words_of_no_labelled_text_carry_weight() {
    let plain = trainer(None).train(&corpus()).unwrap();
    assert_eq!(plain.score("tanks artillery").known_terms, 0);
    let linear: [Classifier; 5] = [
        Classifier::default(),
        LogisticRegression::default().into(),
        Ridge::default().into(),
        CrammerSinger::default().into(),
        Sgd::default().into(),
    ];
    for classifier in linear {
        // A head of one answer alone suits them all.
        let mut corpus = corpus();
        corpus.heads.pop();
        let trainer = Trainer {
            classifier,
            ..trainer(Some(Blend::new(background())))
        };
        let model = trainer.train(&corpus).unwrap();
        for (text, topic) in [
            ("tanks and artillery fired rockets", "war"),
            ("the coach scored a goal", "sport"),
        ] {
            assert_eq!(
                model.score(text).heads[0].label(),
                Some(topic),
                "{} {text}",
                trainer.classifier
            );
        }
    }
}

proptest! {
    /// Law 4 holds for words that only the background knows, too.
    #[test]
    fn a_score_is_the_sum_of_what_is_explained(words in prop::collection::vec(0usize..24, 0..30)) {
        let known: Vec<String> = texts().iter().take(16).flat_map(|text| {
            text.split(' ').map(str::to_string).collect::<Vec<_>>()
        }).collect();
        let text: Vec<&str> = words.iter().map(|&word| known[word * 5 % known.len()].as_str()).collect();
        let model = model(LogisticRegression::default().into());
        let text = text.join(" ");
        let (scores, explanation) = (model.score(&text), model.explain(&text));
        for (head, scores) in scores.heads.iter().enumerate() {
            for (label, &decision) in scores.decisions.iter().enumerate() {
                let reasons = explanation.reasons(head, label);
                let sum = reasons.contributions.iter().fold(reasons.bias, |sum, c| sum + c.contribution);
                prop_assert_eq!(sum, decision);
            }
        }
    }
}

#[test]
fn thresholds_and_calibration_are_found_out_of_fold() {
    let trainer = Trainer {
        abstain: true,
        folds: 2,
        ..trainer(Some(Blend::new(background())))
    };
    let model = trainer.train(&corpus()).unwrap();
    let heads: Vec<_> = model.heads().iter().map(|head| head.metadata()).collect();
    assert!(heads.iter().all(|head| head.conformal.is_some()));
    assert!(heads[1].calibration.is_some());
}

#[test]
fn a_loaded_model_scores_as_the_trained_one_and_names_its_background() {
    let background = background();
    let model = model(Classifier::default());
    let loaded = Model::from_bytes(model.to_bytes()).unwrap();
    let text = "tanks seized the final";
    assert_eq!(
        loaded.score(text).heads[0].decisions,
        model.score(text).heads[0].decisions
    );
    let metadata = loaded.metadata().background.as_ref().unwrap();
    assert_eq!(
        (metadata.documents, metadata.weight),
        (96, Blend::new(background).weight)
    );
}

#[test]
fn texts_in_memory_and_in_files_give_the_same_bytes_on_any_number_of_threads() {
    let folder = Folder::new();
    let lines: String = texts()
        .iter()
        .map(|text| format!("{{\"text\":\"{text}\"}}\n"))
        .collect();
    let corpus = folder.write("texts.jsonl", lines);
    let learn = |threads: &str| {
        let path = folder.path(&format!("{threads}.vectors"));
        let flags = [
            "--min-df",
            "2",
            "--dimensions",
            "8",
            "--language",
            "en",
            "--threads",
            threads,
        ];
        run(&[&["background", &corpus, "-o", &path], &flags[..]].concat()).ok();
        std::fs::read(path).unwrap()
    };
    let expected = background().to_bytes();
    assert!(learn("1") == expected && learn("2") == expected && learn("3") == expected);
}

#[test]
fn a_model_has_the_same_bytes_on_any_number_of_threads() {
    let folder = Folder::new();
    let (corpus, vectors) = (
        folder.write("rows.jsonl", rows()),
        folder.path("news.vectors"),
    );
    background().save(vectors.as_ref(), false).unwrap();
    let train = |threads: &str| {
        let path = folder.path(&format!("{threads}.model"));
        let flags = [
            "--label",
            "topic",
            "--labels",
            "stance",
            "--min-df",
            "1",
            "--threads",
            threads,
        ];
        let files = [
            "train",
            &corpus,
            "--background",
            &vectors,
            "--name",
            "same",
            "-o",
            &path,
        ];
        run(&[&files, &flags[..]].concat()).ok();
        std::fs::read(path).unwrap()
    };
    assert!(train("1") == train("2"));
    let asked = run(&["score", &corpus, "--model", &folder.path("1.model")]).json();
    assert_eq!(asked.len(), 8);
}

#[test]
fn a_broken_or_foreign_file_is_an_error() {
    let bytes = background().to_bytes();
    let open = |bytes: Vec<u8>| Background::from_bytes(bytes);
    assert!(open(bytes.clone()).unwrap() == background());
    for cut in [0, 7, 8, 100, bytes.len() - 1] {
        open(bytes[..cut].to_vec()).unwrap_err();
    }
    for at in (0..bytes.len()).step_by(97) {
        let mut damaged = bytes.clone();
        damaged[at] ^= 4;
        // Blanks behind the header are the only bytes that may change unnoticed, and only into
        // other blanks.
        assert!(open(damaged).is_err(), "byte {at}");
    }
    let of_model = open(Model::embedded().unwrap().to_bytes()).unwrap_err();
    assert!(
        of_model.to_string().contains("standpoint background"),
        "{of_model}"
    );
    let of_vectors = Model::from_bytes(bytes).unwrap_err();
    assert!(
        of_vectors.to_string().contains("no Standpoint model"),
        "{of_vectors}"
    );
}

#[test]
fn classifiers_that_count_words_say_so() {
    for classifier in [MultinomialNb::default().into(), Stack::of_kinds(0).into()] {
        let trainer = Trainer {
            classifier,
            ..trainer(Some(Blend::new(background())))
        };
        let error = trainer.train(&corpus()).unwrap_err().to_string();
        assert!(
            error.contains("negative numbers") && error.contains("svm"),
            "{error}"
        );
    }
}

#[test]
fn options_that_do_not_fit_are_errors() {
    let options = options();
    for wrong in [
        options.clone().window(17),
        options.clone().dimensions(0),
        options.clone().vocabulary(0),
        options.clone().min_df(1000),
    ] {
        wrong.learn(&texts(), &Silent).unwrap_err();
    }
    let alone: Texts = ["army", "army", "goal", "goal"].into_iter().collect();
    let error = options.learn(&alone, &Silent).unwrap_err().to_string();
    assert!(error.contains("near each other"), "{error}");
    let mut other = trainer(Some(Blend::new(background()).weight(f64::NAN)));
    assert!(
        other
            .train(&corpus())
            .unwrap_err()
            .to_string()
            .contains("weight")
    );
    other.background = Some(Blend::new(background()));
    other.features.tokens.stem = false;
    assert!(
        other
            .train(&corpus())
            .unwrap_err()
            .to_string()
            .contains("TokenOptions::stem")
    );
    other.features.tokens = options.tokens.language(Language::German);
    assert!(
        other
            .train(&corpus())
            .unwrap_err()
            .to_string()
            .contains("background is in en")
    );
}

#[test]
fn a_background_has_its_remedies_on_the_command_line() {
    let folder = Folder::new();
    let (corpus, out) = (folder.write("rows.jsonl", rows()), folder.path("x.vectors"));
    let error = run(&["background", &corpus, "-o", &out, "--min-df", "99"]).fails(3);
    assert!(error.contains("--min-df"), "{error}");
    assert!(
        run(&["background", "-", "-o", &out])
            .fails(2)
            .contains("write it to a file")
    );
    let train = [
        "train",
        &corpus,
        "--label",
        "topic",
        "-o",
        &folder.path("m"),
        "--background",
        &corpus,
    ];
    assert!(run(&train).fails(4).contains("standpoint background"));
    assert!(
        run(&[&train[..6], &["--background-weight", "1"]].concat())
            .fails(2)
            .contains("--background")
    );
}

#[test]
fn fewer_words_of_the_background_leave_labelled_texts_as_they_are() {
    let whole = trainer(Some(Blend::new(background())))
        .train(&corpus())
        .unwrap();
    let few = Blend::new(background()).terms(Some(3));
    let few = trainer(Some(few)).train(&corpus()).unwrap();
    let [all, left] = [&whole, &few].map(|model| model.tfidf().vocabulary().len());
    let of_labelled = trainer(None)
        .train(&corpus())
        .unwrap()
        .tfidf()
        .vocabulary()
        .len();
    assert!(
        left == of_labelled + 3 && left < all,
        "{left} {all} {of_labelled}"
    );
    for text in corpus().texts.iter() {
        for (a, b) in whole.score(text).heads.iter().zip(few.score(text).heads) {
            assert_eq!(a.decisions, b.decisions, "{text}");
        }
    }
}

#[test]
fn a_compact_model_is_smaller_and_loads_as_it_was() {
    let trainer = Trainer {
        compact: true,
        ..trainer(Some(Blend::new(background())))
    };
    let [compact, plain] = [
        trainer.clone(),
        Trainer {
            compact: false,
            ..trainer
        },
    ]
    .map(|trainer| trainer.train(&corpus()).unwrap());
    let bytes = compact.to_bytes();
    let sections = |model: &Model| {
        model
            .summary(0)
            .sections
            .iter()
            // The profile has the same size in both.
            .filter(|section| section.name != "profile" && section.name != "training")
            .map(|section| section.bytes)
            .sum::<usize>()
    };
    assert!(sections(&compact) < sections(&plain) * 3 / 4);
    let formats = [&compact, &plain].map(|model| model.summary(0).format);
    assert_eq!(formats, [5; 2]);
    let loaded = Model::from_bytes(bytes.clone()).unwrap();
    assert!(loaded.to_bytes() == bytes);
    for text in corpus().texts.iter().chain(texts().iter()) {
        let [a, b, c] =
            [&compact, &loaded, &plain].map(|model| model.score(text).heads[0].decisions.clone());
        assert_eq!(a, b);
        assert!(
            a.iter().zip(&c).all(|(a, c)| (a - c).abs() < 0.1),
            "{a:?} {c:?}"
        );
    }
    for at in (0..bytes.len()).step_by(61) {
        let mut damaged = bytes.clone();
        damaged[at] ^= 2;
        assert!(Model::from_bytes(damaged).is_err(), "byte {at}");
    }
}

#[test]
fn vectors_of_four_bits_are_half_as_large_and_alike() {
    let small = options().bits(4).learn(&texts(), &Silent).unwrap();
    let bytes = small.to_bytes();
    let loaded = Background::from_bytes(bytes.clone()).unwrap();
    assert!(loaded.to_bytes() == bytes && loaded == small);
    let model = trainer(Some(Blend::new(loaded))).train(&corpus()).unwrap();
    assert_eq!(
        model.score("tanks and artillery").heads[0].label(),
        Some("war")
    );
    assert!(options().bits(5).learn(&texts(), &Silent).is_err());
}

#[test]
fn inspect_tells_what_vectors_there_are() {
    let folder = Folder::new();
    let path = folder.path("news.vectors");
    background().save(path.as_ref(), false).unwrap();
    let told = &run(&["inspect", &path]).json()[0];
    assert_eq!(
        (
            told["documents"].as_u64(),
            told["languages"][0]["dimensions"].as_u64()
        ),
        (Some(96), Some(8))
    );
    assert!(
        run(&["inspect", &path, "--table"])
            .ok()
            .contains("dimensions")
    );
    assert!(
        run(&["inspect", &path, "--terms", "3"])
            .fails(2)
            .contains("--terms")
    );
}

#[test]
fn a_search_and_a_comparison_take_word_vectors() {
    let folder = Folder::new();
    let (corpus, vectors) = (
        folder.write("rows.jsonl", rows().repeat(2)),
        folder.path("news.vectors"),
    );
    background().save(vectors.as_ref(), false).unwrap();
    let (model, again) = (folder.path("found.model"), folder.path("again.model"));
    run_line(&format!(
        "tune {corpus} --folds 2 -o {model} --background {vectors} --name n --label topic \
         --language en"
    ))
    .ok();
    let train =
        format!("train {corpus} --label topic --options {model}.options.json -o {again} --name n");
    assert!(run_line(&train).fails(2).contains("--background"));
    run_line(&format!("{train} --background {vectors}")).ok();
    let trials = std::fs::read_to_string(format!("{model}.trials.jsonl")).unwrap();
    assert!(
        ["0.5", "1.0", "2.0"]
            .iter()
            .all(|w| trials.contains(&format!("\"background_weight\":{w}")))
    );
    assert!(std::fs::read(&model).unwrap() == std::fs::read(&again).unwrap());
    let compare = format!(
        "compare {corpus} --folds 2 --json --models svm,svm+background --label topic --language en"
    );
    assert!(run_line(&compare).fails(2).contains("--background"));
    let compared = run_line(&format!("{compare} --background {vectors}")).ok();
    assert!(compared.contains("svm+background"), "{compared}");
}

#[test]
fn corrections_keep_what_the_background_told() {
    let old = model(LogisticRegression::default().into());
    let corrected = trainer(None).correct(&old, &corpus(), &Silent).unwrap();
    assert_eq!(corrected.metadata().background, old.metadata().background);
    assert_eq!(
        corrected.score("tanks and artillery").heads[0].label(),
        Some("war")
    );
}
