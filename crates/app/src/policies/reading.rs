//! What a text means, on the wire: places counted as the window counts them, and who could do what side by side.

use std::collections::BTreeMap;

use contract::{
    DifferenceWire, HolderWire, LockoutWire, PolicyFindingWire, PolicyFixWire, PolicyReading, PolicySentenceWire,
    SimulatedAccess, StandingWire, TemplateQuestionWire, TemplateWire,
};
use domain::{PolicyLanguage, Surroundings};
use policy::{AnswerKind, Finding, Holder, Lockout, Power, Retention, Severity, Span, Standing, Turn};

use super::form;

/// Everything that is told of a text.
pub(super) fn of(language: PolicyLanguage, base: &str, text: &str, around: &Surroundings) -> PolicyReading {
    let places = Places::of(text);
    let (before, after) = (policy::who(language, base, around), policy::who(language, text, around));
    PolicyReading {
        language: language.word().to_owned(),
        findings: policy::lint(language, text, around).iter().map(|it| finding(text, &places, it)).collect(),
        sentences: policy::explain(language, text, around).iter().map(|it| sentence(&places, it)).collect(),
        who: side_by_side(&before, &after),
        differences: differences(language, base, text, around),
        lockout: lockout(&policy::lockout(language, text, around)),
        statements: form::statements(language, text, |span| (places.at(span.start), places.at(span.end))),
    }
}

/// From places in bytes to places in UTF-16 code units.
struct Places {
    /// Where each character ends that is not of ASCII, and how many bytes more than code units there are up to there.
    surplus: Vec<(usize, usize)>,
}

impl Places {
    fn of(text: &str) -> Self {
        let mut more = 0;
        let wide = text.char_indices().filter(|(_, c)| !c.is_ascii());
        let surplus = wide.map(|(at, c)| {
            more += c.len_utf8() - c.len_utf16();
            (at + c.len_utf8(), more)
        });
        Self { surplus: surplus.collect() }
    }

    fn at(&self, byte: usize) -> u32 {
        let before = self.surplus.partition_point(|(end, _)| *end <= byte);
        let more = before.checked_sub(1).map_or(0, |last| self.surplus[last].1);
        u32::try_from(byte - more).unwrap_or(u32::MAX)
    }
}

fn finding(text: &str, places: &Places, finding: &Finding) -> PolicyFindingWire {
    let severity = match finding.severity {
        Severity::Error => "error",
        Severity::Note => "note",
        Severity::Warning => "warning",
    };
    let fix =
        finding.fix.as_ref().and_then(|fix| Some(PolicyFixWire { says: fix.says.clone(), text: fix.applied(text)? }));
    PolicyFindingWire {
        code: finding.code.clone(),
        severity: severity.to_owned(),
        from: places.at(finding.span.start),
        to: places.at(finding.span.end),
        message: finding.message.clone(),
        next: finding.next.clone(),
        fix,
    }
}

fn sentence(places: &Places, sentence: &policy::Sentence) -> PolicySentenceWire {
    let Span { start, end } = sentence.span;
    PolicySentenceWire { says: sentence.text.clone(), from: places.at(start), to: places.at(end) }
}

pub(super) fn differences(
    language: PolicyLanguage,
    base: &str,
    text: &str,
    around: &Surroundings,
) -> Vec<DifferenceWire> {
    let wire = |difference: policy::Difference| DifferenceWire {
        turn: match difference.turn {
            Turn::Changes => "changes",
            Turn::Gains => "gains",
            Turn::Loses => "loses",
            Turn::Nothing => "nothing",
            Turn::Unclear => "unclear",
        }
        .to_owned(),
        says: difference.says,
    };
    policy::differences(language, base, text, around).into_iter().map(wire).collect()
}

fn lockout(lockout: &Lockout) -> LockoutWire {
    let caller = match lockout.caller {
        Retention::CannotTell => "cannot-tell",
        Retention::Keeps => "keeps",
        Retention::Loses => "loses",
    };
    let mut others: Vec<String> = lockout.others.iter().map(|holder| holder.who.clone()).collect();
    others.dedup();
    LockoutWire { caller: caller.to_owned(), says: lockout.says.clone(), next: lockout.next.clone(), others }
}

/// Somebody's name, and what statements say of one power of theirs.
#[derive(Default)]
struct Side<'h> {
    who: String,
    before: Vec<&'h Holder>,
    after: Vec<&'h Holder>,
}

/// Each somebody with each power: what held before, and what holds afterwards.
fn side_by_side(before: &[Holder], after: &[Holder]) -> Vec<HolderWire> {
    let mut rows: BTreeMap<(Power, String), Side<'_>> = BTreeMap::new();
    for (holder, is_after) in before.iter().map(|it| (it, false)).chain(after.iter().map(|it| (it, true))) {
        let side = rows.entry((holder.power, holder.id.clone())).or_default();
        side.who.clone_from(&holder.who);
        if is_after { side.after.push(holder) } else { side.before.push(holder) }
    }
    let rows = rows.into_iter().map(|((power, id), side)| HolderWire {
        who: side.who,
        id,
        power: word(power).to_owned(),
        verb: power.verb().to_owned(),
        before: standing(&side.before),
        after: standing(&side.after),
    });
    rows.collect()
}

/// What holds of several statements together: a denial goes first, then what is free, then what is conditional.
fn standing(holders: &[&Holder]) -> Option<StandingWire> {
    let rank = |standing: &Standing| match standing {
        Standing::Denied => 0,
        Standing::Can => 1,
        Standing::When { .. } => 2,
        Standing::DependsOn { .. } => 3,
    };
    let first = holders.iter().min_by_key(|holder| rank(&holder.standing))?;
    let same = holders.iter().filter(|holder| rank(&holder.standing) == rank(&first.standing));
    let (mut terms, mut by): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    for holder in same {
        match &holder.standing {
            Standing::Can | Standing::Denied => {}
            Standing::DependsOn { on } => terms.push(on.clone()),
            Standing::When { conditions } => terms.push(policy::listed(conditions)),
        }
        by.push(holder.by.clone());
    }
    terms.sort();
    terms.dedup();
    by.dedup();
    let is = match first.standing {
        Standing::Can => "can",
        Standing::Denied => "denied",
        Standing::DependsOn { .. } => "depends-on",
        Standing::When { .. } => "when",
    };
    Some(StandingWire { is: is.to_owned(), terms, by })
}

/// The word of a power.
pub(super) fn word(power: Power) -> &'static str {
    match power {
        Power::Administer => "administer",
        Power::Decrypt => "decrypt",
        Power::Delegate => "delegate",
        Power::Destroy => "destroy",
        Power::Encrypt => "encrypt",
        Power::Extract => "extract",
        Power::Sign => "sign",
    }
}

/// A template with its questions.
pub(super) fn template(template: &policy::Template) -> TemplateWire {
    let question = |question: &policy::Question| TemplateQuestionWire {
        id: question.id.to_owned(),
        label: question.label.to_owned(),
        hint: question.hint.to_owned(),
        lines: question.kind == AnswerKind::Principals,
        choices: match question.kind {
            AnswerKind::Choice { of } => of.iter().map(|(word, label)| pair(word, label)).collect(),
            AnswerKind::Account
            | AnswerKind::Principals
            | AnswerKind::Service
            | AnswerKind::Sha384
            | AnswerKind::Text
            | AnswerKind::Uuid => Vec::new(),
        },
        optional: question.optional,
    };
    let preset = |preset: &policy::Preset| {
        (preset.label.to_owned(), preset.answers.iter().map(|(name, answer)| pair(name, answer)).collect())
    };
    TemplateWire {
        id: template.id.to_owned(),
        title: template.title.to_owned(),
        explains: template.explains.to_owned(),
        source: template.source.to_owned(),
        questions: template.questions.iter().map(question).collect(),
        presets: template.presets.iter().map(preset).collect(),
    }
}

fn pair(left: &str, right: &str) -> (String, String) {
    (left.to_owned(), right.to_owned())
}

/// What a request would be answered.
pub(super) fn simulated(text: &str, told: policy::Simulated) -> SimulatedAccess {
    let places = Places::of(text);
    SimulatedAccess {
        verdict: told.verdict.word().to_owned(),
        says: told.says,
        by: told.by.iter().map(|it| sentence(&places, it)).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_in_utf16() {
        for text in ["", "plain", "ä{\"é😀\": \"😀\"}x", "\u{1F511}\u{1F511}", &"a".repeat(20_000)] {
            let places = Places::of(text);
            for (byte, _) in text.char_indices().chain([(text.len(), ' ')]) {
                let counted = text[..byte].encode_utf16().count();
                assert_eq!(places.at(byte) as usize, counted, "{byte} of {:.20}", text);
            }
        }
    }

    #[test]
    fn of_several_statements_a_denial_counts_first() {
        let holder = |standing: Standing, by: &str| Holder {
            who: "role A".into(),
            id: "A".into(),
            power: Power::Sign,
            standing,
            by: by.into(),
            span: None,
        };
        let (can, denied) = (holder(Standing::Can, "one"), holder(Standing::Denied, "two"));
        let rows = side_by_side(std::slice::from_ref(&can), &[can.clone(), denied]);
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0].before.as_ref().unwrap().is, "can");
        let after = rows[0].after.as_ref().unwrap();
        assert_eq!((after.is.as_str(), after.by.as_slice()), ("denied", ["two".to_owned()].as_slice()));
    }
}
