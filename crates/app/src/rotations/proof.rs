//! Claviger's own test of the new material: it signs a token where it is, which is verified and thrown away.

use contract::{NameRotation, RotationProof};
use domain::{Error, Kind, Result, SignatureAlgorithm, Timestamp};
use encoding::snowflake;
use rotation::{Act, ConsumerKind, Move, Rotation};
use serde_json::Value;

use super::material::Keys;
use crate::{
    App,
    items::{LIFETIME, Wanted, test_claims},
};

const PROVE: &str = "test the new key";

impl App {
    /// Has the new material sign, and takes down that it did: for a Snowflake user the very sign-in that its clients make.
    ///
    /// # Errors
    /// `Conflict` before it was made; as [`App::sign_test`].
    pub async fn prove_rotation(&self, request: NameRotation) -> Result<RotationProof> {
        let loaded = self.rotation(&request.rotation).await?;
        let rotation = &loaded.rotation;
        let Some(new) = &rotation.new else {
            return Err(Error::new(Kind::Conflict, PROVE, "the new material was not made yet")
                .with_refused_by("this app")
                .with_next("Make it first."));
        };
        // Nothing signs whose test could not be taken down.
        if let Some(lock) = rotation.lock(&Move::Prove, Timestamp::now()) {
            return Err(lock.refuses(PROVE));
        }
        let found = self.find(&new.reference).await?;
        let (algorithm, claims, what) = token(rotation, &new.reference)?;
        let wanted = Wanted { version: new.version.as_deref(), algorithm, claims };
        let signed = self.sign_token(&found, wanted).await?;
        let evidence = format!("{what}: {}", signed.proof);
        let loaded = self.act(loaded, vec![Act::Prove(evidence)]).await?;
        Ok(RotationProof {
            header: signed.header,
            claims: signed.claims,
            proof: signed.proof,
            rotation: self.rotation_wire(loaded).await?,
        })
    }
}

/// What is signed, and what a person calls it.
fn token(rotation: &Rotation, reference: &str) -> Result<(Option<&'static str>, Value, String)> {
    let user = rotation.taking_part().find(|run| run.consumer.kind == ConsumerKind::SnowflakeUser);
    if let Some(run) = user {
        let field = |name| run.consumer.field(name).unwrap_or_default();
        let keys = Keys::of(rotation);
        let begin = Timestamp::now().as_second();
        let claims = snowflake::login_claims(field("account"), field("user"), keys.made()?, begin, LIFETIME)?;
        return Ok((Some(SignatureAlgorithm::Rs256.name()), claims, format!("A sign-in of {}", field("user"))));
    }
    Ok((None, test_claims(reference), "A test token".to_owned()))
}
