//! The models that are served: loaded, named, and replaced while requests run.

use super::problem::{Problem, ProblemKind};
use serde::Serialize;
use standpoint::corpus::{HeadKind, Limits};
use standpoint::model::{ArticleScorer, ModelCard};
use standpoint::report::json::ModelRow;
use standpoint::{Error, Model, Result};
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

/// Origin of a model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ModelSource {
    /// It is compiled into the program.
    BuiltIn,
    /// A file, by whose name without its ending it is called.
    File(PathBuf),
}

impl ModelSource {
    fn load(&self) -> Result<Model> {
        match self {
            ModelSource::BuiltIn => Model::embedded(),
            ModelSource::File(path) => Model::load(path),
        }
    }

    fn name(&self, model: &Model) -> String {
        let stem = |path: &Path| Some(path.file_stem()?.to_string_lossy().into_owned());
        match self {
            ModelSource::BuiltIn => None,
            ModelSource::File(path) => stem(path),
        }
        .unwrap_or_else(|| model.metadata().name.clone())
    }
}

/// A model in service. Requests that have begun keep theirs when it is replaced.
pub struct Served {
    pub scorer: ArticleScorer,
    /// The model as rows name it.
    pub row: ModelRow,
    /// All labels, by the numbers of their heads and their own.
    pub labels: Vec<(usize, usize)>,
    pub max_row: usize,
}

/// A model as `/v1/models` shows it.
#[derive(Debug, Serialize)]
pub struct ModelEntry {
    name: String,
    hash: String,
    /// The columns of the text.
    text: Vec<String>,
    heads: Vec<HeadEntry>,
    card: ModelCard,
}

/// A head of a model as `/v1/models` shows it.
#[derive(Debug, Serialize)]
struct HeadEntry {
    name: String,
    kind: HeadKind,
    labels: Vec<String>,
    /// One for each label of an independent head, and none of an exclusive one.
    thresholds: Vec<f64>,
    /// True if scores are probabilities.
    probabilities: bool,
}

impl ModelEntry {
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl Served {
    /// Puts a model into service.
    ///
    /// # Errors
    /// For a model that has no question to answer.
    fn new(model: Model, max_row: usize) -> Result<Self> {
        if model.heads().is_empty() {
            return Err(Error::model("the model has no head"));
        }
        let row = ModelRow::new(&model);
        let heads = model.heads().iter().enumerate();
        let labels = heads.flat_map(|(head, found)| {
            (0..found.metadata().labels.len()).map(move |label| (head, label))
        });
        Ok(Served {
            labels: labels.collect(),
            row,
            scorer: ArticleScorer::new(model, Limits::default().row(max_row)),
            max_row,
        })
    }

    fn entry(&self, name: &str) -> ModelEntry {
        let model = self.scorer.model();
        let head = |head: &standpoint::model::HeadMetadata| HeadEntry {
            name: head.name.clone(),
            kind: head.kind,
            labels: head.labels.clone(),
            thresholds: match head.kind {
                HeadKind::Exclusive => Vec::new(),
                HeadKind::Independent => head.thresholds.clone(),
            },
            probabilities: head.scores_are_probabilities(),
        };
        ModelEntry {
            name: name.to_string(),
            hash: model.hash().to_string(),
            text: self
                .scorer
                .text_columns()
                .iter()
                .map(|c| c.to_string())
                .collect(),
            heads: model
                .heads()
                .iter()
                .map(|found| head(found.metadata()))
                .collect(),
            card: model.card(),
        }
    }
}

/// A name, and the model that answers to it.
struct Place {
    name: String,
    source: ModelSource,
    served: RwLock<Arc<Served>>,
}

impl Place {
    fn current(&self) -> Arc<Served> {
        let served = self.served.read();
        served.unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn replace(&self, served: Served) {
        let mut place = self.served.write().unwrap_or_else(PoisonError::into_inner);
        *place = Arc::new(served);
    }
}

/// All models, of which the first answers where none is named.
pub struct Models {
    places: Vec<Place>,
    max_row: usize,
}

impl Models {
    /// Loads all models.
    ///
    /// # Errors
    /// For a file that is no model, and for two of the same name.
    pub fn load(sources: &[ModelSource], max_row: usize) -> Result<Self> {
        let mut places: Vec<Place> = Vec::new();
        for source in sources {
            let model = source.load()?;
            let name = source.name(&model);
            if places.iter().any(|place| place.name == name) {
                return Err(Error::usage(format!("two models are called `{name}`"))
                    .help("models are called by their file names without the ending: rename one"));
            }
            places.push(Place {
                name,
                source: source.clone(),
                served: RwLock::new(Arc::new(Served::new(model, max_row)?)),
            });
        }
        Ok(Models { places, max_row })
    }

    /// Returns the model of a name, or the first.
    pub fn find(&self, name: Option<&str>) -> std::result::Result<Arc<Served>, Problem> {
        match name {
            None => Ok(self.places[0].current()),
            Some(name) => self.place(name).map(Place::current),
        }
    }

    fn place(&self, name: &str) -> std::result::Result<&Place, Problem> {
        let found = self.places.iter().find(|place| place.name == name);
        found.ok_or_else(|| {
            let names: Vec<&str> = self
                .places
                .iter()
                .map(|place| place.name.as_str())
                .collect();
            let detail = format!("there is no model `{name}`, but {}", names.join(", "));
            Problem::new(ProblemKind::NotFound, detail)
        })
    }

    /// Replaces a model by the bytes of a file.
    ///
    /// # Errors
    /// For an unknown name, and for bytes that are no model; the old one stays.
    pub fn replace(&self, name: &str, bytes: Vec<u8>) -> std::result::Result<ModelEntry, Problem> {
        let place = self.place(name)?;
        let model = Model::from_bytes(bytes);
        let served = model.and_then(|model| Served::new(model, self.max_row));
        let served = served.map_err(|error| Problem::broken_model(&error))?;
        let entry = served.entry(name);
        place.replace(served);
        Ok(entry)
    }

    /// Returns the first model.
    pub fn first(&self) -> Model {
        self.places[0].current().scorer.model().clone()
    }

    /// Tells if a name is that of the first model.
    pub fn is_first(&self, name: &str) -> bool {
        self.places[0].name == name
    }

    /// Puts a model into service as the first.
    ///
    /// # Errors
    /// For a model that has no question to answer; the old one stays.
    pub fn serve_first(&self, model: Model) -> Result<()> {
        self.places[0].replace(Served::new(model, self.max_row)?);
        Ok(())
    }

    /// Reads the files again; those that are broken stay as they were, and are told.
    pub fn reload(&self) -> Vec<Error> {
        let reload = |place: &Place| {
            let model = place.source.load()?;
            place.replace(Served::new(model, self.max_row)?);
            Ok(())
        };
        self.places
            .iter()
            .filter_map(|place| reload(place).err())
            .collect()
    }

    /// Refuses a name that no model has.
    pub fn verify(&self, name: &str) -> std::result::Result<(), Problem> {
        self.place(name).map(|_| ())
    }

    /// Returns the entry of a model.
    pub fn entry(&self, name: &str) -> std::result::Result<ModelEntry, Problem> {
        Ok(self.place(name)?.current().entry(name))
    }

    /// Returns the entries of all models.
    pub fn entries(&self) -> Vec<ModelEntry> {
        let entry = |place: &Place| place.current().entry(&place.name);
        self.places.iter().map(entry).collect()
    }

    /// Returns names, hashes and writers, for the metrics.
    pub fn names(&self) -> Vec<(String, String)> {
        let of = |place: &Place| {
            let hash = place.current().scorer.model().hash().to_string();
            (place.name.clone(), hash)
        };
        self.places.iter().map(of).collect()
    }
}
