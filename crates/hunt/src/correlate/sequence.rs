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
            *old = better(items, *old, new);
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

/// Chains kept for one link at one instant, each ending in another file.
const FILES_MAX: usize = 4;

/// The chains that the matches of one instant lengthen.
fn extend(
    order: &[usize],
    items: &[Item],
    instant: std::ops::Range<usize>,
    before: &[Option<Chain>],
) -> Vec<Option<Chain>> {
    let mut now: Vec<Vec<Chain>> = Vec::with_capacity(order.len());
    for (link, member) in order.iter().enumerate() {
        let mut chains: Vec<Chain> = Vec::new();
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
                    let follows = |chain: &&Chain| {
                        let other = items.get(chain.last);
                        other.is_some_and(|other| item.may_follow(other))
                    };
                    let same = now.get(previous).into_iter().flatten().filter(follows);
                    let older = before.get(previous).copied().flatten();
                    let best = same.fold(older, |best, one| better(items, best, Some(*one)));
                    best.map(|chain| Chain {
                        first: chain.first,
                        last: at,
                        highest: chain.highest.max(at),
                    })
                }
            };
            let Some(chain) = chain else {
                continue;
            };
            let file = |chain: &Chain| items.get(chain.last).map(|item| item.place.0);
            let room = chains.len() < FILES_MAX;
            match chains.iter_mut().find(|one| file(one) == file(&chain)) {
                Some(own) => *own = better(items, Some(*own), Some(chain)).unwrap_or(chain),
                None if room => chains.push(chain),
                None => {}
            }
        }
        now.push(chains);
    }
    let best = |chains: Vec<Chain>| {
        let chains = chains.into_iter().map(Some);
        chains.fold(None, |best, chain| better(items, best, chain))
    };
    now.into_iter().map(best).collect()
}

/// The chain that began later; of two that began at once, the one that is complete sooner.
fn better(items: &[Item], one: Option<Chain>, other: Option<Chain>) -> Option<Chain> {
    let (Some(left), Some(right)) = (one, other) else {
        return one.or(other);
    };
    let key = |chain: Chain| {
        let time = items.get(chain.first).map(|item| item.time);
        (time, std::cmp::Reverse(chain.highest))
    };
    Some(if key(right) > key(left) { right } else { left })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The definition, in the slowest way: the time at which the latest chain begins that is
    /// complete at a match and fits into the span.
    fn by_definition(order: &[usize], span: i128, items: &[Item], at: usize) -> Option<i128> {
        fn next(order: &[usize], items: &[Item], before: Option<&Item>, at: usize) -> bool {
            let Some((member, rest)) = order.split_first() else {
                return true;
            };
            let mut candidates = items.iter().take(at + 1);
            candidates.any(|item| {
                item.member == *member
                    && before
                        .is_none_or(|before| item.time >= before.time && item.may_follow(before))
                    && next(rest, items, Some(item), at)
            })
        }
        let (member, rest) = order.split_first()?;
        let time = items.get(at)?.time;
        let starts = items.iter().take(at + 1).filter(|item| {
            item.member == *member && time - item.time <= span && next(rest, items, Some(item), at)
        });
        starts.map(|item| item.time).max()
    }

    #[test]
    fn chains_are_found_as_their_definition_says() {
        let order = [0, 1, 2];
        // All words of seven matches, at times that rise by one, or two at a time.
        for word in 0..3_usize.pow(7) {
            for (together, each) in [(1, 7), (2, 7), (2, 1), (3, 1), (4, 2)] {
                let item = |at: usize| Item {
                    observation: at,
                    member: word / 3_usize.pow(u32::try_from(at).unwrap()) % 3,
                    time: i128::try_from(at / together).unwrap(),
                    place: (at % together / each, at as u64),
                    symbol: 0,
                    number: 0.0,
                };
                let items: Vec<Item> = (0..7).map(item).collect();
                for span in [1, 3] {
                    let found = starts(&[order.to_vec()], span, &items);
                    for (at, found) in found.into_iter().enumerate() {
                        let found = found.map(|(first, _)| items[first].time);
                        let expected = by_definition(&order, span, &items, at);
                        let members: Vec<usize> = items.iter().map(|one| one.member).collect();
                        // Of matches at the same time, the last tells what there is.
                        let last = items
                            .get(at + 1)
                            .is_none_or(|next| next.time > items[at].time);
                        let expected = if last { expected } else { found.and(expected) };
                        let told = format!("{members:?} {together} {each} {span} {at}");
                        assert_eq!(found, expected, "{told}");
                    }
                }
            }
        }
    }
}
