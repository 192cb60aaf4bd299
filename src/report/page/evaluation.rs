//! An evaluation as a page.

use super::cells::number;
use super::view::{Page, PageBlock, PageSection, Property};
use super::{matrix, mistakes, plots};
use crate::evaluate::curves::LabelCurves;
use crate::evaluate::{Bootstrap, Estimate, IndependentReport, LabelReport, Measurements, Metric};
use crate::model::{Evaluated, Metrics, Mistake};
use crate::report::numbers::counted;
use crate::report::table::{Cell, Column, Table};

/// So many labels have plots of their own: those of most documents.
const PLOTTED: usize = 12;

/// The content of the page of an evaluation.
#[derive(Debug, Clone)]
pub struct Evaluation {
    /// The heading.
    pub title: String,
    /// The properties under the heading, such as the model and the corpus.
    pub properties: Vec<Property>,
    /// The heads.
    pub heads: Vec<HeadResult>,
    /// The origin of the results.
    pub origin: Vec<Property>,
}

/// The results of a head.
#[derive(Debug, Clone)]
pub struct HeadResult {
    /// The metrics.
    pub evaluated: Evaluated,
    /// The baselines: a name, and a value of each metric.
    pub baselines: Vec<Baseline>,
    /// The curves of labels, by the label's number; those that [`plotted`] names are enough.
    pub curves: Vec<(usize, LabelCurves)>,
    /// The worst mistakes, the worst first.
    pub mistakes: Vec<Mistake>,
    /// Further tables.
    pub more: Vec<PageBlock>,
}

/// The metrics of a baseline.
#[derive(Debug, Clone, PartialEq)]
pub struct Baseline {
    /// Its name.
    pub name: String,
    /// The values of metrics of the head.
    pub values: Vec<(Metric, f64)>,
}

/// The numbers of the labels that have plots of their own, in order.
pub fn plotted(evaluated: &Evaluated) -> Vec<usize> {
    let labels = labels(&evaluated.head.metrics);
    let mut order: Vec<usize> = (0..labels.len())
        .filter(|&at| labels[at].support > 0.0)
        .collect();
    order.sort_by(|&a, &b| labels[b].support.total_cmp(&labels[a].support));
    order.truncate(PLOTTED);
    order.sort_unstable();
    order
}

/// The page.
pub fn page(evaluation: &Evaluation) -> Page {
    let title = |name: &str| format!("Head {name}");
    let section = |head: &HeadResult| PageSection {
        title: title(&head.evaluated.head.name),
        blocks: blocks(head),
    };
    Page {
        title: evaluation.title.clone(),
        properties: evaluation.properties.clone(),
        sections: evaluation.heads.iter().map(section).collect(),
        origin: evaluation.origin.clone(),
    }
}

fn blocks(head: &HeadResult) -> Vec<PageBlock> {
    let mut blocks = vec![PageBlock::Text {
        text: what_counts(&head.evaluated),
    }];
    blocks.push(PageBlock::Table(summary(head)));
    blocks.push(PageBlock::Table(of_labels(&head.evaluated)));
    blocks.extend(match &head.evaluated.head.metrics {
        Metrics::Exclusive(report) => matrix::blocks(report),
        Metrics::Independent(report) => vec![PageBlock::Table(cells(report))],
    });
    blocks.extend(head.more.iter().cloned());
    blocks.extend(curves(head));
    blocks.push(reliability(&head.evaluated));
    blocks.extend(histograms(head));
    blocks.extend(worst(head));
    blocks
}

fn what_counts(evaluated: &Evaluated) -> String {
    let Evaluated {
        head,
        measured,
        bootstrap,
        ..
    } = evaluated;
    let mut text = counted(measured.documents, "document");
    if head.unanswered > 0 {
        let are = if head.unanswered == 1 { "is" } else { "are" };
        text += &format!("; {} without an answer {are} not counted", head.unanswered);
    }
    format!("{text}. {}", intervals(bootstrap, measured))
}

/// Returns a sentence on the method of the intervals.
pub(super) fn intervals(bootstrap: &Bootstrap, measured: &Measurements) -> String {
    let Bootstrap {
        resamples,
        level,
        seed,
    } = bootstrap;
    let drawn = if measured.units < measured.documents {
        counted(measured.units, "group")
    } else {
        "documents".to_string()
    };
    let percent = (level * 1000.0).round() / 10.0;
    match resamples {
        0 | 1 => "No intervals were asked for.".to_string(),
        _ => format!(
            "In brackets: {percent} % intervals (Wilson's for shares), with variances of {drawn} drawn {resamples} times with \
             seed {seed}."
        ),
    }
}

fn summary(head: &HeadResult) -> Table {
    let measured = &head.evaluated.measured;
    let mut columns = vec![Column::text("metric"), Column::number("value")];
    columns.extend(
        head.baselines
            .iter()
            .map(|baseline| Column::number(&baseline.name)),
    );
    let row = |metric: Metric, estimate: Option<Estimate>| {
        let better = if metric.greater_is_better() {
            ""
        } else {
            " (less is better)"
        };
        let mut row = vec![
            Cell::text(format!("{}{better}", metric.title())),
            Cell::estimate(estimate),
        ];
        row.extend(
            head.baselines
                .iter()
                .map(|baseline| Cell::optional(baseline.value(metric))),
        );
        row
    };
    let rows = measured
        .of(None)
        .map(|m| row(m.metric, m.estimate))
        .collect();
    Table {
        caption: "Metrics, beside what is reached without reading a text".to_string(),
        columns,
        rows,
    }
}

impl Baseline {
    fn value(&self, metric: Metric) -> Option<f64> {
        self.values
            .iter()
            .find(|(of, _)| *of == metric)
            .map(|(_, value)| *value)
    }
}

fn labels(metrics: &Metrics) -> &[LabelReport] {
    match metrics {
        Metrics::Exclusive(report) => &report.labels,
        Metrics::Independent(report) => &report.labels,
    }
}

fn of_labels(evaluated: &Evaluated) -> Table {
    let columns = [
        ("F1", true),
        ("precision", true),
        ("recall", true),
        ("average precision", true),
        ("documents", true),
        ("predicted", true),
    ];
    let columns = columns.map(|(name, numeric)| Column {
        name: name.to_string(),
        numeric,
    });
    let row = |(at, label): (usize, &LabelReport)| {
        let get = |metric| evaluated.measured.get(metric, Some(at));
        vec![
            Cell::text(&label.label),
            Cell::barred(get(Metric::F1)),
            Cell::number(label.precision),
            Cell::number(label.recall),
            Cell::optional(get(Metric::AveragePrecision).map(|estimate| estimate.value)),
            Cell::count(label.support),
            Cell::count(label.predicted),
        ]
    };
    Table {
        caption: "Labels".to_string(),
        columns: std::iter::once(Column::text("label"))
            .chain(columns)
            .collect(),
        rows: labels(&evaluated.head.metrics)
            .iter()
            .enumerate()
            .map(row)
            .collect(),
    }
}

fn cells(report: &IndependentReport) -> Table {
    let names = [
        "true positive",
        "false positive",
        "false negative",
        "true negative",
    ];
    let columns = std::iter::once(Column::text("label"))
        .chain(names.map(Column::number))
        .collect();
    let row = |(label, [[tn, fp], [fn_, tp]]): (&LabelReport, &[[f64; 2]; 2])| {
        let counts = [*tp, *fp, *fn_, *tn].map(Cell::count);
        std::iter::once(Cell::text(&label.label))
            .chain(counts)
            .collect()
    };
    let rows = report
        .labels
        .iter()
        .zip(&report.confusion)
        .map(row)
        .collect();
    Table {
        caption: "Right and wrong answers by label".to_string(),
        columns,
        rows,
    }
}

fn of_plotted(head: &HeadResult) -> &'static str {
    let all = labels(&head.evaluated.head.metrics).len();
    if head.curves.len() < all {
        " of the most frequent labels"
    } else {
        ""
    }
}

fn curves(head: &HeadResult) -> Option<PageBlock> {
    let labels = labels(&head.evaluated.head.metrics);
    let documents = head.evaluated.measured.documents as f64;
    let plot = |(at, curves): &(usize, LabelCurves)| {
        let label = &labels[*at];
        let average = head
            .evaluated
            .measured
            .get(Metric::AveragePrecision, Some(*at))?;
        let answered = (label.predicted > 0.0).then_some([label.recall, label.precision]);
        let share = label.support / documents;
        let says = format!("Average precision {}.", number(average.value));
        let points = &curves.precision_recall;
        (!points.is_empty())
            .then(|| plots::precision_recall(&label.label, points, answered, share, says))
    };
    let plots: Vec<_> = head.curves.iter().filter_map(plot).collect();
    let caption = format!("Precision and recall{}", of_plotted(head));
    let mut legend =
        "The dot is where the model answers, the dashed line the precision of guessing."
            .to_string();
    if matches!(head.evaluated.head.metrics, Metrics::Exclusive(_)) {
        legend += " The answer is the best label and not one above a threshold, so the dot may lie off the curve.";
    }
    (!plots.is_empty()).then_some(PageBlock::Plots {
        caption,
        legend,
        plots,
    })
}

fn reliability(evaluated: &Evaluated) -> PageBlock {
    if evaluated.reliability.is_empty() {
        let text = "The scores are no probabilities, so there is no reliability plot; calibrated ones are.";
        return PageBlock::Text {
            text: text.to_string(),
        };
    }
    let error = evaluated.measured.get(Metric::Ece, None);
    let says = error.map_or(String::new(), |error| {
        format!("Calibration error {}.", number(error.value))
    });
    let title = match evaluated.head.metrics {
        Metrics::Exclusive(_) => "probability of the predicted label",
        Metrics::Independent(_) => "probabilities of all labels",
    };
    let legend = "Dots below the dashed line are too sure, dots above it not sure enough; the larger, the more documents.";
    let plots = vec![plots::reliability(title, &evaluated.reliability, says)];
    PageBlock::Plots {
        caption: "Reliability".to_string(),
        legend: legend.to_string(),
        plots,
    }
}

fn histograms(head: &HeadResult) -> Option<PageBlock> {
    let labels = labels(&head.evaluated.head.metrics);
    let plot = |(at, curves): &(usize, LabelCurves)| {
        let have = if labels[*at].support == 1.0 {
            "document has"
        } else {
            "documents have"
        };
        let says = format!(
            "{} {have} the label.",
            crate::report::count(labels[*at].support)
        );
        Some(plots::histogram(
            &labels[*at].label,
            curves.histogram.as_ref()?,
            says,
        ))
    };
    let plots: Vec<_> = head.curves.iter().filter_map(plot).collect();
    let caption = format!("Scores{}", of_plotted(head));
    let legend = "Upwards the documents that have the label, downwards those that do not: shares of each side, on a scale of its \
        own."
    .to_string();
    (!plots.is_empty()).then_some(PageBlock::Plots {
        caption,
        legend,
        plots,
    })
}

fn worst(head: &HeadResult) -> Option<PageBlock> {
    let what = match head.evaluated.head.metrics {
        Metrics::Exclusive(_) => {
            "to the decision value of the predicted label less that of the true one"
        }
        Metrics::Independent(_) => {
            "to the decision value of the label, counted towards the wrong answer"
        }
    };
    let legend = format!(
        "The number beside a term is what it adds {what}. Terms with a plain underline speak for the wrong answer (+), \
         those with a dotted one against it (−)."
    );
    let answers: Vec<_> = head.mistakes.iter().map(mistakes::wrong).collect();
    let caption = format!("The {} worst mistakes", answers.len());
    (!answers.is_empty()).then_some(PageBlock::Mistakes {
        caption,
        legend,
        answers,
    })
}
