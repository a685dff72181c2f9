//! Reads what became of a step that was sent. Nothing is ever sent again from here.

use domain::{Finding, Performed, Result};

use crate::{Tenant, operation::Operation};

/// What a reading says about the step.
pub(crate) async fn check(_tenant: &Tenant, performed: &Performed) -> Result<Finding> {
    let operation = Operation::of(&performed.step)?;
    Ok(Finding::Unclear { evidence: format!("{} is not read yet.", operation.name()) })
}
