//! Rows by their codes: codes are small and dense, so lists do what hash tables would.

/// The rows of a list of codes, those of one code after another.
pub(super) struct Order {
    rows: Vec<u32>,
    /// Where the rows of each code end.
    ends: Vec<u32>,
}

impl Order {
    pub fn new(codes: &[u32]) -> Self {
        let most = codes.iter().max().copied().unwrap_or_default() as usize;
        let mut ends = vec![0_u32; most + 1];
        for code in codes {
            ends[*code as usize] += 1;
        }
        let mut before = 0;
        for end in &mut ends {
            (before, *end) = (before + *end, before);
        }
        let mut rows = vec![0; codes.len()];
        for (row, code) in codes.iter().enumerate() {
            let end = &mut ends[*code as usize];
            rows[*end as usize] = row as u32;
            *end += 1;
        }
        Self { rows, ends }
    }

    /// Each code but 0, which is null, with its rows in their order.
    pub fn groups(&self) -> impl Iterator<Item = (u32, &[u32])> {
        let ends = self.ends.windows(2).zip(1..);
        ends.map(|(ends, code)| (code, &self.rows[ends[0] as usize..ends[1] as usize]))
    }

    /// Rows whose code is not 0.
    pub fn present(&self) -> u64 {
        self.rows.len() as u64 - u64::from(self.ends.first().copied().unwrap_or_default())
    }
}

/// Two columns as one: 0 where either is null.
pub(super) struct Joint {
    pub codes: Vec<u32>,
    /// Rows that repeat an earlier one.
    pub repeats: usize,
}

impl Joint {
    /// Of the column that `a` orders, and another.
    pub fn new(a: &Order, b: &[u32]) -> Self {
        let most = b.iter().max().copied().unwrap_or_default() as usize;
        // The group that a code of `b` was last seen in, and what it is called there.
        let mut seen = vec![(0, 0); most + 1];
        let mut codes = vec![0; b.len()];
        let (mut next, mut repeats) = (0, 0);
        for (group, rows) in a.groups() {
            for row in rows.iter().map(|row| *row as usize) {
                if b[row] == 0 {
                    continue;
                }
                let known = &mut seen[b[row] as usize];
                if known.0 == group {
                    repeats += 1;
                } else {
                    next += 1;
                    *known = (group, next);
                }
                codes[row] = known.1;
            }
        }
        Self { codes, repeats }
    }
}

/// How often each code comes in a few rows; to be used again and again.
pub(super) struct Counts {
    counts: Vec<u64>,
    touched: Vec<u32>,
}

impl Counts {
    /// For codes up to `most`.
    pub fn new(most: usize) -> Self {
        Self {
            counts: vec![0; most + 1],
            touched: Vec::new(),
        }
    }

    /// The codes of some rows, each with how many of them have it.
    pub fn of(&mut self, codes: &[u32], rows: &[u32]) -> impl Iterator<Item = (u32, u64)> {
        for code in self.touched.drain(..) {
            self.counts[code as usize] = 0;
        }
        for row in rows {
            let code = codes[*row as usize];
            let count = &mut self.counts[code as usize];
            if *count == 0 {
                self.touched.push(code);
            }
            *count += 1;
        }
        let touched = self.touched.iter();
        touched.map(|code| (*code, self.counts[*code as usize]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_grouped_by_one_code_and_by_two_and_nulls_are_left_out() {
        let (a, b) = ([2, 0, 1, 2, 2], [1, 1, 1, 1, 3]);
        let order = Order::new(&a);
        let groups: Vec<(u32, &[u32])> = order.groups().collect();
        assert_eq!(groups, [(1, &[2][..]), (2, &[0, 3, 4][..])]);
        assert_eq!(order.present(), 4);
        let joint = Joint::new(&order, &b);
        assert_eq!((joint.codes, joint.repeats), (vec![2, 0, 1, 2, 3], 1));
        let mut counts = Counts::new(3);
        let first: Vec<_> = counts.of(&b, &[0, 4, 3]).collect();
        assert_eq!(first, [(1, 2), (3, 1)]);
        assert_eq!(counts.of(&b, &[4]).collect::<Vec<_>>(), [(3, 1)]);
        assert_eq!(Order::new(&[]).groups().count(), 0);
    }
}
