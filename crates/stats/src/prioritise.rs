#![doc = include_str!("../../../docs/methods/prioritise.md")]

use crate::draws::Draws;

/// Why problems could not be put in order.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum PrioritiseError {
    /// An order needs two.
    #[error("{n_items} problems cannot be put in order; at least two are needed")]
    TooFew {
        /// How many there are.
        n_items: usize,
    },
    /// Every score lies on the declared scale.
    #[error("problem {item_index} has a {what} score of {score}, which is not 1 to {highest}")]
    Score {
        /// Position of the problem.
        item_index: usize,
        /// Which score.
        what: &'static str,
        /// What was given.
        score: u8,
        /// The highest score of the scale.
        highest: u8,
    },
    /// A scale needs two steps.
    #[error("a scale from 1 to {highest} tells nothing apart")]
    Scale {
        /// The highest score of the scale.
        highest: u8,
    },
    /// Weights are at least 0, and one is above.
    #[error("weight {weight} of a kind of harm cannot be used")]
    Weight {
        /// What was given.
        weight: f64,
    },
    /// Shares, ranges and chances lie between 0 and 1.
    #[error("{what} {value} is not between 0 and 1")]
    Share {
        /// Which.
        what: &'static str,
        /// What was given.
        value: f64,
    },
    /// A top of none or of more than all.
    #[error("a top {top} of {n_items} problems cannot be taken")]
    Top {
        /// What was given.
        top: usize,
        /// How many there are.
        n_items: usize,
    },
    /// Shares of few draws say little.
    #[error("{n_draws} draws are too few; at least {FEWEST_DRAWS} are needed")]
    Draws {
        /// What was given.
        n_draws: usize,
    },
}

/// Fewer draws than this leave the shares themselves to chance.
pub const FEWEST_DRAWS: usize = 1_000;

/// The kinds of harm, in the order of scores and weights.
pub const HARMS: [&str; 5] =
    ["physical", "psychological", "financial", "community", "environmental"];

/// The scores of one problem, each from 1 to the highest of the scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scores {
    /// Harm by kind, in the order of [`HARMS`].
    pub harm: [u8; 5],
    /// How likely it is to go on.
    pub likelihood: u8,
    /// How ill the partnership stands to deal with it: reputation, capacity, capability.
    pub organisational_position: u8,
    /// How sure the scores are. Kept apart: it moves neither total nor rank.
    pub confidence: u8,
}

/// What the scores are worth, declared before they are given.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Matrix {
    /// The highest score of the scale, at least 2.
    pub highest_score: u8,
    /// Weights of harm by kind, in the order of [`HARMS`]; only their ratios count.
    pub harm_weights: [f64; 5],
    /// The share of the total that organisational position has, 0 to 1.
    pub organisational_share: f64,
}

/// How far scores and weights may be out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sensitivity {
    /// Each weight is drawn evenly from this much below it to this much above, as a share of it.
    pub weight_range: f64,
    /// The chance that a score moves by one step, up or down alike. At an end of the scale it stays
    /// where it would leave it.
    pub step_probability: f64,
    /// How many count as the top.
    pub top: usize,
    /// How often all is drawn.
    pub n_draws: usize,
    /// The seed of the draws.
    pub seed: u64,
}

/// One problem in the order.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Priority {
    /// Its scores.
    pub scores: Scores,
    /// Weighted mean of its harms, on the scale of the scores.
    pub harm: f64,
    /// Harm times likelihood, brought back to the scale, with the share of organisational position.
    pub total: f64,
    /// 1 for the largest total. Equal totals share the better rank.
    pub rank: usize,
    /// The share of draws in which its rank is within the top.
    pub share_in_top: f64,
    /// The rank that 2.5% of draws do not reach, and that 97.5% do not exceed.
    pub rank_interval: (usize, usize),
}

/// Problems in order, and how firm that is.
#[derive(Debug, Clone, PartialEq)]
pub struct Priorities {
    /// The problems, in the order given.
    pub items: Vec<Priority>,
    /// The declared weights and scale.
    pub matrix: Matrix,
    /// What was varied, and the seed.
    pub sensitivity: Sensitivity,
}

/// Puts problems in order of harm times likelihood, and tries how the order stands up to other scores
/// and weights.
///
/// # Shape
///
/// One element per problem; the result keeps the order.
///
/// # Source
///
/// The structure of the Management of Risk in Law Enforcement (MoRiLE) standard: harm by kind times
/// likelihood, organisational position beside it, confidence apart. The way of adding up is declared
/// here and is not the standard's. Sensitivity by simulation as in Saltelli and others (2008), *Global
/// Sensitivity Analysis: The Primer*, chapter 1.
pub fn prioritise(
    items: &[Scores],
    matrix: Matrix,
    sensitivity: Sensitivity,
) -> Result<Priorities, PrioritiseError> {
    check(items, matrix, sensitivity)?;
    let n_items = items.len();
    let totals: Vec<f64> = items.iter().map(|scores| total(*scores, &matrix)).collect();
    let mut ranks_found = vec![vec![0_usize; n_items + 1]; n_items];
    let mut draws = Draws::new(sensitivity.seed);
    let mut tried = vec![0.0; n_items];
    for _ in 0..sensitivity.n_draws {
        let other = vary_weights(matrix, sensitivity.weight_range, &mut draws);
        for (value, scores) in tried.iter_mut().zip(items) {
            *value = total(vary_scores(*scores, &matrix, &sensitivity, &mut draws), &other);
        }
        for (counts, rank) in ranks_found.iter_mut().zip(ranks(&tried)) {
            counts[rank] += 1;
        }
    }
    let n_draws = sensitivity.n_draws as f64;
    let ranked = items.iter().zip(&totals).zip(ranks(&totals)).zip(&ranks_found);
    let items = ranked.map(|(((scores, &total), rank), counts)| Priority {
        scores: *scores,
        harm: harm(*scores, &matrix),
        total,
        rank,
        share_in_top: counts[..=sensitivity.top].iter().sum::<usize>() as f64 / n_draws,
        rank_interval: (quantile(counts, 0.025 * n_draws), quantile(counts, 0.975 * n_draws)),
    });
    Ok(Priorities { items: items.collect(), matrix, sensitivity })
}

fn check(
    items: &[Scores],
    matrix: Matrix,
    sensitivity: Sensitivity,
) -> Result<(), PrioritiseError> {
    let (n_items, highest) = (items.len(), matrix.highest_score);
    if n_items < 2 {
        return Err(PrioritiseError::TooFew { n_items });
    }
    if highest < 2 {
        return Err(PrioritiseError::Scale { highest });
    }
    let usable = |weight: &f64| *weight >= 0.0 && weight.is_finite();
    if let Some(&weight) = matrix.harm_weights.iter().find(|weight| !usable(weight)) {
        return Err(PrioritiseError::Weight { weight });
    }
    if matrix.harm_weights.iter().sum::<f64>() <= 0.0 {
        return Err(PrioritiseError::Weight { weight: 0.0 });
    }
    for (what, value) in [
        ("share of organisational position", matrix.organisational_share),
        ("range of weights", sensitivity.weight_range),
        ("probability of a step", sensitivity.step_probability),
    ] {
        if !(0.0..=1.0).contains(&value) {
            return Err(PrioritiseError::Share { what, value });
        }
    }
    if !(1..=n_items).contains(&sensitivity.top) {
        return Err(PrioritiseError::Top { top: sensitivity.top, n_items });
    }
    if sensitivity.n_draws < FEWEST_DRAWS {
        return Err(PrioritiseError::Draws { n_draws: sensitivity.n_draws });
    }
    for (item_index, scores) in items.iter().enumerate() {
        let others = [
            ("likelihood", scores.likelihood),
            ("organisational position", scores.organisational_position),
            ("confidence", scores.confidence),
        ];
        let all = HARMS.into_iter().zip(scores.harm).chain(others);
        if let Some((what, score)) = all.into_iter().find(|(_, s)| !(1..=highest).contains(s)) {
            return Err(PrioritiseError::Score { item_index, what, score, highest });
        }
    }
    Ok(())
}

fn harm(scores: Scores, matrix: &Matrix) -> f64 {
    let weights = matrix.harm_weights;
    let weighted = scores.harm.iter().zip(weights).map(|(score, w)| f64::from(*score) * w);
    weighted.sum::<f64>() / weights.iter().sum::<f64>()
}

fn total(scores: Scores, matrix: &Matrix) -> f64 {
    let product = harm(scores, matrix) * f64::from(scores.likelihood);
    let share = matrix.organisational_share;
    (1.0 - share) * product / f64::from(matrix.highest_score)
        + share * f64::from(scores.organisational_position)
}

fn vary_weights(matrix: Matrix, range: f64, draws: &mut Draws) -> Matrix {
    let mut vary = |weight: f64| weight * (1.0 + range * (2.0 * draws.unit() - 1.0));
    let harm_weights = matrix.harm_weights.map(&mut vary);
    // The two parts of the total are weights too, brought back to a sum of 1.
    let share = matrix.organisational_share;
    let (position, rest) = (vary(share), vary(1.0 - share));
    let sum = position + rest;
    // With a range of 1 every weight may be drawn as next to nothing.
    let organisational_share = if sum > 0.0 { position / sum } else { share };
    let nothing = harm_weights.iter().sum::<f64>() <= 0.0;
    let harm_weights = if nothing { matrix.harm_weights } else { harm_weights };
    Matrix { harm_weights, organisational_share, ..matrix }
}

fn vary_scores(
    scores: Scores,
    matrix: &Matrix,
    sensitivity: &Sensitivity,
    draws: &mut Draws,
) -> Scores {
    let mut vary = |score: u8| {
        let at = draws.unit();
        if at < sensitivity.step_probability / 2.0 {
            (score - 1).max(1)
        } else if at < sensitivity.step_probability {
            (score + 1).min(matrix.highest_score)
        } else {
            score
        }
    };
    Scores {
        harm: scores.harm.map(&mut vary),
        likelihood: vary(scores.likelihood),
        organisational_position: vary(scores.organisational_position),
        ..scores
    }
}

/// Totals that differ in their last digits only are equal.
const SAME: f64 = 1e-9;

fn ranks(totals: &[f64]) -> Vec<usize> {
    totals.iter().map(|own| 1 + totals.iter().filter(|t| **t > own + SAME).count()).collect()
}

/// The first rank up to which more than `below` draws are counted.
fn quantile(counts: &[usize], below: f64) -> usize {
    let mut sum = 0;
    let reached = counts.iter().position(|count| {
        sum += count;
        sum as f64 > below
    });
    reached.unwrap_or(counts.len() - 1)
}
