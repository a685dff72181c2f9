//! What to do with a key that was brought: texts for the services that are to use it. Nothing here is sent.
//!
//! Sources: Amazon S3 User Guide, "Configuring default encryption"; Heroku Dev Center, "Encrypting Heroku Postgres with Your
//! Encryption Key" (2025-02-06), which names the account and wants the key in the Region of the database; KMS Developer
//! Guide, "Allowing users in other accounts to use a KMS key", for the two statements. Looked up 2026-11-26.

use std::collections::BTreeMap;

use domain::{Afterwards, Algorithm, ItemKey, Surroundings};
use policy::aws;
use serde_json::{Value, json};

use crate::{Account, locate, shell};

/// Heroku Data's account at AWS.
const HEROKU: &str = "021876802972";
/// The template of policies that lets it in.
const TEMPLATE: &str = "another-account";

impl Account {
    /// For a symmetric key; other kinds encrypt nothing at rest. Nothing if its ARN cannot be told.
    pub(crate) async fn what_follows(&self, item: &ItemKey, algorithm: &Algorithm) -> Vec<Afterwards> {
        let (Algorithm::Aes(256), Ok(arn)) = (algorithm, self.arn_of(item).await) else { return Vec::new() };
        [Some(s3(&arn, &item.vault.0, self.tool())), heroku_policy(&arn), Some(heroku(&arn))]
            .into_iter()
            .flatten()
            .collect()
    }

    /// The whole ARN of a key.
    pub(crate) async fn arn_of(&self, item: &ItemKey) -> domain::Result<String> {
        let (client, _, address) = self.address(item).await?;
        if address.starts_with("arn:") {
            return Ok(address);
        }
        let region = client.region();
        Ok(format!("arn:{}:kms:{region}:{}:key/{address}", locate::partition(region), self.number().await?))
    }
}

fn s3(arn: &str, region: &str, tool: shell::Tool<'_>) -> Afterwards {
    let rule = json!({"Rules": [{
        "ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": arn},
        "BucketKeyEnabled": true,
    }]});
    let profile = tool.profile.map(|profile| format!(" --profile {}", shell::quoted(profile))).unwrap_or_default();
    Afterwards {
        title: "Encrypt an S3 bucket with it".to_owned(),
        says: "New objects of the bucket are encrypted with this key; those that are there stay as they are. Whoever reads \
               or writes them needs kms:Decrypt and kms:GenerateDataKey on the key. The bucket lies in the key's Region."
            .to_owned(),
        lines: vec![format!(
            "aws s3api put-bucket-encryption --region {}{profile} --bucket BUCKET --server-side-encryption-configuration \
             '{rule}'",
            shell::quoted(region)
        )],
    }
}

/// The two statements, as the editor of policies would add them.
fn heroku_policy(arn: &str) -> Option<Afterwards> {
    let around = Surroundings { item: Some(arn.to_owned()), ..Surroundings::default() };
    let answers = BTreeMap::from([("account".to_owned(), HEROKU.to_owned())]);
    let merged = aws::merge(
        &json!({"Version": "2012-10-17", "Statement": [root(arn)]}).to_string(),
        TEMPLATE,
        &answers,
        &around,
    );
    let policy: Value = serde_json::from_str(&merged.ok()?.text).ok()?;
    let statements = policy["Statement"].as_array()?.iter().skip(1);
    Some(Afterwards {
        title: "Let Heroku use it".to_owned(),
        says: format!(
            "Add these two statements to the key's policy, beside what is there: Heroku Data is account {HEROKU}. Its \
             policy's page adds them by Add…, \"Let another account use the key\", and shows what changes."
        ),
        lines: statements.map(|statement| format!("{statement:#}")).collect(),
    })
}

/// The statement that every key's policy begins with, so that there is something to add to.
fn root(arn: &str) -> Value {
    let (partition, account) = (arn.split(':').nth(1).unwrap_or("aws"), arn.split(':').nth(4).unwrap_or_default());
    json!({"Effect": "Allow", "Principal": {"AWS": format!("arn:{partition}:iam::{account}:root")}, "Action": "kms:*", "Resource": "*"})
}

fn heroku(arn: &str) -> Afterwards {
    Afterwards {
        title: "Encrypt Heroku Postgres with it".to_owned(),
        says: "Private and Shield plans only, in the key's Region, once the policy lets Heroku use the key. While the key is \
               disabled or without material, the database is down."
            .to_owned(),
        lines: vec![format!("heroku addons:create heroku-postgresql:private-7 --encryption-key {arn} --app APP")],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARN: &str = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

    #[test]
    fn the_statements_let_heroku_use_the_key_and_attach_services_only() {
        let statements = heroku_policy(ARN).unwrap().lines;
        let read: Vec<Value> = statements.iter().map(|text| serde_json::from_str(text).unwrap()).collect();
        assert!(read.iter().all(|one| one["Principal"]["AWS"] == format!("arn:aws:iam::{HEROKU}:root")));
        let grants = read.iter().find(|one| one["Action"][0] == "kms:CreateGrant").unwrap();
        assert_eq!(grants["Condition"]["Bool"]["kms:GrantIsForAWSResource"], "true");
        let uses = read.iter().find(|one| one["Action"][0] == "kms:Encrypt").unwrap();
        assert!(uses["Action"].as_array().unwrap().iter().all(|action| action != "kms:*"));
    }

    #[test]
    fn the_rule_for_the_bucket_is_json_and_names_the_key() {
        let line = s3(ARN, "eu-west-1", shell::Tool { profile: Some("prod"), endpoint: None }).lines.remove(0);
        let rule = line.split('\'').nth(1).unwrap();
        let rule: Value = serde_json::from_str(rule).unwrap();
        assert_eq!(rule["Rules"][0]["ApplyServerSideEncryptionByDefault"]["KMSMasterKeyID"], ARN);
        assert!(line.contains(" --profile prod ") && heroku(ARN).lines[0].contains(ARN));
    }
}
