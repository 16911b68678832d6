//! Lists by number, one after the other in one piece of memory.

/// For each number, a list.
#[derive(Debug)]
pub(super) struct Lists<T> {
    /// Where each list begins, and where the last ends.
    starts: Vec<u32>,
    items: Vec<T>,
}

impl<T> Default for Lists<T> {
    fn default() -> Self {
        Self::from(Vec::new())
    }
}

impl<T> From<Vec<Vec<T>>> for Lists<T> {
    fn from(lists: Vec<Vec<T>>) -> Self {
        let mut starts = vec![0];
        let mut items = Vec::with_capacity(lists.iter().map(Vec::len).sum());
        for list in lists {
            items.extend(list);
            starts.push(u32::try_from(items.len()).unwrap_or(u32::MAX));
        }
        Self { starts, items }
    }
}

impl<T> Lists<T> {
    /// The list with a number; empty where there is none.
    pub(super) fn get(&self, number: u32) -> &[T] {
        let bounds = self.starts.get(number as usize..number as usize + 2);
        match bounds {
            Some([start, end]) => self.items.get(*start as usize..*end as usize),
            _ => None,
        }
        .unwrap_or_default()
    }
}
