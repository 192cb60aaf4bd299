//! Splits by date: older documents come first.

use super::assignment::Split;
use super::shares::PartShares;
use crate::corpus::Date;
use crate::{Error, Result};

/// A document that no part can be found for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Undated {
    /// It has no date.
    Missing,
    /// Its date begins before a cut and ends after it, as `2021` does for a cut on `2021-05-09`.
    TooCoarse,
}

impl Split {
    /// Divides documents by date: a document is in the part of number `n` if its date is over when
    /// the cut of that number begins, and not before the cut before; documents after the last cut
    /// are in the last part. So there is one part more than there are cuts.
    ///
    /// Returns the documents that no part is known for as well, which the split leaves out.
    ///
    /// # Errors
    /// A usage error if the cuts do not ascend, or the names are not one more than the cuts.
    pub fn by_time(
        dates: &[Option<Date>],
        cuts: &[Date],
        names: &[String],
    ) -> Result<(Self, Vec<(usize, Undated)>)> {
        if names.len() != cuts.len() + 1 {
            let (cuts, names) = (cuts.len(), names.len());
            return Err(Error::usage(format!(
                "{cuts} dates to cut at make {} parts, not {names}",
                cuts + 1
            )));
        }
        if cuts.windows(2).any(|pair| pair[0].begin >= pair[1].begin) {
            return Err(
                Error::usage("the dates to cut at do not ascend").help("give the earliest first")
            );
        }
        let mut undated = Vec::new();
        let mut part = |(document, date): (usize, &Option<Date>)| {
            let part = date
                .ok_or(Undated::Missing)
                .and_then(|date| part_of(date, cuts));
            part.map_err(|why| undated.push((document, why))).ok()
        };
        let of = dates.iter().enumerate().map(&mut part).collect();
        Ok((
            Split {
                parts: names.to_vec(),
                of,
            },
            undated,
        ))
    }
}

fn part_of(date: Date, cuts: &[Date]) -> std::result::Result<u32, Undated> {
    let part = cuts.iter().filter(|cut| cut.begin <= date.begin).count();
    match cuts.get(part) {
        Some(next) if !date.is_before(next) => Err(Undated::TooCoarse),
        _ => Ok(part as u32),
    }
}

/// Returns the dates that cut the dated documents into parts of about these shares, the oldest
/// first. Documents of one date are not parted, so a part may be larger or smaller by them, or
/// empty.
pub fn cuts(dates: &[Option<Date>], shares: &PartShares) -> Vec<Date> {
    let mut dated: Vec<Date> = dates.iter().flatten().copied().collect();
    dated.sort_unstable();
    let mut cuts: Vec<Date> = Vec::new();
    let mut before = 0.0;
    for share in &shares.values()[..shares.values().len() - 1] {
        before += share;
        let at = (before * dated.len() as f64).round() as usize;
        // A date stands on the side on which more of its documents are.
        let Some(&date) = dated.get(at.min(dated.len().saturating_sub(1))) else {
            break;
        };
        let begins = dated.partition_point(|other| other.begin < date.begin);
        let ends = dated.partition_point(|other| other.begin <= date.begin);
        let cut = if at - begins > ends - at {
            dated.get(ends).copied()
        } else {
            Some(date)
        };
        let after_last = cuts
            .last()
            .is_none_or(|last| cut.is_some_and(|cut| cut.begin > last.begin));
        cuts.extend(cut.filter(|_| after_last));
    }
    cuts
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn dates(texts: &[&str]) -> Vec<Option<Date>> {
        texts.iter().map(|text| text.parse().ok()).collect()
    }

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn older_documents_come_first_and_coarse_dates_nowhere() {
        let dates = dates(&[
            "2019",
            "2020-12-31T23:59:59Z",
            "2021-01-01",
            "2021",
            "none",
            "2020",
            "2021-06",
        ]);
        let cuts: Vec<Date> = vec!["2020-06".parse().unwrap(), "2021-01-01".parse().unwrap()];
        let (split, undated) =
            Split::by_time(&dates, &cuts, &names(&["train", "dev", "test"])).unwrap();
        assert_eq!(
            split.of,
            [Some(0), Some(1), Some(2), Some(2), None, None, Some(2)]
        );
        assert_eq!(undated, [(4, Undated::Missing), (5, Undated::TooCoarse)]);
    }

    #[test]
    fn cuts_must_ascend_and_parts_have_names() {
        let (a, b): (Date, Date) = ("2020".parse().unwrap(), "2021".parse().unwrap());
        assert!(Split::by_time(&[], &[b, a], &names(&["a", "b", "c"])).is_err());
        assert!(Split::by_time(&[], &[a, b], &names(&["a", "b"])).is_err());
    }

    proptest! {
        #[test]
        fn shares_of_time_keep_order_and_dates_whole(
            days in prop::collection::vec(1..29i64, 1..200), share in 0.05..0.95f64,
        ) {
            let date = |day: i64| Date { begin: day * 86_400, end: (day + 1) * 86_400 };
            let dates: Vec<Option<Date>> = days.iter().map(|&day| Some(date(day))).collect();
            let shares: PartShares = format!("a={share:.3},b={:.3}", 1.0 - (share * 1e3).round() / 1e3).parse().unwrap();
            let cuts = cuts(&dates, &shares);
            prop_assert!(cuts.len() <= 1);
            let Some(cut) = cuts.first() else { return Ok(()) };
            let (split, undated) = Split::by_time(&dates, &[*cut], shares.names()).unwrap();
            prop_assert!(undated.is_empty());
            let (old, new) = (split.documents(0), split.documents(1));
            prop_assert!(old.iter().all(|&a| new.iter().all(|&b| days[a] < days[b])));
            let most = (1..29).map(|day| days.iter().filter(|&&other| other == day).count()).max().unwrap();
            let wanted = shares.values()[0] * days.len() as f64;
            prop_assert!((old.len() as f64 - wanted).abs() <= most as f64 / 2.0 + 1.0);
        }
    }
}
