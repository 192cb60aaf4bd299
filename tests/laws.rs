//! The laws of ARCHITECTURE.md, over generated corpora.

use crate::support::news;
use proptest::prelude::*;
use standpoint::corpus::{HeadKind, Targets};
use standpoint::features::{
    DocumentFrequency, Idf, NGrams, Norm, SparseRows, TermFrequency, TfIdfOptions,
};
use standpoint::linear::{
    BernoulliNb, Classifier, ComplementNb, CrammerSinger, Intercept, LinearModel, LinearSvm,
    LogisticRegression, MultiClass, MultinomialNb, NbSvm, Penalty, Ridge,
};
use standpoint::text::{Language, TokenOptions};
use standpoint::train::ClassWeights;
use standpoint::{Corpus, Model, Trainer};

fn classifiers() -> [Classifier; 12] {
    let (tolerance, max_rounds) = (1e-7, 100_000);
    let svm = LinearSvm {
        tolerance,
        max_rounds,
        ..LinearSvm::default()
    };
    let free = LinearSvm {
        intercept: Intercept::Free,
        ..svm.clone()
    };
    let newton = LogisticRegression {
        tolerance: 1e-8,
        ..LogisticRegression::default()
    };
    let tighter = LogisticRegression {
        tolerance: 1e-11,
        ..newton.clone()
    };
    let nb = NbSvm {
        tolerance,
        max_rounds,
        ..NbSvm::default()
    };
    let tempered = NbSvm {
        alpha: 0.3,
        ratio_exponent: Some(0.6),
        ..nb.clone()
    };
    let elastic = LogisticRegression {
        penalty: Penalty::ElasticNet { l1_ratio: 0.5 },
        ..tighter.clone()
    };
    let lasso = LogisticRegression {
        multi_class: MultiClass::OneVsRest,
        penalty: Penalty::L1,
        c: 4.0,
        ..tighter
    };
    let [ridge, regularised] = [Intercept::Free, Intercept::Regularised].map(|intercept| Ridge {
        tolerance: 1e-8,
        intercept,
        ..Ridge::default()
    });
    [
        svm.into(),
        free.into(),
        nb.into(),
        tempered.into(),
        newton.into(),
        elastic.into(),
        lasso.into(),
        MultinomialNb::default().into(),
        ComplementNb::default().into(),
        BernoulliNb::default().into(),
        ridge.into(),
        regularised.into(),
    ]
}

/// Those for exclusive labels only beside the others.
fn exclusive_classifiers() -> Vec<Classifier> {
    let multi_class = CrammerSinger {
        tolerance: 1e-7,
        max_rounds: 100_000,
        ..CrammerSinger::default()
    };
    classifiers()
        .into_iter()
        .chain([multi_class.into()])
        .collect()
}

fn trainer(classifier: Classifier) -> Trainer {
    let features = TfIdfOptions::default()
        .min_df(DocumentFrequency::Count(1))
        .tokens(TokenOptions::default().language(Language::English))
        .char_ngrams(Some(NGrams::new(3, 4)));
    let features = match classifier {
        Classifier::BernoulliNb(_) => features
            .tf(TermFrequency::Binary)
            .idf(Idf::None)
            .norm(Norm::None),
        _ => features,
    };
    Trainer {
        features,
        classifier,
        ..Trainer::default()
    }
}

/// Texts over a small vocabulary with a topic and stances; at least two topics occur.
fn corpora() -> impl Strategy<Value = Vec<(String, usize, Vec<bool>)>> {
    let words = [
        "army", "talks", "Straße", "don't", "goal", "1.5", "naïve", "é", "war", "was", "U-Boot",
        "🙂",
    ];
    let text = prop::collection::vec(prop::sample::select(words.to_vec()), 1..9)
        .prop_map(|words| words.join(" "));
    let row = (text, 0..3usize, prop::collection::vec(any::<bool>(), 2));
    prop::collection::vec(row, 4..24).prop_map(|mut rows| {
        (rows[0].1, rows[1].1) = (0, 1);
        (rows[0].2[0], rows[1].2[1]) = (true, true);
        rows
    })
}

fn build(rows: &[(String, usize, Vec<bool>)], topics: [&str; 3]) -> Corpus {
    let mut builder = Corpus::builder();
    builder.head("topic", HeadKind::Exclusive);
    builder.head("stance", HeadKind::Independent);
    for (id, (text, topic, stance)) in rows.iter().enumerate() {
        let stances: Vec<&str> = ["p", "q"]
            .into_iter()
            .zip(stance)
            .filter(|(_, holds)| **holds)
            .map(|(l, _)| l)
            .collect();
        builder.document(&id.to_string(), text, &[&[topics[*topic]], &stances]);
    }
    builder.finish().unwrap()
}

fn on_threads<T: Send>(threads: usize, work: impl FnOnce() -> T + Send) -> T {
    rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .unwrap()
        .install(work)
}

/// Law 1 on a corpus that fills several chunks and blocks.
#[test]
fn the_same_bytes_on_any_number_of_threads() {
    let corpus = news();
    for mut classifier in classifiers() {
        if let Classifier::Svm(options) = &mut classifier {
            options.tolerance = 0.1;
        }
        let trainer = Trainer {
            class_weights: ClassWeights::Balanced,
            ..trainer(classifier)
        };
        let bytes = |threads| on_threads(threads, || trainer.train(&corpus).unwrap().to_bytes());
        let one = bytes(1);
        for threads in [2, 3, 8] {
            assert!(
                bytes(threads) == one,
                "{threads} threads, {:?}",
                trainer.classifier
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Law 1.
    #[test]
    fn small_corpora_too(rows in corpora()) {
        let corpus = build(&rows, ["a", "b", "c"]);
        for classifier in classifiers() {
            let trainer = trainer(classifier);
            let bytes = |threads| on_threads(threads, || trainer.train(&corpus).unwrap().to_bytes());
            prop_assert!(bytes(1) == bytes(3));
        }
    }

    /// Law 3.
    #[test]
    fn a_saved_model_scores_the_same_to_the_last_bit(rows in corpora(), text in "\\PC{0,60}") {
        for classifier in classifiers() {
            let model = trainer(classifier).train(&build(&rows, ["a", "b", "c"])).unwrap();
            let loaded = Model::from_bytes(model.to_bytes()).unwrap();
            prop_assert!(loaded.to_bytes() == model.to_bytes());
            for text in rows.iter().map(|row| row.0.as_str()).chain([text.as_str()]) {
                for (a, b) in model.score(text).heads.iter().zip(&loaded.score(text).heads) {
                    let bits = |scores: &[f64]| scores.iter().map(|s| s.to_bits()).collect::<Vec<_>>();
                    prop_assert_eq!(bits(&a.decisions), bits(&b.decisions));
                    prop_assert_eq!(bits(&a.scores), bits(&b.scores));
                }
            }
        }
    }

    /// Law 4.
    #[test]
    fn a_score_is_its_bias_and_contributions(rows in corpora(), noise in "\\PC{0,40}") {
        for classifier in classifiers() {
            let model = trainer(classifier).train(&build(&rows, ["a", "b", "c"])).unwrap();
            let text = format!("{}{noise}{}", rows[0].0, rows[1].0);
            let explanation = model.explain(&text);
            prop_assert_eq!(explanation.known_terms(), model.score(&text).known_terms);
            for head in 0..2 {
                for label in 0..explanation.heads[head].scores.len() {
                    let reasons = explanation.reasons(head, label);
                    let sum = reasons.contributions.iter().fold(reasons.bias, |sum, c| sum + c.contribution);
                    prop_assert_eq!(sum.to_bits(), explanation.heads[head].decisions[label].to_bits());
                    for contribution in &reasons.contributions {
                        prop_assert!(!contribution.spans.is_empty());
                        for span in &contribution.spans {
                            prop_assert!(span.start < span.end && text.get(span.clone()).is_some());
                        }
                    }
                }
            }
        }
    }

    /// Law 5, first part.
    #[test]
    fn an_unseen_word_changes_no_score(rows in corpora(), unseen in "[xyz]{6,9}") {
        let mut trainer = trainer(LinearSvm::default().into());
        trainer.features.char_ngrams = None;
        let model = trainer.train(&build(&rows, ["a", "b", "c"])).unwrap();
        let with = format!("{} {unseen}", rows[0].0);
        prop_assert_eq!(&model.score(&with).heads[0].decisions, &model.score(&rows[0].0).heads[0].decisions);
    }

    /// The same where the language is decided for each text: only stems, and numbers, whose
    /// separators each language reads in its own way, may then change with a word far from them.
    #[test]
    fn nor_does_it_through_the_language(rows in corpora(), unseen in "[xyz]{6,9}") {
        let mut trainer = trainer(LinearSvm::default().into());
        trainer.features.char_ngrams = None;
        (trainer.features.tokens.language, trainer.features.tokens.stem) = (Language::Auto, false);
        let rows: Vec<_> = rows.into_iter().map(|(text, a, b)| (text.replace("1.5", "number"), a, b)).collect();
        let model = trainer.train(&build(&rows, ["a", "b", "c"])).unwrap();
        let with = format!("{} {unseen}", rows[0].0);
        prop_assert_eq!(&model.score(&with).heads[0].decisions, &model.score(&rows[0].0).heads[0].decisions);
    }

    /// Law 5, second part: other names, the same decisions, only in another order.
    #[test]
    fn renaming_labels_only_permutes(rows in corpora()) {
        for classifier in classifiers() {
            let of = |topics| trainer(classifier.clone()).train(&build(&rows, topics)).unwrap();
            let (plain, renamed) = (of(["a", "b", "c"]), of(["z", "y", "x"]));
            for (text, ..) in &rows {
                let (a, b) = (plain.score(text), renamed.score(text));
                for (a, b) in a.heads[0].decisions.iter().zip(b.heads[0].decisions.iter().rev()) {
                    prop_assert!((a - b).abs() < 1e-4, "{} {}", a, b);
                }
            }
        }
    }

    /// The same for a classifier that has no independent heads.
    #[test]
    fn renaming_permutes_crammer_singer_too(rows in corpora()) {
        let options = trainer(LinearSvm::default().into()).features;
        let (_, features) = standpoint::features::TfIdf::fit_transform(&options, &build(&rows, ["a", "b", "c"]).texts, &standpoint::io::Silent).unwrap();
        let of: Vec<usize> = rows.iter().map(|row| row.1).collect();
        let reversed: Vec<usize> = of.iter().map(|of| 2 - of).collect();
        prop_assume!(of.contains(&2) && of.contains(&0));
        let classifier = exclusive_classifiers().pop().unwrap();
        let (plain, renamed) = (fit(&classifier, &features, &of, None), fit(&classifier, &features, &reversed, None));
        let (mut a, mut b) = (Vec::new(), Vec::new());
        for row in features.iter() {
            plain.decide(row, &mut a);
            renamed.decide(row, &mut b);
            prop_assert!(a.iter().zip(b.iter().rev()).all(|(a, b)| (a - b).abs() < 1e-4), "{:?} {:?}", a, b);
        }
    }

    /// Law 5, third part.
    #[test]
    fn weights_count_rows(rows in corpora(), weights in prop::collection::vec(0..3usize, 24)) {
        let corpus = build(&rows, ["a", "b", "c"]);
        let options = trainer(LinearSvm::default().into()).features;
        let (_, features) = standpoint::features::TfIdf::fit_transform(&options, &corpus.texts, &standpoint::io::Silent).unwrap();
        let repeated: Vec<usize> = (0..rows.len()).flat_map(|row| std::iter::repeat_n(row, weights[row])).collect();
        prop_assume!(repeated.len() > 1);
        let of: Vec<usize> = rows.iter().map(|row| row.1).collect();
        let again: Vec<usize> = repeated.iter().map(|&row| of[row]).collect();
        prop_assume!(again.iter().max() == of.iter().max());
        let float: Vec<f32> = weights[..rows.len()].iter().map(|&w| w as f32).collect();
        for classifier in exclusive_classifiers() {
            let bernoulli = matches!(classifier, Classifier::BernoulliNb(_));
            let features = if bernoulli { features.binarised() } else { features.clone() };
            let weighted = fit(&classifier, &features, &of, Some(float.clone()));
            let repeated = fit(&classifier, &features.select(&repeated), &again, None);
            let (mut a, mut b) = (Vec::new(), Vec::new());
            for row in features.iter() {
                weighted.decide(row, &mut a);
                repeated.decide(row, &mut b);
                for (a, b) in a.iter().zip(&b) {
                    prop_assert!((a - b).abs() < 1e-3 * (1.0 + a.abs()), "{classifier:?} {} {}", a, b);
                }
            }
        }
    }

    /// Law 7 for models: a file of any bytes is a model or an error.
    #[test]
    fn any_bytes_are_a_model_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(Model::from_bytes(bytes.clone()).is_err());
        let mut framed = (bytes.len() as u64).to_le_bytes().to_vec();
        framed.extend(bytes);
        prop_assert!(Model::from_bytes(framed).is_err());
    }

    /// Law 7 for articles.
    #[test]
    fn any_text_has_a_score(text in "(?s).{0,200}") {
        let model = Model::embedded().unwrap();
        let scores = model.score(&text);
        for head in &scores.heads {
            prop_assert!(head.scores.iter().all(|score| (0.0..=1.0).contains(score)));
        }
        prop_assert_eq!(model.explain(&text).known_terms(), scores.known_terms);
    }
}

fn fit(
    classifier: &Classifier,
    rows: &SparseRows,
    of: &[usize],
    weights: Option<Vec<f32>>,
) -> LinearModel {
    use linfa::traits::Fit;
    use standpoint::linear::{
        BernoulliNbParams, ComplementNbParams, CrammerSingerParams, LinearSvmParams,
        LogisticRegressionParams, MultinomialNbParams, NbSvmParams, RidgeParams, SgdParams,
        StackParams,
    };
    let targets = ndarray::Array1::from_vec(of.to_vec());
    let weights = ndarray::Array1::from_vec(weights.unwrap_or_default());
    let data = linfa::DatasetBase::new(rows.clone(), targets).with_weights(weights);
    let fitted = match classifier.clone() {
        Classifier::Svm(options) => LinearSvmParams::from(options).fit(&data),
        Classifier::CrammerSinger(options) => CrammerSingerParams::from(options).fit(&data),
        Classifier::NbSvm(options) => NbSvmParams::from(options).fit(&data),
        Classifier::Logistic(options) => LogisticRegressionParams::from(options).fit(&data),
        Classifier::MultinomialNb(options) => MultinomialNbParams::from(options).fit(&data),
        Classifier::ComplementNb(options) => ComplementNbParams::from(options).fit(&data),
        Classifier::BernoulliNb(options) => BernoulliNbParams::from(options).fit(&data),
        Classifier::Ridge(options) => RidgeParams::from(options).fit(&data),
        Classifier::Sgd(options) => SgdParams::from(options).fit(&data),
        Classifier::Stack(options) => StackParams::from(options).fit(&data),
    };
    fitted.unwrap()
}

#[test]
fn unknown_answers_are_masked() {
    let mut corpus = build(
        &[
            ("one".into(), 0, vec![true, false]),
            ("two".into(), 1, vec![false, true]),
        ],
        ["a", "b", "c"],
    );
    let mut longer = corpus.clone();
    longer.ids.push("2");
    longer.texts.push("one two");
    for (head, fill) in [(0, None), (1, None)] {
        match &mut longer.heads[head].targets {
            Targets::Exclusive { of, .. } => of.push(fill),
            Targets::Independent { cells, .. } => cells.extend([None, None]),
        }
    }
    // The same texts, so that the vocabulary is the same; the answers to the third are unknown.
    corpus.ids.push("2");
    corpus.texts.push("one two");
    let svm = trainer(
        LinearSvm {
            tolerance: 1e-9,
            max_rounds: 100_000,
            ..LinearSvm::default()
        }
        .into(),
    );
    let masked = svm.train(&longer).unwrap();
    match &mut corpus.heads[0].targets {
        Targets::Exclusive { of, .. } => of.push(Some(0)),
        Targets::Independent { .. } => unreachable!(),
    }
    match &mut corpus.heads[1].targets {
        Targets::Independent { cells, .. } => cells.extend([Some(true), Some(true)]),
        Targets::Exclusive { .. } => unreachable!(),
    }
    let answered = svm.train(&corpus).unwrap();
    let decide = |model: &Model| model.score("one").heads[0].decisions.clone();
    assert_ne!(decide(&masked), decide(&answered));
    corpus.weights = Some(vec![1.0, 1.0, 1e-9]);
    let weightless = svm.train(&corpus).unwrap();
    for (a, b) in decide(&masked).iter().zip(decide(&weightless)) {
        assert!((a - b).abs() < 1e-5, "{a} {b}");
    }
}
