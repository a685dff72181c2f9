//! The pattern of a rule's path: exact, a prefix that ends in `*`, or with segments that are `+`.

/// A pattern as the servers keep it.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub(super) enum Pattern {
    /// Exactly this path.
    Exact(String),
    /// Every path that begins so.
    Prefix(String),
    /// With at least one `+`; the `*` at the end is still there.
    Segments(String),
}

impl Pattern {
    /// The pattern of a path as written. One slash at its beginning does not count.
    pub(super) fn of(written: &str) -> Self {
        let path = written.strip_prefix('/').unwrap_or(written);
        // As the servers do: what only begins with + is compared literally, but by the rules of segments.
        if path == "+" || path.contains("/+") || path.starts_with("+/") {
            Self::Segments(path.to_owned())
        } else if let Some(prefix) = path.strip_suffix('*') {
            Self::Prefix(prefix.to_owned())
        } else {
            Self::Exact(path.to_owned())
        }
    }

    /// The pattern as text, without the slash at its beginning.
    pub(super) fn text(&self) -> String {
        match self {
            Self::Exact(path) | Self::Segments(path) => path.clone(),
            Self::Prefix(prefix) => format!("{prefix}*"),
        }
    }

    /// Whether a path of exactly these characters is one of its.
    pub(super) fn fits(&self, path: &str) -> bool {
        match self {
            Self::Exact(exact) => exact == path,
            Self::Prefix(prefix) => path.starts_with(prefix.as_str()),
            Self::Segments(pattern) => segments_fit(pattern, path),
        }
    }

    /// Whether every path of the other is one of its too.
    pub(super) fn covers(&self, other: &Self) -> bool {
        let text = other.text();
        let ends_open = matches!(self, Self::Prefix(_)) || matches!(self, Self::Segments(text) if text.ends_with('*'));
        match other {
            Self::Exact(path) => self.fits(path),
            Self::Prefix(_) => ends_open && self.fits(text.trim_end_matches('*')),
            Self::Segments(path) if path.ends_with('*') => ends_open && self.fits(text.trim_end_matches('*')),
            Self::Segments(path) => self.fits(path),
        }
    }

    /// Whether there is a path that both fit.
    pub(super) fn meets(&self, other: &Self) -> bool {
        meet(&Piece::of(self), &Piece::of(other))
    }
}

/// How `+` patterns are compared. The last segment of one that ends in `*` is a beginning.
fn segments_fit(pattern: &str, path: &str) -> bool {
    let (pattern, open) = match pattern.strip_suffix('*') {
        Some(pattern) => (pattern, true),
        None => (pattern, false),
    };
    let wanted: Vec<&str> = pattern.split('/').collect();
    let parts: Vec<&str> = path.split('/').collect();
    if parts.len() < wanted.len() || (!open && parts.len() != wanted.len()) {
        return false;
    }
    let last = wanted.len() - 1;
    wanted.iter().zip(&parts).enumerate().all(|(at, (wanted, part))| {
        *wanted == "+" || wanted == part || (open && at == last && part.starts_with(*wanted))
    })
}

/// What a pattern is made of, to find out whether two have a path in common.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Piece {
    Character(char),
    /// One segment, whatever it is, also an empty one.
    Segment,
    /// Anything up to the end.
    Rest,
}

impl Piece {
    fn of(pattern: &Pattern) -> Vec<Self> {
        let text = pattern.text();
        let (text, open) = match pattern {
            Pattern::Exact(_) => (text.as_str(), false),
            Pattern::Prefix(_) => (text.strip_suffix('*').unwrap_or(&text), true),
            Pattern::Segments(_) => text.strip_suffix('*').map_or((text.as_str(), false), |text| (text, true)),
        };
        let wild = matches!(pattern, Pattern::Segments(_));
        let mut pieces = Vec::with_capacity(text.len());
        for (at, segment) in text.split('/').enumerate() {
            if at > 0 {
                pieces.push(Self::Character('/'));
            }
            if wild && segment == "+" {
                pieces.push(Self::Segment);
            } else {
                pieces.extend(segment.chars().map(Self::Character));
            }
        }
        if open {
            pieces.push(Self::Rest);
        }
        pieces
    }
}

/// Walks both patterns side by side; a set of positions instead of recursion, so that no pattern is slow.
fn meet(left: &[Piece], right: &[Piece]) -> bool {
    let mut known = vec![false; (left.len() + 1) * (right.len() + 1)];
    let mut open = vec![(0_usize, 0_usize)];
    while let Some((l, r)) = open.pop() {
        let Some(seen) = known.get_mut(l * (right.len() + 1) + r) else { continue };
        if std::mem::replace(seen, true) {
            continue;
        }
        match (left.get(l), right.get(r)) {
            (None, None) | (Some(Piece::Rest), _) | (_, Some(Piece::Rest)) => return true,
            (Some(Piece::Segment), Some(Piece::Segment)) => open.push((l + 1, r + 1)),
            (Some(Piece::Segment), other) => {
                open.push((l + 1, r));
                if matches!(other, Some(Piece::Character(c)) if *c != '/') {
                    open.push((l, r + 1));
                }
            }
            (other, Some(Piece::Segment)) => {
                open.push((l, r + 1));
                if matches!(other, Some(Piece::Character(c)) if *c != '/') {
                    open.push((l + 1, r));
                }
            }
            (Some(Piece::Character(a)), Some(Piece::Character(b))) if a == b => open.push((l + 1, r + 1)),
            (Some(Piece::Character(_)), Some(Piece::Character(_)) | None) | (None, Some(Piece::Character(_))) => {}
        }
    }
    false
}

/// Whether a path as written has `{{…}}` in it.
pub(super) fn is_templated(written: &str) -> bool {
    written.contains("{{")
}

/// A templated path with its templates filled in so that it fits this path; `None` if no caller could make it fit.
///
/// A template is taken to stand for any characters of its segment, as ids and names do.
pub(super) fn filled_in(written: &str, path: &str) -> Option<String> {
    let written = written.strip_prefix('/').unwrap_or(written);
    let wanted = segments(written);
    let parts: Vec<&str> = path.split('/').collect();
    let mut filled = Vec::with_capacity(wanted.len());
    for (at, segment) in wanted.iter().enumerate() {
        if !is_templated(segment) {
            filled.push((*segment).to_owned());
            continue;
        }
        let part = parts.get(at)?;
        let open = at + 1 == wanted.len() && segment.ends_with('*');
        let (before, rest) = segment.split_once("{{")?;
        let after = rest.rsplit_once("}}").map(|(_, after)| after)?;
        let after = if open { "" } else { after };
        let room = part.strip_prefix(before).and_then(|rest| rest.strip_suffix(after))?;
        if room.is_empty() {
            return None;
        }
        filled.push(if open { format!("{part}*") } else { (*part).to_owned() });
    }
    Some(filled.join("/"))
}

/// The segments of a path; a slash between `{{` and `}}` parts nothing.
fn segments(written: &str) -> Vec<&str> {
    let (mut segments, mut start, mut inside) = (Vec::new(), 0, false);
    for (at, c) in written.char_indices() {
        let rest = &written[at..];
        if rest.starts_with("{{") {
            inside = true;
        } else if rest.starts_with("}}") {
            inside = false;
        }
        if c == '/' && !inside {
            segments.push(&written[start..at]);
            start = at + 1;
        }
    }
    segments.push(&written[start..]);
    segments
}

#[cfg(test)]
mod tests {
    use super::{Pattern, filled_in};

    #[test]
    fn patterns_meet_where_a_path_fits_both() {
        let meets = |a: &str, b: &str| Pattern::of(a).meets(&Pattern::of(b));
        assert!(meets("transit/*", "+/export/+/+"));
        assert!(meets("transit/export/*", "+/export/+/+"));
        assert!(meets("+/+", "sys/policy"));
        assert!(meets("*", "sys/policies/acl/+"));
        assert!(meets("transit/+/x", "transit/keys/+"));
        assert!(!meets("transit/sign/*", "+/export/+/+"));
        assert!(!meets("+", "a/b"));
        assert!(!meets("transit/keys", "+/keys/+"));
    }

    #[test]
    fn what_covers_leaves_nothing_over() {
        let covers = |a: &str, b: &str| Pattern::of(a).covers(&Pattern::of(b));
        assert!(covers("a/*", "a/b/*") && covers("a/+/*", "a/b/*") && covers("a/+", "a/b") && covers("*", "+/a"));
        assert!(!covers("a/b/*", "a/*") && !covers("a/+", "a/*") && !covers("a/b", "a/+"));
    }

    #[test]
    fn a_template_takes_the_place_of_its_segment() {
        let own = "kv/data/{{identity.entity.id}}/*";
        assert_eq!(filled_in(own, "kv/data/7f/db").as_deref(), Some("kv/data/7f/*"));
        assert_eq!(filled_in(own, "kv/data"), None);
        assert_eq!(filled_in("a/x-{{identity.entity.name}}", "a/x-b").as_deref(), Some("a/x-b"));
        assert_eq!(filled_in("a/x-{{identity.entity.name}}", "a/y-b"), None);
        assert_eq!(filled_in("a/{{identity.entity.metadata.a/b}}", "a/c").as_deref(), Some("a/c"));
    }
}
