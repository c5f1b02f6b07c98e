//! All keywords at once, in one pass.

use aho_corasick::automaton::{Automaton, StateID};
use aho_corasick::dfa::{Builder, DFA};
use aho_corasick::{Anchored, BuildError, MatchKind};

/// A block is read in so many strands side by side: each step of one waits for memory, and four wait together.
const LANES: usize = 4;
/// Most bytes of one strand.
const STRAND: usize = 4 << 10;
/// Fewest: each strand reads a keyword's length more, to know what ends in it.
const SHORTEST: usize = 256;
/// Keywords that a block may hold before it is read in one strand.
const ROOM: usize = 256;

/// What a keyword leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Use {
    /// Index of the rule.
    pub(crate) rule: usize,
    /// The text must have the keyword's own case.
    pub(crate) exact: bool,
}

/// The automaton over all keywords.
pub(crate) struct Keywords {
    automaton: DFA,
    start: StateID,
    /// By pattern: its text as written, by use.
    uses: Vec<Vec<(Box<str>, Use)>>,
    /// Of the longest keyword.
    longest: usize,
}

/// A keyword in a text.
#[derive(Clone, Copy, Default)]
struct Met {
    pattern: usize,
    end: usize,
}

impl Keywords {
    /// Compiles them. Keywords of the same letters share a pattern.
    pub(crate) fn new(words: &[(&str, Use)]) -> Result<Self, BuildError> {
        let mut patterns: Vec<String> = Vec::new();
        let mut uses: Vec<Vec<(Box<str>, Use)>> = Vec::new();
        let mut places = std::collections::HashMap::new();
        for (word, to) in words {
            let lower = word.to_ascii_lowercase();
            let place = *places.entry(lower.clone()).or_insert_with(|| {
                patterns.push(lower);
                uses.push(Vec::new());
                uses.len() - 1
            });
            if let Some(list) = uses.get_mut(place) {
                list.push(((*word).into(), *to));
            }
        }
        let automaton = Builder::new()
            .match_kind(MatchKind::Standard)
            .ascii_case_insensitive(true)
            .prefilter(false)
            .start_kind(aho_corasick::StartKind::Unanchored)
            .build(&patterns)?;
        let longest = patterns.iter().map(String::len).max().unwrap_or(1);
        // An automaton without an anchored start always has the other one.
        let start = automaton.start_state(Anchored::No).unwrap_or_default();
        Ok(Self { automaton, start, uses, longest })
    }

    /// Calls `met` with each use of each keyword and where it stands, from left to right by its end.
    pub(crate) fn each(&self, text: &[u8], mut met: impl FnMut(Use, usize, usize)) {
        let mut call = |found: Met| {
            for (word, to) in self.uses.get(found.pattern).into_iter().flatten() {
                let start = found.end - word.len();
                if !to.exact || text.get(start..found.end) == Some(word.as_bytes()) {
                    met(*to, start, found.end);
                }
            }
        };
        let mut room = [Met::default(); ROOM];
        let mut from = 0;
        while from < text.len() {
            let length = STRAND.min((text.len() - from) / LANES);
            let many = length >= SHORTEST;
            let to = if many { from + LANES * length } else { text.len() };
            let count = if many { self.strands(text, from, length, &mut room) } else { None };
            if let Some(count) = count {
                let found = room.get_mut(..count).unwrap_or_default();
                found.sort_unstable_by_key(|met| met.end);
                for met in &*found {
                    call(*met);
                }
            } else {
                self.strand(text, from, to, |found| {
                    call(found);
                    true
                });
            }
            from = to;
        }
    }

    /// Keywords that end in `from..to`; stops when `met` says false.
    fn strand(&self, text: &[u8], from: usize, to: usize, mut met: impl FnMut(Met) -> bool) {
        let warm = from.saturating_sub(self.longest);
        let mut state = self.start;
        for (at, byte) in text.iter().enumerate().take(to).skip(warm) {
            state = self.automaton.next_state(Anchored::No, state, *byte);
            if self.automaton.is_special(state) && at >= from && !self.told(state, at + 1, &mut met) {
                return;
            }
        }
    }

    fn told(&self, state: StateID, end: usize, met: &mut impl FnMut(Met) -> bool) -> bool {
        if !self.automaton.is_match(state) {
            return true;
        }
        (0..self.automaton.match_len(state))
            .all(|index| met(Met { pattern: self.automaton.match_pattern(state, index).as_usize(), end }))
    }

    /// A block of four strands of that length. None where `room` is too small for what is in it.
    fn strands(&self, text: &[u8], from: usize, length: usize, room: &mut [Met; ROOM]) -> Option<usize> {
        let mut count = 0;
        let mut full = false;
        let mut keep = |met: Met| {
            match room.get_mut(count) {
                Some(place) => {
                    *place = met;
                    count += 1;
                }
                None => full = true,
            }
            !full
        };
        let mut states = [self.start; LANES];
        for (lane, state) in states.iter_mut().enumerate() {
            let begin = from + lane * length;
            for byte in text.get(begin.saturating_sub(self.longest)..begin)? {
                *state = self.automaton.next_state(Anchored::No, *state, *byte);
            }
        }
        let block = text.get(from..from + LANES * length)?;
        let (first, second) = block.split_at(2 * length);
        let (a, b) = first.split_at(length);
        let (c, d) = second.split_at(length);
        let [mut sa, mut sb, mut sc, mut sd] = states;
        let automaton = &self.automaton;
        for (at, (((a, b), c), d)) in a.iter().zip(b).zip(c).zip(d).enumerate() {
            sa = automaton.next_state(Anchored::No, sa, *a);
            sb = automaton.next_state(Anchored::No, sb, *b);
            sc = automaton.next_state(Anchored::No, sc, *c);
            sd = automaton.next_state(Anchored::No, sd, *d);
            if automaton.is_special(sa)
                | automaton.is_special(sb)
                | automaton.is_special(sc)
                | automaton.is_special(sd)
            {
                for (lane, state) in [sa, sb, sc, sd].into_iter().enumerate() {
                    if automaton.is_special(state)
                        && !self.told(state, from + lane * length + at + 1, &mut keep)
                    {
                        return None;
                    }
                }
            }
        }
        (!full).then_some(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &[u8], words: &[&str]) -> Vec<(usize, usize)> {
        let mut all = Vec::new();
        for end in 0..=text.len() {
            for word in words {
                if end >= word.len() && text[end - word.len()..end].eq_ignore_ascii_case(word.as_bytes()) {
                    all.push((end - word.len(), end));
                }
            }
        }
        all.sort_unstable();
        all
    }

    #[test]
    fn four_strands_find_what_one_does() {
        let words = ["token", "ghp_", "_tok", "secret", "cret"];
        let to = Use { rule: 0, exact: false };
        let keywords = Keywords::new(&words.map(|word| (word, to))).unwrap();
        // Keywords over every border between strands and blocks, and blocks with more than there is room for.
        let mut text = vec![b'.'; 5 * LANES * STRAND + 77];
        for at in (STRAND - 3..text.len() - 10).step_by(STRAND) {
            text[at..at + 6].copy_from_slice(b"seCRET");
        }
        for at in (3 * LANES * STRAND..3 * LANES * STRAND + 4000).step_by(10) {
            text[at..at + 9].copy_from_slice(b"ghp_token");
        }
        let mut found = Vec::new();
        keywords.each(&text, |_, start, end| found.push((start, end)));
        assert!(found.is_sorted_by_key(|(_, end)| *end));
        found.sort_unstable();
        assert_eq!(found, plain(&text, &words));
    }

    #[test]
    fn texts_of_every_length_are_read_to_their_end() {
        let keywords = Keywords::new(&[("token", Use { rule: 0, exact: false })]).unwrap();
        for length in
            (0..3000).chain([LANES * STRAND - 1, LANES * STRAND + 1, LANES * STRAND + LANES * SHORTEST])
        {
            let text: Vec<u8> = b"a token ".iter().copied().cycle().take(length).collect();
            let mut found = 0;
            keywords.each(&text, |_, start, end| found += usize::from(&text[start..end] == b"token"));
            assert_eq!(found, (length + 1) / 8, "{length}");
        }
    }

    #[test]
    fn case_counts_where_asked() {
        let uses = [("SK", Use { rule: 0, exact: true }), ("sk", Use { rule: 1, exact: false })];
        let keywords = Keywords::new(&uses).unwrap();
        let mut found = Vec::new();
        keywords.each(b"task SK", |to, start, _| found.push((to.rule, start)));
        assert_eq!(found, [(1, 2), (0, 5), (1, 5)]);
    }
}
