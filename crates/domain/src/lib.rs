//! The nouns of Claviger: connections, vaults, items, facets, versions, asks and offers, and the one error type.
//!
//! No I/O, no clock and no async runtime live here. Bytes of public formats are read in `encoding`, one floor up.
//! The glossary, with each provider's own word beside ours, is the table "Words" in `ARCHITECTURE.md`.

mod algorithm;
mod aspect;
mod change;
mod connect;
mod destruction;
mod error;
mod facet;
mod item;
mod material;
mod offer;
mod policy;
mod provider;
mod reference;
mod rotation;
mod secret;
mod signature;
mod usage;
mod wizard;

pub use algorithm::{Algorithm, Curve};
pub use aspect::{AccessModel, AccessNeed, Aspect, Grant, NativeRow, Principal, RotationRule};
pub use change::{
    Change, Changes, Event, Finding, Ledger, Note, Order, OrderId, Outcome, Performed, Plan, Question, QuestionKind,
    Record, Reviewed, Sending, Sent, Stage, Step, Target, Tier, ToldEnd, Undo, shown_digest,
};
pub use connect::{
    AccessCheck, Answers, Choice, Environment, Field, FieldKind, Form, Identity, Prompt, SecretAnswers, SignIn,
    SignInHost, Verdict,
};
pub use destruction::{DestructionStep, DestructionStroke, DestructionSubject, Destructions, Standing, WaitDays};
pub use error::{Changed, Error, Kind, Result};
pub use facet::{Access, Facet, FacetKind, Leaves};
pub use item::{Item, ItemDetail, State, Vault, Version};
pub use material::{
    Afterwards, Bringing, Ciphers, Exports, Hash, ImportSubject, Imports, KeyMaterial, LOADED, Leaving, Package,
    Taking, Wrap, WrapOffer, Wrapped, WrappingKey,
};
pub use offer::{Answer, Ask, Offer};
pub use policy::{
    Door, Known, NamedPolicy, Policies, PolicyCaller, PolicyLanguage, PolicyMount, PolicyPermit, PolicyText,
    Surroundings,
};
pub use provider::{Backups, Certificates, Entry, Inventory, KeyAndChain, Provider, Secrets, Signing};
pub use reference::{ItemKey, ItemRef, VaultId};
pub use rotation::{
    RotationFact, RotationMethod, RotationOffer, RotationStep, RotationSubject, Rotations, Switch, Wish,
};
pub use secret::Secret;
pub use signature::SignatureAlgorithm;
pub use usage::{LastUse, Usage};
pub use wizard::{Due, Lock, Log, Moment, OrderEnd, StepOrder};

/// An instant in UTC. Providers' own types are turned into this at their edge; on the wire it is RFC 3339.
pub use jiff::Timestamp;
