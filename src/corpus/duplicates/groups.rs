//! Documents in groups, and the union-find that makes them.

/// Which documents belong together.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Groups {
    /// The group of each document; groups are numbered in the order of their first documents.
    pub of: Vec<u32>,
    /// How many groups there are.
    pub count: u32,
}

impl Groups {
    /// The first document of each group.
    pub fn firsts(&self) -> Vec<u32> {
        let mut firsts = Vec::with_capacity(self.count as usize);
        for (document, &group) in self.of.iter().enumerate() {
            if group as usize == firsts.len() {
                firsts.push(document as u32);
            }
        }
        firsts
    }

    /// The documents of every group that has more than one, ascending.
    pub fn several(&self) -> Vec<Vec<u32>> {
        let mut sizes = vec![0u32; self.count as usize];
        self.of.iter().for_each(|&group| sizes[group as usize] += 1);
        let mut place = vec![usize::MAX; sizes.len()];
        let mut several: Vec<Vec<u32>> = Vec::new();
        for (document, &group) in self.of.iter().enumerate() {
            let group = group as usize;
            if sizes[group] > 1 {
                if place[group] == usize::MAX {
                    place[group] = several.len();
                    several.push(Vec::with_capacity(sizes[group] as usize));
                }
                several[place[group]].push(document as u32);
            }
        }
        several
    }
}

/// Disjoint sets of numbers; the root of each is its least member.
#[derive(Debug, Clone)]
pub(super) struct Sets(Vec<u32>);

impl Sets {
    pub(super) fn new(count: usize) -> Self {
        Sets((0..count as u32).collect())
    }

    pub(super) fn root(&self, mut member: u32) -> u32 {
        while self.0[member as usize] != member {
            member = self.0[member as usize];
        }
        member
    }

    pub(super) fn join(&mut self, a: u32, b: u32) {
        let (a, b) = (self.shortened(a), self.shortened(b));
        self.0[a.max(b) as usize] = a.min(b);
    }

    /// The root; the way to it is halved for those who come after.
    fn shortened(&mut self, mut member: u32) -> u32 {
        while self.0[member as usize] != member {
            let above = self.0[self.0[member as usize] as usize];
            self.0[member as usize] = above;
            member = above;
        }
        member
    }

    pub(super) fn groups(&self) -> Groups {
        let mut count = 0;
        let mut of: Vec<u32> = Vec::with_capacity(self.0.len());
        for (member, &above) in self.0.iter().enumerate() {
            let group = if above as usize == member {
                count
            } else {
                of[above as usize]
            };
            count += u32::from(above as usize == member);
            of.push(group);
        }
        Groups { of, count }
    }
}
