//! The request of a command line, as the rules look at it.

use crate::cli::args::{LabelArgs, LabelFormatArgs, MODELS, UnlabelledArg, WITH_BACKGROUND};
use crate::cli::plan::lists;
use clap::ArgMatches;
use clap::parser::ValueSource;
use standpoint::Model;
use standpoint::corpus::{HeadColumns, HeadKind, label_form};

/// The options of a command.
pub struct Given<'a> {
    pub command: &'a str,
    pub matches: &'a ArgMatches,
    /// True where output is written for a person.
    pub shown: bool,
    /// The model that `train --from` goes on from, once it is loaded.
    pub old: Option<&'a Model>,
    /// The heads of the parts of `fit-merge`, once they are joined.
    pub joined: Option<&'a [(String, HeadKind)]>,
}

/// A head that is learnt, and by which classifier.
pub struct Learnt {
    pub name: String,
    pub kind: HeadKind,
    pub classifier: String,
}

impl Given<'_> {
    /// Tells if an option stands on the command line.
    pub fn has(&self, id: &str) -> bool {
        self.matches.try_contains_id(id).is_ok()
            && self.matches.value_source(id) == Some(ValueSource::CommandLine)
    }

    /// All values of an option, or its default.
    pub fn all(&self, id: &str) -> Vec<String> {
        let values = self.matches.try_get_raw(id).ok().flatten();
        values
            .into_iter()
            .flatten()
            .map(|value| value.to_string_lossy().into_owned())
            .collect()
    }

    /// The value of an option, or its default.
    pub fn value(&self, id: &str) -> Option<String> {
        self.all(id).into_iter().next()
    }

    pub fn is(&self, id: &str, value: &str) -> bool {
        self.value(id).as_deref() == Some(value)
    }

    pub fn has_labels(&self) -> bool {
        self.has("label") || self.has("labels")
    }

    /// The heads of the label columns; `None` where they cannot be read, which is an error later.
    fn heads(&self) -> Option<Vec<HeadColumns>> {
        let (label, labels) = (self.all("label"), self.all("labels"));
        let format = LabelFormatArgs::default();
        LabelArgs {
            label,
            labels,
            sample_weight: None,
            unlabelled: UnlabelledArg::Error,
            format,
        }
        .heads()
        .ok()
    }

    /// The kinds of heads that the command line names.
    pub fn has_head_of(&self, kind: HeadKind) -> bool {
        self.heads()
            .is_some_and(|heads| heads.iter().any(|head| head.kind == kind))
    }

    /// The classifier of each head; `None` where that is not known yet, or is an error that is told
    /// later.
    pub fn learnt(&self) -> Option<Vec<Learnt>> {
        if self.has("options") || self.has("from") && self.old.is_none() {
            return None;
        }
        let specs = self.all("classifier");
        let specs = specs.iter().map(|spec| {
            spec.split_once('=')
                .map_or((None, spec.as_str()), |(h, c)| (Some(h), c))
        });
        let specs: Vec<(Option<String>, &str)> = specs
            .map(|(head, name)| (head.map(|head| label_form(head).into_owned()), name))
            .collect();
        let of = |head: Option<&str>| {
            specs
                .iter()
                .find(|(own, _)| own.as_deref() == head)
                .map(|(_, name)| *name)
        };
        let general = of(None).unwrap_or(if self.has("stream") { "sgd" } else { "svm" });
        let own = |name: &str| of(Some(name)).unwrap_or(general).to_string();
        let mut learnt = Vec::new();
        for head in self
            .old
            .iter()
            .flat_map(|old| old.heads())
            .map(|head| head.metadata())
        {
            let kept = head.classifier.to_string();
            let kept = kept.split(' ').next().unwrap_or_default().to_string();
            let classifier = if specs.is_empty() {
                kept
            } else {
                own(&head.name)
            };
            learnt.push(Learnt {
                name: head.name.clone(),
                kind: head.kind,
                classifier,
            });
        }
        for (name, kind) in self.joined.into_iter().flatten() {
            learnt.push(Learnt {
                classifier: own(name),
                name: name.clone(),
                kind: *kind,
            });
        }
        for head in self.heads()? {
            if !learnt.iter().any(|known| known.name == head.name) {
                learnt.push(Learnt {
                    classifier: own(&head.name),
                    name: head.name,
                    kind: head.kind,
                });
            }
        }
        Some(learnt).filter(|learnt| !learnt.is_empty())
    }

    /// The models of `compare`, with word vectors or without; none where they cannot be read, which
    /// is an error later.
    pub fn models(&self) -> Vec<String> {
        let plain = |name: &String| {
            name.strip_suffix(WITH_BACKGROUND)
                .unwrap_or(name)
                .to_string()
        };
        self.names().iter().map(plain).collect()
    }

    /// Tells if a model of `compare` takes word vectors.
    pub fn has_model_with_background(&self) -> bool {
        self.names()
            .iter()
            .any(|name| name.ends_with(WITH_BACKGROUND))
    }

    fn names(&self) -> Vec<String> {
        let names = self.value("models").unwrap_or_else(|| MODELS.to_string());
        lists::names("--models", &names).unwrap_or_default()
    }
}
