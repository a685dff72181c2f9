//! Sign-ins that are already on this computer: of the Azure CLI, and by the variables of a workload. Reads files only.

use std::collections::BTreeMap;

use domain::{Answers, Environment, SignIn};
use serde::Deserialize;

use super::FORM;

/// The CLI's own list of subscriptions, each with its tenant. It begins with a byte order mark.
#[derive(Deserialize)]
struct Profile {
    #[serde(default)]
    subscriptions: Vec<Subscription>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Subscription {
    #[serde(default)]
    tenant_id: String,
    #[serde(default)]
    tenant_default_domain: Option<String>,
    #[serde(default)]
    environment_name: String,
    #[serde(default)]
    user: User,
}

#[derive(Default, Deserialize)]
struct User {
    #[serde(default)]
    name: String,
}

/// One sign-in for each tenant of the CLI, and one for the variables of a workload.
pub fn discover(environment: &Environment) -> Vec<SignIn> {
    let mut found = of_cli(environment);
    found.extend(of_variables(environment));
    found
}

fn of_cli(environment: &Environment) -> Vec<SignIn> {
    let folder = environment.variables.get("AZURE_CONFIG_DIR").map(Into::into);
    let path = folder.unwrap_or_else(|| environment.home.join(".azure")).join("azureProfile.json");
    let Ok(text) = std::fs::read_to_string(path) else { return Vec::new() };
    let Ok(profile) = serde_json::from_str::<Profile>(text.trim_start_matches('\u{feff}')) else { return Vec::new() };
    let mut tenants: BTreeMap<String, SignIn> = BTreeMap::new();
    for subscription in profile.subscriptions {
        let cloud = match subscription.environment_name.as_str() {
            "AzureCloud" | "" => "public",
            "AzureUSGovernment" => "government",
            "AzureChinaCloud" => "china",
            _ => continue,
        };
        if subscription.tenant_id.is_empty() {
            continue;
        }
        let answers = [("cloud", cloud), ("tenant", &subscription.tenant_id), ("auth", "cli")];
        let answers: Answers = answers.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        let name = subscription.tenant_default_domain.unwrap_or_else(|| subscription.tenant_id.clone());
        tenants.entry(subscription.tenant_id).or_insert(SignIn {
            provider: FORM.provider,
            name,
            detail: format!("Azure CLI, {}", subscription.user.name),
            answers,
        });
    }
    tenants.into_values().collect()
}

fn of_variables(environment: &Environment) -> Option<SignIn> {
    let variable = |name: &str| environment.variables.get(name).filter(|value| !value.is_empty());
    let (auth, detail) = match (variable("AZURE_FEDERATED_TOKEN_FILE"), variable("IDENTITY_ENDPOINT")) {
        (Some(_), _) => ("workload-identity", "workload identity"),
        (None, Some(_)) => ("managed-identity", "managed identity"),
        (None, None) => return None,
    };
    let mut answers = Answers::from([("auth".to_owned(), auth.to_owned())]);
    for (name, value) in [("tenant", variable("AZURE_TENANT_ID")), ("client_id", variable("AZURE_CLIENT_ID"))] {
        answers.extend(value.map(|value| (name.to_owned(), value.clone())));
    }
    Some(SignIn { provider: FORM.provider, name: detail.to_owned(), detail: detail.to_owned(), answers })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_tenant_of_the_cli_is_one_sign_in() {
        let home = tempfile::tempdir().unwrap();
        std::fs::create_dir(home.path().join(".azure")).unwrap();
        let profile = "\u{feff}{\"subscriptions\": [
            {\"tenantId\": \"t1\", \"environmentName\": \"AzureCloud\", \"user\": {\"name\": \"maria@contoso.com\"}},
            {\"tenantId\": \"t1\", \"environmentName\": \"AzureCloud\", \"user\": {\"name\": \"maria@contoso.com\"}},
            {\"tenantId\": \"t2\", \"environmentName\": \"AzureChinaCloud\", \"tenantDefaultDomain\": \"x.cn\"}]}";
        std::fs::write(home.path().join(".azure/azureProfile.json"), profile).unwrap();
        let environment = Environment { home: home.path().to_owned(), ..Environment::default() };
        let found = discover(&environment);
        let told: Vec<_> = found.iter().map(|it| (it.name.as_str(), it.answers["tenant"].as_str())).collect();
        assert_eq!(told, [("t1", "t1"), ("x.cn", "t2")]);
        assert_eq!(found[1].answers["cloud"], "china");
    }
}
