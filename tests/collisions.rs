//! Words, texts and model files that were made to collide.
//!
//! Whoever knows how a table is keyed can fill one place of it. Here are words that do so under the
//! keys of the library's past, and a forged model whose terms do; results must be those of other
//! words. How many probes they take is counted beside the tables, in `src/features/`.

use crate::broken::forged;
use crate::support::{Folder, run, run_line};
use standpoint::Model;
use standpoint::features::{
    DocumentFrequency, Hashing, HashingOptions, NGrams, Norm, TfIdf, TfIdfOptions, Vocabulary,
};
use standpoint::io::Silent;
use standpoint::text::{Language, Texts, TokenOptions};

const FACTOR: u64 = 0xBB67_AE85_84CA_A73B;

fn fold(number: u64) -> u64 {
    let product = u128::from(number) * u128::from(FACTOR);
    product as u64 ^ (product >> 64) as u64
}

/// The public key of a word of up to eight letters, or of two such blocks.
fn public_key(word: &[u8]) -> u64 {
    word.chunks(8).fold(0, |key, block| {
        let mut eight = [0; 8];
        eight[..block.len()].copy_from_slice(block);
        fold(key ^ u64::from_le_bytes(eight))
    })
}

/// Words of eight letters whose public keys end in `bits` zeros.
fn prepared(bits: u32, count: usize) -> Vec<String> {
    let spell = |mut number: u64| -> [u8; 8] {
        std::array::from_fn(|_| {
            let letter = b'a' + (number % 26) as u8;
            number /= 26;
            letter
        })
    };
    (0..)
        .map(spell)
        .filter(|word| public_key(word).trailing_zeros() >= bits)
        .take(count)
        .map(|word| String::from_utf8(word.to_vec()).unwrap())
        .collect()
}

fn plain() -> TfIdfOptions {
    let tokens = TokenOptions::default()
        .language(Language::English)
        .stem(false);
    TfIdfOptions::default()
        .tokens(tokens)
        .compounds(false)
        .min_df(DocumentFrequency::Count(1))
}

#[test]
fn prepared_words_are_words_like_others() {
    let words = prepared(10, 2000);
    assert!(
        words
            .iter()
            .all(|word| public_key(word.as_bytes()).is_multiple_of(1024))
    );
    let texts: Texts = words.chunks(100).map(|some| some.join(" ")).collect();
    let (tfidf, rows) = TfIdf::fit_transform(&plain(), &texts, &Silent).unwrap();
    let single =
        (0..tfidf.vocabulary().len()).filter(|&at| !tfidf.vocabulary().term(at).contains(' '));
    assert_eq!(single.count(), words.len());
    assert_eq!(tfidf.transform_texts(&texts), rows);
    for (index, word) in words.iter().enumerate().step_by(97) {
        let found = tfidf.occurrences(word);
        assert_eq!(found.len(), 1, "{word}");
        assert_eq!(
            tfidf.vocabulary().term(found[0].column as usize),
            *word,
            "{index}"
        );
    }
}

/// Nothing that is shown or saved depends on the keys of a process.
#[test]
fn two_vocabularies_of_one_corpus_are_the_same() {
    let words = prepared(8, 500);
    let texts: Texts = words.chunks(20).map(|some| some.join(" ")).collect();
    let fitted = || TfIdf::fit_transform(&plain(), &texts, &Silent).unwrap();
    let (a, b) = (fitted(), fitted());
    assert_eq!(a.1, b.1);
    let terms = |vocabulary: &Vocabulary| -> Vec<String> {
        (0..vocabulary.len())
            .map(|at| vocabulary.term(at).into_owned())
            .collect()
    };
    assert_eq!(terms(a.0.vocabulary()), terms(b.0.vocabulary()));
}

/// Words of one public key with the stem of `missile`: their second eight letters cancel what the
/// first have left.
const TWINS: [&str; 3] = ["missil", "kmknffaakjtycytm", "onnbbpaahnapdsvg"];

fn war_and_peace(extra: &str) -> String {
    let row =
        |text: String, topic: &str| format!("{{\"text\":\"{text}\",\"topic\":\"{topic}\"}}\n");
    let town = |at: usize| row(format!("missiles fell on town {at} {extra}"), "war");
    let talks = |at: usize| row(format!("talks on trade went well in round {at}"), "peace");
    (0..8).flat_map(|at| [town(at), talks(at)]).collect()
}

#[test]
fn an_unknown_word_is_not_taken_for_the_one_whose_public_key_it_shares() {
    assert!(
        TWINS
            .iter()
            .all(|word| public_key(word.as_bytes()) == public_key(TWINS[0].as_bytes()))
    );
    let folder = Folder::new();
    let (corpus, path) = (
        folder.write("rows.jsonl", war_and_peace("")),
        folder.path("m"),
    );
    run_line(&format!(
        "train {corpus} --label topic --language en -o {path}"
    ))
    .ok();
    let model = Model::load(path.as_ref()).unwrap();
    assert_eq!(model.tfidf().occurrences("missiles").len(), 1);
    for word in &TWINS[1..] {
        assert_eq!(model.tfidf().occurrences(word), [], "{word}");
        assert_eq!(
            model.score(word).heads[0].decisions,
            model.score("nothing").heads[0].decisions
        );
    }
}

/// Each stopped every training whose feed held two of them.
#[test]
fn words_of_one_public_key_block_no_training() {
    let folder = Folder::new();
    let corpus = folder.write("rows.jsonl", war_and_peace(&TWINS[1..].join(" ")));
    let options: [&[&str]; 4] = [
        &[],
        &["--char-ngrams", "3-5"],
        &["--no-stem"],
        &["--classifier", "sgd", "--stream"],
    ];
    for (at, options) in options.into_iter().enumerate() {
        let paths = ["a", "b"].map(|name| folder.path(&format!("{name}{at}")));
        for path in &paths {
            let train = [
                "train",
                &corpus,
                "--label",
                "topic",
                "--language",
                "en",
                "--name",
                "m",
                "-o",
                path,
            ];
            run(&[&train, options].concat()).ok();
        }
        let [a, b] = paths.each_ref().map(|path| std::fs::read(path).unwrap());
        assert!(a == b, "two trainings differ: {options:?}");
        let model = Model::load(paths[0].as_ref()).unwrap();
        let columns: Vec<u32> = ["missiles", TWINS[1], TWINS[2]]
            .map(|word| model.tfidf().occurrences(word)[0].column)
            .to_vec();
        assert!(
            columns[0] != columns[1] && columns[1] != columns[2],
            "{columns:?}"
        );
    }
}

/// Parts of compounds and stems are remembered by key, too.
#[test]
fn what_is_remembered_of_a_word_is_not_told_of_its_twin() {
    let texts: Texts = [
        "kmknffaakjtycytm onnbbpaahnapdsvg",
        "onnbbpaahnapdsvg kmknffaakjtycytm",
    ]
    .into_iter()
    .collect();
    for char_ngrams in [None, Some(NGrams::new(3, 5))] {
        let stemmed = plain().tokens.stem(true);
        let hashing = Hashing::new(
            HashingOptions::default()
                .tokens(stemmed)
                .char_ngrams(char_ngrams)
                .seed(0),
        )
        .unwrap();
        let alone = |text: &str| hashing.transform_texts(&[text].into_iter().collect());
        let together = hashing.transform_texts(&texts);
        assert_eq!(together.row(1), alone(texts.get(1)).row(0));
        let tfidf = TfIdf::fit(&plain().char_ngrams(char_ngrams), &texts, &Silent).unwrap();
        let terms = |word: &str| tfidf.occurrences(word).len();
        assert!(terms(TWINS[1]) > 0 && tfidf.transform_texts(&texts).rows() == 2);
    }
}

/// Two terms of a file that are the same, or out of order, are refused, however many there are.
#[test]
fn a_model_whose_terms_repeat_is_refused() {
    let folder = Folder::new();
    let rows: String = prepared(8, 400)
        .chunks(4)
        .enumerate()
        .map(|(at, words)| {
            format!(
                "{{\"text\":\"{0} {0}\",\"topic\":\"{1}\"}}\n",
                words.join(" "),
                at % 2
            )
        })
        .collect();
    let (corpus, path) = (folder.write("rows.jsonl", rows), folder.path("m"));
    run_line(&format!(
        "train {corpus} --label topic --word-ngrams 1-1 --min-df 1 -o {path}"
    ))
    .ok();
    let whole = std::fs::read(&path).unwrap();
    assert!(Model::from_bytes(whole.clone()).is_ok());
    for change in [0usize, 1] {
        let bytes = forged(&whole, &|header, data| {
            let [from, to] = [0, 1].map(|at| {
                header["vocabulary.terms"]["data_offsets"][at]
                    .as_u64()
                    .unwrap() as usize
            });
            match change {
                0 => data[from..to].fill(b'a'),
                _ => data[from..to].reverse(),
            }
        });
        let file = folder.write("forged", bytes);
        run(&["score", "--model", &file, &corpus]).fails(4);
    }
}

/// Hashing states its keys, so its columns can be filled; what it makes of such a text is still the
/// sum of signs, in order.
#[test]
fn hashing_survives_a_column_of_many_words() {
    let mut words: Vec<String> = Vec::new();
    for at in 0u64.. {
        let word: String = (0..8)
            .map(|k| (b'a' + (at / 26u64.pow(k) % 26) as u8) as char)
            .collect();
        if public_key(word.as_bytes()) >> 58 == 5 {
            words.push(word);
            if words.len() == 3000 {
                break;
            }
        }
    }
    let tokens = plain().tokens;
    let word_ngrams = Some(NGrams::new(1, 1));
    let options = HashingOptions::default()
        .tokens(tokens)
        .word_ngrams(word_ngrams)
        .bits(6)
        .norm(Norm::None);
    let hashing = Hashing::new(options).unwrap();
    let rows = hashing.transform_texts(&[words.join(" ")].into_iter().collect());
    let signs = words.iter().map(|word| {
        if public_key(word.as_bytes()) & 1 == 0 {
            1.0
        } else {
            -1.0
        }
    });
    assert_eq!(
        (rows.row(0).columns, rows.row(0).values),
        (&[5][..], &[signs.sum::<f32>()][..])
    );
}
