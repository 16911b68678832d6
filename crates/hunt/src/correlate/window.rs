//! Windows of time over the matches of one group.
//!
//! A search that more matches can only help is judged at every match, over the `timespan`
//! that ends with it; both ends belong to the window. It gives one hit a burst: the first
//! match at which it has found something begins the burst, and the first at which it has not
//! ends it.
//!
//! A search that more matches can spoil (`lt`, `lte`, `eq`, `neq`, `not`) is judged over
//! whole windows, one after the other: a match that lies in none opens the next, which ends a
//! `timespan` later.

use super::gauge::{Gauge, Item};
use super::search::{GaugeKind, Search};
use super::sequence;

/// A burst of matches in which the search has found something. Places in the group.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Hit {
    /// The earliest match of the window that completes it.
    pub(crate) first: usize,
    /// The match that completes it.
    pub(crate) last: usize,
    /// The last match of the burst.
    pub(crate) end: usize,
    /// What was measured.
    pub(crate) number: f64,
}

/// What a search found in a group.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) hits: Vec<Hit>,
    /// All matches at which it had found something.
    pub(crate) held: Vec<usize>,
}

impl Found {
    /// The next match, in order.
    fn judge(&mut self, at: usize, burning: &mut bool, state: Option<(usize, f64)>) {
        let Some((first, number)) = state else {
            *burning = false;
            return;
        };
        self.held.push(at);
        match self.hits.last_mut() {
            Some(hit) if *burning => hit.end = at,
            _ => self.hits.push(Hit {
                first,
                last: at,
                end: at,
                number,
            }),
        }
        *burning = true;
    }
}

/// Looks through the matches of a group, which are in time order.
pub(crate) fn run(search: &Search, members: usize, items: &[Item]) -> Found {
    let mut found = Found::default();
    let mut burning = false;
    if let GaugeKind::Orders(orders) = &search.gauge {
        let starts = sequence::starts(orders, search.span, items);
        for (at, start) in starts.into_iter().enumerate() {
            #[expect(clippy::cast_precision_loss, reason = "a file names few rules")]
            let state = start.map(|(start, length)| (start, length as f64));
            found.judge(at, &mut burning, state);
        }
        return found;
    }
    let mut gauge = Gauge::new(&search.gauge, members, items);
    if search.rising {
        let mut first = 0;
        for (at, item) in items.iter().enumerate() {
            gauge.add(item);
            while let Some(old) = items.get(first)
                && first < at
                && item.time.saturating_sub(old.time) > search.span
            {
                gauge.remove(old);
                first += 1;
            }
            let state = gauge.found(search).then(|| (first, gauge.number()));
            let state = state.map(|(first, number)| (first, number.unwrap_or_default()));
            found.judge(at, &mut burning, state);
        }
        return found;
    }
    let mut first = 0;
    while let Some(opening) = items.get(first) {
        let rest = items.get(first..).unwrap_or_default();
        let length = rest
            .partition_point(|item| item.time.saturating_sub(opening.time) <= search.span)
            .max(1);
        let window = rest.get(..length).unwrap_or_default();
        window.iter().for_each(|item| gauge.add(item));
        if gauge.found(search) {
            let last = first + length - 1;
            found.held.push(last);
            found.hits.push(Hit {
                first,
                last,
                end: last,
                number: gauge.number().unwrap_or_default(),
            });
        }
        window.iter().for_each(|item| gauge.remove(item));
        first += length;
    }
    found
}
