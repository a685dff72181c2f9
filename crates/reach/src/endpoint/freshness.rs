//! How long an answer may still be used by a cache, by its own word (RFC 9111).

use reqwest::header::{AGE, CACHE_CONTROL, HeaderMap, HeaderName};

/// Seconds from now on; 0 where it may not be kept or not be used unasked; `None` where the server does not say.
pub(super) fn of(headers: &HeaderMap) -> Option<u32> {
    let mut longest = None;
    for directive in values(headers, &CACHE_CONTROL).flat_map(|line| line.split(',')) {
        let (name, value) = directive.split_once('=').unwrap_or((directive, ""));
        match name.trim().to_ascii_lowercase().as_str() {
            // With a value, `no-cache` is about single headers only (5.2.2.4).
            "no-store" => return Some(0),
            "no-cache" if value.is_empty() => return Some(0),
            // Consumers may stand behind either kind of cache: what matters is how long the last of them may wait.
            "max-age" | "s-maxage" => longest = longest.max(seconds(value)),
            _ => {}
        }
    }
    let age = values(headers, &AGE).find_map(seconds).unwrap_or_default();
    longest.map(|longest| longest.saturating_sub(age))
}

fn values<'a>(headers: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'a str> {
    headers.get_all(name).into_iter().filter_map(|value| value.to_str().ok())
}

/// Delta-seconds (1.2.2), quoted or not; one that is too large counts as the largest.
fn seconds(text: &str) -> Option<u32> {
    let digits = text.trim().trim_matches('"');
    let all = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    all.then(|| digits.parse().unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(lines: &[(&'static str, &'static str)]) -> Option<u32> {
        let pairs = lines.iter().map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap()));
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(name, value);
        }
        of(&headers)
    }

    #[test]
    fn the_longest_that_any_cache_may_keep_it_counts() {
        assert_eq!(said(&[("cache-control", "public, max-age=300")]), Some(300));
        assert_eq!(said(&[("cache-control", "Max-Age=\"60\", s-maxage=900"), ("age", "100")]), Some(800));
        assert_eq!(said(&[("cache-control", "public"), ("cache-control", "max-age=5"), ("age", "9")]), Some(0));
        assert_eq!(said(&[("cache-control", "max-age=99999999999")]), Some(u32::MAX));
    }

    #[test]
    fn what_may_not_be_kept_is_old_at_once() {
        assert_eq!(said(&[("cache-control", "max-age=300, no-store")]), Some(0));
        assert_eq!(said(&[("cache-control", "no-cache"), ("cache-control", "max-age=300")]), Some(0));
        assert_eq!(said(&[("cache-control", "no-cache=\"set-cookie\", max-age=300")]), Some(300));
    }

    #[test]
    fn silence_is_not_a_number() {
        assert_eq!(said(&[]), None);
        assert_eq!(said(&[("age", "10")]), None);
        assert_eq!(said(&[("cache-control", "public, max-age=soon")]), None);
    }
}
