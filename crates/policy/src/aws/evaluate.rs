//! Whether AWS would do what somebody asks of a key, and which statements answer.
//!
//! Sources: IAM User Guide, "Policy evaluation logic", "Permissions boundaries for IAM entities"; KMS Developer Guide,
//! "Key policies in AWS KMS", "Allowing users in other accounts to use a KMS key", "Grants in AWS KMS". Service control
//! policies, resource control policies and policies of VPC endpoints are not part of it: they can only deny.

use super::{
    actions::{across_accounts, grant_gives},
    condition,
    context::{Context, Found},
    document::{Document, Entries, Statement},
    identity::{Identity, Reach, reach, reached_by_name},
    keys::is_never_with,
    parse::parse,
    pattern::{Case, action_matches},
    truth::Truth,
};
use crate::{Known, NamedPolicy, Permit, Span};

/// What is asked of KMS.
#[derive(Clone, Debug)]
pub struct Request {
    /// Who asks.
    pub caller: Identity,
    /// `kms:Decrypt`.
    pub action: String,
    /// The key's ARN, which tells the account that owns it.
    pub resource: String,
    /// The values of condition keys.
    pub context: Context,
    /// What IAM says of the caller.
    pub iam: Known<Vec<IamPolicy>>,
    /// Grants of the key, to whomever.
    pub permits: Vec<Permit>,
}

/// A policy of IAM, read.
#[derive(Clone, Debug)]
pub struct IamPolicy {
    /// Its name.
    pub name: String,
    /// Whether it only limits what others allow: a permissions boundary, a session policy.
    pub limits: bool,
    /// What it says.
    pub document: Document,
}

/// The answer.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Decision {
    /// Yes or no.
    pub verdict: Verdict,
    /// What answered: the statements that deny; that allow; or whose conditions are unknown.
    pub by: Vec<Answer>,
    /// Why the caller's IAM policies, which could still deny, were not read; a sentence without its full stop.
    pub unread: Option<String>,
}

/// Whether AWS would do it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Verdict {
    /// It would. Where [`Decision::unread`] is given: unless an IAM policy denies it.
    Allowed,
    /// A statement denies it.
    Denied,
    /// Nothing allows it.
    NotAllowed,
    /// The key policy leaves it to IAM policies, which were not read.
    DependsOnIam,
    /// It cannot be told.
    Unknown {
        /// What it depends on: condition keys, IAM policies, a text that is not well-formed.
        on: Vec<String>,
    },
}

/// A statement or a grant that answered.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Answer {
    /// Its label, as [`Statement::label`] gives it, or the grant's identifier.
    pub label: String,
    /// Where in its document; `None` for a grant.
    pub span: Option<Span>,
    /// In which document.
    pub of: Source,
}

/// Where a statement stands.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Source {
    /// In the key policy.
    KeyPolicy,
    /// In the caller's policy of that name.
    IamPolicy(String),
    /// It is a grant.
    Grant,
}

impl Source {
    fn answer(&self, statement: &Statement) -> Answer {
        Answer { label: statement.label(), span: Some(statement.span), of: self.clone() }
    }
}

impl IamPolicy {
    /// Reads policies. What is not well-formed stays in them, and makes every decision unknown.
    pub fn read(policies: &Known<Vec<NamedPolicy>>) -> Known<Vec<Self>> {
        match policies {
            Known::Unread(why) => Known::Unread(why.clone()),
            Known::Read(policies) => Known::Read(
                policies
                    .iter()
                    .map(|policy| Self {
                        name: policy.name.clone(),
                        limits: policy.limits,
                        document: parse(&policy.text, false),
                    })
                    .collect(),
            ),
        }
    }
}

impl Request {
    /// A call that somebody makes directly, of whose context only that is known which follows from it.
    pub fn of(caller: Identity, action: &str, key_arn: &str, iam: Known<Vec<IamPolicy>>) -> Self {
        let context = Context::of_call(&caller, key_arn);
        Self { caller, action: action.to_owned(), resource: key_arn.to_owned(), context, iam, permits: Vec::new() }
    }

    fn owner(&self) -> Option<&str> {
        self.resource.strip_prefix("arn:")?.split(':').nth(3).filter(|account| !account.is_empty())
    }

    fn policies(&self) -> &[IamPolicy] {
        match &self.iam {
            Known::Read(policies) if self.caller.has_iam_policies() => policies,
            Known::Read(_) | Known::Unread(_) => &[],
        }
    }

    fn unread(&self) -> Option<&String> {
        match &self.iam {
            Known::Unread(why) if self.caller.has_iam_policies() => Some(why),
            Known::Read(_) | Known::Unread(_) => None,
        }
    }

    /// Whether a statement is about this request; and by which name of the caller.
    fn is_met_by(&self, statement: &Statement, document: &Document, bounded: bool) -> (Truth, Reach) {
        if !has_action(statement.actions.as_ref(), &self.action) {
            return (Truth::Fails, Reach::Direct);
        }
        let (who, by) = match &statement.principals {
            Some(principals) => reach(principals, &self.caller, statement.denies(), bounded),
            None => (Truth::Holds, Reach::Direct),
        };
        if who.fails() {
            return (Truth::Fails, by);
        }
        let variables = document.has_variables();
        let resource = has_resource(statement, Some(&self.resource), &self.context, variables);
        let none = Context::default().complete();
        let conditions = statement.conditions.iter().map(|condition| {
            let key = &condition.key.value;
            let never = self.context.find(key) == Found::Unknown && is_never_with(key, &self.action);
            condition::holds(condition, if never { &none } else { &self.context }, variables)
        });
        (conditions.fold(who.and(resource), Truth::and), by)
    }
}

/// Whether a statement is about an action such as `kms:Decrypt`.
pub fn has_action(actions: Option<&Entries<String>>, action: &str) -> bool {
    actions.is_some_and(|entries| {
        entries.values.iter().any(|entry| action_matches(&entry.value, action)) != entries.negated
    })
}

/// Whether a statement is about a key; unknown where its ARN is, unless the statement is about all of them.
pub(super) fn has_resource(statement: &Statement, key_arn: Option<&str>, context: &Context, variables: bool) -> Truth {
    let Some(entries) = &statement.resources else { return Truth::Fails };
    if !entries.negated && entries.values.iter().any(|entry| entry.value == "*") {
        return Truth::Holds;
    }
    let one = |text: &str| match (condition::pattern(text, context, variables), key_arn) {
        _ if text == "*" => Truth::Holds,
        (Ok(pattern), Some(arn)) => Truth::from(pattern.matches(arn, Case::Counts)),
        (Ok(_), None) => Truth::unknown(format!("whether the key is {text}")),
        (Err(key), _) => Truth::unknown(key),
    };
    let named = entries.values.iter().map(|entry| one(&entry.value)).fold(Truth::Fails, Truth::or);
    if entries.negated { !named } else { named }
}

/// Statements of which one is enough.
struct Tally {
    truth: Truth,
    by: Vec<Answer>,
    perhaps: Vec<Answer>,
}

impl Tally {
    fn new() -> Self {
        Self { truth: Truth::Fails, by: Vec::new(), perhaps: Vec::new() }
    }

    fn add(&mut self, truth: Truth, answer: impl FnOnce() -> Answer) {
        match &truth {
            Truth::Holds => self.by.push(answer()),
            Truth::Unknown(_) => self.perhaps.push(answer()),
            Truth::Fails => {}
        }
        self.truth = std::mem::replace(&mut self.truth, Truth::Fails).or(truth);
    }
}

/// What denies and what allows, each by itself.
struct Sides {
    denied: Tally,
    /// The key's side: the caller or everybody, the caller's role, the caller's account.
    direct: Tally,
    role: Tally,
    account: Tally,
    /// The side of IAM: what allows, and what each limiting policy allows.
    iam: Tally,
    limits: Truth,
}

/// Decides. A policy that is not well-formed decides nothing.
pub fn decide(key_policy: &Document, request: &Request) -> Decision {
    if let Some(on) = malformed(key_policy, request) {
        return Decision { verdict: Verdict::Unknown { on: vec![on] }, by: Vec::new(), unread: None };
    }
    let sides = Sides::of(key_policy, request);
    let unread = request.unread().cloned();
    let (verdict, by) = sides.verdict(request, unread.as_deref());
    Decision { verdict, by, unread }
}

fn malformed(key_policy: &Document, request: &Request) -> Option<String> {
    if !key_policy.is_well_formed() {
        return Some("a key policy that AWS would take".to_owned());
    }
    let broken = request.policies().iter().find(|policy| !policy.document.is_well_formed())?;
    Some(format!("the IAM policy {}, which is not well-formed", broken.name))
}

impl Sides {
    fn of(key_policy: &Document, request: &Request) -> Self {
        let mut sides = Self {
            denied: Tally::new(),
            direct: Tally::new(),
            role: Tally::new(),
            account: Tally::new(),
            iam: Tally::new(),
            limits: Truth::Holds,
        };
        let bounded = request.policies().iter().any(|policy| policy.limits);
        for statement in key_policy.statements.iter().filter(|statement| statement.effect.is_some()) {
            let (truth, reach) = request.is_met_by(statement, key_policy, bounded);
            let tally = if statement.denies() { &mut sides.denied } else { sides.by(reach) };
            tally.add(truth, || Source::KeyPolicy.answer(statement));
        }
        for permit in request.permits.iter().filter(|permit| grant_gives(&permit.operations, &request.action)) {
            sides.permit(permit, request);
        }
        sides.policies(request);
        sides
    }

    fn by(&mut self, reach: Reach) -> &mut Tally {
        match reach {
            Reach::Direct => &mut self.direct,
            Reach::Role => &mut self.role,
            Reach::Account => &mut self.account,
        }
    }

    fn permit(&mut self, permit: &Permit, request: &Request) {
        let Some(reach) = reached_by_name(&permit.grantee, &request.caller) else { return };
        let truth = if permit.narrowed.is_empty() { Truth::Holds } else { Truth::Unknown(permit.narrowed.clone()) };
        self.by(reach).add(truth, || Answer { label: permit.id.clone(), span: None, of: Source::Grant });
    }

    fn policies(&mut self, request: &Request) {
        let mut limits = Vec::new();
        for policy in request.policies() {
            let mut allowed = Tally::new();
            let source = Source::IamPolicy(policy.name.clone());
            for statement in policy.document.statements.iter().filter(|statement| statement.effect.is_some()) {
                let (truth, _) = request.is_met_by(statement, &policy.document, false);
                let tally = match (statement.denies(), policy.limits) {
                    (true, _) => &mut self.denied,
                    (false, true) => &mut allowed,
                    (false, false) => &mut self.iam,
                };
                tally.add(truth, || source.answer(statement));
            }
            if policy.limits {
                limits.push(allowed.truth);
            }
        }
        // A boundary and a session policy both have to allow; of several session policies one is enough. Which is
        // which does not stand in them.
        let all = limits.iter().cloned().fold(Truth::Holds, Truth::and);
        let one = limits.into_iter().reduce(Truth::or).unwrap_or(Truth::Holds);
        self.limits = if all == one { all } else { Truth::unknown("how the caller's limiting policies combine") };
    }

    fn verdict(self, request: &Request, unread: Option<&str>) -> (Verdict, Vec<Answer>) {
        if self.denied.truth.holds() {
            return (Verdict::Denied, self.denied.by);
        }
        let allowed = if let Some(why) = unread {
            match (self.allowed(request, &Truth::Holds), self.allowed(request, &Truth::Fails)) {
                (with, without) if with == without => with,
                (Truth::Holds, Truth::Fails) if self.denied.truth.fails() => {
                    return (Verdict::DependsOnIam, self.account.by);
                }
                (with, without) => with.and(without.or(Truth::unknown(format!("IAM policies: {why}")))),
            }
        } else {
            self.allowed(request, &self.iam.truth)
        };
        match allowed.and(!self.denied.truth) {
            Truth::Fails => (Verdict::NotAllowed, Vec::new()),
            Truth::Holds => {
                let by = [self.direct.by, self.role.by, self.account.by, self.iam.by].concat();
                (Verdict::Allowed, by)
            }
            Truth::Unknown(on) => {
                let perhaps = [
                    self.denied.perhaps,
                    self.direct.perhaps,
                    self.role.perhaps,
                    self.account.perhaps,
                    self.iam.perhaps,
                ];
                (Verdict::Unknown { on }, perhaps.concat())
            }
        }
    }

    /// Whether both sides together allow, if IAM policies do or do not.
    fn allowed(&self, request: &Request, iam: &Truth) -> Truth {
        let (direct, role, account) = (&self.direct.truth, &self.role.truth, &self.account.truth);
        let any = || direct.clone().or(role.clone()).or(account.clone());
        let inside = || {
            let by_iam = account.clone().and(iam.clone()).and(self.limits.clone());
            direct.clone().or(role.clone().and(self.limits.clone())).or(by_iam)
        };
        let across = || any().and(iam.clone()).and(self.limits.clone());
        match (request.owner(), request.caller.account.as_deref()) {
            (Some(owner), Some(account)) if owner != account && !across_accounts(&request.action) => Truth::Fails,
            _ if !request.caller.has_iam_policies() => any(),
            (Some(owner), Some(account)) if owner == account => inside(),
            (Some(_), Some(_)) => across(),
            (None, _) | (_, None) => match (inside(), across()) {
                (first, second) if first == second => first,
                (first, second) => first.and(second).or(Truth::unknown("whose key it is")),
            },
        }
    }
}
