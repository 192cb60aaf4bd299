//! The `standpoint` program: a thin door to the library.
#![deny(unsafe_code)]

mod cli;
#[cfg(feature = "serve")]
mod serve;

fn main() -> std::process::ExitCode {
    cli::main()
}
