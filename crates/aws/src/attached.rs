//! What IAM attaches to the caller: policies of the user or the role, of the user's groups, and the boundary of both.
//!
//! Source: IAM API reference. All of it is read, or none of it counts: half of somebody's policies decide nothing.

use std::collections::BTreeSet;

use aws_config::SdkConfig;
use aws_sdk_iam::{
    Client,
    types::{AttachedPermissionsBoundary, AttachedPolicy, Group},
};
use domain::{Error, Kind, Known, NamedPolicy, Result};
use futures::{Stream, TryStreamExt, pin_mut};
use url::Url;

use crate::{
    client::{self, call, pages, told},
    error::{self, Call},
};

/// Of one list, no more than this is read. IAM attaches at most 20 to a role, and a user's groups bring more.
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
    match Reader(client::iam(config)).read(holder).await {
        Ok(policies) => Known::Read(policies),
        Err(error) => Known::Unread(match error.permission() {
            Some(permission) => format!("{} was refused ({})", permission, error.message()),
            None => error.message().to_owned(),
        }),
    }
}

impl Holder<'_> {
    /// The call that is about a user, a role or a group.
    fn of(self, [user, role, group]: [Call; 3]) -> Call {
        match self {
            Self::User(_) => user,
            Self::Role(_) => role,
            Self::Group(_) => group,
        }
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
                    policies.extend(self.of_holder(Holder::Group(&group.group_name)).await?);
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
        for arn in &attached {
            policies.push(self.managed(arn).await?);
        }
        Ok(policies)
    }

    async fn inline_names(&self, holder: Holder<'_>) -> Result<Vec<String>> {
        let call = holder.of(LIST_INLINE);
        let names = pages(call, |marker| async move {
            Ok(match holder {
                Holder::User(name) => {
                    let page = self.0.list_user_policies().user_name(name).set_marker(marker).send().await;
                    let page = told(call, page)?;
                    (page.policy_names, page.marker)
                }
                Holder::Role(name) => {
                    let page = self.0.list_role_policies().role_name(name).set_marker(marker).send().await;
                    let page = told(call, page)?;
                    (page.policy_names, page.marker)
                }
                Holder::Group(name) => {
                    let page = self.0.list_group_policies().group_name(name).set_marker(marker).send().await;
                    let page = told(call, page)?;
                    (page.policy_names, page.marker)
                }
            })
        });
        all(call, names).await
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
        let call = holder.of(LIST_ATTACHED);
        let policies = pages(call, |marker| async move {
            let (page, next) = match holder {
                Holder::User(name) => {
                    let page = self.0.list_attached_user_policies().user_name(name).set_marker(marker).send().await;
                    let page = told(call, page)?;
                    (page.attached_policies, page.marker)
                }
                Holder::Role(name) => {
                    let page = self.0.list_attached_role_policies().role_name(name).set_marker(marker).send().await;
                    let page = told(call, page)?;
                    (page.attached_policies, page.marker)
                }
                Holder::Group(name) => {
                    let page = self.0.list_attached_group_policies().group_name(name).set_marker(marker).send().await;
                    let page = told(call, page)?;
                    (page.attached_policies, page.marker)
                }
            };
            Ok((page.unwrap_or_default(), next))
        });
        all(call, policies).await
    }

    async fn groups(&self, user: &str) -> Result<Vec<Group>> {
        let groups = pages(LIST_GROUPS, |marker| async move {
            let page = self.0.list_groups_for_user().user_name(user).set_marker(marker).send().await;
            let page = told(LIST_GROUPS, page)?;
            Ok((page.groups, page.marker))
        });
        all(LIST_GROUPS, groups).await
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

/// The whole of a list. One that is longer than we read counts as not read: what is beyond may deny.
async fn all<T>(call: Call, pages: impl Stream<Item = Result<Vec<T>>>) -> Result<Vec<T>> {
    pin_mut!(pages);
    let mut all = Vec::new();
    while let Some(page) = pages.try_next().await? {
        all.extend(page);
        if all.len() > MOST {
            let message = format!("there are more than {MOST}, which is more than is read here");
            return Err(Error::new(Kind::Unsupported, call.operation, message).with_refused_by("this app"));
        }
    }
    Ok(all)
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

    #[tokio::test]
    async fn a_list_that_is_longer_than_is_read_counts_as_not_read() {
        let page = |size: usize| Ok(vec![0; size]);
        let whole = all(LIST_GROUPS, futures::stream::iter([page(MOST - 1), page(1)])).await;
        assert_eq!(whole.unwrap().len(), MOST);
        let longer = all(LIST_GROUPS, futures::stream::iter([page(MOST), page(1)])).await;
        assert_eq!(longer.unwrap_err().kind(), Kind::Unsupported);
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
