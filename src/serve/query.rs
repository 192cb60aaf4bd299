//! The part of an address behind the question mark.

use super::problem::{Problem, ProblemKind};

/// Returns the parameters of a query, all of which must be known.
pub fn parameters(query: Option<&str>, known: &[&str]) -> Result<Vec<(String, String)>, Problem> {
    let pairs = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
    let pairs: Vec<(String, String)> = pairs.into_owned().collect();
    for (at, (name, _)) in pairs.iter().enumerate() {
        if !known.contains(&name.as_str()) {
            let known = match known {
                [] => "it takes none".to_string(),
                known => format!("it takes {}", known.join(", ")),
            };
            return Err(malformed(format!("unknown parameter `{name}`; {known}")));
        }
        if pairs[..at].iter().any(|(other, _)| other == name) {
            return Err(malformed(format!("the parameter `{name}` stands twice")));
        }
    }
    Ok(pairs)
}

/// Returns the value of a parameter.
pub fn value<'p>(pairs: &'p [(String, String)], name: &str) -> Option<&'p str> {
    let found = pairs.iter().find(|(own, _)| own == name);
    found.map(|(_, value)| value.as_str())
}

/// Returns a number that a parameter states.
pub fn number<T: std::str::FromStr>(
    pairs: &[(String, String)],
    name: &str,
) -> Result<Option<T>, Problem> {
    let parse = |text: &str| {
        text.parse().map_err(|_| {
            malformed(format!(
                "`{name}={text}` states no number of the right kind"
            ))
        })
    };
    value(pairs, name).map(parse).transpose()
}

fn malformed(detail: String) -> Problem {
    Problem::new(ProblemKind::Malformed, detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_and_repeated_parameters_are_refused() {
        let pairs = parameters(Some("model=a%20b&top=3"), &["model", "top"]).unwrap();
        assert_eq!(value(&pairs, "model"), Some("a b"));
        assert_eq!(number(&pairs, "top").unwrap(), Some(3));
        assert!(number::<usize>(&pairs, "model").is_err());
        for broken in ["why=1", "top=1&top=2", "top"] {
            let pairs = parameters(Some(broken), &["model", "top"]);
            let read = pairs.and_then(|pairs| number::<usize>(&pairs, "top"));
            assert!(read.is_err(), "{broken}");
        }
    }
}
