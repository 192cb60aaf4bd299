//! Targets of the fuzzers: one function a kind of bytes that strangers give. Each must return, whatever
//! the bytes are; a panic, an assertion or a timeout is a fault.
//!
//! `cargo fuzz run NAME` feeds them from the files in `fuzz_targets`, and `tests/fuzz.rs` from seeds,
//! inputs that once crashed, and mutations of both.

use standpoint::background::Background;
use standpoint::calibrate::{CostMatrix, ThresholdObjective};
use standpoint::corpus::{
    CodeMap, ColumnMapping, ColumnName, CorpusReader, CorpusSource, FileFormat, HeadKind, Input,
    LabelFormat, Limits, ReadOptions, Schema, from_html,
};
use standpoint::desk::{AnnotationTool, CorrectionStore, ForeignHead, ForeignReader};
use standpoint::evaluate::{PredictionColumns, PredictionFile};
use standpoint::exchange::{
    LiblinearModel, LibsvmRows, ReplicationArchive, read_matrix_market, read_npz, write_libsvm,
    write_matrix_market, write_npz,
};
use standpoint::features::{DocumentFrequency, TfIdfOptions};
use standpoint::io::Silent;
use standpoint::linear::{Classifier, Sgd};
use standpoint::text::{
    Language, LanguageSurvey, StopWords, Texts, TokenOptions, Tokenizer, Tokens,
};
use standpoint::train::{BatchTrainer, CorpusPart};
use standpoint::tune::{TrialLog, Tuner};
use standpoint::{Corpus, Model, Trainer};
use std::cell::OnceCell;
use std::io::{Cursor, Write};
use std::path::PathBuf;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// A function that must return for any bytes.
pub type Target = fn(&[u8]);

/// All targets by their names.
pub const TARGETS: [(&str, Target); 19] = [
    ("model", model),
    ("sections", sections),
    ("archive", archive),
    ("checkpoint", checkpoint),
    ("trials", trials),
    ("matrices", matrices),
    ("vectors", vectors),
    ("parts", parts),
    ("annotations", annotations),
    ("jsonl", jsonl),
    ("csv", csv),
    ("tsv", tsv),
    ("fasttext", fasttext),
    ("parquet", parquet),
    ("html", html),
    ("tokens", tokens),
    ("predictions", predictions),
    ("options", options),
    ("tables", tables),
];

/// A row may be this long, so that limits are reached.
const MAX_ROW: usize = 1 << 12;

/// A text with words of both languages, an emoji, a hyphen and a number.
const TEXT: &str =
    "Die Waffenlieferungen der NATO-Staaten: 1.200 Panzer 🙂 — ministers didn't agree.";

/// Any bytes as a model file.
pub fn model(data: &[u8]) {
    if let Ok(model) = Model::from_bytes(data) {
        use_model(&model);
    }
}

fn use_model(model: &Model) {
    for text in [TEXT, ""] {
        let scores = model.score(text);
        for head in &scores.heads {
            assert!(head.scores.iter().all(|score| !score.is_nan()));
            let _ = head.labels();
        }
        let explained = model.explain(text);
        assert_eq!(explained.heads.len(), scores.heads.len());
    }
    let _ = model.summary(3);
    // What was loaded can be written and loaded again.
    assert!(Model::from_bytes(model.to_bytes()).is_ok());
}

/// A whole model with changes that its checksums agree to: each seven bytes are one.
pub fn sections(data: &[u8]) {
    const MODELS: [&[u8]; 3] = [
        include_bytes!("../tests/data/models/v5-svm.standpoint"),
        include_bytes!("../tests/data/models/v5-lr-sparse.standpoint"),
        include_bytes!("../tests/data/models/v5-compact.standpoint"),
    ];
    let Some((first, changes)) = data.split_first() else {
        return;
    };
    let whole = MODELS[usize::from(*first) % MODELS.len()];
    if let Ok(model) = Model::from_bytes(forged("standpoint", whole, changes)) {
        use_model(&model);
    }
}

/// Any bytes as a part of a corpus, and a whole part with changes that its checksums agree to.
pub fn parts(data: &[u8]) {
    if let Ok(part) = CorpusPart::from_bytes(data) {
        use_part(part);
    }
    let mut builder = Corpus::builder();
    builder.head("topic", HeadKind::Exclusive);
    builder.head("stance", HeadKind::Independent);
    for (id, topic, stance) in [("a", "x", "p"), ("b", "y", "q"), ("c", "x", "p")] {
        builder.document(id, TEXT, &[&[topic], &[stance]]);
    }
    let languages = LanguageSurvey::new(&[TEXT].into_iter().collect()).languages();
    let corpus = builder.finish().unwrap();
    let part = CorpusPart::new(corpus, &TfIdfOptions::default(), Some(languages), None);
    let whole = part.unwrap().to_bytes();
    if let Ok(part) = CorpusPart::from_bytes(forged("standpoint-part", &whole, data)) {
        use_part(part);
    }
}

/// Any bytes as the export of an annotation tool; what is read enters a store or is refused.
pub fn annotations(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let mut store = CorrectionStore::in_memory().unwrap();
    for tool in [
        AnnotationTool::LabelStudio,
        AnnotationTool::Doccano,
        AnnotationTool::Prodigy,
    ] {
        for kind in [HeadKind::Exclusive, HeadKind::Independent] {
            let mut reader = ForeignReader::new(tool, vec![ForeignHead::new("topic", kind)]);
            reader.annotator = Some("anna".to_string());
            let Ok(found) = reader.read(&text, "export") else {
                continue;
            };
            let before = store.corrections().unwrap().len();
            let added = store.add(&found.answers).map_or(0, |numbers| numbers.len());
            assert_eq!(store.corrections().unwrap().len(), before + added);
            // A head may be named as a column of articles.
            let _ = store.articles(|article| article.row().map(drop));
        }
    }
}

fn use_part(part: CorpusPart) {
    assert!(CorpusPart::from_bytes(part.to_bytes()).is_ok());
    let trainer = Trainer {
        features: part.with_options(TfIdfOptions::default()),
        thresholds: ThresholdObjective::Fixed,
        ..Trainer::default()
    };
    if let Ok(corpus) = CorpusPart::join_by_id([part]) {
        let _ = trainer.train(&corpus);
    }
}

/// Returns a file of a kind in which bytes of header and sections are changed, and every checksum is right.
fn forged(kind: &str, whole: &[u8], changes: &[u8]) -> Vec<u8> {
    let length = u64::from_le_bytes(whole[..8].try_into().unwrap()) as usize;
    let mut header: serde_json::Value = serde_json::from_slice(&whole[8..8 + length]).unwrap();
    let envelope = header["__metadata__"][kind].as_str().unwrap();
    let marker = "\"model\":";
    let from = envelope.find(marker).unwrap() + marker.len();
    let format = envelope[10..]
        .split(',')
        .next()
        .unwrap()
        .parse::<u32>()
        .unwrap();
    let mut contents = envelope.as_bytes()[from..envelope.len() - 1].to_vec();
    let mut tensors = whole[8 + length..].to_vec();
    change(changes, [&mut contents, &mut tensors]);
    let mut text = String::from_utf8_lossy(&contents).into_owned();
    // Lengths of sections may have changed; the last one takes what there is.
    for (name, info) in header.as_object_mut().unwrap() {
        if name == "__metadata__" {
            continue;
        }
        let offsets = &info["data_offsets"];
        let [start, end] = [0, 1].map(|at| offsets[at].as_u64().unwrap() as usize);
        let part = tensors
            .get(start..end.min(tensors.len()))
            .unwrap_or_default();
        let sum = crc32fast::hash(part);
        let key = format!("\"{name}\":");
        if let Some(at) = text.rfind(&key).map(|at| at + key.len()) {
            let digits = text[at..].bytes().take_while(u8::is_ascii_digit).count();
            text.replace_range(at..at + digits, &sum.to_string());
        }
    }
    let mut crc = crc32fast::Hasher::new();
    crc.update(&format.to_le_bytes());
    crc.update(text.as_bytes());
    let envelope = format!(
        "{{\"format\":{format},\"crc32\":{},\"model\":{text}}}",
        crc.finalize()
    );
    header["__metadata__"][kind] = envelope.into();
    let header = header.to_string().into_bytes();
    [&(header.len() as u64).to_le_bytes()[..], &header, &tensors].concat()
}

/// Changes two parts of a file: each seven bytes are a change.
fn change(changes: &[u8], parts: [&mut Vec<u8>; 2]) {
    for change in changes.chunks_exact(7).take(16) {
        let place = u32::from_le_bytes(change[1..5].try_into().unwrap()) as usize;
        let target = &mut *parts[usize::from(change[0] % 2)];
        let place = place % target.len().max(1);
        match change[0] / 2 % 4 {
            0 if place < target.len() => target[place] = change[5],
            1 if place < target.len() => target[place] ^= 1 << (change[5] % 8),
            2 => drop(target.drain(place..(place + usize::from(change[5] % 16)).min(target.len()))),
            _ => target.insert(place, change[6]),
        }
    }
}

/// Any bytes as an archive of a training run; after an odd first byte, a whole archive whose
/// manifest is these bytes.
pub fn archive(data: &[u8]) {
    let bytes = match data.split_first() {
        Some((first, manifest)) if first % 2 == 1 => with_manifest(manifest),
        _ => data.to_vec(),
    };
    if let Ok(archive) = ReplicationArchive::read(bytes) {
        use_model(&archive.model);
    }
}

/// Returns an archive with another manifest.
fn with_manifest(manifest: &[u8]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let model = include_bytes!("../tests/data/models/v5-compact.standpoint");
    for (name, bytes) in [
        ("manifest.json", manifest),
        ("model.standpoint", &model[..]),
    ] {
        zip.start_file(name, stored).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// Rows of a small corpus.
const ROWS: &str = r#"{"text": "Troops shelled the town", "topic": "war"}
{"text": "The striker scored twice", "topic": "sport"}
{"text": "Troops crossed the border", "topic": "war"}
{"text": "The champions won the cup", "topic": "sport"}
"#;

/// Any bytes as a checkpoint of training from a stream; after an odd first byte, a whole one with
/// changes to which its checksums agree.
pub fn checkpoint(data: &[u8]) {
    thread_local! {
        static WHOLE: OnceCell<Vec<u8>> = const { OnceCell::new() };
    }
    let (corpus, file) = (
        TempFile::new(ROWS.as_bytes(), "jsonl"),
        TempFile::new(b"", "checkpoint"),
    );
    let mut trainer = Trainer {
        classifier: Classifier::Sgd(Sgd::default()),
        thresholds: ThresholdObjective::Fixed,
        ..Trainer::default()
    };
    trainer.features.min_df = DocumentFrequency::Count(1);
    let run = BatchTrainer {
        trainer,
        memory: 1 << 30,
        checkpoint: Some((file.0.clone(), 1)),
    };
    let source = CorpusSource {
        inputs: vec![corpus.input()],
        options: read_options(FileFormat::Jsonl),
        mapping: ColumnMapping::new(Schema::new(["text"]).head("topic", HeadKind::Exclusive)),
    };
    let whole = || {
        std::fs::remove_file(&file.0).unwrap();
        run.train(&source, None, &Silent).unwrap();
        std::fs::read(&file.0).unwrap()
    };
    let whole = WHOLE.with(|known| known.get_or_init(whole).clone());
    let bytes = match data.split_first() {
        Some((first, changes)) if first % 2 == 1 => forged_checkpoint(&whole, changes),
        _ => data.to_vec(),
    };
    std::fs::write(&file.0, bytes).unwrap();
    if let Ok(model) = run.train(&source, None, &Silent) {
        let _ = model.score(TEXT);
    }
}

/// Returns a checkpoint in which bytes of header, features and cells are changed, and every
/// checksum is right.
fn forged_checkpoint(whole: &[u8], changes: &[u8]) -> Vec<u8> {
    let number = |at: usize| u64::from_le_bytes(whole[at..at + 8].try_into().unwrap()) as usize;
    let (begin, end) = (16 + number(8), whole.len() - 4);
    let mut header: serde_json::Value = serde_json::from_slice(&whole[16..begin]).unwrap();
    let length = header["features"].as_u64().unwrap() as usize;
    let mut features = whole[begin..begin + length].to_vec();
    let mut cells = whole[begin + length..end].to_vec();
    if changes.first().is_some_and(|first| first & 128 > 0) {
        features = forged("standpoint", &features, changes);
    }
    header["features"] = features.len().into();
    let mut header = header.to_string().into_bytes();
    change(changes, [&mut header, &mut cells]);
    let length = (header.len() as u64).to_le_bytes();
    let mut bytes = [&whole[..8], &length, &header, &features, &cells].concat();
    let sum = crc32fast::hash(&bytes);
    bytes.extend(sum.to_le_bytes());
    bytes
}

/// Any bytes as a log of trials; after an odd first byte, as the lines behind a right first one.
pub fn trials(data: &[u8]) {
    let mut corpus = Corpus::builder();
    corpus.head("topic", HeadKind::Exclusive);
    corpus.document("1", "war", &[&["a"]]);
    corpus.document("2", "cup", &[&["b"]]);
    let corpus = corpus.finish().unwrap();
    let (file, tuner) = (TempFile::new(b"", "trials"), Tuner::default());
    let mut bytes = data.to_vec();
    if data.first().is_some_and(|first| first % 2 == 1) {
        TrialLog::open(&file.0, &tuner, &corpus).unwrap();
        bytes = std::fs::read(&file.0).unwrap();
        bytes.extend(&data[1..]);
    }
    std::fs::write(&file.0, &bytes).unwrap();
    if TrialLog::open(&file.0, &tuner, &corpus).is_ok() {
        let whole = std::fs::read(&file.0).unwrap();
        assert!(whole.ends_with(b"\n") && TrialLog::open(&file.0, &tuner, &corpus).is_ok());
    }
}

/// Any bytes as rows in LIBSVM's format, Matrix Market and `npz`, and as a model of LIBLINEAR or
/// fastText: all that is read is written and read again.
pub fn matrices(data: &[u8]) {
    let mut written = Vec::new();
    if let Ok(rows) = read_matrix_market(data) {
        write_matrix_market(&rows, &mut written).unwrap();
        assert!(read_matrix_market(&written[..]).is_ok_and(|again| again == rows));
        written.clear();
    }
    if let Ok(rows) = read_npz(Cursor::new(data)) {
        write_npz(&rows, &mut written).unwrap();
        assert!(read_npz(Cursor::new(&written)).is_ok_and(|again| again == rows));
        written.clear();
    }
    if let Ok(read) = LibsvmRows::read(data, 0) {
        write_libsvm(&read.rows, &read.labels, &mut written).unwrap();
        let _ = LibsvmRows::read(&written[..], 0);
    }
    if let Ok(model) = LiblinearModel::read(data) {
        model.write(&mut written).unwrap();
    }
    if let Ok(model) = Model::from_fasttext(data, "theirs", "label") {
        use_model(&model);
    }
}

/// Any bytes as word vectors.
pub fn vectors(data: &[u8]) {
    if let Ok(vectors) = Background::from_bytes(data) {
        let _ = vectors.summary();
    }
}

/// A file of these bytes, removed at the end.
struct TempFile(PathBuf);

impl TempFile {
    fn new(data: &[u8], end: &str) -> TempFile {
        let thread = format!("{:?}", std::thread::current().id());
        let thread: String = thread.chars().filter(char::is_ascii_digit).collect();
        let name = format!("standpoint-fuzz-{}-{thread}.{end}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::write(&path, data).unwrap();
        TempFile(path)
    }

    fn input(&self) -> Input {
        Input::File {
            path: self.0.clone(),
            id: "fuzz".to_string(),
            class: None,
        }
    }
}

impl Drop for TempFile {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

fn schema() -> Schema {
    Schema::new(["title", "text"])
        .head("topic", HeadKind::Exclusive)
        .head("stance", HeadKind::Independent)
}

fn read_options(format: FileFormat) -> ReadOptions {
    ReadOptions {
        format: Some(format),
        limits: Limits::default().row(MAX_ROW),
        ..ReadOptions::default()
    }
}

fn corpus(data: &[u8], format: FileFormat, end: &str) {
    let file = TempFile::new(data, end);
    let mapping = ColumnMapping::new(schema());
    for skip in [false, true] {
        let reader = CorpusReader::new(vec![file.input()], read_options(format), &mapping);
        let reader = if skip { reader.skip_broken() } else { reader };
        if let Ok(corpus) = reader.read() {
            assert_eq!(corpus.ids.len(), corpus.len());
        }
    }
}

/// Any bytes as JSON lines.
pub fn jsonl(data: &[u8]) {
    corpus(data, FileFormat::Jsonl, "jsonl");
}

/// Any bytes as CSV.
pub fn csv(data: &[u8]) {
    corpus(data, FileFormat::Csv, "csv");
}

/// Any bytes as TSV.
pub fn tsv(data: &[u8]) {
    corpus(data, FileFormat::Tsv, "tsv");
}

/// Any bytes as fastText lines.
pub fn fasttext(data: &[u8]) {
    corpus(data, FileFormat::FastText, "txt");
}

/// Any bytes as Parquet.
pub fn parquet(data: &[u8]) {
    corpus(data, FileFormat::Parquet, "parquet");
}

/// Any text as a web page.
pub fn html(data: &[u8]) {
    let page = String::from_utf8_lossy(data);
    if let Ok(article) = from_html(&page) {
        assert!(article.text.len() <= 4 * page.len() + 64);
    }
}

/// Any text as words: spans lie in the text, and the fast path is the plain one.
pub fn tokens(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let (mut fast, mut plain) = (Tokens::default(), Tokens::default());
    for language in [
        Language::Auto,
        Language::German,
        Language::Turkish,
        Language::French,
    ] {
        let options = TokenOptions::default().language(language);
        for options in [options, options.stem(false).stop_words(StopWords::Drop)] {
            let tokenizer = Tokenizer::new(options);
            tokenizer.tokenize(&text, &mut fast);
            tokenizer.tokenize_by_character(&text, &mut plain);
            assert!(fast.iter().eq(plain.iter()));
            assert!(fast.iter().all(|token| text.get(token.span).is_some()));
        }
    }
}

/// Any bytes as a file of predictions.
pub fn predictions(data: &[u8]) {
    let file = TempFile::new(data, "jsonl");
    let columns = PredictionColumns {
        id: ColumnName::from("id"),
        id_is_optional: data.len().is_multiple_of(2),
        heads: schema().heads,
        format: LabelFormat::default(),
        probabilities: true,
    };
    let options = read_options(FileFormat::Jsonl);
    if let Ok(read) = PredictionFile::read(vec![file.input()], options, &columns, &Silent) {
        let _ = (read.labels(0), read.labels(1), read.unanswered(0));
    }
}

/// Any bytes as options of training, with which a few texts are trained.
pub fn options(data: &[u8]) {
    let Ok(trainer) = serde_json::from_slice::<Trainer>(data) else {
        return;
    };
    let _ = trainer.features.verify();
    let mut texts = Texts::default();
    texts.push(TEXT);
    texts.push(TEXT);
    let features = trainer.features;
    // Features of a text are bounded by its length, whatever the options are.
    let _ = standpoint::features::TfIdf::fit(&features, &texts, &Silent);
}

/// Any text as a map of codes, and as a matrix of costs.
pub fn tables(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    if let Ok(map) = CodeMap::read(&text, "fuzz") {
        assert_eq!(map.all().count(), map.len());
    }
    if let Ok(costs) = CostMatrix::read(&text) {
        let _ = costs.matrix(&["a".to_string(), "b".to_string()]);
    }
}
