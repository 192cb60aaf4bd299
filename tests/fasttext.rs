//! Models of fastText: the same decisions, damaged files, and what cannot be read. The files are
//! written here, byte by byte.

use crate::support::{Folder, run};
use proptest::prelude::*;
use standpoint::Model;
use standpoint::calibrate::Link;
use standpoint::corpus::HeadKind;
use standpoint::features::{Buckets, DocumentFrequency, NGrams, TfIdf, TfIdfOptions};
use standpoint::io::Silent;
use standpoint::model::{Quantization, WeightBits};
use standpoint::text::{Texts, TokenOptions, WordRule};

/// A model of fastText.
#[derive(Debug, Clone)]
struct FastText {
    version: i32,
    dimensions: i32,
    word_ngrams: i32,
    loss: i32,
    model: i32,
    buckets: i32,
    characters: [i32; 2],
    words: Vec<Vec<u8>>,
    labels: Vec<String>,
    pruned: i64,
    quantized: u8,
}

impl Default for FastText {
    fn default() -> Self {
        let words = ["</s>", "the", "War", "für", "peace,", "of", "the of"];
        FastText {
            version: 12,
            dimensions: 3,
            word_ngrams: 1,
            loss: 3,
            model: 3,
            buckets: 0,
            characters: [0, 0],
            words: words.map(|word| word.as_bytes().to_vec()).to_vec(),
            labels: ["__label__a", "__label__b", "__label__c"]
                .map(String::from)
                .to_vec(),
            pruned: -1,
            quantized: 0,
        }
    }
}

impl FastText {
    fn hashed(word_ngrams: i32, characters: [i32; 2], buckets: i32) -> Self {
        FastText {
            word_ngrams,
            characters,
            buckets,
            ..FastText::default()
        }
    }

    fn rows(&self) -> usize {
        self.words.len() + self.buckets as usize
    }

    /// Number of a matrix, between -1 and 1.
    fn number(matrix: usize, row: usize, column: usize) -> f32 {
        let mixed = (1 + matrix) * 7919 + row * 104_729 + column * 1299;
        (mixed.wrapping_mul(2_654_435_761) >> 8 & 0xffff) as f32 / 32768.0 - 1.0
    }

    fn matrix(&self, matrix: usize, rows: usize, bytes: &mut Vec<u8>) {
        bytes.push(self.quantized);
        bytes.extend((rows as i64).to_le_bytes());
        bytes.extend(i64::from(self.dimensions).to_le_bytes());
        for row in 0..rows {
            for column in 0..self.dimensions as usize {
                bytes.extend(Self::number(matrix, row, column).to_le_bytes());
            }
        }
    }

    fn bytes(&self) -> Vec<u8> {
        let [shortest, longest] = self.characters;
        let mut bytes = Vec::new();
        for number in [
            793_712_314,
            self.version,
            self.dimensions,
            5,
            5,
            1,
            5,
            self.word_ngrams,
            self.loss,
            self.model,
            self.buckets,
            shortest,
            longest,
            100,
        ] {
            bytes.extend(number.to_le_bytes());
        }
        bytes.extend(1e-4f64.to_le_bytes());
        let [words, labels] = [self.words.len() as i32, self.labels.len() as i32];
        for number in [words + labels, words, labels] {
            bytes.extend(number.to_le_bytes());
        }
        bytes.extend(500i64.to_le_bytes());
        bytes.extend(self.pruned.to_le_bytes());
        let labels = self.labels.iter().map(|label| (label.as_bytes(), 1));
        let words = self.words.iter().map(|word| (&word[..], 0));
        for (text, kind) in words.chain(labels) {
            bytes.extend(text);
            bytes.push(0);
            bytes.extend(10i64.to_le_bytes());
            bytes.push(kind);
        }
        self.matrix(0, self.rows(), &mut bytes);
        self.matrix(1, self.labels.len(), &mut bytes);
        bytes
    }

    fn read(&self) -> standpoint::Result<Model> {
        Model::from_fasttext(&self.bytes(), "theirs", "topic")
    }

    /// Numbers of the rows of a text.
    fn features(&self, text: &str) -> Vec<usize> {
        let mut words: Vec<&str> = text
            .split([' ', '\n', '\r', '\t', '\x0b', '\x0c', '\0'])
            .filter(|word| !word.is_empty() && !word.starts_with("__label__"))
            .collect();
        let end = words.iter().position(|word| *word == "</s>");
        words.truncate(end.unwrap_or(words.len()));
        words.push("</s>");
        let mut found = Vec::new();
        let bucket = |hash: u64| self.words.len() + (hash % self.buckets as u64) as usize;
        for word in &words {
            let row = self.words.iter().position(|own| own == word.as_bytes());
            found.extend(row);
            if self.characters[1] > 0 && *word != "</s>" {
                let marked: Vec<char> = format!("<{word}>").chars().collect();
                for from in 0..marked.len() {
                    for to in from + 1..=marked.len() {
                        let length = (to - from) as i32;
                        let range = self.characters[0].max(1)..=self.characters[1];
                        let mark = length == 1 && (from == 0 || to == marked.len());
                        if range.contains(&length) && !mark {
                            let gram: String = marked[from..to].iter().collect();
                            found.push(bucket(u64::from(hash(&gram))));
                        }
                    }
                }
            }
        }
        for from in 0..words.len() {
            let mut mixed = i64::from(hash(words[from]) as i32) as u64;
            let last = words.len().min(from + self.word_ngrams as usize);
            for word in &words[from + 1..last] {
                let next = i64::from(hash(word) as i32) as u64;
                mixed = mixed.wrapping_mul(116_049_371).wrapping_add(next);
                found.push(bucket(mixed));
            }
        }
        found
    }

    /// Decision values of a text: products of the mean vector of its rows with those of labels.
    fn decisions(&self, text: &str) -> Vec<f64> {
        let (features, columns) = (self.features(text), 0..self.dimensions as usize);
        let mean = columns.map(|column| {
            let numbers = features
                .iter()
                .map(|&row| f64::from(Self::number(0, row, column)));
            numbers.sum::<f64>() / features.len().max(1) as f64
        });
        let mean: Vec<f64> = mean.collect();
        let decision = |label| {
            let numbers = mean.iter().enumerate();
            numbers.fold(0.0, |sum, (column, value)| {
                sum + value * f64::from(Self::number(1, label, column))
            })
        };
        (0..self.labels.len()).map(decision).collect()
    }
}

/// FNV-1a of bytes that are extended by their sign.
fn hash(word: &str) -> u32 {
    word.bytes().fold(2_166_136_261, |hash, byte| {
        (hash ^ (byte as i8 as i32 as u32)).wrapping_mul(16_777_619)
    })
}

fn words() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "</s>",
        "the",
        "War",
        "war",
        "für",
        "peace,",
        "of",
        "__label__a",
        "new",
        "ünseen",
        " ",
        "\t",
        "\n",
        "\u{a0}",
        "",
    ]);
    prop::collection::vec(pieces, 0..12).prop_map(|pieces| pieces.join(" "))
}

fn models() -> impl Strategy<Value = FastText> {
    let characters = prop::sample::select(vec![[0, 0], [2, 3], [1, 1], [0, 2], [4, 3]]);
    (1..4i32, characters, 1..40i32, 2..5i32).prop_map(|(ngrams, characters, buckets, loss)| {
        let hashes = ngrams > 1 || characters[0] <= characters[1] && characters[1] > 0;
        FastText {
            loss,
            ..FastText::hashed(ngrams, characters, if hashes { buckets } else { 0 })
        }
    })
}

proptest! {
    /// Decision values are fastText's, and a saved model, an explanation and its places agree.
    #[test]
    fn decisions_are_those_of_the_mean_vector(theirs in models(), text in words()) {
        let model = theirs.read().unwrap();
        let found = model.score(&text).heads[0].decisions.clone();
        for (found, expected) in found.iter().zip(theirs.decisions(&text)) {
            prop_assert!((found - expected).abs() < 1e-5, "{} {}", found, expected);
        }
        let again = Model::from_bytes(model.to_bytes()).unwrap();
        prop_assert_eq!(&again.score(&text).heads[0].decisions, &found);
        let explanation = model.explain(&text);
        for (label, decision) in found.iter().enumerate() {
            let reasons = explanation.reasons(0, label);
            let parts = reasons.contributions.iter();
            let sum = parts.fold(reasons.bias, |sum, part| sum + part.contribution);
            prop_assert_eq!(sum, *decision);
            for part in &reasons.contributions {
                prop_assert!(!part.spans.is_empty() && !part.shown.is_empty());
                prop_assert!(part.spans.iter().all(|span| text.get(span.clone()).is_some()));
            }
        }
    }

    /// Any bytes are a model or an error, and a model scores.
    #[test]
    fn damaged_files_are_errors(
        theirs in models(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
        end in any::<prop::sample::Index>(),
        cut: bool,
    ) {
        let mut bytes = theirs.bytes();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if cut {
            bytes.truncate(end.index(bytes.len()));
            prop_assert!(Model::from_fasttext(&bytes, "a", "b").is_err());
        } else if let Ok(model) = Model::from_fasttext(&bytes, "a", "b") {
            model.score("the War of words");
        }
    }
}

#[test]
fn heads_follow_the_loss() {
    let of_loss = |loss| {
        FastText {
            loss,
            ..FastText::default()
        }
        .read()
        .unwrap()
    };
    for (loss, kind, link) in [
        (2, HeadKind::Exclusive, Link::Logistic),
        (3, HeadKind::Exclusive, Link::Softmax),
        (4, HeadKind::Independent, Link::Logistic),
    ] {
        let model = of_loss(loss);
        let head = model.heads()[0].metadata();
        assert_eq!((head.kind, head.link), (kind, link));
        assert_eq!(head.labels, ["a", "b", "c"]);
        assert_eq!((head.support[0], model.metadata().documents), (10.0, 10));
    }
}

#[test]
fn only_models_of_fasttext_have_the_newest_format() {
    let model = FastText::default().read().unwrap();
    assert_eq!(model.format_version(), Model::FORMAT_VERSION);
    let again = Model::from_bytes(model.to_bytes()).unwrap();
    assert_eq!(again.format_version(), Model::FORMAT_VERSION);
    let ours = Model::from_bytes(Model::embedded().unwrap().to_bytes()).unwrap();
    assert_eq!(ours.format_version(), Model::FORMAT_VERSION - 1);
}

#[test]
fn words_that_no_text_holds_are_left_out() {
    let mut theirs = FastText::default();
    theirs.words.extend([b"\xff\xfe".to_vec(), b"ab".to_vec()]);
    let model = theirs.read().unwrap();
    let vocabulary = model.tfidf().vocabulary();
    let words: Vec<_> = (0..vocabulary.len())
        .map(|at| vocabulary.term(at))
        .collect();
    assert_eq!(words, ["</s>", "War", "ab", "für", "of", "peace,", "the"]);
}

/// A plain model with a change.
fn changed(change: impl FnOnce(&mut FastText)) -> FastText {
    let mut theirs = FastText::default();
    change(&mut theirs);
    theirs
}

fn refused(theirs: &FastText, reason: &str) {
    let error = theirs.read().unwrap_err();
    assert!(error.message().contains(reason), "{error}");
    assert!(error.remedy().is_some(), "{error}");
}

#[test]
fn models_of_other_kinds_are_refused_with_their_reason() {
    refused(&changed(|of| of.version = 13), "format 13 is not known");
    refused(&changed(|of| of.model = 1), "without labels (cbow)");
    refused(&changed(|of| of.model = 2), "without labels (skipgram)");
    refused(&changed(|of| of.loss = 1), "hierarchical softmax");
    refused(&changed(|of| of.quantized = 1), "quantised (.ftz)");
    refused(&changed(|of| of.pruned = 3), "quantised (.ftz)");
    refused(&FastText::hashed(17, [0, 0], 9), "n-grams of 17");
}

#[test]
fn parts_that_do_not_fit_are_refused_with_their_reason() {
    refused(&changed(|of| of.loss = 9), "its loss is not known");
    refused(&changed(|of| of.labels.clear()), "dictionary does not fit");
    refused(&changed(|of| of.dimensions = 0), "does not fit its options");
    refused(
        &FastText::hashed(2, [0, 0], 0),
        "no buckets for its n-grams",
    );
    let mut bytes = FastText::default().bytes();
    bytes.push(0);
    let error = Model::from_fasttext(&bytes, "a", "b").unwrap_err();
    assert!(
        error.message().contains("1 bytes follow its end"),
        "{error}"
    );
}

#[test]
fn words_and_labels_that_are_not_told_apart_are_refused_with_their_reason() {
    let label = |label: &str| FastText {
        labels: vec![label.to_string()],
        ..FastText::hashed(2, [0, 0], 5)
    };
    refused(&label("b"), "whose prefix the file does not tell");
    refused(&label("__label__"), "has no name");
    let twice = |of: &mut FastText| of.labels = vec!["__label__a".to_string(); 2];
    refused(&changed(twice), "the label `a` stands twice");
    let twice = |of: &mut FastText| of.words = vec![b"a".to_vec(); 2];
    refused(&changed(twice), "the word `a` stands twice");
    let word = |of: &mut FastText| of.words = vec![b"__label__x".to_vec()];
    refused(&changed(word), "begins as a label does");
}

/// Version 11 says lengths of n-grams of characters that classifiers did not have.
#[test]
fn version_11_has_no_n_grams_of_characters() {
    let old = FastText {
        version: 11,
        ..FastText::hashed(1, [2, 3], 7)
    };
    let model = old.read().unwrap();
    assert_eq!(model.tfidf().options().buckets, None);
    let theirs = FastText::hashed(1, [0, 0], 7).decisions("the War");
    let found = &model.score("the War").heads[0].decisions;
    assert!(found.iter().zip(theirs).all(|(a, b)| (a - b).abs() < 1e-5));
}

#[test]
fn quantised_models_keep_their_buckets() {
    let theirs = FastText::hashed(2, [0, 0], 50);
    let model = theirs.read().unwrap();
    let small = model
        .quantized(&Quantization::new(WeightBits::Sixteen), None)
        .unwrap();
    let again = Model::from_bytes(small.to_bytes()).unwrap();
    let (found, expected) = (again.score("the War of"), theirs.decisions("the War of"));
    for (found, expected) in found.heads[0].decisions.iter().zip(expected) {
        assert!((found - expected).abs() < 1e-3);
    }
    let fewer = Quantization::new(WeightBits::Eight).terms(3);
    let error = model.quantized(&fewer, None).unwrap_err();
    assert!(error.message().contains("keeps all its columns"), "{error}");
}

#[test]
fn the_command_makes_a_model_that_every_other_command_takes() {
    let folder = Folder::new();
    let theirs = folder.write("theirs.bin", FastText::hashed(2, [0, 0], 20).bytes());
    let ours = folder.path("ours.model");
    let said = run(&["import", &theirs, "--head", "topic", "-o", &ours]);
    assert!(
        said.err.contains("7 terms and 20 buckets") || said.err.contains("6 terms"),
        "{}",
        said.err
    );
    let corpus = folder.write(
        "rows.jsonl",
        "{\"text\":\"the War\",\"topic\":\"a\"}\n{\"text\":\"of  peace,\",\"topic\":\"b\"}\n",
    );
    let scored = run(&["score", &corpus, "--model", &ours, "--json"]).json();
    assert_eq!(scored.len(), 2);
    let shown = run(&[
        "explain",
        "--model",
        &ours,
        &folder.write("a.txt", "the War"),
    ])
    .ok();
    assert!(shown.contains("the War"), "{shown}");
    let shown = run(&["inspect", &ours]).ok();
    assert!(shown.contains("fastText"), "{shown}");
    run(&["eval", &ours, &corpus, "--label", "topic"]).ok();
    run(&["verify", &ours]);
    let small = folder.path("small.model");
    run(&[
        "quantize",
        &ours,
        &corpus,
        "--label",
        "topic",
        "--max-loss",
        "100",
        "-o",
        &small,
    ])
    .ok();
    let table = folder.path("weights.tsv");
    run(&["export", &ours, "-o", &table]).ok();
    assert!(
        std::fs::read_to_string(&table)
            .unwrap()
            .contains("bucket 19\tbucket\t1")
    );
    let error = run(&["import", &theirs, "--model", &ours, "-o", &folder.path("b")]).fails(2);
    assert!(error.contains("--model has no effect"), "{error}");
    let weights = folder.write(
        "weights.txt",
        "solver_type MCSVM_CS\nnr_class 3\nlabel 1 2 3\nnr_feature 1\nbias -1\nw\n1 2 3 \n",
    );
    let error = run(&["import", &weights, "-o", &folder.path("b")]).fails(2);
    assert!(error.contains("name the model from which"), "{error}");
}

/// Words of fastText may also be fitted, which hashed n-grams may not.
#[test]
fn features_of_such_words_are_fitted_like_any_other() {
    let texts: Texts = ["The War the war", "the talks"].into_iter().collect();
    let options = TfIdfOptions::default()
        .tokens(
            TokenOptions::default()
                .words(WordRule::FastText)
                .stem(false),
        )
        .min_df(DocumentFrequency::Count(1));
    let (tfidf, rows) = TfIdf::fit_transform(&options, &texts, &Silent).unwrap();
    assert_eq!(tfidf.transform_texts(&texts), rows);
    let terms: Vec<_> = (0..4).map(|at| tfidf.vocabulary().term(at)).collect();
    assert_eq!(terms, ["</s>", "The", "The War", "War"]);
    let model = Model::of_features(tfidf);
    assert_eq!(model.format_version(), Model::FORMAT_VERSION);
    let one = options.word_ngrams(Some(NGrams::new(1, 1)));
    let hashed = one.buckets(Some(Buckets::new(9, Some(NGrams::new(2, 2)), None)));
    let error = TfIdf::fit(&hashed, &texts, &Silent).unwrap_err();
    assert!(error.message().contains("are not fitted"), "{error}");
}

#[test]
fn a_file_that_no_other_tool_wrote_is_refused_as_such() {
    let folder = Folder::new();
    let model = folder.path("own.model");
    std::fs::write(&model, Model::embedded().unwrap().to_bytes()).unwrap();
    let rows = folder.write("rows.jsonl", b"{\"text\": \"Pr\xe4sident\"}\n");
    for input in [&model, &rows] {
        let error = run(&["import", input, "-o", &folder.path("new.model")]).fails(4);
        assert!(error.contains("not a model of LIBLINEAR"), "{error}");
        assert!(error.contains(".bin file of fastText"), "{error}");
    }
}
