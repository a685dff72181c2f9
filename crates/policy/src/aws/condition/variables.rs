//! Variables in values and resources: `${aws:username}`, `${aws:PrincipalTag/team, 'none'}`, `${*}`.

use super::super::{
    context::{Context, Found},
    pattern::Pattern,
};

/// A text with its variables replaced; what they stand for has no wildcards. Without `variables` they stand for
/// themselves.
///
/// # Errors
/// The key whose value is not known, or which the request does not have.
pub(in super::super) fn pattern(text: &str, context: &Context, variables: bool) -> Result<Pattern, String> {
    if !variables || !text.contains("${") {
        return Ok(Pattern::read(text));
    }
    let mut pattern = Pattern::default();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        pattern.push_pattern(before);
        let Some((inside, following)) = after.split_once('}') else {
            pattern.push_literal("${");
            pattern.push_pattern(after);
            return Ok(pattern);
        };
        pattern.push_literal(&value(inside, context)?);
        rest = following;
    }
    pattern.push_pattern(rest);
    Ok(pattern)
}

fn value(inside: &str, context: &Context) -> Result<String, String> {
    if matches!(inside, "*" | "?" | "$") {
        return Ok(inside.to_owned());
    }
    let (key, fallback) = inside.split_once(',').map_or((inside, None), |(key, fallback)| (key, Some(fallback)));
    let key = key.trim();
    match (context.find(key), fallback) {
        (Found::Values([value]), _) => Ok(value.clone()),
        (Found::Absent, Some(fallback)) => Ok(fallback.trim().trim_matches('\'').to_owned()),
        (Found::Values(_) | Found::Absent | Found::Unknown, _) => Err(key.to_owned()),
    }
}
