//! Features and classifiers against scikit-learn's values; `data/make_expected.py` made the tables.

use ndarray::{Array1, Array2};
use serde::Deserialize;
use standpoint::calibrate::Link;
use standpoint::corpus::HeadKind;
use standpoint::features::{
    DocumentFrequency, Idf, NGrams, Norm, SparseRows, TermFrequency, TfIdf, TfIdfOptions,
};
use standpoint::io::Silent;
use standpoint::linear::{
    BernoulliNb, BernoulliNbParams, ClassWeight, Classifier, ComplementNb, ComplementNbParams,
    Intercept, LinearModel, LinearSvm, LinearSvmParams, LogisticRegression,
    LogisticRegressionParams, MultiClass, MultinomialNb, MultinomialNbParams, Penalty, Ridge,
    RidgeParams,
};
use standpoint::text::{Language, Texts, TokenOptions};
use std::collections::BTreeMap;

fn table<T: for<'a> Deserialize<'a>>(name: &str) -> T {
    let path = format!("{}/tests/data/{name}", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

#[derive(Deserialize)]
struct Features {
    fit: Vec<String>,
    new: Vec<String>,
    cases: BTreeMap<String, FeatureCase>,
}

type Rows = Vec<Vec<(u32, f64)>>;

#[derive(Deserialize)]
struct FeatureCase {
    terms: Vec<String>,
    fit: Rows,
    new: Rows,
}

fn options(case: &str) -> TfIdfOptions {
    let pairs = Some(NGrams::new(1, 2));
    let plain = TfIdfOptions::default()
        .tokens(
            TokenOptions::default()
                .language(Language::English)
                .stem(false),
        )
        .word_ngrams(Some(NGrams::new(1, 1)))
        .min_df(DocumentFrequency::Count(1))
        .tf(TermFrequency::Raw);
    let characters = plain
        .clone()
        .word_ngrams(None)
        .char_ngrams(Some(NGrams::new(3, 5)));
    match case {
        "words" => plain,
        "words_1_2_min_df" => plain.word_ngrams(pairs).min_df(DocumentFrequency::Count(3)),
        "words_max_df_share" => plain.max_df(DocumentFrequency::Share(0.5)),
        "sublinear" => plain.word_ngrams(pairs).tf(TermFrequency::Sublinear),
        "binary" => plain.tf(TermFrequency::Binary),
        "plain_idf" => plain.word_ngrams(pairs).idf(Idf::Plain),
        "no_idf" => plain.idf(Idf::None),
        "norm_l1" => plain.norm(Norm::L1),
        "no_norm" => plain.norm(Norm::None).tf(TermFrequency::Sublinear),
        "characters" => characters,
        "characters_2_min_df" => characters
            .char_ngrams(Some(NGrams::new(2, 2)))
            .min_df(DocumentFrequency::Count(2)),
        "union" => plain.word_ngrams(pairs).char_ngrams(characters.char_ngrams),
        _ => panic!("no options for {case}"),
    }
}

fn assert_rows(case: &str, found: &SparseRows, expected: &Rows) {
    assert_eq!(found.rows(), expected.len());
    for (row, expected) in found.iter().zip(expected) {
        let columns: Vec<u32> = expected.iter().map(|&(column, _)| column).collect();
        assert_eq!(row.columns, columns, "{case}");
        for (&found, &(_, expected)) in row.values.iter().zip(expected) {
            assert!(
                (f64::from(found) - expected).abs() <= 1e-6 * expected.abs(),
                "{case}: {found} {expected}"
            );
        }
    }
}

#[test]
fn features_equal_those_of_tfidf_vectorizer() {
    let Features { fit, new, cases } = table("features.json");
    let (fit, new): (Texts, Texts) = (fit.iter().collect(), new.iter().collect());
    for (case, expected) in cases {
        let (tfidf, rows) = TfIdf::fit_transform(&options(&case), &fit, &Silent).unwrap();
        let terms: Vec<String> = (0..rows.columns())
            .map(|c| tfidf.vocabulary().term(c).into_owned())
            .collect();
        assert_eq!(terms, expected.terms, "{case}");
        assert_rows(&case, &rows, &expected.fit);
        assert_rows(&case, &tfidf.transform_texts(&fit), &expected.fit);
        assert_rows(&case, &tfidf.transform_texts(&new), &expected.new);
    }
}

#[derive(Deserialize)]
struct Classifiers {
    x: Vec<Vec<f32>>,
    y: Vec<usize>,
    several: Vec<Vec<u8>>,
    weights: Vec<f32>,
    class_weights: Vec<f64>,
    cases: BTreeMap<String, ClassifierCase>,
}

#[derive(Deserialize)]
struct ClassifierCase {
    values: Vec<Vec<f64>>,
    predicted: serde_json::Value,
}

impl Classifiers {
    fn rows(&self) -> SparseRows {
        let mut rows = SparseRows::new(self.x[0].len());
        for x in &self.x {
            let stored: Vec<(u32, f32)> = (0..)
                .zip(x.iter().copied())
                .filter(|&(_, value)| value != 0.0)
                .collect();
            let (columns, values): (Vec<u32>, Vec<f32>) = stored.into_iter().unzip();
            rows.push(&columns, &values);
        }
        rows
    }

    fn class_weight(&self, case: &str) -> ClassWeight {
        match case {
            _ if case.contains("class_weights") => ClassWeight::Given(self.class_weights.clone()),
            _ if case.contains("balanced") => ClassWeight::Balanced,
            _ => ClassWeight::Equal,
        }
    }

    fn classifier(&self, case: &str) -> Classifier {
        let c = if case.contains("c10") { 10.0 } else { 1.0 };
        let c = if case.contains("several") && !case.contains("balanced") {
            2.0
        } else {
            c
        };
        let class_weight = self.class_weight(case);
        let alpha = if case.ends_with("_weighted") {
            1.0
        } else {
            0.5
        };
        match case.split('_').next().unwrap() {
            "multinomial" => MultinomialNb {
                alpha,
                class_weight,
            }
            .into(),
            "bernoulli" => BernoulliNb {
                alpha,
                class_weight,
            }
            .into(),
            "complement" => ComplementNb {
                alpha,
                class_weight,
            }
            .into(),
            "logistic" => logistic(case, c, class_weight),
            "ridge" => {
                let (tolerance, intercept) = (1e-9, intercept(case));
                Ridge {
                    alpha,
                    class_weight,
                    tolerance,
                    intercept,
                    ..Ridge::default()
                }
                .into()
            }
            _ => {
                let max_rounds = 100_000;
                LinearSvm {
                    c,
                    class_weight,
                    tolerance: 1e-9,
                    max_rounds,
                    ..LinearSvm::default()
                }
                .into()
            }
        }
    }

    /// Bernoulli naive Bayes takes zeros and ones; scikit-learn's makes them by itself.
    fn rows_of(&self, case: &str) -> SparseRows {
        if case.starts_with("bernoulli") {
            self.rows().binarised()
        } else {
            self.rows()
        }
    }

    /// Fits through linfa's interface.
    fn fit(&self, case: &str, classifier: Classifier) -> LinearModel {
        macro_rules! fit {
            ($params:ident, $options:expr, $targets:expr) => {{
                let weights = if case.ends_with("_weighted") {
                    self.weights.clone()
                } else {
                    vec![]
                };
                let data = linfa::DatasetBase::new(self.rows_of(case), $targets)
                    .with_weights(Array1::from_vec(weights));
                linfa::traits::Fit::fit(&$params::from($options), &data).unwrap()
            }};
        }
        macro_rules! by_kind {
            ($params:ident, $options:expr) => {
                if case.contains("several") {
                    let cells = self
                        .several
                        .iter()
                        .flatten()
                        .map(|&cell| Some(cell == 1))
                        .collect();
                    let shape = (self.several.len(), self.several[0].len());
                    fit!(
                        $params,
                        $options,
                        Array2::<Option<bool>>::from_shape_vec(shape, cells).unwrap()
                    )
                } else {
                    fit!($params, $options, Array1::from_vec(self.y.clone()))
                }
            };
        }
        match classifier {
            Classifier::Sgd(_) => unreachable!("no case is of gradient descent"),
            Classifier::BernoulliNb(options) => by_kind!(BernoulliNbParams, options),
            Classifier::MultinomialNb(options) => by_kind!(MultinomialNbParams, options),
            Classifier::ComplementNb(options) => by_kind!(ComplementNbParams, options),
            Classifier::Logistic(options) => by_kind!(LogisticRegressionParams, options),
            Classifier::Ridge(options) => by_kind!(RidgeParams, options),
            Classifier::Svm(options) => by_kind!(LinearSvmParams, options),
            other => panic!("{other:?} is tested elsewhere"),
        }
    }
}

/// Returns logistic regression as the case asks for, solved nearly to the end.
fn logistic(case: &str, c: f64, class_weight: ClassWeight) -> Classifier {
    let (penalty, intercept) = (penalty(case), intercept(case));
    let multi_class = if case.contains("ovr") {
        MultiClass::OneVsRest
    } else {
        MultiClass::Softmax
    };
    let tolerance = if penalty == Penalty::L2 { 1e-9 } else { 1e-12 };
    let default = LogisticRegression::default();
    LogisticRegression {
        c,
        class_weight,
        tolerance,
        penalty,
        intercept,
        multi_class,
        ..default
    }
    .into()
}

fn penalty(case: &str) -> Penalty {
    match case {
        _ if case.contains("elastic") => Penalty::ElasticNet { l1_ratio: 0.3 },
        _ if case.contains("_l1") => Penalty::L1,
        _ => Penalty::L2,
    }
}

fn intercept(case: &str) -> Intercept {
    match case {
        _ if case.ends_with("regularised") => Intercept::Regularised,
        _ if case.ends_with("no_intercept") => Intercept::None,
        _ => Intercept::Free,
    }
}

/// Complement naive Bayes is only defined up to a shift of a row's values.
fn centred(values: &[f64]) -> Vec<f64> {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    values.iter().map(|value| value - mean).collect()
}

#[test]
fn classifiers_equal_those_of_scikit_learn() {
    let table: Classifiers = table("classifiers.json");
    assert_eq!(table.cases.len(), 37);
    for (case, expected) in &table.cases {
        let classifier = table.classifier(case);
        let several = case.contains("several");
        let link = classifier.link(if several {
            HeadKind::Independent
        } else {
            HeadKind::Exclusive
        });
        let model = table.fit(case, classifier);
        let mut decisions = Vec::new();
        for (row, expected) in table.rows_of(case).iter().zip(&expected.values) {
            model.decide(row, &mut decisions);
            link.apply(&mut decisions);
            let pair = |link| {
                if link == Link::Decision && case.contains("nb") {
                    centred
                } else {
                    <[f64]>::to_vec
                }
            };
            let (found, expected) = (pair(link)(&decisions), pair(link)(expected));
            for (found, expected) in found.iter().zip(expected) {
                assert!(
                    (found - expected).abs() < 2e-5,
                    "{case}: {found} {expected}"
                );
            }
        }
        assert_predicted(case, &model, &table.rows_of(case), &expected.predicted);
    }
}

fn assert_predicted(
    case: &str,
    model: &LinearModel,
    rows: &SparseRows,
    expected: &serde_json::Value,
) {
    use linfa::traits::PredictInplace;
    if case.contains("several") {
        let mut holds: Array2<bool> = model.default_target(rows);
        model.predict_inplace(rows, &mut holds);
        let expected: Vec<Vec<u8>> = serde_json::from_value(expected.clone()).unwrap();
        let expected: Vec<bool> = expected
            .into_iter()
            .flatten()
            .map(|cell| cell == 1)
            .collect();
        assert_eq!(
            holds.iter().copied().collect::<Vec<_>>(),
            expected,
            "{case}"
        );
    } else {
        let mut labels: Array1<usize> = model.default_target(rows);
        model.predict_inplace(rows, &mut labels);
        let expected: Vec<usize> = serde_json::from_value(expected.clone()).unwrap();
        assert_eq!(labels.to_vec(), expected, "{case}");
    }
}
