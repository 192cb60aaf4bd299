//! Flags of `serve`.

use std::num::NonZeroU16;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  standpoint serve news.model\n  \
    curl -H 'Content-Type: application/json' -d '{\"text\": \"Talks\"}' localhost:8642/v1/score\n  \
    standpoint serve news.model --listen 0.0.0.0:8642 --token-file tokens\n\n\
    The page /docs lists all routes. SIGHUP reads models and tokens again; SIGTERM and Ctrl-C end\n\
    the service when the requests that run are answered, within --timeout.")]
pub struct ServeArgs {
    /// Model files, called by their names without the ending; requests that name none get the first
    /// [default: the built-in model]
    #[arg(value_name = "MODEL")]
    pub model_files: Vec<PathBuf>,
    /// Address and port; port 0 is any that is free. Addresses that other machines reach need
    /// --token-file
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8642")]
    pub listen: String,
    /// File of tokens that clients must send, in lines `reader TOKEN` and `editor TOKEN`; editors
    /// may replace models, too. Without it this machine may read, and nobody may replace
    #[arg(long, value_name = "FILE")]
    pub token_file: Option<PathBuf>,
    /// Store of corrections, made where there is none; without it the service takes none
    #[arg(long, value_name = "FILE")]
    pub store: Option<PathBuf>,
    /// Training corpus of the first model, on which retraining goes on: read with the columns that
    /// the model records; without it the corrections alone move the model's weights; may be given
    /// several times
    #[arg(long, value_name = "CORPUS", requires = "store", help_heading = "Desk")]
    pub base: Vec<String>,
    /// File of articles for the inbox, or a folder that is watched; may be given several times
    #[arg(long, value_name = "PATH", requires = "store", help_heading = "Desk")]
    pub inbox: Vec<PathBuf>,
    /// Share of the articles in the inbox that are drawn at random, never learnt from and kept as
    /// the test set, from 0 to 1
    #[arg(
        long,
        value_name = "SHARE",
        default_value_t = 0.2,
        requires = "store",
        help_heading = "Desk"
    )]
    pub test_share: f64,
    /// Name by which clients may call the service, beside localhost; may be given several times
    /// [default: none on a loopback address, any on others]
    #[arg(long, value_name = "NAME")]
    pub host: Vec<String>,
    /// The longest body of one article or an array; JSON lines may be longer
    #[arg(
        long,
        value_name = "SIZE",
        default_value = "32M",
        help_heading = "Limits"
    )]
    pub max_body: String,
    /// The longest row
    #[arg(
        long,
        value_name = "SIZE",
        default_value = "8M",
        help_heading = "Limits"
    )]
    pub max_row: String,
    /// The most rows of a request
    #[arg(
        long,
        value_name = "N",
        default_value = "1000000",
        help_heading = "Limits"
    )]
    pub max_rows: u64,
    /// The largest model that an editor may upload
    #[arg(
        long,
        value_name = "SIZE",
        default_value = "1G",
        requires = "token_file",
        help_heading = "Limits"
    )]
    pub max_model: String,
    /// The longest time for each step: the head of a request, a body of --max-body, the next part
    /// of JSON lines, a client that does not read, the queue, and the end of the service
    #[arg(
        long,
        value_name = "TIME",
        default_value = "30s",
        help_heading = "Limits"
    )]
    pub timeout: String,
    /// Requests that are worked on at once [default: one for each thread]
    #[arg(long, value_name = "N", help_heading = "Limits")]
    pub concurrency: Option<NonZeroU16>,
    /// Requests that may wait beside these; further ones are refused with 503 and Retry-After
    #[arg(long, value_name = "N", default_value_t = 64, help_heading = "Limits")]
    pub queue: u16,
}
