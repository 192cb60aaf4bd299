//! A head with weights that another tool found.

use super::LiblinearModel;
use crate::calibrate::Link;
use crate::corpus::HeadKind;
use crate::linear::LinearModel;
use crate::model::{Model, ModelHead};
use crate::{Error, Result};

impl Model {
    /// Returns a model of the features of this one, whose only head is the exclusive one of this
    /// name with the weights of a model that LIBLINEAR trained on rows that were exported from it:
    /// label `i` of LIBLINEAR is the head's `i`-th, counted from 1.
    ///
    /// Calibration, thresholds, profile and fingerprints belong to the old weights and are left
    /// out.
    ///
    /// # Errors
    /// A usage error for a head that is not there or not exclusive; a model error if features or
    /// labels do not fit.
    pub fn with_liblinear(&self, head: &str, liblinear: &LiblinearModel) -> Result<Model> {
        let found = self.heads().iter().find(|own| own.metadata().name == head);
        let own = found.ok_or_else(|| {
            Error::usage(format!("the model has no head `{head}`")).help(self.heads_remedy())
        })?;
        if own.metadata().kind != HeadKind::Exclusive {
            return Err(Error::usage(format!(
                "the head `{head}` is of independent labels, of which LIBLINEAR learns one at a time"
            ))
            .help("name a head with exactly one label a text"));
        }
        let terms = self.tfidf().vocabulary().len();
        if liblinear.features > terms {
            return Err(Error::model(format!(
                "LIBLINEAR's model has {} features, but the vocabulary {terms}",
                liblinear.features
            ))
            .help("name the model from which the rows were exported"));
        }
        let linear = fitted(liblinear, terms, own.metadata().labels.len())?;
        let mut metadata = own.metadata().clone();
        metadata.link = Link::Decision;
        metadata.thresholds = vec![Link::Decision.threshold(); metadata.labels.len()];
        metadata.threshold_objective = None;
        metadata.threshold_selections = Vec::new();
        (metadata.calibration, metadata.costs, metadata.conformal) = (None, None, None);
        let mut about = self.metadata().clone();
        about.written_by = format!("{} from {}", about.written_by, liblinear.solver);
        about.compact = false;
        let heads = vec![ModelHead::new(metadata, linear)];
        Ok(Model::new(about, self.tfidf().clone(), heads, None))
    }

    fn heads_remedy(&self) -> String {
        let names: Vec<_> = self
            .heads()
            .iter()
            .map(|head| format!("`{}`", head.metadata().name))
            .collect();
        format!("it has {}", names.join(" and "))
    }
}

/// Returns the weights of `terms` features by the head's labels; labels that LIBLINEAR did not meet
/// and features beyond its last have none.
fn fitted(liblinear: &LiblinearModel, terms: usize, labels: usize) -> Result<LinearModel> {
    let (rows, biases) = liblinear.weights_by_label();
    let of_label = |label: &i64| {
        let place = usize::try_from(label - 1).ok();
        place.filter(|place| *place < labels).ok_or_else(|| {
            Error::model(format!(
                "LIBLINEAR's model has the label {label}, but the head labels 1 to {labels}"
            ))
            .help("name the head of which the rows were exported")
        })
    };
    let places: Vec<usize> = liblinear
        .labels
        .iter()
        .map(of_label)
        .collect::<Result<_>>()?;
    // A label that was not learnt is never the answer.
    let mut bias = vec![f64::from(f32::MIN); labels];
    let mut dense = vec![0.0; terms * labels];
    for (at, &place) in places.iter().enumerate() {
        bias[place] = biases[at];
        for feature in 0..liblinear.features {
            dense[feature * labels + place] = rows[feature * places.len() + at];
        }
    }
    let weights = crate::linear::Weights::Dense(dense.into());
    LinearModel::from_parts(HeadKind::Exclusive, terms, weights, bias.into()).ok_or_else(|| {
        Error::model("the weights of LIBLINEAR's model are not finite in 32 bits")
            .help("scale the features before training")
    })
}
