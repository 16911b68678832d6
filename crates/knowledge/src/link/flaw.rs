use daylight_model::{Candidate, CandidateKind};
use jiff::{civil::Date, tz::TimeZone};

use super::sentence::{Document, Sentence};
use super::tally::Tally;
use crate::curated::midnight;
use crate::{Knowledge, Product, Vulnerability};

const KEV: &str = "CISA KEV";

impl Knowledge {
    /// Exploited flaws of a product that were numbered when the sentence's attack took place:
    /// in the years it speaks of, else in the story's year or the one before.
    pub(super) fn flaw_candidates(
        &self,
        document: &Document<'_>,
        sentence: &Sentence<'_>,
        product: &Product,
    ) -> Vec<Candidate> {
        let Some((from, to)) = years(document, sentence) else {
            return Vec::new();
        };
        self.vulnerabilities_of(product)
            .filter(|flaw| year(&flaw.cve).is_some_and(|year| from <= year && year <= to))
            .map(|flaw| self.flaw_candidate(document, sentence, product, flaw))
            .collect()
    }

    fn flaw_candidate(
        &self,
        document: &Document<'_>,
        sentence: &Sentence<'_>,
        product: &Product,
        flaw: &Vulnerability,
    ) -> Candidate {
        let mut tally = Tally::default();
        let cve = &flaw.cve;
        let text = format!(
            "{cve} is an exploited flaw of {} {}, which the sentence says is attacked",
            product.vendor, product.name
        );
        tally.add(0.2, text, Some(KEV));
        if sentence.cves.iter().any(|(named, _)| named == cve) {
            tally.add(0.7, format!("the sentence names {cve}"), None);
        }
        if flaw.ransomware && sentence.speaks_of_ransomware() {
            tally.add(0.05, format!("the sentence speaks of ransomware, and CISA knows of ransomware that uses {cve}"), Some(KEV));
        }
        if let Some(published) = document.published {
            let published = TimeZone::UTC.to_datetime(published).date();
            self.freshness(flaw, published, &mut tally);
        }
        let mut candidate = tally.candidate(CandidateKind::Vulnerability, cve, &flaw.name);
        candidate.leads_to = vec![cve.clone()];
        candidate
    }

    /// A flaw that nobody knew of speaks against itself; one that CISA had just listed, for.
    fn freshness(&self, flaw: &Vulnerability, published: Date, tally: &mut Tally) {
        let days = |later: Date, earlier: Date| {
            midnight(later).duration_since(midnight(earlier)).as_hours() / 24
        };
        let public = self
            .operations_using(&flaw.cve)
            .map(|operation| operation.flaws_disclosed.unwrap_or(operation.disclosed))
            .min();
        let source = self
            .operations_using(&flaw.cve)
            .find_map(|operation| operation.sources.first());
        match public.map(|public| days(published, public)) {
            Some(age @ ..0) => {
                let text = format!("{} became public {} days after the story", flaw.cve, -age);
                tally.add(-0.15, text, source.map(String::as_str));
            }
            Some(age @ 0..=14) => {
                let text = format!(
                    "{} became public only {age} days before the story",
                    flaw.cve
                );
                tally.add(-0.05, text, source.map(String::as_str));
            }
            _ => {}
        }
        let listed = days(published, flaw.added);
        if (-60..=30).contains(&listed) {
            let text = format!(
                "CISA listed {} on {}, close to the story's {published}",
                flaw.cve, flaw.added
            );
            tally.add(0.15, text, Some(KEV));
        }
    }
}

/// The years whose flaws a sentence can mean.
fn years(document: &Document<'_>, sentence: &Sentence<'_>) -> Option<(i16, i16)> {
    let year = |at: daylight_model::Timestamp| TimeZone::UTC.to_datetime(at).year();
    let published = document.published.map(year);
    let times = sentence.attack_times(document.published);
    let first = times
        .iter()
        .filter_map(|(_, interval)| interval.start)
        .min()
        .map(year);
    // Ends are exclusive: "last year" ends in the first instant of this one.
    let last = times.iter().filter_map(|(_, interval)| interval.end).max();
    let last = last
        .and_then(|end| end.checked_sub(jiff::SignedDuration::from_secs(1)).ok())
        .map(year);
    let to = last.or(published)?.min(published.unwrap_or(i16::MAX));
    Some((first.unwrap_or(to - 1).max(to - 2), to))
}

/// The year in which a CVE id was given out.
fn year(cve: &str) -> Option<i16> {
    cve.get(4..8)?.parse().ok()
}
