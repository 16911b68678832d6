//! Rules that match one after the other.
//!
//! Of all chains that lead to a match only the one that began last is kept: it fits into a
//! window if any does. Two matches at the same time stand in the order of their records
//! where they are of the same file, and in either order where they are not: clocks do not
//! tell. One record is never two links of a chain.

use super::gauge::Item;

/// A chain up to some link: the places of its first and last match, and the highest place
/// of all, which at the same time may be another's.
#[derive(Debug, Clone, Copy)]
struct Chain {
    first: usize,
    last: usize,
    highest: usize,
}

/// For each match, where the latest complete chain within the span began and how many rules
/// it has, if there is one.
pub(crate) fn starts(
    orders: &[Vec<usize>],
    span: i128,
    items: &[Item],
) -> Vec<Option<(usize, usize)>> {
    let mut starts: Vec<Option<(usize, usize)>> = vec![None; items.len()];
    for order in orders {
        for (at, first) in starts_of(order, items).into_iter().enumerate() {
            let (Some(first), Some(place)) = (first, starts.get_mut(at)) else {
                continue;
            };
            let time = |at: usize| items.get(at).map_or(0, |item| item.time);
            if time(at).saturating_sub(time(first)) <= span
                && place.is_none_or(|(other, _)| other < first)
            {
                *place = Some((first, order.len()));
            }
        }
    }
    starts
}

fn starts_of(order: &[usize], items: &[Item]) -> Vec<Option<usize>> {
    let mut starts = vec![None; items.len()];
    let mut before: Vec<Option<Chain>> = vec![None; order.len()];
    let mut from = 0;
    while let Some(opening) = items.get(from) {
        let rest = items.get(from..).unwrap_or_default();
        let length = rest
            .iter()
            .take_while(|one| one.time == opening.time)
            .count();
        let to = from + length.max(1);
        let complete_before = before.last().copied().flatten();
        let now = extend(order, items, from..to, &before);
        for (old, new) in before.iter_mut().zip(now) {
            *old = later(*old, new);
        }
        let complete = before.last().copied().flatten();
        for at in from..to {
            let fits = complete
                .filter(|chain| chain.highest <= at)
                .or(complete_before);
            if let Some(place) = starts.get_mut(at) {
                *place = fits.map(|chain| chain.first);
            }
        }
        from = to;
    }
    starts
}

/// The chains that the matches of one instant lengthen.
fn extend(
    order: &[usize],
    items: &[Item],
    instant: std::ops::Range<usize>,
    before: &[Option<Chain>],
) -> Vec<Option<Chain>> {
    let mut now: Vec<Option<Chain>> = Vec::with_capacity(order.len());
    for (link, member) in order.iter().enumerate() {
        let mut best = None;
        for at in instant.clone() {
            let Some(item) = items.get(at).filter(|item| item.member == *member) else {
                continue;
            };
            let chain = match link.checked_sub(1) {
                None => Some(Chain {
                    first: at,
                    last: at,
                    highest: at,
                }),
                Some(previous) => {
                    let same = now.get(previous).copied().flatten();
                    let follows = |chain: &Chain| {
                        let other = items.get(chain.last);
                        other.is_some_and(|other| item.may_follow(other))
                    };
                    let older = before.get(previous).copied().flatten();
                    same.filter(follows).or(older).map(|chain| Chain {
                        first: chain.first,
                        last: at,
                        highest: chain.highest.max(at),
                    })
                }
            };
            // A first link is best early in the instant, a later one where it began late.
            let better = |best: Chain| link > 0 && chain.is_some_and(|one| one.first > best.first);
            if best.is_none_or(better) {
                best = chain.or(best);
            }
        }
        now.push(best);
    }
    now
}

fn later(old: Option<Chain>, new: Option<Chain>) -> Option<Chain> {
    match (old, new) {
        (Some(old), Some(new)) if old.first > new.first => Some(old),
        (old, None) => old,
        (_, new) => new,
    }
}
