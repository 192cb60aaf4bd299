//! Flags of `quantize`.

use super::{INPUTS_HELP, LabelArgs, ModelArgs, ReadArgs};
use clap::ValueEnum;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("written").multiple(true))]
#[command(
    after_help = "Examples:\n  standpoint quantize news.model dev.jsonl\n  \
    standpoint quantize news.model dev.jsonl -o small.model --max-loss 0.5\n  \
    standpoint quantize news.model dev.jsonl -o small.model --bits 8 --terms 20000\n\n\
    Without --bits and --terms, a ladder of settings is measured: 16 bits, 8 bits, and 8 bits with a\n\
    half, a quarter, … of the terms; the smallest model within --max-loss is written. The corpus\n\
    should be one that the model has not learnt from, and not the one of the final test."
)]
pub struct QuantizeArgs {
    #[arg(required = true, value_name = "CORPUS", help = INPUTS_HELP)]
    pub inputs: Vec<String>,
    #[command(flatten)]
    pub model: ModelArgs,
    /// File of the smaller model [default: none, only the report]
    #[arg(short, long, value_name = "FILE", group = "written")]
    pub output: Option<PathBuf>,
    /// Replace what is written if it exists
    #[arg(long, requires = "written")]
    pub force: bool,
    /// Bits of a weight; each term's weights are whole numbers times a power of two [default: with
    /// --terms 8, else a ladder of settings]
    #[arg(long, value_name = "BITS")]
    pub bits: Option<BitsArg>,
    /// Keep the N terms that move decisions most [default: with --bits all, else a ladder of
    /// settings]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub terms: Option<u32>,
    /// Greatest loss of accuracy (of a head of --labels micro-F1) or macro-F1 of any head, in
    /// points of a hundred; with a greater one nothing is written and the exit code is 1
    #[arg(
        long,
        value_name = "POINTS",
        default_value_t = 0.5,
        allow_negative_numbers = true
    )]
    pub max_loss: f64,
    #[command(flatten)]
    pub labels: LabelArgs,
    #[command(flatten)]
    pub read: ReadArgs,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum BitsArg {
    /// A weight is off by at most a 127th of the term's greatest
    #[value(name = "8")]
    Eight,
    /// A weight is off by at most a 32,767th of the term's greatest
    #[value(name = "16")]
    Sixteen,
}
