//! Parts of a corpus whose words were found apart: the model is that of one machine.

use crate::support::{Folder, HEADS, NEWS, Ran, news, rows, run};
use proptest::prelude::*;
use standpoint::background::{Background, Blend};
use standpoint::features::{NGrams, TfIdfOptions};
use standpoint::io::Silent;
use standpoint::linear::{Classifier, MultinomialNb, NbSvm, Stack};
use standpoint::text::{Hyphens, Language, LanguageSurvey, StopWords, TokenOptions, Umlauts};
use standpoint::train::CorpusPart;
use standpoint::tune::AutoPreset;
use standpoint::{Corpus, Trainer};

/// Every `step`th article of the project's own news, German and English.
fn corpus(step: usize) -> Corpus {
    let news = news();
    let rows: Vec<usize> = (0..news.len()).step_by(step).collect();
    news.select(&rows)
}

/// Cuts a corpus into `count` shares, and finds the words of each.
fn parts(corpus: &Corpus, features: &TfIdfOptions, count: usize) -> Vec<CorpusPart> {
    let shares: Vec<Corpus> = (0..count)
        .map(|at| {
            let place = |at: usize| at * corpus.len() / count;
            let rows: Vec<usize> = (place(at)..place(at + 1)).collect();
            corpus.select(&rows)
        })
        .collect();
    let surveys = shares.iter().map(|share| LanguageSurvey::new(&share.texts));
    let languages = Some(surveys.collect::<LanguageSurvey>().languages());
    let shares = shares.into_iter().enumerate();
    let part = |(at, share): (usize, Corpus)| {
        let shard = format!("{}/{count}", at + 1).parse().unwrap();
        let part = CorpusPart::new(share, features, languages, Some(shard)).unwrap();
        CorpusPart::from_bytes(part.to_bytes()).unwrap()
    };
    shares.map(part).collect()
}

fn bytes(trainer: &Trainer, corpus: &Corpus) -> Vec<u8> {
    trainer.train(corpus).unwrap().to_bytes()
}

#[test]
fn the_model_of_parts_is_that_of_the_whole() {
    let corpus = corpus(3);
    let tokens = TokenOptions::default();
    let options = [
        TfIdfOptions::default(),
        TfIdfOptions::default().char_ngrams(Some(NGrams::new(3, 4))),
        TfIdfOptions::default().tokens(tokens.stem(false)),
        TfIdfOptions::default()
            .tokens(tokens.stem(false))
            .compounds(false),
        TfIdfOptions::default()
            .tokens(tokens.language(Language::German).hyphens(Hyphens::Parts))
            .max_features(Some(500)),
        TfIdfOptions::default()
            .tokens(tokens.stop_words(StopWords::Drop).umlauts(Umlauts::Keep))
            .min_df("0.02".parse().unwrap()),
    ];
    for (features, count) in options.into_iter().zip([1, 2, 3, 5, 8, 40]) {
        let mut parts = parts(&corpus, &features, count);
        parts.reverse();
        let joined = CorpusPart::join(parts).unwrap();
        let trainer = Trainer {
            features,
            ..Trainer::default()
        };
        let same = bytes(&trainer, &joined) == bytes(&trainer, &corpus);
        assert!(same, "{count} parts, {:?}", trainer.features);
    }
}

#[test]
fn every_kind_of_training_takes_parts() {
    let corpus = corpus(4);
    let features = TfIdfOptions::default();
    let joined = CorpusPart::join(parts(&corpus, &features, 3)).unwrap();
    let classifiers: [Classifier; 3] = [
        NbSvm::tempered(1).into(),
        MultinomialNb::default().into(),
        Stack::default().into(),
    ];
    for classifier in classifiers {
        let trainer = Trainer {
            classifier,
            ..Trainer::default()
        };
        assert!(
            bytes(&trainer, &joined) == bytes(&trainer, &corpus),
            "{trainer:?}"
        );
    }
    let vectors = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/datasets/background/news.vectors"
    );
    let background = Background::load(vectors.as_ref()).unwrap();
    let trainer = Trainer {
        background: Some(Blend::new(background).terms(Some(500))),
        ..Trainer::default()
    };
    assert!(bytes(&trainer, &joined) == bytes(&trainer, &corpus));
    let chosen = |corpus: &Corpus| AutoPreset::new(Trainer::default()).choose(corpus, &Silent);
    let (of_parts, of_whole) = (chosen(&joined).unwrap(), chosen(&corpus).unwrap());
    assert_eq!(of_parts, of_whole);
    assert!(bytes(&of_parts, &joined) == bytes(&of_whole, &corpus));
}

#[test]
fn joined_by_ids_neither_parts_nor_their_order_matter() {
    let corpus = corpus(6);
    let features = TfIdfOptions::default();
    let of = |count: usize, turn: usize| {
        let mut parts = parts(&corpus, &features, count);
        parts.rotate_left(turn);
        bytes(&Trainer::default(), &CorpusPart::join_by_id(parts).unwrap())
    };
    let one = of(1, 0);
    for (count, turn) in [(2, 1), (5, 3), (7, 0), (7, 6)] {
        assert!(of(count, turn) == one, "{count} parts turned by {turn}");
    }
    let mut order: Vec<usize> = (0..corpus.len()).collect();
    order.sort_by_key(|&at| corpus.ids.get(at));
    assert!(bytes(&Trainer::default(), &corpus.select(&order)) == one);
}

#[test]
fn parts_that_are_not_of_one_corpus_are_refused() {
    let corpus = corpus(20);
    let features = TfIdfOptions::default();
    let other = features.clone().tokens(TokenOptions::default().stem(false));
    let of = |features: &TfIdfOptions, count: usize, at: usize| {
        parts(&corpus, features, count).swap_remove(at)
    };
    let part = |at: usize| of(&features, 3, at);
    let cases = [
        (vec![], "there is no part"),
        (vec![part(0), part(2)], "the share 2/3 is missing"),
        (vec![part(0), part(1)], "the share 3/3 is missing"),
        (vec![part(1)], "the share 1/3 is missing"),
        (
            vec![part(0), part(1), part(1), part(2)],
            "the share 2/3 is there twice",
        ),
        (
            vec![part(0), part(1), of(&features, 4, 2)],
            "shares of different corpora",
        ),
        (
            vec![part(0), part(1), of(&other, 3, 2)],
            "with other options of tokens",
        ),
    ];
    for (parts, expected) in cases {
        let error = CorpusPart::join(parts).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
    let error = CorpusPart::new(corpus.clone(), &features, None, None).unwrap_err();
    assert!(
        error.to_string().contains("languages of the whole corpus"),
        "{error}"
    );
}

#[test]
fn a_part_is_saved_whole_and_its_like_are_told_apart() {
    let folder = Folder::new();
    let part = parts(&corpus(20), &TfIdfOptions::default(), 2).swap_remove(0);
    let path = folder.path("news-1.part");
    part.save(path.as_ref(), false).unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), part.to_bytes());
    let read = CorpusPart::load(path.as_ref()).unwrap();
    assert_eq!(read.shard().unwrap().to_string(), "1/2");
    assert_eq!(read.documents(), part.documents());
    let error = standpoint::Model::load(path.as_ref()).unwrap_err();
    assert!(error.to_string().contains("no Standpoint model"), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Any texts and labels, in any parts.
    #[test]
    fn any_texts_in_any_parts_train_the_same(
        texts in prop::collection::vec("[a-zäß .,'’-]{0,40}|[\\PC ]{0,20}|US-Präsident der Kriegsschiffe", 8..40),
        cuts in prop::collection::vec(0usize..40, 0..6),
        stem in any::<bool>(),
    ) {
        let mut builder = Corpus::builder();
        builder.head("topic", standpoint::corpus::HeadKind::Exclusive);
        builder.head("stance", standpoint::corpus::HeadKind::Independent);
        for (at, text) in texts.iter().enumerate() {
            let (topic, stance) = (["x", "y"][at % 2], [["p"], ["q"]]);
            builder.document(&at.to_string(), text, &[&[topic], &stance[at % 3 / 2]]);
        }
        let corpus = builder.finish().unwrap();
        let features = TfIdfOptions::default()
            .tokens(TokenOptions::default().stem(stem))
            .char_ngrams(Some(NGrams::new(2, 3)))
            .min_df("1".parse().unwrap());
        let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut % corpus.len()).collect();
        cuts.extend([0, corpus.len()]);
        cuts.sort_unstable();
        let languages = LanguageSurvey::new(&corpus.texts).languages();
        let shares = cuts.len() - 1;
        let parts = cuts.windows(2).enumerate().map(|(at, cut)| {
            let rows: Vec<usize> = (cut[0]..cut[1]).collect();
            let shard = format!("{}/{shares}", at + 1).parse().unwrap();
            let part = CorpusPart::new(corpus.select(&rows), &features, Some(languages), Some(shard));
            CorpusPart::from_bytes(part.unwrap().to_bytes()).unwrap()
        });
        let joined = CorpusPart::join(parts).unwrap();
        let trainer = Trainer { features, ..Trainer::default() };
        match (trainer.train(&joined), trainer.train(&corpus)) {
            (Ok(joined), Ok(whole)) => prop_assert!(joined.to_bytes() == whole.to_bytes()),
            (joined, whole) => prop_assert_eq!(
                joined.map(|_| ()).map_err(|e| e.to_string()),
                whole.map(|_| ()).map_err(|e| e.to_string())
            ),
        }
    }

    /// A file of any bytes is read or refused.
    #[test]
    fn damaged_parts_are_refused(at in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<bool>()) {
        let part = parts(&corpus(60), &TfIdfOptions::default(), 1).swap_remove(0);
        let mut bytes = part.to_bytes();
        let at = at.index(bytes.len());
        match cut {
            true => bytes.truncate(at),
            false if bytes[at] == byte => return Ok(()),
            false => bytes[at] = byte,
        }
        prop_assert!(CorpusPart::from_bytes(bytes).is_err());
    }
}

/// Makes the files of all parts of a corpus by the program, and returns their names.
fn files(folder: &Folder, corpus: &str, shares: usize, flags: &[&str]) -> Vec<String> {
    let step = |number: usize, more: &[&str], ends: &str| {
        let (shard, file) = (format!("{number}/{shares}"), format!("{number}.{ends}"));
        let file = folder.path(&file);
        let common = [
            "fit-part", corpus, "--shard", &shard, "-o", &file, "--force",
        ];
        run(&[&common[..], &HEADS[..], more].concat()).ok();
        file
    };
    let surveys: Vec<String> = (1..=shares)
        .map(|number| step(number, &["--survey"], "survey"))
        .collect();
    let mut more = vec!["--surveys"];
    more.extend(surveys.iter().map(String::as_str));
    more.extend(flags);
    (1..=shares)
        .map(|number| step(number, &more, "part"))
        .collect()
}

fn merge(parts: &[String], model: &str, flags: &[&str]) -> Ran {
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    run(&[
        &["fit-merge"],
        &parts[..],
        &["-o", model, "--name", "news", "--force"],
        flags,
    ]
    .concat())
}

#[test]
fn the_program_makes_the_model_of_train_from_parts() {
    let folder = Folder::new();
    let rows = std::fs::read_to_string(NEWS).unwrap();
    let rows: String = rows
        .lines()
        .step_by(3)
        .map(|row| format!("{row}\n"))
        .collect();
    let corpus = folder.write("corpus.jsonl", rows);
    let (merged, whole) = (folder.path("merged.model"), folder.path("whole.model"));
    let cases: [(&[&str], &[&str]); 3] = [
        (&[], &[]),
        (&["--no-stem"], &["--char-ngrams", "3-4", "--min-df", "3"]),
        (
            &["--hyphens", "parts"],
            &["--classifier", "nbsvm", "--thresholds", "fixed"],
        ),
    ];
    for (of_words, others) in cases {
        let mut parts = files(&folder, &corpus, 3, of_words);
        parts.rotate_left(1);
        let said = merge(&parts, &merged, others);
        assert!(
            said.err.contains("trained on 144 documents"),
            "{}",
            said.err
        );
        let train = ["train", &corpus, "-o", &whole, "--name", "news", "--force"];
        run(&[&train[..], &HEADS[..], of_words, others].concat()).ok();
        let same = std::fs::read(&merged).unwrap() == std::fs::read(&whole).unwrap();
        assert!(same, "{of_words:?} {others:?}");
    }
    assert!(
        folder.files().iter().all(|file| !file.contains(".tmp")),
        "{:?}",
        folder.files()
    );
}

#[test]
fn parts_and_surveys_that_do_not_fit_are_refused_by_the_program() {
    let folder = Folder::new();
    let corpus = folder.write("corpus.jsonl", rows());
    let parts = files(&folder, &corpus, 3, &["--no-stem"]);
    let model = folder.path("news.model");
    let error = merge(&parts[..2], &model, &[]).fails(2);
    assert!(error.contains("the share 3/3 is missing"), "{error}");
    let error = merge(&parts, &model, &["--umlauts", "keep"]).fails(2);
    assert!(error.contains("other options of tokens"), "{error}");
    let error = merge(&parts, &model, &["--stop-words", "keep"]).fails(2);
    assert!(error.contains("1.part"), "{error}");
    merge(&parts, &model, &["--no-stem"]).ok();
    let error = merge(&parts, &parts[0], &[]).fails(2);
    assert!(error.contains("the output is one of the inputs"), "{error}");

    let whole = std::fs::read(&parts[1]).unwrap();
    let damaged = vec![
        parts[0].clone(),
        folder.write("cut.part", &whole[..whole.len() / 2]),
    ];
    let error = merge(&damaged, &model, &[]).fails(4);
    assert!(
        error.contains("cut.part: not a Standpoint part of a corpus, or cut off"),
        "{error}"
    );
    let error = merge(std::slice::from_ref(&model), &folder.path("x.model"), &[]).fails(4);
    assert!(error.contains("no Standpoint part of a corpus"), "{error}");

    let part = |flags: &[&str]| {
        let file = folder.path("other.part");
        let own = ["fit-part", &corpus, "-o", &file, "--label", "topic"];
        run(&[&own[..], flags].concat())
    };
    let error = part(&[]).fails(2);
    assert!(error.contains("languages of the whole corpus"), "{error}");
    assert!(error.contains("--language"), "{error}");
    for (text, expected) in [
        ("{}", "no survey of languages"),
        (
            "{\"texts\":[{\"digest\":1,\"language\":\"auto\",\"bytes\":3}]}",
            "of no language",
        ),
        ("{\"texts\":[],\"texts\":[]}", "texts"),
    ] {
        let survey = folder.write("broken.survey", text);
        let error = part(&["--surveys", &survey]).fails(3);
        assert!(
            error.contains("broken.survey") && error.contains(expected),
            "{error}"
        );
    }
    part(&["--language", "en"]).ok();
}

#[test]
fn a_share_may_be_empty_and_lack_columns_but_the_corpus_may_not() {
    let folder = Folder::new();
    folder.write(
        "news/a.jsonl",
        "{\"text\": \"talks resumed\", \"topic\": \"diplomacy\"}\n",
    );
    folder.write("news/b.jsonl", "");
    folder.write(
        "news/c.jsonl",
        "{\"title\": \"War\", \"text\": \"shelling resumed\", \"topic\": \"conflict\"}\n",
    );
    let (news, model) = (folder.path("news"), folder.path("news.model"));
    let common = [
        "--text",
        "title,text",
        "--label",
        "topic",
        "--language",
        "en",
    ];
    let part = |number: usize| {
        let (shard, file) = (
            format!("{number}/3"),
            folder.path(&format!("{number}.part")),
        );
        let share = ["fit-part", &news, "--shard", &shard, "-o", &file];
        run(&[&share[..], &common[..]].concat()).ok();
        file
    };
    let parts = [part(1), part(2), part(3)];
    merge(&parts, &model, &["--min-df", "1"]).ok();
    let whole = folder.path("whole.model");
    let train = [
        "train", &news, "-o", &whole, "--name", "news", "--min-df", "1",
    ];
    run(&[&train[..], &common[..]].concat()).ok();
    assert!(std::fs::read(&model).unwrap() == std::fs::read(&whole).unwrap());
    let empty = [
        "fit-part",
        &news,
        "--shard",
        "1/1",
        "--where",
        "topic=sport",
        "-o",
    ];
    let file = folder.path("empty.part");
    run(&[&empty[..], &[&file], &common[..]].concat()).ok();
    let error = merge(&[file], &model, &[]).fails(3);
    assert!(error.contains("no part has a document"), "{error}");
}
