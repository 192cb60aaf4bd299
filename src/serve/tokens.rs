//! Tokens and the roles that they give.

use standpoint::{Error, Result};
use std::path::Path;
use subtle::{Choice, ConstantTimeEq};

/// Role of a client: the things that it may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Score, explain and look at models.
    Reader,
    /// Replace models, too.
    Editor,
}

/// The tokens of a file.
pub struct Tokens(Vec<(Role, String)>);

/// Shorter tokens could be guessed.
const SHORTEST: usize = 16;

impl Tokens {
    /// Reads a file of lines `reader TOKEN` and `editor TOKEN`; empty lines and those that begin
    /// with `#` are passed over.
    ///
    /// # Errors
    /// A usage error for a file that anybody may read, or a line that is neither.
    pub fn read(path: &Path) -> Result<Self> {
        let at = |error: Error| error.at(path.display());
        verify_mode(path).map_err(at)?;
        let bytes = std::fs::read(path).map_err(|e| at(Error::io("read", e)))?;
        let text = std::str::from_utf8(&bytes)
            .map_err(|_| at(Error::usage("the file is not valid UTF-8").help(FORM)))?;
        Self::parse(text).map_err(at)
    }

    fn parse(text: &str) -> Result<Self> {
        let mut tokens = Vec::new();
        for (number, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let words: Vec<&str> = line.split_whitespace().collect();
            let role = match words.as_slice() {
                ["reader", _] => Role::Reader,
                ["editor", _] => Role::Editor,
                _ => return Err(broken_line(number)),
            };
            if words[1].len() < SHORTEST {
                let message = format!(
                    "line {}: the token is short enough to be guessed",
                    number + 1
                );
                return Err(Error::usage(message).help(format!(
                    "take at least {SHORTEST} random characters, as `openssl rand -hex 32` makes"
                )));
            }
            tokens.push((role, words[1].to_string()));
        }
        match tokens.is_empty() {
            true => Err(Error::usage("the file holds no token").help(FORM)),
            false => Ok(Tokens(tokens)),
        }
    }

    /// Returns what a token allows. The time tells at most how long tokens are.
    pub fn role(&self, given: &str) -> Option<Role> {
        let mut found = None;
        for (role, token) in &self.0 {
            let equal: Choice = token.as_bytes().ct_eq(given.as_bytes());
            if bool::from(equal) {
                found = found.max(Some(*role));
            }
        }
        found
    }
}

const FORM: &str = "each line is `reader TOKEN` or `editor TOKEN`";

fn broken_line(number: usize) -> Error {
    Error::usage(format!("line {} names no role and token", number + 1)).help(FORM)
}

#[cfg(unix)]
fn verify_mode(path: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    const OTHERS: u32 = 0o007;
    let metadata = std::fs::metadata(path).map_err(|e| Error::io("read", e))?;
    match metadata.permissions().mode() & OTHERS {
        0 => Ok(()),
        _ => Err(Error::usage("the file of tokens is open to every user")
            .help("close it with `chmod 600`")),
    }
}

#[cfg(not(unix))]
fn verify_mode(_: &Path) -> Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_have_roles() {
        let text = "# of the newsroom\n\nreader 0123456789abcdef\r\n  editor fedcba9876543210\n";
        let tokens = Tokens::parse(text).unwrap();
        assert_eq!(tokens.role("0123456789abcdef"), Some(Role::Reader));
        assert_eq!(tokens.role("fedcba9876543210"), Some(Role::Editor));
        for wrong in ["", "0123456789abcdeg", "0123456789abcde", "reader"] {
            assert_eq!(tokens.role(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn broken_files_of_tokens_are_refused() {
        for broken in [
            "",
            "#\n",
            "reader",
            "owner 0123456789abcdef",
            "reader short",
            "reader a b",
        ] {
            assert!(Tokens::parse(broken).is_err(), "{broken}");
        }
    }
}
