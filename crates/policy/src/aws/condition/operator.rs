//! The operators of conditions, taken apart: `ForAnyValue:StringNotLikeIfExists`.

/// An operator of a condition.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Operator {
    /// How several values of the key count.
    pub set: Option<Set>,
    /// What is compared.
    pub base: Base,
    /// Whether it is a `Not…` operator.
    pub negated: bool,
    /// Whether it also holds where the request does not have the key.
    pub if_exists: bool,
}

/// How several values of a key count.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Set {
    /// All of them have to match.
    ForAllValues,
    /// One of them has to match.
    ForAnyValue,
}

/// What an operator compares, and how.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Base {
    /// `StringEquals`.
    Text,
    /// `StringEqualsIgnoreCase`.
    TextIgnoringCase,
    /// `StringLike`.
    TextLike,
    /// `ArnEquals` and `ArnLike`, which are the same.
    Arn,
    /// `NumericEquals` and its like.
    Number(Order),
    /// `DateEquals` and its like.
    Date(Order),
    /// `Bool`.
    Bool,
    /// `BinaryEquals`.
    Binary,
    /// `IpAddress`.
    Address,
    /// `Null`.
    Null,
}

/// How the request's value stands to the policy's.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Order {
    /// The same.
    Equal,
    /// Before it.
    Less,
    /// Before it or the same.
    LessOrEqual,
    /// After it.
    Greater,
    /// After it or the same.
    GreaterOrEqual,
}

/// By name, without prefix and suffix.
const BASES: &[(&str, Base, bool)] = &[
    ("StringEquals", Base::Text, false),
    ("StringNotEquals", Base::Text, true),
    ("StringEqualsIgnoreCase", Base::TextIgnoringCase, false),
    ("StringNotEqualsIgnoreCase", Base::TextIgnoringCase, true),
    ("StringLike", Base::TextLike, false),
    ("StringNotLike", Base::TextLike, true),
    ("ArnEquals", Base::Arn, false),
    ("ArnLike", Base::Arn, false),
    ("ArnNotEquals", Base::Arn, true),
    ("ArnNotLike", Base::Arn, true),
    ("NumericEquals", Base::Number(Order::Equal), false),
    ("NumericNotEquals", Base::Number(Order::Equal), true),
    ("NumericLessThan", Base::Number(Order::Less), false),
    ("NumericLessThanEquals", Base::Number(Order::LessOrEqual), false),
    ("NumericGreaterThan", Base::Number(Order::Greater), false),
    ("NumericGreaterThanEquals", Base::Number(Order::GreaterOrEqual), false),
    ("DateEquals", Base::Date(Order::Equal), false),
    ("DateNotEquals", Base::Date(Order::Equal), true),
    ("DateLessThan", Base::Date(Order::Less), false),
    ("DateLessThanEquals", Base::Date(Order::LessOrEqual), false),
    ("DateGreaterThan", Base::Date(Order::Greater), false),
    ("DateGreaterThanEquals", Base::Date(Order::GreaterOrEqual), false),
    ("Bool", Base::Bool, false),
    ("BinaryEquals", Base::Binary, false),
    ("IpAddress", Base::Address, false),
    ("NotIpAddress", Base::Address, true),
    ("Null", Base::Null, false),
];

impl Operator {
    /// Every operator by name, without prefix and suffix.
    pub fn names() -> impl Iterator<Item = &'static str> {
        BASES.iter().map(|(name, ..)| *name)
    }

    /// Reads an operator's name. `None` if there is no such operator.
    pub fn read(name: &str) -> Option<Self> {
        let (set, rest) = match name.split_once(':') {
            Some(("ForAllValues", rest)) => (Some(Set::ForAllValues), rest),
            Some(("ForAnyValue", rest)) => (Some(Set::ForAnyValue), rest),
            Some(_) => return None,
            None => (None, name),
        };
        let (rest, if_exists) = rest.strip_suffix("IfExists").map_or((rest, false), |rest| (rest, true));
        let (_, base, negated) = *BASES.iter().find(|(known, ..)| *known == rest)?;
        let is_null = base == Base::Null;
        (!is_null || (set.is_none() && !if_exists)).then_some(Self { set, base, negated, if_exists })
    }

    /// Whether it holds where the request does not have the key.
    pub fn holds_without_key(self) -> bool {
        match self.set {
            Some(Set::ForAllValues) => true,
            Some(Set::ForAnyValue) => self.if_exists,
            None => self.negated || self.if_exists,
        }
    }
}
