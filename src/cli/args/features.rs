//! Flags of features.

use clap::ValueEnum;

/// Tokenisation; shared by all commands that learn from texts.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Features")]
pub struct TokenArgs {
    /// Language of the texts
    #[arg(long, default_value = "auto")]
    pub language: LanguageArg,
    /// Tokens of words with hyphens, such as US-Präsident
    #[arg(long, value_name = "WHAT", default_value = "both")]
    pub hyphens: HyphensArg,
    /// Treatment of ü and ß
    #[arg(long, value_name = "HOW", default_value = "transcribe")]
    pub umlauts: UmlautsArg,
    /// Take words as they are, rather than bring them to their stem
    #[arg(long)]
    pub no_stem: bool,
    /// Treatment of the language's most frequent words; negations always stay
    #[arg(long, value_name = "HOW", default_value = "keep")]
    pub stop_words: StopWordsArg,
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
    /// Term frequency
    #[arg(long, default_value = "sublinear")]
    pub tf: TfArg,
    /// Inverse document frequency
    #[arg(long, default_value = "smooth")]
    pub idf: IdfArg,
    /// Norm that each text is brought to length 1 by
    #[arg(long, default_value = "l2")]
    pub norm: NormArg,
    /// Exponent of the norm that a text is divided by: above 1, long texts count for less and short
    /// ones for more (from 0 to 2)
    #[arg(long, value_name = "EXPONENT", default_value_t = 1.0)]
    pub norm_exponent: f64,
    /// Seed of hashes and visiting orders
    #[arg(long, default_value_t = 0)]
    pub seed: u64,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum TfArg {
    /// 1 + ln(count)
    Sublinear,
    /// The count
    Raw,
    /// 1 where the term occurs
    Binary,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum IdfArg {
    /// As if one more document held every term
    Smooth,
    /// From the counts as they are
    Plain,
    /// None
    None,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum NormArg {
    /// Square root of the sum of squares
    L2,
    /// Sum of absolute values
    L1,
    /// Texts stay as long as they are
    None,
}

/// A language, or the decision among those of the corpus.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LanguageArg {
    /// Decided for each text, among the languages that make up a twentieth of the corpus
    Auto,
    /// Arabic
    Ar,
    /// German
    De,
    /// English
    En,
    /// Spanish
    Es,
    /// French
    Fr,
    /// Italian
    It,
    /// Polish
    Pl,
    /// Russian
    Ru,
    /// Turkish
    Tr,
    /// Ukrainian
    Uk,
    /// Any other
    Und,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum HyphensArg {
    /// The parts and the whole
    Both,
    /// The parts alone
    Parts,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum UmlautsArg {
    /// ue and ss
    Transcribe,
    /// u and ss
    Strip,
    /// As they are
    Keep,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum StopWordsArg {
    /// They are tokens like others
    Keep,
    /// They are left out
    Drop,
}
