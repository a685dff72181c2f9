//! What can happen to an import. Each act is refused by a lock or becomes the next state.

use domain::{Error, Kind, Log, Moment, OrderEnd, OrderId, Result, StepOrder, Timestamp};

use crate::{End, Held, Import, ImportStep, ImportTarget, LoadedKey, Move, Proof, Source, WrappedRecord};

const OPERATION: &str = "go on with the import";

/// Something that happens to an import.
#[derive(Clone, Debug, PartialEq)]
pub enum Act {
    /// The end of an order was learnt.
    EndOrder(EndedOrder),
    /// The wrapping key is not in the source's vault any more, and this import has not removed it.
    FindRemoved,
    /// It is over, and the key is there.
    Finish,
    /// It is given up.
    GiveUp,
    /// It was tried to show that it is the same key.
    Prove(Proof),
    /// Where from.
    SetSource(Source),
    /// Where to, and how.
    SetTarget(ImportTarget),
    /// An order was confirmed and is about to be written down.
    TakeOrder {
        /// For which step.
        step: ImportStep,
        /// Its number.
        order: OrderId,
    },
    /// The key was wrapped.
    Wrap(WrappedRecord),
}

/// How an order of an import ended, and what it made.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct EndedOrder {
    /// Which.
    pub order: OrderId,
    /// How.
    pub end: OrderEnd,
    /// The reference of the item that it made, where it made one: also where a later call of it did not happen.
    pub made: Option<String>,
    /// The fingerprint of the wrapping key that it loaded, where it loaded one.
    pub fingerprint: Option<String>,
}

impl Act {
    /// What may lock it.
    fn moves(&self) -> Move {
        match self {
            Self::EndOrder(_) => Move::EndOrder,
            Self::FindRemoved => Move::Order(ImportStep::Remove),
            Self::Finish => Move::Finish,
            Self::GiveUp => Move::GiveUp,
            Self::Prove(_) => Move::Prove,
            Self::SetSource(_) => Move::SetSource,
            Self::SetTarget(_) => Move::SetTarget,
            Self::TakeOrder { step, .. } => Move::Order(*step),
            Self::Wrap(_) => Move::Wrap,
        }
    }
}

impl Import {
    /// What becomes of it. `held` is what the app has in memory, `actor` who does it.
    ///
    /// # Errors
    /// `Conflict` with the lock; then nothing has changed.
    pub fn apply(&self, act: Act, held: &Held, actor: &str, now: Timestamp) -> Result<Self> {
        if let Some(lock) = self.lock(act.moves(), held, now) {
            return Err(lock.refuses(OPERATION));
        }
        let mut next = self.clone();
        let moment = |evidence: &str| Moment { at: now, actor: actor.to_owned(), evidence: evidence.to_owned() };
        let says = match act {
            Act::EndOrder(ended) => next.end_order(ended, actor, now)?,
            Act::FindRemoved => {
                next.loaded.iter_mut().for_each(|loaded| loaded.removed = true);
                "The wrapping key is not in the source's vault any more: somebody else removed it.".to_owned()
            }
            Act::Finish => {
                next.end = Some(End::Done { moment: moment("The key is there and proven.") });
                "Finished.".to_owned()
            }
            Act::GiveUp => {
                let stays = next.what_stays();
                next.end = Some(End::GivenUp { moment: moment(&stays) });
                format!("Given up. {stays}")
            }
            Act::Prove(proof) => {
                let says = proof.moment.evidence.clone();
                next.proof = Some(proof);
                says
            }
            Act::SetSource(source) => {
                let says = format!("The key comes from {}.", in_words(&source));
                // What was wrapped was another key.
                next.wrapped = None;
                next.source = Some(source);
                says
            }
            Act::SetTarget(target) => {
                let says = format!("The key goes to {} through {}.", target.vault_name, target.connection);
                if next.target.as_ref().is_some_and(|before| before.algorithm != target.algorithm) {
                    next.source = None;
                }
                next.wrapped = None;
                next.target = Some(target);
                says
            }
            Act::TakeOrder { step, order } => {
                let says = format!("Order {order} was confirmed: {}.", step.word());
                next.orders.push(StepOrder { step, order, at: now, end: None });
                says
            }
            Act::Wrap(wrapped) => {
                let says = match &wrapped.sha256 {
                    Some(sha256) => format!("The key was wrapped by {}: SHA-256 {sha256}.", wrapped.native),
                    None => "The key was read, to be sent as it is.".to_owned(),
                };
                next.wrapped = Some(wrapped);
                says
            }
        };
        next.log.push(Log { at: now, actor: actor.to_owned(), says });
        Ok(next)
    }

    fn end_order(&mut self, ended: EndedOrder, actor: &str, now: Timestamp) -> Result<String> {
        let EndedOrder { order: id, end, made, fingerprint } = ended;
        let Some(order) = self.orders.iter_mut().find(|order| order.order == id && order.is_live()) else {
            return Err(Error::new(Kind::Conflict, OPERATION, format!("order {id} is not out"))
                .with_refused_by("this app")
                .with_next("Open the import again: it may have gone on meanwhile."));
        };
        let step = order.step;
        order.end = Some(end.clone());
        let says = match (&end, &made) {
            (OrderEnd::Done, _) => format!("Order {id} is done: {}.", step.word()),
            (OrderEnd::NotDone { because }, Some(made)) => {
                format!("Order {id} made {made}, and did not go on from there: {because}")
            }
            (OrderEnd::NotDone { because }, None) => format!("Order {id} did not happen: {because}"),
            (OrderEnd::NeverSent, _) => format!("Order {id} was never sent."),
        };
        // What was made is there, whatever became of the calls after it.
        if end == OrderEnd::Done || made.is_some() && step != ImportStep::Remove {
            match step {
                ImportStep::Prepare => self.item = made,
                ImportStep::Load => self.loaded.extend(made.map(|reference| LoadedKey {
                    reference,
                    fingerprint: fingerprint.unwrap_or_default(),
                    removed: false,
                })),
                ImportStep::Remove => self.loaded.iter_mut().for_each(|loaded| loaded.removed = true),
                ImportStep::Import => {
                    self.item = made.or_else(|| self.item.take());
                    self.imported = Some(Moment { at: now, actor: actor.to_owned(), evidence: says.clone() });
                }
            }
        }
        Ok(says)
    }

    /// What stays behind when it is given up now.
    fn what_stays(&self) -> String {
        match (&self.item, &self.imported, &self.again) {
            (_, Some(_), _) => "The key stays at the target: delete it there if it is not wanted.".to_owned(),
            (Some(item), None, None) => {
                format!("{item} stays at the target without material: schedule its deletion there.")
            }
            (Some(_), None, Some(_)) => "The key at the target is as it was before.".to_owned(),
            (None, None, _) => "Nothing was made.".to_owned(),
        }
    }
}

fn in_words(source: &Source) -> String {
    match source {
        Source::File => "a file".to_owned(),
        Source::Generated => "this computer, which makes it".to_owned(),
        Source::Item { reference, version, inside } => {
            let version = version.as_ref().map(|version| format!(", version {version}")).unwrap_or_default();
            let inside = if *inside { ", wrapped inside its vault" } else { "" };
            format!("{reference}{version}{inside}")
        }
        Source::Offline => "a machine without a connection".to_owned(),
    }
}
