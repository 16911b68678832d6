//! From long vectors of words to clusters and short vectors.

use super::Chance;

/// Puts each vector into one of `count` clusters (k-means over directions, `rounds` times).
#[must_use]
pub fn cluster(vectors: &[Vec<f32>], count: usize, rounds: usize, seed: u64) -> Vec<u16> {
    let mut chance = Chance::new(seed);
    let mut order: Vec<usize> = (0..vectors.len()).collect();
    chance.shuffle(&mut order);
    let mut centres: Vec<Vec<f32>> = order
        .iter()
        .take(count)
        .map(|one| vectors[*one].clone())
        .collect();
    let mut nearest = vec![0_u16; vectors.len()];
    for _ in 0..rounds {
        for (vector, nearest) in vectors.iter().zip(&mut nearest) {
            let mut best = f32::MIN;
            for (number, centre) in centres.iter().enumerate() {
                let likeness = dot(vector, centre);
                if likeness > best {
                    (best, *nearest) = (likeness, number as u16);
                }
            }
        }
        for centre in &mut centres {
            centre.fill(0.0);
        }
        for (vector, nearest) in vectors.iter().zip(&nearest) {
            add(&mut centres[usize::from(*nearest)], vector, 1.0);
        }
        for centre in &mut centres {
            to_length_one(centre);
        }
    }
    nearest
}

/// The vectors along the `count` directions in which they differ most (by repeated
/// multiplication), each brought to length one.
#[must_use]
pub fn principal(vectors: &[Vec<f32>], count: usize, rounds: usize, seed: u64) -> Vec<Vec<f32>> {
    let width = vectors.first().map_or(0, Vec::len);
    let mut covariance = vec![vec![0.0_f32; width]; width];
    let scale = 1.0 / vectors.len().max(1) as f32;
    for vector in vectors {
        for (row, part) in covariance.iter_mut().zip(vector) {
            add(row, vector, part * scale);
        }
    }
    let mut chance = Chance::new(seed);
    let mut directions: Vec<Vec<f32>> = Vec::new();
    for _ in 0..count.min(width) {
        let mut direction: Vec<f32> = (0..width).map(|_| chance.fraction() - 0.5).collect();
        for _ in 0..rounds {
            direction = covariance.iter().map(|row| dot(row, &direction)).collect();
            for earlier in &directions {
                let along = dot(&direction, earlier);
                add(&mut direction, earlier, -along);
            }
            to_length_one(&mut direction);
        }
        directions.push(direction);
    }
    let shorten = |vector: &Vec<f32>| {
        let mut short: Vec<f32> = directions
            .iter()
            .map(|direction| dot(vector, direction))
            .collect();
        to_length_one(&mut short);
        short
    };
    vectors.iter().map(shorten).collect()
}

fn dot(one: &[f32], other: &[f32]) -> f32 {
    // Eight sums side by side, so that the machine may do them at once.
    let mut sums = [0.0_f32; 8];
    let (ones, ones_rest) = one.as_chunks::<8>();
    let (others, others_rest) = other.as_chunks::<8>();
    for (one, other) in ones.iter().zip(others) {
        for (sum, (one, other)) in sums.iter_mut().zip(one.iter().zip(other)) {
            *sum += one * other;
        }
    }
    let rest: f32 = ones_rest
        .iter()
        .zip(others_rest)
        .map(|(one, other)| one * other)
        .sum();
    sums.iter().sum::<f32>() + rest
}

fn add(to: &mut [f32], vector: &[f32], times: f32) {
    for (to, part) in to.iter_mut().zip(vector) {
        *to += times * part;
    }
}

/// Brings a vector to length one; one without any length stays.
pub fn to_length_one(vector: &mut [f32]) {
    let length = dot(vector, vector).sqrt();
    if length > 0.0 {
        for part in vector {
            *part /= length;
        }
    }
}
