//! Learning from corrections: what moves, what stays, and what is kept apart.

use crate::support::{Folder, news, small_model};
use proptest::prelude::*;
use standpoint::corpus::HeadKind;
use standpoint::desk::{
    Article, CorrectionStore, InboxArticle, Learner, NewCorrection, NewModel, Pool, QueryStrategy,
    QueueRequest, RANDOM,
};
use standpoint::evaluate::{Bootstrap, McNemar, Predictions, compare};
use standpoint::io::Silent;
use standpoint::train::Retrainer;
use standpoint::{Corpus, Model, Trainer};

const TOPIC: HeadKind = HeadKind::Exclusive;

fn answer(text: &str, label: &str, annotator: &str) -> NewCorrection {
    NewCorrection::new(Article::new(text, text), "topic", TOPIC, [label], annotator)
}

/// A model of the built-in corpus by a quick classifier, and the corpus as it was read for it.
fn own() -> (Model, Corpus) {
    let corpus = news();
    let trainer = Trainer {
        folds: 2,
        ..Trainer::default()
    };
    (trainer.train(&corpus).unwrap(), corpus)
}

/// Answers that contradict the model on the first articles of a corpus.
fn contradictions(corpus: &Corpus, count: usize) -> Corpus {
    let mut rows = corpus.select(&(0..count).collect::<Vec<_>>());
    rows.heads.retain(|head| head.name == "topic");
    let standpoint::corpus::Targets::Exclusive { labels, of } = &mut rows.heads[0].targets else {
        panic!("the topic is exclusive");
    };
    for label in of.iter_mut().flatten() {
        *label = (*label + 1) % *labels as u32;
    }
    rows
}

fn accuracy(model: &Model, corpus: &Corpus, head: usize) -> f64 {
    let predictions = &model.predictions(corpus).unwrap()[head].predictions;
    let rows = 0..predictions.documents();
    let labels = predictions.labels.len();
    let right = |row: &usize| {
        (0..labels).all(|at| {
            let truth = predictions.truth(*row, at);
            truth.is_none_or(|truth| truth == predictions.predicted(*row, at))
        })
    };
    rows.clone().filter(right).count() as f64 / rows.len() as f64
}

#[test]
fn corrections_are_learnt_and_ruin_nothing() {
    let (first, corpus) = own();
    let answers = contradictions(&corpus, 8);
    let others = corpus.select(&(8..corpus.len()).collect::<Vec<_>>());
    let before = accuracy(&first, &others, 0);
    for retrainer in [
        Retrainer::new(first.clone()),
        Retrainer::on_corpus(first.clone(), &corpus).unwrap(),
    ] {
        let model = retrainer.retrain(&answers, &Silent).unwrap();
        let learnt = accuracy(&model, &answers, 0);
        assert!(learnt > accuracy(&first, &answers, 0) + 0.3, "{learnt}");
        let after = accuracy(&model, &others, 0);
        assert!(after > before - 0.05, "{before} {after}");
        // A head without an answer stays as it is.
        let text = corpus.texts.get(0);
        let stance = |model: &Model| model.score(text).heads[1].decisions.clone();
        assert_eq!(stance(&model), stance(&first));
    }
}

#[test]
fn the_same_answers_make_the_same_bytes_on_any_number_of_threads() {
    let (first, corpus) = own();
    let answers = contradictions(&corpus, 20);
    for base in [None, Some(&corpus)] {
        let hash = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
            pool.unwrap().install(|| {
                let retrainer = match base {
                    None => Retrainer::new(first.clone()),
                    Some(corpus) => Retrainer::on_corpus(first.clone(), corpus).unwrap(),
                };
                // What was trained between does not matter.
                let few = answers.select(&[0, 1]);
                let early = retrainer.retrain(&answers, &Silent).unwrap();
                retrainer.retrain(&few, &Silent).unwrap();
                let late = retrainer.retrain(&answers, &Silent).unwrap();
                assert_eq!(early.hash(), late.hash());
                late.hash().to_string()
            })
        };
        assert_eq!([1, 2, 8].map(hash)[1..], [hash(1), hash(1)]);
    }
}

#[test]
fn a_corpus_of_other_heads_or_labels_is_refused() {
    let (first, corpus) = own();
    let mut one = corpus.clone();
    one.heads.truncate(1);
    let error = Retrainer::on_corpus(first.clone(), &one).unwrap_err();
    assert!(error.to_string().contains("no head `stance`"), "{error}");
    let mut other = corpus.clone();
    other.heads[0].labels.push("weather".to_string());
    let error = Retrainer::on_corpus(first.clone(), &other).unwrap_err();
    assert!(error.to_string().contains("`weather`"), "{error}");
    let retrainer = Retrainer::on_corpus(first, &corpus).unwrap();
    let error = retrainer.retrain(&other, &Silent).unwrap_err();
    assert!(error.to_string().contains("`weather`"), "{error}");
}

#[test]
fn answers_count_for_their_head_and_test_articles_for_none() {
    let folder = Folder::new();
    let model = Model::load(small_model(&folder).as_ref()).unwrap();
    let learner = Learner::new(Retrainer::new(model)).unwrap();
    let mut store = CorrectionStore::in_memory().unwrap();
    let mut test = answer("The guest won", "sport", "anna");
    test.reason = Some(RANDOM.to_string());
    let unknown = answer("Rain all day", "weather", "anna");
    let answers = [
        answer("The border was shelled", "sport", "anna"),
        answer("The border was shelled", "conflict", "ben"),
        answer("The border was shelled", "conflict", "cleo"),
        test,
        unknown,
    ];
    let numbers = store.add(&answers).unwrap();
    let rows = learner.answered(&store, None).unwrap();
    assert_eq!((rows.training_articles(), rows.unknown), (1, 1));
    let training = rows.training.unwrap();
    let heads: Vec<&str> = training
        .heads
        .iter()
        .map(|head| head.name.as_str())
        .collect();
    assert_eq!(heads, ["topic"]);
    let conflict = training.heads[0]
        .labels
        .iter()
        .position(|l| l == "conflict");
    assert_eq!(
        training.heads[0].targets.holds(0, conflict.unwrap()),
        Some(true)
    );
    assert_eq!(rows.test.unwrap().len(), 1);
    // What was in force earlier is told again.
    store.undo(numbers[1], "ben").unwrap();
    store.undo(numbers[2], "cleo").unwrap();
    let sport = |last| {
        let rows = learner.answered(&store, last).unwrap().training.unwrap();
        let sport = rows.heads[0].labels.iter().position(|l| l == "sport");
        rows.heads[0].targets.holds(0, sport.unwrap())
    };
    assert_eq!(
        (sport(None), sport(Some(numbers[4]))),
        (Some(true), Some(false))
    );
}

#[test]
fn a_model_is_kept_once_and_the_last_one_serves() {
    let mut store = CorrectionStore::in_memory().unwrap();
    let model = |hash: &'static str, last| NewModel {
        first: "first",
        last_correction: last,
        articles: 3,
        hash,
    };
    assert_eq!(store.in_service("first").unwrap(), None);
    assert_eq!(store.keep_model(&model("a", 3)).unwrap(), 1);
    assert_eq!(store.keep_model(&model("a", 4)).unwrap(), 1);
    assert_eq!(store.keep_model(&model("b", 5)).unwrap(), 2);
    store.put_into_service("first", 2, None).unwrap();
    store.put_into_service("first", 1, Some(" anna ")).unwrap();
    store.put_into_service("other", 9, None).unwrap();
    let service = store.in_service("first").unwrap().unwrap();
    assert_eq!(
        (service.number, service.annotator.as_deref()),
        (1, Some("anna"))
    );
    let hashes: Vec<String> = store
        .models("first")
        .unwrap()
        .into_iter()
        .map(|m| m.hash)
        .collect();
    assert_eq!(hashes, ["a", "b"]);
    assert!(store.model("first", 3).is_err() && store.model("other", 1).is_err());
}

/// Articles with so many words in common that none is the near duplicate of another.
fn inbox(count: usize) -> Vec<InboxArticle> {
    let mut store = CorrectionStore::in_memory().unwrap();
    let word = |at: usize| ["army", "goal", "cup", "tank", "town", "match", "border"][at % 7];
    let text = |at: usize| {
        let words: Vec<String> = (0..6)
            .map(|place| format!("{}{}", word(at / (place + 1)), (at * 7 + place * 3) % 97))
            .collect();
        words.join(" ")
    };
    let articles: Vec<Article> = (0..count)
        .map(|at| Article::new(at.to_string(), text(at)))
        .collect();
    store.receive(&articles).unwrap();
    let mut received = Vec::new();
    store
        .inbox_after(0, |article| {
            received.push(article);
            Ok(())
        })
        .unwrap();
    received
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    /// After every answer the test set has its share of them, as long as articles of both wait.
    #[test]
    fn the_queue_mixes_the_test_set_in_at_its_share(share in 0.0..0.6f64, answers in 1..60usize) {
        let folder = Folder::new();
        let model = Model::load(small_model(&folder).as_ref()).unwrap();
        let learner = Learner::new(Retrainer::new(model.clone())).unwrap();
        let mut pool = Pool::new(&learner, share);
        pool.extend(&learner, &inbox(300));
        let mut store = CorrectionStore::in_memory().unwrap();
        let mut tested = 0;
        for count in 1..=answers {
            let request = QueueRequest { head: "topic", annotator: "anna", strategy: QueryStrategy::Margin, limit: 1 };
            let queue = pool.queue(&model, &request, &store.answered().unwrap(), &[]);
            let next = &queue.articles[0];
            tested += usize::from(next.reason == RANDOM);
            let all = count as f64;
            prop_assert!(tested as f64 <= share * all && tested as f64 > share * all - 1.0, "{tested} of {count}");
            let article = inbox(300).swap_remove(next.number as usize - 1).article;
            let mut answer = NewCorrection::new(article, "topic", TOPIC, ["sport"], "anna");
            answer.reason = Some(next.reason.to_string());
            store.add(&[answer]).unwrap();
        }
    }
}

#[test]
fn copies_of_an_article_wait_as_one() {
    let folder = Folder::new();
    let model = Model::load(small_model(&folder).as_ref()).unwrap();
    let learner = Learner::new(Retrainer::new(model.clone())).unwrap();
    let mut store = CorrectionStore::in_memory().unwrap();
    let long = "The army held the town against tanks and the troops crossed the border at night";
    let texts = [
        long.to_string(),
        format!("{long} again"),
        "The cup match".to_string(),
    ];
    let articles: Vec<Article> = texts.iter().map(|text| Article::new("", text)).collect();
    assert_eq!(store.receive(&articles).unwrap(), [1, 2, 3]);
    assert_eq!(store.receive(&articles[..1]).unwrap(), [0i64; 0]);
    let mut pool = Pool::new(&learner, 0.0);
    let mut received = Vec::new();
    store
        .inbox_after(0, |article| {
            received.push(article);
            Ok(())
        })
        .unwrap();
    pool.extend(&learner, &received);
    let numbers = |store: &CorrectionStore, annotator: &str, strategy| {
        let request = QueueRequest {
            head: "topic",
            annotator,
            strategy,
            limit: 9,
        };
        let queue = pool.queue(
            &model,
            &request,
            &store.answered().unwrap(),
            &store.skips().unwrap(),
        );
        let mut numbers: Vec<i64> = queue.articles.iter().map(|a| a.number).collect();
        numbers.sort_unstable();
        assert_eq!(queue.waiting, numbers.len());
        numbers
    };
    for strategy in QueryStrategy::ALL {
        assert_eq!(numbers(&store, "anna", strategy), [1, 3]);
    }
    store.skip(3, "topic", "anna").unwrap();
    store.add(&[answer(&texts[1], "conflict", "anna")]).unwrap();
    assert_eq!(numbers(&store, "anna", QueryStrategy::Margin), [0i64; 0]);
    assert_eq!(numbers(&store, "ben", QueryStrategy::Margin), [3]);
}

proptest! {
    /// The number of documents for a difference is the one at which it is just detectable.
    #[test]
    fn documents_for_a_difference_detect_it(only in (1..60usize, 1..60usize), more in 0..400usize) {
        let (first, second) = only;
        let test = McNemar::of_counts(first + second + more, first, second);
        if let Some(detectable) = test.detectable {
            let needed = test.documents_for(detectable).unwrap();
            prop_assert!(needed.abs_diff(test.documents as u64) <= 1, "{needed} {}", test.documents);
        }
        prop_assert_eq!(test.documents_for(0.0), None);
        prop_assert_eq!(test.documents_for(1.01), None);
    }
}

#[test]
fn two_equal_models_would_never_be_told_apart() {
    let same =
        || Predictions::exclusive(vec!["a".into(), "b".into()], vec![0, 1, 1], vec![0, 1, 0]);
    let compared = compare(&same(), &same(), &Bootstrap::none()).unwrap();
    assert_eq!(compared.mcnemar[0].documents_for(0.02), None);
}
