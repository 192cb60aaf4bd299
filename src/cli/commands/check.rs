//! `standpoint check`

use crate::cli::args::{CheckArgs, LabelArgs, PeriodArg, UnlabelledArg};
use crate::cli::console::{Console, print_json};
use crate::cli::plan;
use crate::cli::progress::TerminalProgress;
use standpoint::check::{self, CheckOptions, Copies, FindingLimits};
use standpoint::corpus::{
    Categories, CategoryField, ColumnMapping, ColumnName, CorpusSource, Input, RawCorpus,
    RowObject, find_inputs,
};
use standpoint::dedup::NearDuplicates;
use standpoint::io::{Progress, Silent};
use standpoint::io::{Transaction, check_target};
use standpoint::report::counted;
use standpoint::report::{json, terminal};
use standpoint::{Error, Result};
use std::collections::HashMap;
use std::path::Path;

/// Runs the check; true if no finding is above its limit.
pub fn run(args: CheckArgs, console: Console) -> Result<bool> {
    let bar = TerminalProgress::leak(true);
    let plan = CleaningPlan::new(&args)?;
    let mapping = plan.mapping.clone();
    let source = plan::corpus(args.inputs.clone(), &args.read, mapping, bar)?;
    if let Some(target) = &args.write {
        verify_target(target, &source.inputs, args.force)?;
    }
    let mut outputs = Transaction::default();
    let mut rejects = args.read.rejects(&mut outputs)?;
    let reader = source.reader().rejects(rejects.as_mut()).progress(bar);
    let raw_corpus = reader.raw_corpus(&plan.fields)?;
    args.read.report_rejects(rejects, bar)?;
    let parts = parts(&args, &raw_corpus)?;
    bar.stage("looking for copies", 0);
    let copies = Copies::find(&raw_corpus, &plan.options.near);
    let report = check::check_copies(&raw_corpus, &parts, &copies, &plan.options, bar);
    if let Some(target) = &args.write {
        let keep = check::kept(&raw_corpus, &parts, &copies);
        let clean = Clean {
            raw_corpus: &raw_corpus,
            parts: &parts,
            by_file: args.by.is_none(),
            keep,
        };
        clean.write(&mut outputs, target, args.force, source, bar)?;
    }
    outputs.commit()?;
    bar.clear();
    if report
        .findings
        .iter()
        .any(|finding| finding.name == "html" && finding.count > 0)
    {
        bar.note(
            "some texts hold HTML; --decode-html decodes it, here and in train, which records it",
        );
    }
    if plan.mapping.schema.heads.is_empty() {
        bar.note("no label column is named, so nothing is said of labels; name it with --label or --labels");
    }
    match console.wants_json(args.shape) {
        true => print_json(&json::CheckRow::new(&report))?,
        false => console.show(&terminal::check(console.style(), &report))?,
    }
    Ok(!report.above())
}

struct CleaningPlan {
    mapping: ColumnMapping,
    fields: Vec<CategoryField>,
    options: CheckOptions,
}

impl CleaningPlan {
    fn new(args: &CheckArgs) -> Result<Self> {
        let labels = labels(args);
        let (heads, format) = (labels.heads()?, labels.format()?);
        let mapping = ColumnMapping {
            schema: args.read.schema(heads, format)?,
            selection: args.read.selection()?,
            labels: true,
        };
        if !(0.1..=1.0).contains(&args.similarity) || args.shingle_size == 0 {
            return Err(Error::usage(format!(
                "--similarity {} --shingle-size {}",
                args.similarity, args.shingle_size
            ))
            .help("--similarity is from 0.1 to 1, --shingle-size from 1 on"));
        }
        let mut limits = FindingLimits::default();
        args.limit.iter().try_for_each(|limit| limits.set(limit))?;
        let near = NearDuplicates {
            shingle: args.shingle_size,
            threshold: args.similarity,
            ..NearDuplicates::default()
        };
        let (tiny, giant, rare, examples) = (args.tiny, args.giant, args.rare, args.examples);
        let options = CheckOptions {
            near,
            tiny,
            giant,
            rare,
            examples,
            limits,
            ..CheckOptions::default()
        };
        let mut plan = CleaningPlan {
            mapping,
            fields: Vec::new(),
            options,
        };
        plan.add_fields(args);
        Ok(plan)
    }

    /// The part comes first, where there is a column for it.
    fn add_fields(&mut self, args: &CheckArgs) {
        let period = if args.period == Some(PeriodArg::Month) {
            check::month
        } else {
            check::year
        };
        let mut add = |column: &Option<String>, category: fn(&str) -> Option<String>| {
            let column = ColumnName(column.clone()?);
            self.fields.push(CategoryField { column, category });
            Some(self.fields.len() - 1)
        };
        let as_it_is = |value: &str| Some(value.to_string());
        add(&args.by, as_it_is);
        self.options.date = add(&args.date, period);
        self.options.source = add(&args.source, as_it_is);
    }
}

fn labels(args: &CheckArgs) -> LabelArgs {
    let (label, labels, format) = (args.label.clone(), args.labels.clone(), args.format.clone());
    LabelArgs {
        label,
        labels,
        sample_weight: None,
        unlabelled: UnlabelledArg::Mask,
        format,
    }
}

/// The part of each document: by `--by`, or the input that was named.
fn parts(args: &CheckArgs, raw_corpus: &RawCorpus) -> Result<Categories> {
    if args.by.is_some() {
        return Ok(raw_corpus.fields[0].in_usual_order());
    }
    let mut part_of: HashMap<String, &str> = HashMap::new();
    for name in &args.inputs {
        for input in find_inputs(std::slice::from_ref(name), &Silent)? {
            part_of.entry(input.name().to_string()).or_insert(name);
        }
    }
    let named: Vec<&str> = raw_corpus
        .files
        .names
        .iter()
        .map(|file| part_of.get(file).copied().unwrap_or(file))
        .collect();
    Ok(raw_corpus
        .files
        .of
        .iter()
        .map(|&file| named[file as usize])
        .collect())
}

/// The rows are read a second time.
fn verify_target(target: &Path, inputs: &[Input], force: bool) -> Result<()> {
    for input in inputs {
        match input {
            Input::Stdin => {
                return Err(Error::usage(
                    "--write reads the corpus a second time, which standard input cannot be",
                )
                .help("name a file"));
            }
            Input::File { .. } | Input::Rows(_) => {}
        }
    }
    check_target(target, force)
}

/// The writer of the rows that are left without copies.
struct Clean<'a> {
    raw_corpus: &'a RawCorpus,
    parts: &'a Categories,
    by_file: bool,
    keep: Vec<bool>,
}

impl Clean<'_> {
    fn write(
        &self,
        outputs: &mut Transaction,
        target: &Path,
        force: bool,
        source: CorpusSource,
        bar: &TerminalProgress,
    ) -> Result<()> {
        bar.stage("writing", 0);
        let mut failed = None;
        let written = outputs.write(target, force, |out| {
            let each = |document: usize, mut row: RowObject| {
                self.complete(document, &mut row);
                writeln!(out, "{row}").map_err(|e| Error::io("write", e).at(target.display()))
            };
            let done = self
                .raw_corpus
                .reread(source.inputs, source.options, &self.keep, each);
            done.map_err(|error| {
                failed = Some(error);
                std::io::Error::other("stopped")
            })
        });
        if let Some(error) = failed {
            return Err(error);
        }
        written?;
        let kept = self.keep.iter().filter(|keep| **keep).count();
        bar.note(&format!(
            "wrote {kept} of {} to {}",
            counted(self.keep.len(), "document"),
            target.display()
        ));
        Ok(())
    }

    /// Rows keep the id by which messages name them, and the file they belong to where there are
    /// several.
    fn complete(&self, document: usize, row: &mut RowObject) {
        row.add_missing("id", self.raw_corpus.corpus.ids.get(document));
        if self.by_file && self.parts.names.len() > 1 {
            let part = &self.parts.names[self.parts.of[document] as usize];
            row.add_missing("part", part);
        }
    }
}
