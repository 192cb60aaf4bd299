//! Systems that are trained here, under one protocol or several.

use super::data::ComparisonData;
use super::models::{Recipe, recipes};
use super::protocol::protocols;
use crate::cli::args::CompareArgs;
use crate::cli::memory;
use crate::cli::progress::TerminalProgress;
use standpoint::Result;
use standpoint::corpus::Corpus;
use standpoint::evaluate::{
    ComparisonObjective, ComparisonReport, ResourceUse, SplitGap, SplitReport, System,
};
use standpoint::io::Progress;
use standpoint::io::Transaction;
use standpoint::model::HeadPredictions;
use standpoint::report::page::Property;
use standpoint::split::{Protocol, Round};
use standpoint::train::CrossValidation;

/// Predictions of one system for every head, under one protocol.
struct SystemPredictions {
    heads: Vec<HeadPredictions>,
    resources: ResourceUse,
}

/// Predictions of every system under one protocol.
struct ProtocolPredictions {
    systems: Vec<SystemPredictions>,
    /// The frequency of each label in the training parts, by head.
    shares: Vec<Vec<f64>>,
}

/// Trains and compares the systems under every protocol; also returns the origin of the results.
pub fn compare(
    args: &CompareArgs,
    objective: &ComparisonObjective,
    outputs: &mut Transaction,
    bar: &'static TerminalProgress,
) -> Result<(Vec<SplitReport>, Vec<Property>)> {
    let comparison = Comparison {
        args,
        objective,
        recipes: recipes(args)?,
        data: ComparisonData::read(args, outputs, bar)?,
    };
    let protocols = protocols(args, &comparison.data, bar)?;
    let rounds: usize = protocols.iter().map(|protocol| protocol.rounds.len()).sum();
    bar.stage("training", (rounds * comparison.recipes.len()) as u64);
    let predictions: Vec<ProtocolPredictions> = protocols
        .iter()
        .map(|protocol| comparison.predict(protocol, bar))
        .collect::<Result<_>>()?;
    bar.stage("resampling", 0);
    let random = &predictions[0];
    let splits = protocols
        .iter()
        .zip(&predictions)
        .map(|(protocol, own)| comparison.report(protocol, own, random))
        .collect::<Result<_>>()?;
    Ok((splits, comparison.origin()))
}

/// Everything that all protocols have in common.
struct Comparison<'a> {
    args: &'a CompareArgs,
    objective: &'a ComparisonObjective,
    recipes: Vec<Recipe>,
    data: ComparisonData,
}

impl Comparison<'_> {
    /// Trains every system in every round, and returns what they predict of the test parts.
    fn predict(&self, protocol: &Protocol, bar: &TerminalProgress) -> Result<ProtocolPredictions> {
        let groups = self.data.groups(self.args);
        let mut predictions = ProtocolPredictions {
            systems: Vec::new(),
            shares: Vec::new(),
        };
        for recipe in &self.recipes {
            let is_measured = memory::reset();
            let mut rounds = CrossValidation::default();
            for round in &protocol.rounds {
                self.add_round(&mut rounds, round, recipe)
                    .map_err(|e| e.at(format_args!("model `{}`", recipe.name)))?;
                bar.advance(1);
            }
            predictions.shares = rounds.shares();
            let (mut heads, resources) = rounds.finish()?;
            if let Some(groups) = &groups {
                heads.iter_mut().for_each(|head| head.group_by(groups));
            }
            let peak_bytes = if is_measured { memory::peak() } else { None };
            let resources = ResourceUse {
                peak_bytes,
                ..resources
            };
            predictions
                .systems
                .push(SystemPredictions { heads, resources });
        }
        Ok(predictions)
    }

    fn add_round(
        &self,
        rounds: &mut CrossValidation,
        round: &Round,
        recipe: &Recipe,
    ) -> Result<()> {
        let corpus = &self.data.corpus;
        let mut train = |corpus: &Corpus| recipe.train(corpus);
        match &self.data.test {
            Some(test) => rounds.add(corpus, &test.corpus, &round.test, &mut train),
            None => {
                let (learnt, tested) = (corpus.select(&round.train), corpus.select(&round.test));
                rounds.add(&learnt, &tested, &round.test, &mut train)
            }
        }
    }

    fn report(
        &self,
        protocol: &Protocol,
        own: &ProtocolPredictions,
        random: &ProtocolPredictions,
    ) -> Result<SplitReport> {
        let (mut heads, mut gaps) = (Vec::new(), Vec::new());
        for (at, HeadPredictions { name, .. }) in own.systems[0].heads.iter().enumerate() {
            let systems: Vec<System> = self
                .recipes
                .iter()
                .zip(&own.systems)
                .map(|(recipe, system)| System {
                    name: recipe.name.clone(),
                    predictions: system.heads[at].predictions.clone(),
                    resources: Some(system.resources),
                })
                .collect();
            let reference = &self.args.judging.reference;
            let mut head = self
                .objective
                .compare(name, &systems, &own.shares[at], reference)?;
            self.advise(&mut head);
            heads.push(head);
            if protocol.is_harder_than_random() {
                gaps.extend(self.gaps(at, own, random)?);
            }
        }
        Ok(SplitReport {
            split: protocol.split.to_string(),
            description: protocol.description.clone(),
            learnt: protocol.mean_training_size(),
            heads,
            gaps,
        })
    }

    /// Gives the remedy of each recipe to its system where that never predicts a label.
    fn advise(&self, head: &mut ComparisonReport) {
        for (recipe, system) in self.recipes.iter().zip(&mut head.systems) {
            if !system.never_predicted.is_empty() {
                system.remedy.clone_from(&recipe.remedy);
            }
        }
    }

    /// Returns how much worse each system is at a head than under the random protocol.
    fn gaps(
        &self,
        head: usize,
        own: &ProtocolPredictions,
        random: &ProtocolPredictions,
    ) -> Result<Vec<SplitGap>> {
        let mut gaps = Vec::new();
        let systems = own.systems.iter().zip(&random.systems);
        for (recipe, (here, there)) in self.recipes.iter().zip(systems) {
            let here = &here.heads[head];
            gaps.extend(here.gap_to(&there.heads[head], &recipe.name, self.objective)?);
        }
        Ok(gaps)
    }

    /// Returns the hashes of the data and the options of the systems.
    fn origin(&self) -> Vec<Property> {
        let hash = |corpus: &Corpus| format!("{:016x} ({} documents)", corpus.hash, corpus.len());
        let mut properties = vec![Property::new("Hash of the corpus", hash(&self.data.corpus))];
        if let Some(test) = &self.data.test {
            properties.push(Property::new("Hash of the test corpus", hash(&test.corpus)));
        }
        properties.extend(self.recipes.iter().filter_map(Recipe::options));
        properties
    }
}
