//! A Snowflake statement for a service user, proven with openssl and ssh-keygen.

use servers::fixtures::to_base64;

use crate::{journey, oracle};

#[tokio::test]
async fn a_statement_for_snowflake_holds_the_key_that_openssl_reads() {
    let desktop = journey::practice().await;
    journey::filter(&desktop, "snowflake-etl").await;
    assert_eq!(desktop.names().await, ["snowflake-etl"]);
    desktop.open_row("snowflake-etl").await;
    journey::open_export(&desktop).await;
    let pem = journey::copy_as(&desktop, "spki-pem", "-----BEGIN PUBLIC KEY-----").await;
    let ssh = journey::copy_as(&desktop, "openssh", "ssh-rsa ").await;
    let spki = oracle::spki(&pem);

    desktop.click_on("format-snowflake").await;
    desktop.fill("User", "ETL_SVC").await;
    desktop.click("radio", "RSA_PUBLIC_KEY_2").await;
    let wanted = format!("ALTER USER ETL_SVC SET RSA_PUBLIC_KEY_2='{}';", to_base64(&spki));
    desktop.part_shows("export-text", &wanted).await;
    desktop.part_shows("export-preview", &oracle::fingerprint(&spki)).await;
    desktop.part_shows("export-preview", &oracle::ssh_fingerprint(&ssh)).await;
    desktop.part_shows("export-preview", "RSA_PUBLIC_KEY_2_FP").await;
    desktop.picture("export-snowflake-light").await;
    desktop.theme("dark").await;
    desktop.picture("export-snowflake-dark").await;
    desktop.click_on("export-copy").await;
    let statement = desktop.pasted("the statement", |text| text.starts_with("ALTER USER")).await;
    assert_eq!(statement.trim_end(), wanted);

    // What the consumer shows, and two things that it does not.
    let ours = oracle::fingerprint(&spki);
    let other = oracle::fingerprint(b"the key of somebody else");
    let sshs = oracle::ssh_fingerprint(&ssh);
    for (pasted, verdict) in
        [(ours, "Match."), (other, "No match."), (sshs, "This is the SSH fingerprint of this key.")]
    {
        desktop.fill("Paste what the consumer shows", &pasted).await;
        desktop.click("button", "Compare").await;
        desktop.part_shows("verdict", verdict).await;
    }
}
