//! Logistic regression over a few numbers, by Newton's method.

const ROUNDS: usize = 20;

/// The weights that tell best which rows hold; `cost` is what their squares cost. A row that
/// begins with 1 has its threshold in the first weight.
#[must_use]
pub fn logistic(rows: &[Vec<f32>], holds: &[bool], cost: f64) -> Vec<f32> {
    let width = rows.first().map_or(0, Vec::len);
    let mut weights = vec![0.0_f64; width];
    for _ in 0..ROUNDS {
        let mut slope: Vec<f64> = weights.iter().map(|weight| cost * weight).collect();
        let mut bend = vec![vec![0.0_f64; width]; width];
        for (at, line) in bend.iter_mut().enumerate() {
            line[at] = cost;
        }
        for (row, holds) in rows.iter().zip(holds) {
            let score: f64 = row
                .iter()
                .zip(&weights)
                .map(|(value, weight)| f64::from(*value) * weight)
                .sum();
            let likely = 1.0 / (1.0 + (-score).exp());
            for (one, line) in bend.iter_mut().enumerate() {
                slope[one] += (likely - f64::from(u8::from(*holds))) * f64::from(row[one]);
                let part = likely * (1.0 - likely) * f64::from(row[one]);
                for (bend, value) in line.iter_mut().zip(row) {
                    *bend += part * f64::from(*value);
                }
            }
        }
        for (weight, step) in weights.iter_mut().zip(solve(bend, slope)) {
            *weight -= step;
        }
    }
    weights.into_iter().map(|weight| weight as f32).collect()
}

/// Solves a system of equations whose matrix is symmetric and positive (Gauss).
fn solve(mut matrix: Vec<Vec<f64>>, mut right: Vec<f64>) -> Vec<f64> {
    let width = right.len();
    for pivot in 0..width {
        let line = matrix[pivot].clone();
        for below in pivot + 1..width {
            let times = matrix[below][pivot] / line[pivot];
            for (value, above) in matrix[below].iter_mut().zip(&line) {
                *value -= times * above;
            }
            right[below] -= times * right[pivot];
        }
    }
    let mut solution = vec![0.0; width];
    for at in (0..width).rev() {
        let known: f64 = (at + 1..width)
            .map(|other| matrix[at][other] * solution[other])
            .sum();
        solution[at] = (right[at] - known) / matrix[at][at];
    }
    solution
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_come_back_as_log_odds() {
        // Where the second number is 0 one in four holds, where it is 1 nine in ten.
        let rows: Vec<Vec<f32>> = (0..40)
            .map(|n| vec![1.0, f32::from(u8::from(n >= 20))])
            .collect();
        let holds: Vec<bool> = (0..40)
            .map(|n| if n < 20 { n % 4 == 0 } else { n % 10 != 0 })
            .collect();
        let weights = logistic(&rows, &holds, 1e-9);
        let expected = [
            (0.25_f32 / 0.75).ln(),
            (0.9_f32 / 0.1).ln() - (0.25_f32 / 0.75).ln(),
        ];
        for (weight, expected) in weights.iter().zip(expected) {
            assert!((weight - expected).abs() < 1e-3, "{weights:?}");
        }
    }
}
