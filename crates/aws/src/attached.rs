//! What IAM attaches to the caller: policies of the user or the role, of the user's groups, and the boundary of both.
//!
//! Source: IAM API reference. All of it is read, or none of it counts: half of somebody's policies decide nothing.

use std::collections::BTreeSet;

use aws_config::SdkConfig;
use aws_sdk_iam::{
    Client,
    error::{ProvideErrorMetadata, SdkError},
    types::{AttachedPermissionsBoundary, AttachedPolicy},
};
use domain::{Known, NamedPolicy, Result};
use url::Url;

use crate::error::{self, Call};

/// So many policies are read of one caller. IAM attaches at most 20 to a role, and a user's groups bring more.
const MOST: usize = 200;

const GET_GROUP_POLICY: Call = call("read the policies of a group", "iam:GetGroupPolicy");
const GET_POLICY: Call = call("read a policy", "iam:GetPolicy");
const GET_POLICY_VERSION: Call = call("read a policy", "iam:GetPolicyVersion");
const GET_ROLE: Call = call("read the role", "iam:GetRole");
const GET_ROLE_POLICY: Call = call("read the policies of the role", "iam:GetRolePolicy");
const GET_USER: Call = call("read the user", "iam:GetUser");
const GET_USER_POLICY: Call = call("read the policies of the user", "iam:GetUserPolicy");
const LIST_ATTACHED: [Call; 3] = [
    call("list the policies of the user", "iam:ListAttachedUserPolicies"),
    call("list the policies of the role", "iam:ListAttachedRolePolicies"),
    call("list the policies of a group", "iam:ListAttachedGroupPolicies"),
];
const LIST_INLINE: [Call; 3] = [
    call("list the policies of the user", "iam:ListUserPolicies"),
    call("list the policies of the role", "iam:ListRolePolicies"),
    call("list the policies of a group", "iam:ListGroupPolicies"),
];
const LIST_GROUPS: Call = call("list the groups of the user", "iam:ListGroupsForUser");

const fn call(operation: &'static str, permission: &'static str) -> Call {
    Call { operation, permission }
}

/// Whom a policy is attached to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Holder<'a> {
    User(&'a str),
    Role(&'a str),
    Group(&'a str),
}

/// The policies of whoever `arn` names, or why they are not known.
pub(crate) async fn of(config: &SdkConfig, arn: &str) -> Known<Vec<NamedPolicy>> {
    let Some(holder) = holder(arn) else {
        return match arn.ends_with(":root") {
            true => Known::Read(Vec::new()),
            false => Known::Unread("IAM attaches no policies to a caller of this kind".to_owned()),
        };
    };
    match Reader(Client::new(config)).read(holder).await {
        Ok(policies) => Known::Read(policies),
        Err(error) => Known::Unread(match error.permission() {
            Some(permission) => format!("{} was refused ({})", permission, error.message()),
            None => error.message().to_owned(),
        }),
    }
}

/// The user, or the role that is behind a session. What stands before the last slash of a user or role is its path.
fn holder(arn: &str) -> Option<Holder<'_>> {
    let resource = arn.splitn(6, ':').nth(5)?;
    match resource.split_once('/')? {
        ("user", rest) => Some(Holder::User(rest.rsplit('/').next()?)),
        ("assumed-role", rest) => Some(Holder::Role(rest.split('/').next()?)),
        ("role", rest) => Some(Holder::Role(rest.rsplit('/').next()?)),
        _ => None,
    }
}

struct Reader(Client);

impl Reader {
    async fn read(&self, holder: Holder<'_>) -> Result<Vec<NamedPolicy>> {
        let mut policies = self.of_holder(holder).await?;
        let boundary = match holder {
            Holder::User(name) => {
                for group in self.groups(name).await? {
                    policies.extend(self.of_holder(Holder::Group(&group)).await?);
                }
                let user = told(GET_USER, self.0.get_user().user_name(name).send().await)?.user;
                user.and_then(|user| user.permissions_boundary)
            }
            Holder::Role(name) => {
                let role = told(GET_ROLE, self.0.get_role().role_name(name).send().await)?.role;
                role.and_then(|role| role.permissions_boundary)
            }
            Holder::Group(_) => None,
        };
        let boundary = boundary.and_then(|AttachedPermissionsBoundary { permissions_boundary_arn: arn, .. }| arn);
        if let Some(arn) = boundary {
            policies.push(NamedPolicy { limits: true, ..self.managed(&arn).await? });
        }
        Ok(policies)
    }

    async fn of_holder(&self, holder: Holder<'_>) -> Result<Vec<NamedPolicy>> {
        let mut policies = Vec::new();
        for name in self.inline_names(holder).await? {
            let document = self.inline(holder, &name).await?;
            policies.push(NamedPolicy { name, text: decoded(&document), limits: false });
        }
        let attached: BTreeSet<String> =
            self.attached(holder).await?.into_iter().filter_map(|policy| policy.policy_arn).collect();
        for arn in attached.iter().take(MOST) {
            policies.push(self.managed(arn).await?);
        }
        Ok(policies)
    }

    async fn inline_names(&self, holder: Holder<'_>) -> Result<Vec<String>> {
        let (mut names, mut marker) = (Vec::new(), None);
        loop {
            let (page, next) = match holder {
                Holder::User(name) => {
                    let page = self.0.list_user_policies().user_name(name).set_marker(marker).send().await;
                    let page = told(LIST_INLINE[0], page)?;
                    (page.policy_names, page.marker)
                }
                Holder::Role(name) => {
                    let page = self.0.list_role_policies().role_name(name).set_marker(marker).send().await;
                    let page = told(LIST_INLINE[1], page)?;
                    (page.policy_names, page.marker)
                }
                Holder::Group(name) => {
                    let page = self.0.list_group_policies().group_name(name).set_marker(marker).send().await;
                    let page = told(LIST_INLINE[2], page)?;
                    (page.policy_names, page.marker)
                }
            };
            names.extend(page);
            marker = next.filter(|next| !next.is_empty());
            if marker.is_none() || names.len() >= MOST {
                return Ok(names);
            }
        }
    }

    async fn inline(&self, holder: Holder<'_>, policy: &str) -> Result<String> {
        Ok(match holder {
            Holder::User(name) => {
                let answer = self.0.get_user_policy().user_name(name).policy_name(policy).send().await;
                told(GET_USER_POLICY, answer)?.policy_document
            }
            Holder::Role(name) => {
                let answer = self.0.get_role_policy().role_name(name).policy_name(policy).send().await;
                told(GET_ROLE_POLICY, answer)?.policy_document
            }
            Holder::Group(name) => {
                let answer = self.0.get_group_policy().group_name(name).policy_name(policy).send().await;
                told(GET_GROUP_POLICY, answer)?.policy_document
            }
        })
    }

    async fn attached(&self, holder: Holder<'_>) -> Result<Vec<AttachedPolicy>> {
        let (mut policies, mut marker) = (Vec::new(), None);
        loop {
            let (page, next) = match holder {
                Holder::User(name) => {
                    let page = self.0.list_attached_user_policies().user_name(name).set_marker(marker).send().await;
                    let page = told(LIST_ATTACHED[0], page)?;
                    (page.attached_policies, page.marker)
                }
                Holder::Role(name) => {
                    let page = self.0.list_attached_role_policies().role_name(name).set_marker(marker).send().await;
                    let page = told(LIST_ATTACHED[1], page)?;
                    (page.attached_policies, page.marker)
                }
                Holder::Group(name) => {
                    let page = self.0.list_attached_group_policies().group_name(name).set_marker(marker).send().await;
                    let page = told(LIST_ATTACHED[2], page)?;
                    (page.attached_policies, page.marker)
                }
            };
            policies.extend(page.unwrap_or_default());
            marker = next.filter(|next| !next.is_empty());
            if marker.is_none() || policies.len() >= MOST {
                return Ok(policies);
            }
        }
    }

    async fn groups(&self, user: &str) -> Result<Vec<String>> {
        let answer = told(LIST_GROUPS, self.0.list_groups_for_user().user_name(user).send().await)?;
        Ok(answer.groups.into_iter().map(|group| group.group_name).collect())
    }

    /// The version of a managed policy that is in force.
    async fn managed(&self, arn: &str) -> Result<NamedPolicy> {
        let policy = told(GET_POLICY, self.0.get_policy().policy_arn(arn).send().await)?.policy;
        let (name, version) = policy.map_or((None, None), |policy| (policy.policy_name, policy.default_version_id));
        let version = version.ok_or_else(|| error::incomplete(GET_POLICY, "version that is in force"))?;
        let answer = self.0.get_policy_version().policy_arn(arn).version_id(version).send().await;
        let document = told(GET_POLICY_VERSION, answer)?.policy_version.and_then(|version| version.document);
        let document = document.ok_or_else(|| error::incomplete(GET_POLICY_VERSION, "document"))?;
        Ok(NamedPolicy { name: name.unwrap_or_else(|| arn.to_owned()), text: decoded(&document), limits: false })
    }
}

/// IAM gives documents back percent-encoded (RFC 3986). Some emulators do not, and JSON begins with a brace in neither.
fn decoded(document: &str) -> String {
    if document.trim_start().starts_with('{') {
        return document.to_owned();
    }
    let query = format!("http://iam/?document={document}");
    let url = Url::parse(&query.replace('+', "%2B"));
    url.ok().and_then(|url| url.query_pairs().next().map(|(_, text)| text.into_owned())).unwrap_or_default()
}

fn told<T, E>(call: Call, answer: std::result::Result<T, SdkError<E>>) -> Result<T>
where
    E: std::error::Error + ProvideErrorMetadata + 'static,
{
    answer.map_err(|failure| error::of_sdk(call, &failure))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_held_by_its_role_and_a_path_is_no_name() {
        let of = |resource: &str| format!("arn:aws:iam::111122223333:{resource}");
        assert_eq!(holder(&of("user/team/maria")), Some(Holder::User("maria")));
        assert_eq!(holder(&of("role/team/KeyAdmin")), Some(Holder::Role("KeyAdmin")));
        let session = "arn:aws:sts::111122223333:assumed-role/KeyAdmin/maria";
        assert_eq!(holder(session), Some(Holder::Role("KeyAdmin")));
        assert_eq!(holder(&of("root")), None);
        assert_eq!(holder("arn:aws:sts::111122223333:federated-user/maria"), None);
    }

    #[test]
    fn documents_come_percent_encoded() {
        let text = r#"{"Action": "kms:*", "Sid": "a+b %"}"#;
        let encoded: String = text.bytes().map(|byte| format!("%{byte:02X}")).collect();
        assert_eq!(decoded(&encoded), text);
        assert_eq!(decoded("%7B%22Sid%22%3A%22a+b%22%7D"), r#"{"Sid":"a+b"}"#);
        assert_eq!(decoded(text), text);
    }
}
