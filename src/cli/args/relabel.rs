//! Flags of `relabel`.

use super::{INPUTS_HELP, LabelFormatArgs, ReadArgs, ShapeArgs};
use clap::ArgAction;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  standpoint relabel events.csv --map acled --label sub_event_type -o labelled.jsonl\n  \
    standpoint relabel events.csv --map cameo --label code --to stance -o labelled.jsonl\n  \
    standpoint relabel events.csv --map mine.csv --label event_type,mode -o labelled.jsonl\n  \
    standpoint relabel scores.jsonl --map stances --label stance --to plover -o plover.jsonl"
)]
pub struct RelabelArgs {
    #[arg(required = true, value_name = "CORPUS", help = INPUTS_HELP)]
    pub inputs: Vec<String>,
    #[command(flatten)]
    pub codes: CodeArgs,
    #[command(flatten)]
    pub target: RelabelTargetArgs,
    #[command(flatten)]
    pub shape: ShapeArgs,
    #[command(flatten)]
    pub format: LabelFormatArgs,
    #[command(flatten)]
    pub read: ReadArgs,
}

/// The columns of codes, and their treatment.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Codes")]
pub struct CodeArgs {
    /// Map from codes to labels: a table with a column `code`, or one that is built in: acled,
    /// cameo, iptc, plover, stances or topics. A file of such a name is given as ./cameo
    #[arg(long, value_name = "MAP")]
    pub map: String,
    /// Column of the codes, one or several in a cell, as for --labels; what stands in further
    /// columns, such as a mode, is joined to the code by a hyphen. Of predictions, the head
    #[arg(long, value_name = "COLUMN[,COLUMN…]")]
    pub label: String,
    /// Column of the map that rows get, under its own or another name; may be given several times
    /// [default: all but code, name, parent and description]
    #[arg(long, value_name = "[NAME=]COLUMN", action = ArgAction::Append)]
    pub to: Vec<String>,
    /// Roll codes up to this level before their labels are looked up: 1 is the level of roots
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub level: Option<u16>,
    /// Take labels that stand with a code itself, and none of broader codes; a code that is not
    /// listed is unknown
    #[arg(long, conflicts_with = "level")]
    pub exact: bool,
    /// Stop at a row with a code that the map does not know [default: the row is written without
    /// labels]
    #[arg(long, conflicts_with = "skip_unknown")]
    pub strict: bool,
    /// Leave out rows with a code that the map does not know
    #[arg(long)]
    pub skip_unknown: bool,
}

/// The file of the rows.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Output")]
pub struct RelabelTargetArgs {
    /// File of the rows with their labels, as JSON lines
    #[arg(short, long, value_name = "FILE")]
    pub output: PathBuf,
    /// Replace what is written if it exists
    #[arg(long)]
    pub force: bool,
}
