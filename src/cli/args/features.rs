//! Flags of features.

use clap::ValueEnum;

/// How texts are cut into tokens; shared by all commands that learn from texts.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Features")]
pub struct TokenArgs {
    /// Language of the texts: ar, de, en, es, fr, it, pl, ru, tr, uk, und (any other), or auto: decided
    /// for each text, among the languages that make up a twentieth of the corpus
    #[arg(long, default_value = "auto")]
    pub language: String,
    /// What becomes of US-Präsident: parts, or both the parts and the whole
    #[arg(long, value_name = "WHAT", default_value = "both")]
    pub hyphens: String,
    /// What becomes of ü and ß: transcribe (ue, ss), strip (u, ss) or keep
    #[arg(long, value_name = "HOW", default_value = "transcribe")]
    pub umlauts: String,
    /// Take words as they are, rather than bring them to their stem
    #[arg(long)]
    pub no_stem: bool,
    /// Keep or drop the language's most frequent words; negations always stay
    #[arg(long, value_name = "HOW", default_value = "keep")]
    pub stop_words: String,
}

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Features")]
pub struct FeatureArgs {
    #[command(flatten)]
    pub tokens: TokenArgs,
    /// Do not count the parts of German compounds
    #[arg(long)]
    pub no_compounds: bool,
    /// Lengths of word n-grams, or `none`
    #[arg(long, value_name = "MIN-MAX", default_value = "1-2")]
    pub word_ngrams: String,
    /// Lengths of character n-grams inside words, or `none`
    #[arg(long, value_name = "MIN-MAX", default_value = "none")]
    pub char_ngrams: String,
    /// Leave out terms in fewer documents: a number (2) or a share (0.001)
    #[arg(long, value_name = "N", default_value = "2")]
    pub min_df: String,
    /// Leave out terms in more documents: a number (1000) or a share (0.5; 1.0 leaves out none)
    #[arg(long, value_name = "N", default_value = "1.0")]
    pub max_df: String,
    /// Keep only this many terms, the most frequent
    #[arg(long, value_name = "N")]
    pub max_features: Option<u32>,
    /// Term frequency: 1 + ln(count), the count, or 1
    #[arg(long, default_value = "sublinear")]
    pub tf: TfArg,
    /// Inverse document frequency: smoothed, plain, or none
    #[arg(long, default_value = "smooth")]
    pub idf: IdfArg,
    /// Length to which each text is brought
    #[arg(long, default_value = "l2")]
    pub norm: NormArg,
    /// Seed of hashes and visiting orders
    #[arg(long, default_value_t = 0)]
    pub seed: u64,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum TfArg {
    Sublinear,
    Raw,
    Binary,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum IdfArg {
    Smooth,
    Plain,
    None,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum NormArg {
    L2,
    L1,
    None,
}
