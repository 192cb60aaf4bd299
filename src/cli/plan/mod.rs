//! From flags to library types.

pub mod corpus;
pub mod intervals;
pub mod lists;
pub mod parts;
pub mod thresholds;
pub mod trainer;

use crate::cli::args::{LabelArgs, LabelFormatArgs, ModelArgs, ReadArgs, UnlabelledArg};
use clap::ValueEnum;
use clap::builder::PossibleValue;
use lists::Item;
use standpoint::corpus::{
    ColumnMapping, ColumnName, CorpusSource, FileFormat, Filter, HeadColumns, HeadKind, Input,
    LabelFormat, LabelSource, MAX_ROW, ReadOptions, Rejects, Schema, Selection, Unlabelled,
    find_inputs, label_form,
};
use standpoint::io::Progress;
use standpoint::io::Transaction;
use standpoint::model::StreamSummary;
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
    Ok(Source { inputs, options })
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
    };
    options.format.or(by_name)
}

impl ReadArgs {
    fn options(&self, no_header: bool) -> Result<ReadOptions> {
        let format = self.format.map(parsed).transpose()?;
        let delimiter = self
            .delimiter
            .as_deref()
            .map(|text| character("--delimiter", text))
            .transpose()?;
        let quote = match self.quote.as_deref() {
            None => Some(b'"'),
            Some("none") => None,
            Some(text) => Some(character("--quote", text)?),
        };
        let cuts = [delimiter.unwrap_or(b','), quote.unwrap_or(b'"')];
        if cuts[0] == cuts[1] || cuts.iter().any(|byte| matches!(byte, b'\n' | b'\r')) {
            return Err(Error::usage(
                "--delimiter and --quote must be two characters, and no line ends",
            ));
        }
        let max_row = self.max_row.as_deref().map(size).transpose()?;
        Ok(ReadOptions {
            format,
            delimiter,
            quote,
            header: !no_header,
            encoding: self.encoding.parse()?,
            max_row: max_row.map_or(MAX_ROW, |size| usize::try_from(size).unwrap_or(usize::MAX)),
        })
    }

    /// The text columns, if they are given.
    pub fn text(&self) -> Result<Option<Vec<ColumnName>>> {
        let Some(names) = self.text.as_deref() else {
            return Ok(None);
        };
        let names = lists::names("--text", names)?;
        Ok(Some(names.into_iter().map(ColumnName).collect()))
    }

    /// Says what a stream that was scored lacked.
    pub fn report_stream(&self, streamed: &StreamSummary, progress: &dyn Progress) -> Result<()> {
        match (streamed.unseen.as_slice(), streamed.rows) {
            (_, 0) => progress.note("no row was scored"),
            ([], _) => {}
            ([column, ..], rows) if self.text.is_some() => {
                let message =
                    format!("none of {rows} rows has the column `{column}` that --text names");
                return Err(Error::data(message).help("check the spelling"));
            }
            (columns, rows) => {
                progress.note(&format!(
                    "none of {rows} rows has the text column {}",
                    columns.join(" or ")
                ));
            }
        }
        Ok(())
    }

    pub fn filters(&self) -> Result<Vec<Filter>> {
        self.filters.iter().map(|filter| filter.parse()).collect()
    }

    /// Returns the columns of articles for a model: as the model records, unless flags say
    /// otherwise.
    pub fn for_model(&self, model: &Model) -> Result<ColumnMapping> {
        let recorded = model.metadata().schema.clone();
        let mut schema = recorded.unwrap_or_else(|| Schema {
            no_header: false,
            decode_html: false,
            text: vec![ColumnName::from("text")],
            heads: vec![],
            format: LabelFormat::default(),
        });
        // Where the model has learnt `NA` as a label, it is one.
        let labels = || {
            model
                .heads()
                .iter()
                .flat_map(|head| &head.metadata().labels)
        };
        schema
            .format
            .missing
            .retain(|value| !labels().any(|label| label == value));
        if let Some(text) = self.text()? {
            (schema.text, schema.no_header) = (text, false);
        }
        schema.no_header |= self.no_header;
        schema.decode_html |= self.decode_html;
        let id = self.id.clone().map(ColumnName);
        let selection = Selection {
            filters: self.filters()?,
            id,
            ..Selection::default()
        };
        Ok(ColumnMapping {
            schema,
            selection,
            labels: false,
        })
    }

    /// Returns the list of broken rows; its file appears with the other outputs.
    pub fn rejects(&self, outputs: &mut Transaction) -> Result<Option<Rejects>> {
        let Some(path) = &self.skip_bad else {
            return Ok(None);
        };
        if path.is_file() && !self.force {
            return Err(Error::usage("the file for broken rows exists already")
                .at(path.display())
                .help("name another file, or replace it with --force"));
        }
        let file = outputs.open(path, self.force)?;
        Ok(Some(Rejects::new(Box::new(file), &path.to_string_lossy())))
    }

    /// Says how many rows were rejected.
    pub fn report_rejects(&self, rejects: Option<Rejects>, progress: &dyn Progress) -> Result<()> {
        let Some(rejects) = rejects else {
            return Ok(());
        };
        let rows = rejects.finish()?;
        let path = self.skip_bad.as_deref().unwrap_or(Path::new("")).display();
        progress.note(&match rows {
            0 => "no row was broken".to_string(),
            1 => format!("left out 1 broken row, to be listed with its reason in {path}"),
            rows => format!("left out {rows} broken rows, to be listed with reasons in {path}"),
        });
        Ok(())
    }
}

/// Returns the value of the library that a value of an option stands for, by its name.
pub fn parsed<T: FromStr<Err = Error>>(value: impl ValueEnum) -> Result<T> {
    let name = value.to_possible_value();
    name.as_ref().map_or("", PossibleValue::get_name).parse()
}

/// The whole of a file of options or costs.
pub fn text_file(path: &Path) -> Result<String> {
    let mut text = String::new();
    let file = File::open(path).map_err(|e| Error::io("read", e).at(path.display()))?;
    let read = file.take(MAX_ROW as u64 + 1).read_to_string(&mut text);
    read.map_err(|e| Error::io("read", e).at(path.display()))?;
    match text.len() > MAX_ROW {
        true => Err(Error::data("the file is longer than 64 MiB").at(path.display())),
        false => Ok(text),
    }
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

/// Returns the time that `90s`, `10m` or `2h` stands for.
pub fn time(text: &str) -> Result<Duration> {
    let units = [("s", 1.0), ("m", 60.0), ("h", 3600.0)];
    let seconds = quantity(text, &units).filter(|&seconds| seconds > 0.0 && seconds < 1e9);
    seconds.map(Duration::from_secs_f64).ok_or_else(|| {
        Error::usage(format!("--time-limit `{text}` is no time")).help("write 90s, 10m or 2h")
    })
}

fn quantity(text: &str, units: &[(&str, f64)]) -> Option<f64> {
    let (number, factor) = units
        .iter()
        .find_map(|(unit, factor)| Some((text.strip_suffix(unit)?, factor)))?;
    number.parse::<f64>().ok().map(|number| number * factor)
}

fn character(flag: &str, text: &str) -> Result<u8> {
    match text {
        "tab" | "\\t" => Ok(b'\t'),
        _ if text.len() == 1 => Ok(text.as_bytes()[0]),
        _ => Err(Error::usage(format!(
            "{flag} takes one ASCII character or `tab`, not `{text}`"
        ))),
    }
}

impl LabelArgs {
    /// The heads that the flags name, those of `--label` first.
    pub fn heads(&self) -> Result<Vec<HeadColumns>> {
        if let Some(spec) = self
            .label
            .iter()
            .chain(&self.labels)
            .find(|spec| spec.starts_with('=') || spec.ends_with('='))
        {
            return Err(Error::usage(format!("`{spec}` lacks a name or a column"))
                .help("write HEAD=COLUMN"));
        }
        let one = self.label.iter().map(|spec| exclusive(spec));
        one.chain(self.labels.iter().map(|spec| independent(spec)))
            .collect()
    }

    /// The notation of labels, where no model says otherwise.
    pub fn format(&self) -> Result<LabelFormat> {
        self.format.over(&LabelFormat::default(), &self.heads()?)
    }

    pub fn selection(&self, read: &ReadArgs) -> Result<Selection> {
        let unlabelled = match self.unlabelled {
            UnlabelledArg::Error => Unlabelled::Error,
            UnlabelledArg::Skip => Unlabelled::Skip,
            UnlabelledArg::Mask => Unlabelled::Mask,
        };
        let (id, weight) = (
            read.id.clone().map(ColumnName),
            self.sample_weight.clone().map(ColumnName),
        );
        Ok(Selection {
            filters: read.filters()?,
            id,
            weight,
            unlabelled,
        })
    }
}

impl LabelFormatArgs {
    /// The notation of the labels of `heads` as the flags say, and else as `usual`.
    pub fn over(&self, usual: &LabelFormat, heads: &[HeadColumns]) -> Result<LabelFormat> {
        let in_one_cell = |head: &HeadColumns| {
            head.kind == HeadKind::Independent && matches!(head.source, LabelSource::Column(_))
        };
        if !self.missing.is_empty() && heads.is_empty() {
            return Err(
                Error::usage("--missing is for label columns, but none is named")
                    .help("name them with --label or --labels"),
            );
        }
        if self.separator.is_some() && !heads.iter().any(in_one_cell) {
            return Err(Error::usage(
                "--separator is for columns with several labels, but none is named",
            )
            .help("name them with --labels"));
        }
        let mut format = usual.clone();
        if !self.missing.is_empty() {
            let lists = self
                .missing
                .iter()
                .map(|values| Ok(lists::item("--missing", values)?.split_all()));
            let values = lists.collect::<Result<Vec<_>>>()?.concat();
            format.missing = values.iter().map(Item::text).collect();
        }
        if let Some(separator) = &self.separator {
            if separator.trim().is_empty() {
                return Err(
                    Error::usage("--separator is blank").help("write it as --separator '#'")
                );
            }
            format.separator = separator.trim().to_string();
        }
        Ok(format)
    }
}

fn exclusive(spec: &str) -> Result<HeadColumns> {
    let item = lists::item("--label", spec)?;
    let (name, column) = item.split_first('=').unwrap_or((item.clone(), item));
    let source = LabelSource::Column(ColumnName(column.text()));
    Ok(HeadColumns {
        name: label_form(&name.text()).into_owned(),
        kind: HeadKind::Exclusive,
        source,
    })
}

fn independent(spec: &str) -> Result<HeadColumns> {
    let item = lists::item("--labels", spec)?;
    let named = item.split_first('=');
    let (name, columns) = named
        .clone()
        .map_or((None, item), |(name, columns)| (Some(name.text()), columns));
    let columns = columns.split_all();
    let flag = |column: &Item| {
        let (label, column) = column
            .split_first(':')
            .unwrap_or((column.clone(), column.clone()));
        (
            label_form(&label.text()).into_owned(),
            ColumnName(column.text()),
        )
    };
    let flags: Vec<(String, ColumnName)> = columns.iter().map(flag).collect();
    let repeated = flags
        .iter()
        .enumerate()
        .find(|(at, flag)| flags[..*at].iter().any(|other| other.0 == flag.0));
    if let Some((_, (label, _))) = repeated {
        return Err(Error::usage(format!(
            "--labels {spec} names `{label}` twice"
        )));
    }
    let Some(name) = name.or_else(|| (flags.len() == 1).then(|| columns[0].text())) else {
        return Err(
            Error::usage(format!("--labels {spec} has several columns, but no name"))
                .help(format!("write --labels NAME={spec}")),
        );
    };
    let single = flags.len() == 1 && columns[0].split_first(':').is_none();
    let source = if single {
        LabelSource::Column(flags[0].1.clone())
    } else {
        LabelSource::Flags(flags)
    };
    Ok(HeadColumns {
        name: label_form(&name).into_owned(),
        kind: HeadKind::Independent,
        source,
    })
}
