//! The rows of answers: those of `score --json` and `explain --json`.

use super::models::Served;
use super::problem::{Problem, ProblemKind};
use super::query;
use rayon::prelude::*;
use serde::Serialize;
use serde::de::{Deserializer, Error as _, SeqAccess, Visitor};
use serde_json::value::RawValue;
use standpoint::Error;
use standpoint::corpus::DocumentId;
use standpoint::model::ScoredDocument;
use standpoint::report::json::{ExplanationRow, ScoreRow};
use std::fmt;
use std::sync::Arc;

/// The number of terms shown each way where no number is asked for, as `explain --json` shows.
const TOP: usize = 20;

/// Question that is asked of each row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Question {
    Score {
        why: Option<usize>,
        top: Option<usize>,
        max_error: Option<f64>,
    },
    Explain {
        each_way: usize,
    },
}

impl Question {
    /// The parameters of `/v1/score`.
    pub const OF_SCORE: [&str; 4] = ["model", "why", "top", "max_error"];
    /// The parameters of `/v1/explain`.
    pub const OF_EXPLAIN: [&str; 2] = ["model", "top"];

    pub fn score(pairs: &[(String, String)]) -> Result<Self, Problem> {
        let max_error = query::number(pairs, "max_error")?;
        if max_error.is_some_and(|share: f64| !(share > 0.0 && share < 1.0)) {
            let detail = "`max_error` is a share above 0 and below 1";
            return Err(Problem::new(ProblemKind::Malformed, detail));
        }
        Ok(Question::Score {
            why: query::number(pairs, "why")?,
            top: query::number(pairs, "top")?,
            max_error,
        })
    }

    pub fn explain(pairs: &[(String, String)]) -> Result<Self, Problem> {
        let each_way = match query::value(pairs, "top") {
            Some("all") => usize::MAX,
            _ => query::number(pairs, "top")?.unwrap_or(TOP),
        };
        Ok(Question::Explain { each_way })
    }
}

/// A question to a model.
#[derive(Clone)]
pub struct Asked {
    pub served: Arc<Served>,
    pub question: Question,
    /// The most rows of a request.
    pub most: u64,
}

/// An answer, and how many rows it has.
#[derive(Debug, Default)]
pub struct Answer {
    pub json: String,
    pub scored: u64,
    pub broken: u64,
}

/// A broken row among JSON lines.
#[derive(Serialize)]
struct ErrorRow<'p> {
    id: Option<&'p DocumentId<'static>>,
    line: u64,
    error: &'p Problem,
}

/// Returns the line of a broken row among JSON lines.
pub fn error_line(mut problem: Problem, line: u64) -> String {
    problem.line = None;
    let id = problem.id.take();
    let row = ErrorRow {
        id: id.as_ref(),
        line,
        error: &problem,
    };
    serde_json::to_string(&row).unwrap_or_default() + "\n"
}

impl Asked {
    /// Refuses what the model cannot tell.
    pub fn verify(&self) -> Result<(), Problem> {
        let Question::Score {
            max_error: Some(max_error),
            ..
        } = self.question
        else {
            return Ok(());
        };
        let model = self.served.scorer.model();
        let heads = model.heads().iter();
        let heads = heads.map(|head| head.metadata().name.as_str());
        let verified = model.verify_max_error(max_error, heads);
        let unable = |error| Problem::new(ProblemKind::Unable, super::problem::wording(&error));
        verified.map_err(unable)
    }

    /// Answers a body that is one object or an array of them.
    ///
    /// # Errors
    /// For the first broken row.
    pub fn answer_whole(&self, body: &[u8]) -> Result<Answer, Problem> {
        let text = std::str::from_utf8(body)
            .map_err(|_| Problem::new(ProblemKind::Malformed, "the body is not in UTF-8"))?;
        if !text.trim_start().starts_with('[') {
            let json = self.row(text.trim().as_bytes(), 1)? + "\n";
            return Ok(Answer {
                json,
                scored: 1,
                broken: 0,
            });
        }
        let rows = elements(text, self.most)?;
        let answer = |(at, row): (usize, &&RawValue)| self.row(row.get().as_bytes(), at as u64 + 1);
        let answers: Vec<Result<String, Problem>> = match rows.len() {
            0 | 1 => rows.iter().enumerate().map(answer).collect(),
            _ => rows.par_iter().enumerate().map(answer).collect(),
        };
        let scored = answers.len() as u64;
        let answers: Vec<String> = answers.into_iter().collect::<Result<_, _>>()?;
        Ok(Answer {
            json: format!("[{}]\n", answers.join(",\n")),
            scored,
            broken: 0,
        })
    }

    /// Answers JSON lines, each with its number; a broken one becomes an error row.
    pub fn answer_lines(&self, lines: &[(u64, &[u8])]) -> Answer {
        let answer = |(line, row): &(u64, &[u8])| match self.row(row, *line) {
            Ok(json) => (json + "\n", true),
            Err(problem) => (error_line(problem, *line), false),
        };
        let answers: Vec<(String, bool)> = match lines.len() {
            0 | 1 => lines.iter().map(answer).collect(),
            _ => lines.par_iter().map(answer).collect(),
        };
        let mut all = Answer::default();
        for (json, is_scored) in answers {
            all.json += &json;
            all.scored += u64::from(is_scored);
            all.broken += u64::from(!is_scored);
        }
        all
    }

    /// Answers one row, without a line end.
    fn row(&self, row: &[u8], line: u64) -> Result<String, Problem> {
        let most = self.served.max_row;
        if row.len() > most {
            return Err(too_long(most).at(line));
        }
        let scored = self.served.scorer.score(row, line);
        let scored = scored.map_err(|broken| Problem::broken_row(broken, line))?;
        self.json(&scored).map_err(|error| {
            Problem::new(ProblemKind::Internal, error.message().to_string()).at(line)
        })
    }

    fn json(&self, (document, scores): &ScoredDocument<'_>) -> Result<String, Error> {
        let model = self.served.scorer.model();
        let id = document.json_id();
        let row = |top| ScoreRow::new(id.clone(), &self.served.row, scores, top);
        let json = match self.question {
            Question::Score {
                why,
                top,
                max_error,
            } => {
                let mut row = row(top);
                if let Some(max_error) = max_error {
                    row = row.with_sets(scores, max_error);
                }
                if let Some(most) = why {
                    row = row.with_reasons(&model.explain(&document.text), most);
                }
                serde_json::to_string(&row)
            }
            Question::Explain { each_way } => serde_json::to_string(&ExplanationRow {
                scores: row(None),
                explanation: &model.explain(&document.text),
                labels: &self.served.labels,
                each_way,
            }),
        };
        json.map_err(|e| Error::data(e.to_string()))
    }
}

/// Returns the problem of a row above the limit.
pub fn too_long(most: usize) -> Problem {
    let detail = format!("the row is longer than {most} bytes");
    Problem::new(ProblemKind::TooLarge, detail)
}

/// Returns the problem of a request with too many rows.
pub fn too_many(most: u64) -> Problem {
    let detail = format!("the request has more than {most} rows");
    Problem::new(ProblemKind::TooLarge, detail)
}

/// Returns the texts of the elements of an array.
pub fn elements(text: &str, most: u64) -> Result<Vec<&RawValue>, Problem> {
    let mut json = serde_json::Deserializer::from_str(text);
    let found = (&mut json).deserialize_seq(Elements(most));
    let found = found.and_then(|found| json.end().map(|()| found));
    found.map_err(|error| match error.to_string().starts_with(MANY) {
        true => too_many(most),
        false => Problem::new(
            ProblemKind::Malformed,
            format!("the body is no JSON: {error}"),
        ),
    })
}

/// The message of the error of an array with too many elements.
const MANY: &str = "too many rows";

/// Reads an array of at most so many elements.
struct Elements(u64);

impl<'de> Visitor<'de> for Elements {
    type Value = Vec<&'de RawValue>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of objects")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<Self::Value, A::Error> {
        let mut rows = Vec::new();
        while let Some(row) = array.next_element()? {
            if rows.len() as u64 >= self.0 {
                return Err(A::Error::custom(MANY));
            }
            rows.push(row);
        }
        Ok(rows)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrays_are_cut_into_the_texts_of_their_elements() {
        let texts = |text| -> Result<Vec<String>, Problem> {
            let found = elements(text, 3)?;
            Ok(found.iter().map(|row| row.get().to_string()).collect())
        };
        assert_eq!(
            texts("[ {\"a\": 1.50} , []]").unwrap(),
            ["{\"a\": 1.50}", "[]"]
        );
        assert_eq!(texts("[]").unwrap(), [""; 0]);
        assert_eq!(texts("[1,2,3,4]").unwrap_err().kind, ProblemKind::TooLarge);
        for broken in ["[", "[1,]", "[1] 2", "[1 2]"] {
            assert_eq!(
                texts(broken).unwrap_err().kind,
                ProblemKind::Malformed,
                "{broken}"
            );
        }
    }

    #[test]
    fn an_error_row_has_the_id_and_the_line_outside_of_the_problem() {
        let problem = Problem::new(ProblemKind::BrokenRow, "no text").at(3);
        let row: serde_json::Value = serde_json::from_str(&error_line(problem, 3)).unwrap();
        assert_eq!(
            (&row["id"], &row["line"]),
            (&serde_json::Value::Null, &3.into())
        );
        assert_eq!(row["error"]["status"], 422);
        assert!(row["error"].get("line").is_none());
    }
}
