//! How Azure names things: addresses of vaults and objects, identifiers of Resource Manager, and our own ids.

use domain::{Error, ItemKey, Kind, Result, VaultId};
use url::Url;

use crate::{
    Cloud,
    object::{Named, Object, is_name},
};

/// What an address names.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Address {
    pub(crate) vault: VaultId,
    pub(crate) object: Object,
    pub(crate) name: String,
    pub(crate) version: Option<String>,
}

/// The kind and the name that an item's id holds.
///
/// # Errors
/// `Invalid` for an id that is none of Azure's.
pub(crate) fn parts(item: &ItemKey) -> Result<(Object, &str)> {
    let named = Named::of(item)?;
    let name = &item.id[named.object.collection().len() + 1..];
    Ok((named.object, name))
}

/// The host of a vault's address. `known` are hosts that were named with a fixed address.
///
/// # Errors
/// `Invalid` for what is no https address of a vault of this cloud.
pub(crate) fn vault_of(text: &str, cloud: Cloud, known: &[String]) -> Result<VaultId> {
    let invalid = |why: &str| {
        Error::new(Kind::Invalid, "connect", format!("{text:?} is no address of a vault: {why}"))
            .with_next(format!("Write it like https://contoso{} .", cloud.vault_suffix()))
    };
    let text = text.trim();
    let url = match (text.contains("://"), text.contains('.')) {
        (true, _) => text.to_owned(),
        (false, true) => format!("https://{text}"),
        // A bare name is what the portal and `az` call a vault.
        (false, false) => format!("https://{text}{}", cloud.vault_suffix()),
    };
    let url = Url::parse(&url).map_err(|_| invalid("it cannot be read"))?;
    let host = url.host_str().unwrap_or_default().to_ascii_lowercase();
    if url.scheme() != "https" {
        return Err(invalid("it is not https"));
    }
    if url.port().is_some() || !url.username().is_empty() || !matches!(url.path(), "" | "/") {
        return Err(invalid("it has more than a name"));
    }
    if !cloud.has(&host) && !known.contains(&host) {
        return Err(invalid("this cloud has no vaults there"));
    }
    Ok(VaultId(host))
}

/// Reads the address of an object or a version, or an identifier of Resource Manager.
pub(crate) fn address(text: &str, cloud: Cloud) -> Option<Address> {
    let text = text.trim();
    if text.to_ascii_lowercase().starts_with("/subscriptions/") {
        return of_manager(text, cloud);
    }
    let url = Url::parse(text).ok().filter(|url| url.scheme() == "https" && url.port().is_none())?;
    let host = url.host_str()?.to_ascii_lowercase();
    let mut path = url.path_segments()?.filter(|part| !part.is_empty());
    let object = object(path.next()?.trim_start_matches("deleted"))?;
    let name = path.next().filter(|name| is_name(name))?.to_owned();
    let version = path.next().filter(|part| *part != "pending").map(str::to_owned);
    let is_end = path.next().is_none() && version.as_deref().is_none_or(is_name);
    is_end.then_some(Address { vault: VaultId(host), object, name, version })
}

/// `/subscriptions/…/providers/Microsoft.KeyVault/vaults/NAME/keys/NAME`, as an alert or an export names a key.
fn of_manager(text: &str, cloud: Cloud) -> Option<Address> {
    let parts: Vec<&str> = text.split('/').filter(|part| !part.is_empty()).collect();
    let at = parts.iter().position(|part| part.eq_ignore_ascii_case("Microsoft.KeyVault"))?;
    let [kind, vault, path, name, rest @ ..] = &parts[at + 1..] else { return None };
    let suffix = match kind.to_ascii_lowercase().as_str() {
        "vaults" => cloud.vault_suffix(),
        "managedhsms" => cloud.hsm_suffix(),
        _ => return None,
    };
    let version = match rest {
        [] => None,
        ["versions", version] | [version] => Some((*version).to_owned()),
        _ => return None,
    };
    let (object, name) = (object(path)?, (*name).to_owned());
    is_name(&name).then(|| Address {
        vault: VaultId(format!("{}{suffix}", vault.to_ascii_lowercase())),
        object,
        name,
        version,
    })
}

fn object(path: &str) -> Option<Object> {
    Object::ALL.into_iter().find(|object| object.collection() == path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_an_address_names_the_same() {
        let wanted = |version: Option<&str>| Address {
            vault: VaultId("contoso.vault.azure.net".into()),
            object: Object::Key,
            name: "payments-sign".into(),
            version: version.map(str::to_owned),
        };
        let manager =
            "/subscriptions/1/resourceGroups/g/providers/Microsoft.KeyVault/vaults/Contoso/keys/payments-sign";
        for (text, version) in [
            ("https://contoso.vault.azure.net/keys/payments-sign", None),
            ("https://Contoso.vault.azure.net/keys/payments-sign/", None),
            ("https://contoso.vault.azure.net/keys/payments-sign/0b1c", Some("0b1c")),
            ("https://contoso.vault.azure.net/deletedkeys/payments-sign", None),
            (manager, None),
            (&format!("{manager}/versions/0b1c"), Some("0b1c")),
        ] {
            assert_eq!(address(text, Cloud::Public), Some(wanted(version)), "{text}");
        }
        for text in [
            "",
            "payments-sign",
            "http://contoso.vault.azure.net/keys/a",
            "https://contoso.vault.azure.net/storage/a",
            "https://contoso.vault.azure.net/keys/a/b/c",
            "https://contoso.vault.azure.net/keys/a_b",
            "https://contoso.vault.azure.net:8443/keys/a",
        ] {
            assert_eq!(address(text, Cloud::Public), None, "{text}");
        }
    }

    #[test]
    fn a_vault_is_named_by_its_address_its_host_or_its_name() {
        for text in [
            "https://contoso.vault.azure.net",
            "https://CONTOSO.vault.azure.net/",
            "contoso.vault.azure.net",
            "contoso",
        ] {
            assert_eq!(vault_of(text, Cloud::Public, &[]).unwrap().0, "contoso.vault.azure.net", "{text}");
        }
        assert_eq!(vault_of("https://h.managedhsm.azure.net", Cloud::Public, &[]).unwrap().0, "h.managedhsm.azure.net");
        for text in [
            "http://contoso.vault.azure.net",
            "https://contoso.vault.azure.cn",
            "https://vault.azure.net",
            "https://vault.azure.net.example.com",
            "https://a@contoso.vault.azure.net",
            "https://contoso.vault.azure.net/keys/a",
            "https://contoso.vault.azure.net:444",
        ] {
            assert_eq!(vault_of(text, Cloud::Public, &[]).unwrap_err().kind(), Kind::Invalid, "{text}");
        }
    }
}
