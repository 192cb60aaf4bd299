//! From flags to library types.

pub mod corpus;
pub mod intervals;
mod labels;
pub mod lists;
pub mod parts;
mod reading;
pub mod thresholds;
pub mod trainer;

use crate::cli::args::{ModelArgs, ReadArgs};
use clap::ValueEnum;
use clap::builder::PossibleValue;
use standpoint::corpus::{
    ColumnMapping, CorpusSource, FileFormat, Input, Limits, RawReader, ReadOptions, Shard,
    find_inputs,
};
use standpoint::io::Progress;
use standpoint::{Error, Model, Result};
use std::fs::File;
use std::io::{IsTerminal, Read};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

/// A loaded model and the name that output gives it.
pub struct NamedModel {
    pub model: Model,
    pub name: String,
}

/// The model that is asked for: `--model`, a model file that stands first among the inputs, or
/// the built-in one.
pub fn model(args: &ModelArgs, inputs: &mut Vec<String>) -> Result<NamedModel> {
    if let Some(path) = &args.model {
        return load(path);
    }
    if inputs
        .first()
        .is_some_and(|first| Model::is_model(Path::new(first)))
    {
        return load(&PathBuf::from(inputs.remove(0)));
    }
    let model = Model::embedded()?;
    let name = format!("{} (built in)", model.metadata().name);
    Ok(NamedModel { model, name })
}

pub fn load(path: &Path) -> Result<NamedModel> {
    Ok(NamedModel {
        model: Model::load(path)?,
        name: path.display().to_string(),
    })
}

/// Inputs, and the options of reading them.
pub struct Source {
    pub inputs: Vec<Input>,
    pub options: ReadOptions,
}

/// One of several inputs of which some are tables.
pub fn source_of_any(name: &str, read: &ReadArgs, progress: &dyn Progress) -> Result<Source> {
    let options = read.options(read.no_header)?;
    Ok(Source {
        inputs: find_inputs(&[name.to_string()], progress)?,
        options,
    })
}

/// The inputs that are named; none is standard input, if something is piped into it.
pub fn source(
    mut names: Vec<String>,
    read: &ReadArgs,
    no_header: bool,
    progress: &dyn Progress,
) -> Result<Source> {
    if names.is_empty() {
        if std::io::stdin().is_terminal() {
            return Err(Error::usage("there is no input")
                .help("name a file, a folder, or - for standard input"));
        }
        names.push("-".to_string());
    }
    if names.iter().filter(|name| *name == "-").count() > 1 {
        return Err(Error::usage("standard input is named twice"));
    }
    let options = read.options(no_header)?;
    let inputs = find_inputs(&names, progress)?;
    let flag = [
        ("--delimiter", read.delimiter.is_some()),
        ("--quote", read.quote.is_some()),
        ("--no-header", read.no_header),
    ];
    if let Some((flag, _)) = flag.iter().find(|(_, given)| *given)
        && !inputs.iter().any(|input| is_table(input, &options))
    {
        return Err(
            Error::usage(format!("{flag} is for CSV and TSV, but no input is either"))
                .help("leave it out, or say --format csv"),
        );
    }
    if read.decode_html && inputs.iter().all(|input| is_article(input, &options)) {
        return Err(Error::usage(
            "--decode-html is for the texts of tables, JSON lines and fastText",
        )
        .help("leave it out: a web page is decoded without it"));
    }
    let is_parquet = |input: &Input| format_of(input, &options) == Some(FileFormat::Parquet);
    if read.encoding != "utf-8" && inputs.iter().all(is_parquet) {
        return Err(
            Error::usage("--encoding is for text, but Parquet is in UTF-8").help("leave it out"),
        );
    }
    Ok(Source { inputs, options })
}

/// The articles of the inputs that are named, or of one share of them, and their columns for a
/// model.
pub fn articles<'p>(
    names: Vec<String>,
    read: &ReadArgs,
    model: &Model,
    shard: Option<Shard>,
    progress: &'p dyn Progress,
) -> Result<(ColumnMapping, RawReader<'p>)> {
    let mapping = read.for_model(model)?;
    let Source { inputs, options } = source(names, read, mapping.schema.no_header, progress)?;
    let reader = RawReader::new(inputs, options, progress);
    let reader = match shard {
        None => reader,
        Some(shard) => reader.shard(shard)?,
    };
    Ok((mapping, reader))
}

/// The documents of the inputs that are named, as [`source`] finds them.
pub fn corpus(
    names: Vec<String>,
    read: &ReadArgs,
    mapping: ColumnMapping,
    progress: &dyn Progress,
) -> Result<CorpusSource> {
    let Source { inputs, options } = source(names, read, mapping.schema.no_header, progress)?;
    Ok(CorpusSource {
        inputs,
        options,
        mapping,
    })
}

fn is_table(input: &Input, options: &ReadOptions) -> bool {
    matches!(
        format_of(input, options),
        Some(FileFormat::Csv | FileFormat::Tsv)
    )
}

/// True of a file that is one article.
fn is_article(input: &Input, options: &ReadOptions) -> bool {
    matches!(
        format_of(input, options),
        Some(FileFormat::Text | FileFormat::Html)
    )
}

/// Returns the format that is asked for, or that the input's name says.
fn format_of(input: &Input, options: &ReadOptions) -> Option<FileFormat> {
    let by_name = match input {
        Input::File { path, .. } => FileFormat::of_path(path),
        Input::Stdin => None,
        Input::Rows(_) => Some(FileFormat::Jsonl),
    };
    options.format.or(by_name)
}

/// Returns the value of the library that a value of an option stands for, by its name.
pub fn parsed<T: FromStr<Err = Error>>(value: impl ValueEnum) -> Result<T> {
    let name = value.to_possible_value();
    name.as_ref().map_or("", PossibleValue::get_name).parse()
}

/// The whole of a file that is no corpus: of options, costs, codes or answers.
pub fn text_file(path: &Path) -> Result<String> {
    let (mut bytes, limit) = (Vec::new(), Limits::default().row);
    let file = File::open(path).map_err(|e| Error::io("read", e).at(path.display()))?;
    let read = file.take(limit as u64 + 1).read_to_end(&mut bytes);
    read.map_err(|e| Error::io("read", e).at(path.display()))?;
    if bytes.len() > limit {
        return Err(Error::data("the file is longer than 64 MiB")
            .at(path.display())
            .help("divide it"));
    }
    String::from_utf8(bytes).map_err(|error| {
        let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = 1 + before.iter().filter(|&&byte| byte == b'\n').count();
        Error::data("the text is not valid UTF-8")
            .at(format!("{}:{line}", path.display()))
            .help("convert it, for example with `iconv -f latin1 -t utf-8`")
    })
}

/// A number of bytes: `500M`, `2G`, `1.5G`.
pub fn size(text: &str) -> Result<u64> {
    let (number, unit) = match text.strip_suffix(['k', 'K', 'm', 'M', 'g', 'G']) {
        Some(number) => (number, text[number.len()..].to_ascii_lowercase()),
        None => (text, String::new()),
    };
    let shift = match unit.as_str() {
        "k" => 10,
        "m" => 20,
        "g" => 30,
        _ => 0,
    };
    let bytes = number
        .parse::<f64>()
        .ok()
        .map(|number| number * f64::from(1 << shift));
    bytes
        .filter(|bytes| (1.0..1e18).contains(bytes))
        .map(|bytes| bytes as u64)
        .ok_or_else(|| {
            Error::usage(format!("`{text}` is no size")).help("write it as 64M, 500M or 2G")
        })
}

/// Returns the time that `90s`, `10m` or `2h` stands for as the value of a flag.
pub fn time(flag: &str, text: &str) -> Result<Duration> {
    let units = [("s", 1.0), ("m", 60.0), ("h", 3600.0)];
    let seconds = quantity(text, &units).filter(|&seconds| seconds > 0.0 && seconds < 1e9);
    seconds.map(Duration::from_secs_f64).ok_or_else(|| {
        Error::usage(format!("{flag} `{text}` is no time")).help("write 90s, 10m or 2h")
    })
}

fn quantity(text: &str, units: &[(&str, f64)]) -> Option<f64> {
    let (number, factor) = units
        .iter()
        .find_map(|(unit, factor)| Some((text.strip_suffix(unit)?, factor)))?;
    number.parse::<f64>().ok().map(|number| number * factor)
}
