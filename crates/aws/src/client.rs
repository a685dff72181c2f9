//! The readings we make of KMS, Secrets Manager, ACM and STS, each with the permission it needs. Nothing else.

mod logged;
mod once;

use std::{
    collections::HashSet,
    fmt,
    sync::{Arc, OnceLock},
    time::Duration,
};

use aws_config::{Region, SdkConfig};
use aws_sdk_acm::types::{CertificateDetail, CertificateSummary, Filters, KeyAlgorithm};
use aws_sdk_kms::{
    config::retry::{RetryConfig, RetryPartition, TokenBucket},
    error::{ProvideErrorMetadata, SdkError},
    operation::{
        get_key_last_usage::GetKeyLastUsageOutput, get_key_rotation_status::GetKeyRotationStatusOutput,
        get_parameters_for_import::GetParametersForImportOutput,
    },
    primitives::Blob,
    types::{
        AlgorithmSpec, AliasListEntry, GrantListEntry, IncludeKeyMaterial, KeyListEntry, KeyMetadata, MacAlgorithmSpec,
        MessageType, RotationsListEntry, SigningAlgorithmSpec, WrappingKeySpec,
    },
};
use aws_sdk_secretsmanager::{
    operation::{describe_secret::DescribeSecretOutput, get_secret_value::GetSecretValueOutput},
    types::{SecretListEntry, SecretVersionsListEntry},
};
use domain::{Error, Kind, Result, Secret};
use futures::{Stream, TryStreamExt, stream};

use crate::{
    error::{self, Call},
    locate::Arn,
};
use logged::Logged;
pub(crate) use once::Once;

pub(crate) const DECRYPT: Call = call("decrypt", "kms:Decrypt");
pub(crate) const DESCRIBE_CERTIFICATE: Call = call("describe the certificate", "acm:DescribeCertificate");
pub(crate) const DESCRIBE_KEY: Call = call("describe the key", "kms:DescribeKey");
pub(crate) const DESCRIBE_SECRET: Call = call("describe the secret", "secretsmanager:DescribeSecret");
pub(crate) const ENCRYPT: Call = call("encrypt", "kms:Encrypt");
pub(crate) const GENERATE_MAC: Call = call("make a MAC", "kms:GenerateMac");
pub(crate) const GET_CERTIFICATE: Call = call("read the certificate", "acm:GetCertificate");
pub(crate) const GET_PUBLIC_KEY: Call = call("read the public key", "kms:GetPublicKey");
pub(crate) const GET_KEY_POLICY: Call = call("read the key policy", "kms:GetKeyPolicy");
pub(crate) const GET_PARAMETERS: Call = call("fetch the wrapping key", "kms:GetParametersForImport");
pub(crate) const GET_SECRET_VALUE: Call = call("read the secret", "secretsmanager:GetSecretValue");
pub(crate) const LIST_ALIASES: Call = call("list aliases", "kms:ListAliases");
pub(crate) const LIST_CERTIFICATES: Call = call("list certificates", "acm:ListCertificates");
pub(crate) const LIST_GRANTS: Call = call("list grants", "kms:ListGrants");
pub(crate) const LIST_KEYS: Call = call("list keys", "kms:ListKeys");
pub(crate) const LIST_SECRETS: Call = call("list secrets", "secretsmanager:ListSecrets");
const CERTIFICATE_TAGS: Call = call("list tags", "acm:ListTagsForCertificate");
pub(crate) const SIGN: Call = call("sign", "kms:Sign");
const GET_CALLER_IDENTITY: Call = call("ask who one is", "sts:GetCallerIdentity");
pub(crate) const KEY_ROTATIONS: Call = call("list rotations", "kms:ListKeyRotations");
const KEY_ROTATION_STATUS: Call = call("read the rotation status", "kms:GetKeyRotationStatus");
pub(crate) const LAST_USAGE: Call = call("read when the key was last used", "kms:GetKeyLastUsage");
const KEY_TAGS: Call = call("list tags", "kms:ListResourceTags");
pub(crate) const SECRET_VERSIONS: Call = call("list versions", "secretsmanager:ListSecretVersionIds");

/// The greatest page each call gives. Source: the operations' pages in the API references (2026-11).
const KEYS_PAGE: i32 = 1000;
const ALIASES_PAGE: i32 = 100;
const GRANTS_PAGE: i32 = 100;
const ROTATIONS_PAGE: i32 = 1000;
const TAGS_PAGE: i32 = 50;
const SECRETS_PAGE: i32 = 100;
const CERTIFICATES_PAGE: i32 = 1000;

/// Tries of one KMS read, where the person's configuration does not say otherwise; the SDK's own three are for the rest.
/// Reads may be repeated; whatever changes something goes through [`Once`]. A whole inventory runs into the quota of
/// DescribeKey at 2,000 keys a second; measured against it on 2026-11-23, 10,000 keys met 500 to 1,100 throttled answers,
/// and all were described. Adaptive mode stays off: it would slow down calls that have a quota of their own.
const KMS_ATTEMPTS: u32 = 5;
/// The first pause before a repeated KMS read; it doubles each time, and a random part of it is waited.
const KMS_FIRST_PAUSE: Duration = Duration::from_millis(400);
/// What all repeated KMS reads of a Region may cost together; the SDK's own 500 are spent after a hundred.
const RETRY_TOKENS: usize = 5000;

pub(crate) const fn call(operation: &'static str, permission: &'static str) -> Call {
    Call { operation, permission }
}

/// The services of one Region, each with its pool of connections.
#[derive(Clone)]
pub(crate) struct Client {
    region: String,
    kms: aws_sdk_kms::Client,
    secrets: aws_sdk_secretsmanager::Client,
    acm: aws_sdk_acm::Client,
    /// The account's number, as soon as any answer has told it.
    account: Arc<OnceLock<String>>,
}

/// A key and its description, which everything else about it hangs on.
type Key = KeyMetadata;

impl Client {
    pub(crate) fn new(config: &SdkConfig, region: &str, account: Arc<OnceLock<String>>) -> Self {
        let config = config.to_builder().region(Region::new(region.to_owned())).build();
        let retries = RetryPartition::custom(format!("kms-{region}"))
            .token_bucket(TokenBucket::builder().capacity(RETRY_TOKENS).build())
            .build();
        let mut settings = aws_sdk_kms::config::Builder::from(&config).retry_partition(retries).interceptor(Logged);
        if let Some(own) = config.retry_config().filter(|own| **own == RetryConfig::standard()) {
            settings = settings
                .retry_config(own.clone().with_max_attempts(KMS_ATTEMPTS).with_initial_backoff(KMS_FIRST_PAUSE));
        }
        Self {
            region: region.to_owned(),
            kms: aws_sdk_kms::Client::from_conf(settings.build()),
            secrets: secrets(&config),
            acm: acm(&config),
            account,
        }
    }

    /// The Region's name.
    pub(crate) fn region(&self) -> &str {
        &self.region
    }

    /// `limit` keys a page; by default as many as there can be.
    pub(crate) fn keys(&self, limit: Option<i32>) -> impl Stream<Item = Result<Vec<KeyListEntry>>> {
        pages(LIST_KEYS, move |marker| async move {
            let request = self.kms.list_keys().limit(limit.unwrap_or(KEYS_PAGE)).set_marker(marker);
            let page = told(LIST_KEYS, request.send().await)?;
            self.learn_account(page.keys().first().and_then(|key| key.key_arn()));
            Ok((page.keys.unwrap_or_default(), page.next_marker))
        })
    }

    /// Every alias, or those of one key.
    pub(crate) fn aliases<'a>(&'a self, key: Option<&'a str>) -> impl Stream<Item = Result<Vec<AliasListEntry>>> {
        pages(LIST_ALIASES, move |marker| async move {
            let request = self.kms.list_aliases().limit(ALIASES_PAGE).set_marker(marker);
            let page = told(LIST_ALIASES, request.set_key_id(key.map(str::to_owned)).send().await)?;
            Ok((page.aliases.unwrap_or_default(), page.next_marker))
        })
    }

    pub(crate) async fn describe_key(&self, id: &str) -> Result<Key> {
        let answer = told(DESCRIBE_KEY, self.kms.describe_key().key_id(id).send().await)?;
        answer.key_metadata.ok_or_else(|| error::incomplete(DESCRIBE_KEY, "key metadata"))
    }

    pub(crate) async fn key_tags(&self, id: &str) -> Result<Vec<(String, String)>> {
        let pages = pages(KEY_TAGS, |marker| async move {
            let request = self.kms.list_resource_tags().key_id(id).limit(TAGS_PAGE).set_marker(marker);
            let page = told(KEY_TAGS, request.send().await)?;
            Ok((page.tags.unwrap_or_default(), page.next_marker))
        });
        let tags: Vec<_> = pages.try_concat().await?;
        Ok(tags.into_iter().map(|tag| (tag.tag_key, tag.tag_value)).collect())
    }

    pub(crate) async fn key_rotation_status(&self, id: &str) -> Result<GetKeyRotationStatusOutput> {
        told(KEY_ROTATION_STATUS, self.kms.get_key_rotation_status().key_id(id).send().await)
    }

    /// When the key was last used in this Region. Quota: 5 a second. Source: KMS Developer Guide, "Request quotas".
    pub(crate) async fn last_usage(&self, id: &str) -> Result<GetKeyLastUsageOutput> {
        told(LAST_USAGE, self.kms.get_key_last_usage().key_id(id).send().await)
    }

    /// Every generation of the key's material, the first and pending ones among them.
    pub(crate) async fn key_rotations(&self, id: &str) -> Result<Vec<RotationsListEntry>> {
        let pages = pages(KEY_ROTATIONS, |marker| async move {
            let request = self.kms.list_key_rotations().key_id(id).limit(ROTATIONS_PAGE).set_marker(marker);
            let request = request.include_key_material(IncludeKeyMaterial::AllKeyMaterial);
            let page = told(KEY_ROTATIONS, request.send().await)?;
            Ok((page.rotations.unwrap_or_default(), page.next_marker))
        });
        pages.try_concat().await
    }

    pub(crate) async fn grants(&self, id: &str) -> Result<Vec<GrantListEntry>> {
        let pages = pages(LIST_GRANTS, |marker| async move {
            let request = self.kms.list_grants().key_id(id).limit(GRANTS_PAGE).set_marker(marker);
            let page = told(LIST_GRANTS, request.send().await)?;
            Ok((page.grants.unwrap_or_default(), page.next_marker))
        });
        pages.try_concat().await
    }

    /// The key policy, as KMS keeps it: JSON. There is one for each key, named `default`.
    pub(crate) async fn key_policy(&self, id: &str) -> Result<String> {
        let answer = told(GET_KEY_POLICY, self.kms.get_key_policy().key_id(id).policy_name("default").send().await)?;
        answer.policy.ok_or_else(|| error::incomplete(GET_KEY_POLICY, "policy"))
    }

    /// DER SubjectPublicKeyInfo, as KMS gives it.
    pub(crate) async fn public_key(&self, id: &str) -> Result<Vec<u8>> {
        let answer = told(GET_PUBLIC_KEY, self.kms.get_public_key().key_id(id).send().await)?;
        answer.public_key.map(|key| key.into_inner()).ok_or_else(|| error::incomplete(GET_PUBLIC_KEY, "public key"))
    }

    /// A signature over a digest.
    pub(crate) async fn sign(&self, id: &str, algorithm: SigningAlgorithmSpec, digest: &[u8]) -> Result<Vec<u8>> {
        let request = self.kms.sign().key_id(id).message(Blob::new(digest)).message_type(MessageType::Digest);
        let answer = told(SIGN, request.signing_algorithm(algorithm).send().await)?;
        answer.signature.map(|signature| signature.into_inner()).ok_or_else(|| error::incomplete(SIGN, "signature"))
    }

    /// The key to wrap material with, and the token that goes with it. Each call gives others.
    pub(crate) async fn parameters_for_import(
        &self,
        id: &str,
        algorithm: AlgorithmSpec,
        wrapping: WrappingKeySpec,
    ) -> Result<GetParametersForImportOutput> {
        let request = self.kms.get_parameters_for_import().key_id(id).wrapping_algorithm(algorithm);
        told(GET_PARAMETERS, request.wrapping_key_spec(wrapping).send().await)
    }

    /// A ciphertext in KMS's own form.
    pub(crate) async fn encrypt(&self, id: &str, plaintext: &[u8]) -> Result<Vec<u8>> {
        let answer = told(ENCRYPT, self.kms.encrypt().key_id(id).plaintext(Blob::new(plaintext)).send().await)?;
        answer.ciphertext_blob.map(Blob::into_inner).ok_or_else(|| error::incomplete(ENCRYPT, "ciphertext"))
    }

    pub(crate) async fn decrypt(&self, id: &str, ciphertext: &[u8]) -> Result<Secret> {
        let request = self.kms.decrypt().key_id(id).ciphertext_blob(Blob::new(ciphertext));
        let answer = told(DECRYPT, request.send().await)?;
        let plaintext = answer.plaintext.map(|plaintext| Secret::new(plaintext.into_inner()));
        plaintext.ok_or_else(|| error::incomplete(DECRYPT, "plaintext"))
    }

    pub(crate) async fn mac(&self, id: &str, algorithm: MacAlgorithmSpec, message: &[u8]) -> Result<Vec<u8>> {
        let request = self.kms.generate_mac().key_id(id).mac_algorithm(algorithm).message(Blob::new(message));
        let answer = told(GENERATE_MAC, request.send().await)?;
        answer.mac.map(Blob::into_inner).ok_or_else(|| error::incomplete(GENERATE_MAC, "MAC"))
    }

    /// Every secret, those that wait for their deletion among them.
    pub(crate) fn secrets(&self) -> impl Stream<Item = Result<Vec<SecretListEntry>>> {
        pages(LIST_SECRETS, move |token| async move {
            let request = self.secrets.list_secrets().max_results(SECRETS_PAGE).include_planned_deletion(true);
            let page = told(LIST_SECRETS, request.set_next_token(token).send().await)?;
            self.learn_account(page.secret_list().first().and_then(|secret| secret.arn()));
            Ok((page.secret_list.unwrap_or_default(), page.next_token))
        })
    }

    pub(crate) async fn describe_secret(&self, id: &str) -> Result<DescribeSecretOutput> {
        told(DESCRIBE_SECRET, self.secrets.describe_secret().secret_id(id).send().await)
    }

    /// Every version, those without a staging label among them.
    pub(crate) async fn secret_versions(&self, id: &str) -> Result<Vec<SecretVersionsListEntry>> {
        let pages = pages(SECRET_VERSIONS, |token| async move {
            let request = self.secrets.list_secret_version_ids().secret_id(id).max_results(SECRETS_PAGE);
            let request = request.include_deprecated(true).set_next_token(token);
            let page = told(SECRET_VERSIONS, request.send().await)?;
            Ok((page.versions.unwrap_or_default(), page.next_token))
        });
        pages.try_concat().await
    }

    pub(crate) async fn secret_value(&self, id: &str, version: Option<&str>) -> Result<GetSecretValueOutput> {
        let request = self.secrets.get_secret_value().secret_id(id).set_version_id(version.map(str::to_owned));
        told(GET_SECRET_VALUE, request.send().await)
    }

    /// Every certificate. ACM leaves out all kinds of keys but these two unless the others are asked for; they are asked
    /// for apart, so that an endpoint that does not filter rightly loses none. It may then show one twice.
    pub(crate) fn certificates(&self) -> impl Stream<Item = Result<Vec<CertificateSummary>>> {
        let listed = [KeyAlgorithm::Rsa1024, KeyAlgorithm::Rsa2048];
        let others = KeyAlgorithm::values().iter().map(|kind| KeyAlgorithm::from(*kind));
        let others: Vec<KeyAlgorithm> = others.filter(|kind| !listed.contains(kind)).collect();
        let others = Filters::builder().set_key_types(Some(others)).build();
        stream::select(self.certificates_of(None), self.certificates_of(Some(others)))
    }

    fn certificates_of(&self, filters: Option<Filters>) -> impl Stream<Item = Result<Vec<CertificateSummary>>> {
        pages(LIST_CERTIFICATES, move |token| {
            let request = self.acm.list_certificates().max_items(CERTIFICATES_PAGE).set_includes(filters.clone());
            async move {
                let page = told(LIST_CERTIFICATES, request.set_next_token(token).send().await)?;
                let first = page.certificate_summary_list().first();
                self.learn_account(first.and_then(|certificate| certificate.certificate_arn()));
                Ok((page.certificate_summary_list.unwrap_or_default(), page.next_token))
            }
        })
    }

    pub(crate) async fn describe_certificate(&self, arn: &str) -> Result<CertificateDetail> {
        let request = self.acm.describe_certificate().certificate_arn(arn);
        let answer = told(DESCRIBE_CERTIFICATE, request.send().await)?;
        answer.certificate.ok_or_else(|| error::incomplete(DESCRIBE_CERTIFICATE, "certificate"))
    }

    /// The certificate and its chain, as PEM.
    pub(crate) async fn certificate(&self, arn: &str) -> Result<(String, Option<String>)> {
        let answer = told(GET_CERTIFICATE, self.acm.get_certificate().certificate_arn(arn).send().await)?;
        let certificate = answer.certificate.ok_or_else(|| error::incomplete(GET_CERTIFICATE, "certificate"))?;
        Ok((certificate, answer.certificate_chain))
    }

    pub(crate) async fn certificate_tags(&self, arn: &str) -> Result<Vec<(String, String)>> {
        let request = self.acm.list_tags_for_certificate().certificate_arn(arn);
        let tags = told(CERTIFICATE_TAGS, request.send().await)?.tags.unwrap_or_default();
        Ok(tags.into_iter().map(|tag| (tag.key, tag.value.unwrap_or_default())).collect())
    }

    fn learn_account(&self, arn: Option<&str>) {
        if let Some(arn) = arn.and_then(Arn::parse) {
            self.account.get_or_init(|| arn.account.to_owned());
        }
    }
}

fn secrets(config: &SdkConfig) -> aws_sdk_secretsmanager::Client {
    let settings = aws_sdk_secretsmanager::config::Builder::from(config).interceptor(Logged);
    aws_sdk_secretsmanager::Client::from_conf(settings.build())
}

fn acm(config: &SdkConfig) -> aws_sdk_acm::Client {
    aws_sdk_acm::Client::from_conf(aws_sdk_acm::config::Builder::from(config).interceptor(Logged).build())
}

/// IAM, which has no Regions.
pub(crate) fn iam(config: &SdkConfig) -> aws_sdk_iam::Client {
    aws_sdk_iam::Client::from_conf(aws_sdk_iam::config::Builder::from(config).interceptor(Logged).build())
}

/// Who the caller is: the account's number and the ARN of the user or role.
pub(crate) async fn caller(config: &SdkConfig) -> Result<(String, String)> {
    let settings = aws_sdk_sts::config::Builder::from(config).interceptor(Logged);
    let answer = aws_sdk_sts::Client::from_conf(settings.build()).get_caller_identity().send().await;
    let answer = told(GET_CALLER_IDENTITY, answer)?;
    match (answer.account, answer.arn) {
        (Some(account), Some(arn)) => Ok((account, arn)),
        _ => Err(error::incomplete(GET_CALLER_IDENTITY, "account and ARN")),
    }
}

/// Follows the marks from page to page. A mark that comes a second time would lead round for ever.
pub(crate) fn pages<T, F, P>(call: Call, ask: F) -> impl Stream<Item = Result<Vec<T>>>
where
    F: Fn(Option<String>) -> P,
    P: Future<Output = Result<(Vec<T>, Option<String>)>>,
{
    let start = Some((None, HashSet::new()));
    stream::try_unfold((ask, start), move |(ask, next)| async move {
        let Some((mark, mut seen)) = next else { return Ok(None) };
        let (items, next) = ask(mark).await?;
        let next = match next.filter(|mark: &String| !mark.is_empty()) {
            None => None,
            Some(mark) if seen.insert(mark.clone()) => Some((Some(mark), seen)),
            Some(_) => {
                return Err(Error::new(Kind::Invalid, call.operation, "the list leads back to a page that was read"));
            }
        };
        Ok(Some((items, (ask, next))))
    })
}

pub(crate) fn told<T, E>(call: Call, answer: Result<T, SdkError<E>>) -> Result<T>
where
    E: std::error::Error + ProvideErrorMetadata + 'static,
{
    answer.map_err(|failure| error::of_sdk(call, &failure))
}

// Not derived: the SDK's clients would print their whole configuration.
impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Client({})", self.region)
    }
}
