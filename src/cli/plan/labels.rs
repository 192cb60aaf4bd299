//! Heads and their labels, from the flags of label columns.

use super::lists::{self, Item};
use crate::cli::args::{LabelArgs, LabelFormatArgs, ReadArgs, UnlabelledArg};
use standpoint::corpus::{
    ColumnMapping, ColumnName, HeadColumns, HeadKind, LabelFormat, LabelSource, Selection,
    Unlabelled, label_form,
};
use standpoint::{Error, Result};

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
        Ok(Selection {
            weight: self.sample_weight.clone().map(ColumnName),
            unlabelled,
            ..read.selection()?
        })
    }

    /// Returns the columns of labelled documents and the rows that the flags select.
    pub fn mapping(&self, read: &ReadArgs) -> Result<ColumnMapping> {
        Ok(ColumnMapping {
            schema: read.schema(self.heads()?, self.format()?)?,
            selection: self.selection(read)?,
            labels: true,
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
