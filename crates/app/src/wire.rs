//! Domain to contract: the conversions that need more than the domain's own words.

use contract::{
    AccessNeedWire, AccessRow, AccessWire, AspectWire, CertificateReading, FacetWire, FieldRow, Fingerprints, FormRow,
    GrantWire, ItemRow, LeavesWire, LockWire, LogWire, MomentWire, OfferWire, PrincipalWire, QuestionWire,
    RotationOrderWire, RotationRuleWire, VersionWire, WireError,
};
use domain::{
    Access, AccessCheck, AccessModel, AccessNeed, Answer, Aspect, Facet, FacetKind, Field, FieldKind, Form, Grant,
    Item, ItemRef, Leaves, Lock, Log, Moment, NativeRow, Offer, OrderEnd, Principal, Question, QuestionKind,
    RotationRule, StepOrder, Timestamp, Verdict, Version,
};
use encoding::x509::Certificate;

/// RFC 3339, in UTC.
pub(crate) fn instant(at: Timestamp) -> String {
    at.to_string()
}

pub(crate) fn moment(of: &Moment) -> MomentWire {
    MomentWire { at: instant(of.at), actor: of.actor.clone(), evidence: of.evidence.clone() }
}

pub(crate) fn lock(lock: Lock) -> LockWire {
    LockWire { because: lock.because, next: lock.next, until: lock.until.map(instant) }
}

/// One line of what happened.
pub(crate) fn log(line: &Log) -> LogWire {
    LogWire { at: instant(line.at), actor: line.actor.clone(), says: line.says.clone() }
}

/// How an order of a wizard ended, in a word, and why if it is not done.
pub(crate) fn order_end(end: Option<&OrderEnd>) -> (&'static str, Option<String>) {
    match end {
        None => ("live", None),
        Some(OrderEnd::Done) => ("done", None),
        Some(OrderEnd::NeverSent) => ("never-sent", None),
        Some(OrderEnd::NotDone { because }) => ("not-done", Some(because.clone())),
    }
}

/// An order of a wizard, whose step has that word.
pub(crate) fn step_order<S>(order: &StepOrder<S>, step: &str) -> RotationOrderWire {
    let (state, because) = order_end(order.end.as_ref());
    RotationOrderWire {
        step: step.to_owned(),
        order: order.order.0.clone(),
        at: instant(order.at),
        state: state.to_owned(),
        because,
    }
}

pub(crate) fn form_row(form: &Form) -> FormRow {
    FormRow {
        provider: form.provider.to_owned(),
        title: form.title.to_owned(),
        about: form.about.to_owned(),
        fields: form.fields.iter().map(field_row).collect(),
    }
}

fn field_row(field: &Field) -> FieldRow {
    let (kind, choices) = match &field.kind {
        FieldKind::Choice(choices) => ("choice", *choices),
        FieldKind::List => ("list", [].as_slice()),
        FieldKind::Path => ("path", [].as_slice()),
        FieldKind::Secret => ("secret", [].as_slice()),
        FieldKind::Text => ("text", [].as_slice()),
    };
    FieldRow {
        name: field.name.to_owned(),
        label: field.label.to_owned(),
        help: field.help.to_owned(),
        kind: kind.to_owned(),
        choices: choices.iter().map(|choice| (choice.value.to_owned(), choice.label.to_owned())).collect(),
        required: field.required,
        shown_when: field
            .shown_when
            .map(|(name, values)| (name.to_owned(), values.iter().map(|value| (*value).to_owned()).collect())),
    }
}

pub(crate) fn access_row(check: &AccessCheck) -> AccessRow {
    let (allowed, error, untested) = match &check.verdict {
        Verdict::Allowed => (Some(true), None, None),
        Verdict::Refused(error) => (Some(false), Some(WireError::from(error)), None),
        Verdict::Untested(because) => (None, None, Some(because.clone())),
    };
    AccessRow { what: check.what.clone(), permission: check.permission.clone(), allowed, error, untested }
}

pub(crate) fn question(question: &Question) -> QuestionWire {
    let none = Vec::new;
    let (kind, choices) = match &question.kind {
        QuestionKind::Choice(choices) => ("choice", choices.clone()),
        QuestionKind::Flag => ("flag", none()),
        QuestionKind::Lines => ("lines", none()),
        QuestionKind::List => ("list", none()),
        QuestionKind::Number { .. } => ("number", none()),
        QuestionKind::Pairs => ("pairs", none()),
        QuestionKind::File => ("file", none()),
        QuestionKind::Secret => ("secret", none()),
        QuestionKind::Several(choices) => ("several", choices.clone()),
        QuestionKind::Text => ("text", none()),
    };
    let bounds = match &question.kind {
        QuestionKind::Number { least, most } => Some((least.to_string(), most.to_string())),
        _ => None,
    };
    let (least, most) = bounds.unzip();
    QuestionWire {
        name: question.name.to_owned(),
        label: question.label.clone(),
        help: question.help.clone(),
        kind: kind.to_owned(),
        choices,
        least,
        most,
        required: question.required,
        shown_when: question.shown_when.clone().map(|(name, values)| (name.to_owned(), values)),
        preset: question.preset.clone(),
    }
}

/// The row of an item of the connection named in `reference`, which is of the kind `provider`.
pub(crate) fn item_row(provider: &str, reference: &ItemRef, item: &Item) -> ItemRow {
    ItemRow {
        reference: reference.to_string(),
        provider: provider.to_owned(),
        connection: reference.connection.clone(),
        vault: reference.key.vault.0.clone(),
        name: item.name.clone(),
        kind: item.native_kind.to_owned(),
        facets: item.facets.iter().map(|facet| facet_word(facet.kind).to_owned()).collect(),
        algorithm: item.algorithm.as_ref().map(ToString::to_string),
        state: item.state.word().to_owned(),
        created: item.created.map(instant),
        expires: item.expires.map(instant),
        trouble: item.trouble.as_ref().map(WireError::from),
    }
}

pub(crate) fn facet_word(kind: FacetKind) -> &'static str {
    match kind {
        FacetKind::Certificate => "certificate",
        FacetKind::Key => "key",
        FacetKind::Secret => "secret",
    }
}

pub(crate) fn facet(facet: &Facet, signs: Vec<String>) -> FacetWire {
    FacetWire {
        kind: facet_word(facet.kind).to_owned(),
        leaves: match facet.leaves {
            Leaves::Nothing => LeavesWire::Nothing,
            Leaves::PublicPart => LeavesWire::PublicPart,
            Leaves::PrivateMaterial => LeavesWire::PrivateMaterial,
        },
        access: match &facet.access {
            Access::Open => AccessWire::Open,
            Access::Closed { permission, because } => {
                AccessWire::Closed { permission: permission.clone(), because: because.clone() }
            }
            Access::Untested => AccessWire::Untested,
        },
        operations: facet.operations.clone(),
        signs,
    }
}

/// A facet that the item has not, and why.
pub(crate) fn absent_facet(kind: FacetKind, because: String) -> FacetWire {
    FacetWire {
        kind: facet_word(kind).to_owned(),
        leaves: LeavesWire::Nothing,
        access: AccessWire::Absent { because },
        operations: Vec::new(),
        signs: Vec::new(),
    }
}

pub(crate) fn version(version: &Version) -> VersionWire {
    VersionWire {
        id: version.id.clone(),
        state: version.state.word().to_owned(),
        created: version.created.map(instant),
        expires: version.expires.map(instant),
        current: version.current,
        has_public_key: version.has_public_key,
    }
}

pub(crate) fn aspect(aspect: &Aspect) -> AspectWire {
    let pairs = |rows: &[NativeRow]| rows.iter().map(|row| (row.name.clone(), row.value.clone())).collect();
    match aspect {
        Aspect::Access(model) => access_model(model),
        Aspect::Aliases(names) => AspectWire::Aliases { names: names.clone() },
        Aspect::CertificatePolicy { issuer, renewal, renews, rules } => AspectWire::CertificatePolicy {
            issuer: issuer.clone(),
            renewal: renewal.clone(),
            renews: *renews,
            rules: pairs(rules),
        },
        Aspect::Description(text) => AspectWire::Description { text: text.clone() },
        Aspect::Grants(grants) => AspectWire::Grants { grants: grants.iter().map(grant).collect() },
        Aspect::Issuance { status, detail, waits_for_answer, failure } => AspectWire::Issuance {
            status: status.clone(),
            detail: detail.clone(),
            waits_for_answer: *waits_for_answer,
            failure: failure.clone(),
        },
        Aspect::Native(rows) => AspectWire::Native { rows: pairs(rows) },
        Aspect::PendingDeletion { at } => AspectWire::PendingDeletion { at: instant(*at) },
        Aspect::ReleasePolicy { text, immutable } => {
            AspectWire::ReleasePolicy { text: text.clone(), immutable: *immutable }
        }
        Aspect::Rotation { automatic, period_seconds, next, left_on_demand, rules } => AspectWire::Rotation {
            automatic: *automatic,
            period_seconds: *period_seconds,
            next: next.map(instant),
            left_on_demand: *left_on_demand,
            rules: rules.iter().map(rotation_rule).collect(),
        },
        Aspect::Tags(tags) => AspectWire::Tags { tags: tags.clone() },
    }
}

fn access_model(access: &AccessModel) -> AspectWire {
    let need = |need: &AccessNeed| AccessNeedWire {
        facet: facet_word(need.facet).to_owned(),
        purpose: need.purpose.clone(),
        permission: need.permission.clone(),
        role: need.role.clone(),
    };
    let principal = |principal: &Principal| PrincipalWire {
        id: principal.id.clone(),
        kind: principal.kind.clone(),
        by: principal.by.clone(),
        scope: principal.scope.clone(),
        opens: principal.opens.iter().map(|kind| facet_word(*kind).to_owned()).collect(),
    };
    AspectWire::Access {
        model: access.model.clone(),
        needs: access.needs.iter().map(need).collect(),
        principals: access.principals.iter().map(principal).collect(),
        incomplete: access.incomplete.clone(),
    }
}

fn rotation_rule(rule: &RotationRule) -> RotationRuleWire {
    RotationRuleWire { says: rule.says.clone(), written: rule.written.clone(), next: rule.next.map(instant) }
}

fn grant(grant: &Grant) -> GrantWire {
    GrantWire {
        id: grant.id.clone(),
        name: grant.name.clone(),
        grantee: grant.grantee.clone(),
        retiring: grant.retiring.clone(),
        operations: grant.operations.clone(),
        constraints: grant.constraints.iter().map(|row| (row.name.clone(), row.value.clone())).collect(),
        created: grant.created.map(instant),
    }
}

pub(crate) fn offer(offer: &Offer) -> OfferWire {
    let (allowed, because, permission) = match &offer.answer {
        Answer::Allow => (Some(true), None, None),
        Answer::Refuse { because, permission } => (Some(false), Some(because.clone()), permission.clone()),
        Answer::Unknown { probe } => (None, Some(probe.clone()), None),
    };
    OfferWire { ask: offer.ask.word().to_owned(), changes: offer.ask.changes(), allowed, because, permission }
}

pub(crate) fn fingerprints(of: encoding::fingerprint::Fingerprints) -> Fingerprints {
    Fingerprints {
        spki_sha256: of.spki_sha256,
        spki_sha256_hex: of.spki_sha256_hex,
        openssh_sha256: of.openssh_sha256,
        jwk_thumbprint: of.jwk_thumbprint,
    }
}

pub(crate) fn certificate(read: Certificate) -> CertificateReading {
    CertificateReading {
        not_before: instant(read.not_before),
        not_after: instant(read.not_after),
        algorithm: read.algorithm.to_string(),
        subject: read.subject,
        issuer: read.issuer,
        serial: read.serial,
        names: read.names,
        usages: read.usages,
        is_authority: read.is_authority,
        signature_algorithm: read.signature_algorithm,
        sha1: read.sha1,
        sha256: read.sha256,
        x5t: read.x5t,
        x5t_s256: read.x5t_s256,
        spki_pin: read.spki_pin,
        self_signed: read.self_signed,
    }
}
