//! Correction of p-values for their number.

/// p-values corrected for their number (Holm 1979, *A simple sequentially rejective multiple test
/// procedure*, Scandinavian Journal of Statistics 6(2)), in the order given.
///
/// The least is multiplied by how many there are, the next by one less, and so on; none is less
/// than one before it, or above 1.
pub fn holm(p_values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    order.sort_by(|&a, &b| p_values[a].total_cmp(&p_values[b]));
    let mut corrected = vec![1.0; p_values.len()];
    let mut least = 0.0f64;
    for (rank, at) in order.into_iter().enumerate() {
        least = least
            .max(p_values[at] * (p_values.len() - rank) as f64)
            .min(1.0);
        corrected[at] = least;
    }
    corrected
}
