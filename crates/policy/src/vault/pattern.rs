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

    /// What every path of it begins with.
    pub(super) fn head(&self) -> &str {
        match self {
            Self::Exact(path) | Self::Prefix(path) => path,
            Self::Segments(path) => path.split('+').next().unwrap_or_default(),
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
        let (mut mine, mut theirs) = (self.segments(), other.segments());
        loop {
            match (mine.next(), theirs.next()) {
                (None, None) => return true,
                (Some(Segment::Rest(begin)), Some(Segment::Text(text) | Segment::Rest(text))) => {
                    return text.starts_with(begin);
                }
                (Some(Segment::Rest(begin)), Some(Segment::Any)) => return begin.is_empty(),
                (Some(Segment::Any), Some(Segment::Any | Segment::Text(_))) => {}
                (Some(Segment::Text(text)), Some(Segment::Text(other))) if text == other => {}
                (Some(Segment::Any), Some(Segment::Rest(_)))
                | (Some(Segment::Text(_)), Some(Segment::Any | Segment::Text(_) | Segment::Rest(_)))
                | (None, Some(_))
                | (Some(_), None) => return false,
            }
        }
    }

    /// Whether there is a path that both fit.
    pub(super) fn meets(&self, other: &Self) -> bool {
        let (mut mine, mut theirs) = (self.segments(), other.segments());
        loop {
            match (mine.next(), theirs.next()) {
                (None, None) => return true,
                (Some(Segment::Rest(one)), Some(Segment::Rest(two))) => {
                    return one.starts_with(two) || two.starts_with(one);
                }
                (Some(Segment::Rest(begin)), Some(Segment::Text(text)))
                | (Some(Segment::Text(text)), Some(Segment::Rest(begin))) => return text.starts_with(begin),
                (Some(Segment::Rest(_)), Some(Segment::Any)) | (Some(Segment::Any), Some(Segment::Rest(_))) => {
                    return true;
                }
                (Some(Segment::Any), Some(Segment::Any | Segment::Text(_)))
                | (Some(Segment::Text(_)), Some(Segment::Any)) => {}
                (Some(Segment::Text(text)), Some(Segment::Text(other))) if text == other => {}
                (Some(Segment::Text(_)), Some(Segment::Text(_))) | (None, Some(_)) | (Some(_), None) => return false,
            }
        }
    }

    fn segments(&self) -> impl Iterator<Item = Segment<'_>> {
        let (text, open, wild) = match self {
            Self::Exact(path) => (path.as_str(), false, false),
            Self::Prefix(prefix) => (prefix.as_str(), true, false),
            Self::Segments(path) => {
                path.strip_suffix('*').map_or((path.as_str(), false, true), |path| (path, true, true))
            }
        };
        let last = text.matches('/').count();
        text.split('/').enumerate().map(move |(at, segment)| match segment {
            _ if open && at == last => Segment::Rest(segment),
            "+" if wild => Segment::Any,
            _ => Segment::Text(segment),
        })
    }
}

/// One segment of a pattern.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Segment<'p> {
    /// Exactly this.
    Text(&'p str),
    /// Whatever it is, also nothing.
    Any,
    /// What begins so, with everything behind it.
    Rest(&'p str),
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
