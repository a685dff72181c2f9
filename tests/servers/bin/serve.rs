//! Starts one server, filled with the fixture's items, and keeps it until Enter or the end of standard input:
//! `cargo run -p claviger-tests --bin serve -- openbao | openbao-tls | localstack | ministack | fakecloud`.

use std::process::ExitCode;

use servers::{AmazonServer, Failure, OpenBao, Result, fixtures};

#[tokio::main]
async fn main() -> ExitCode {
    match serve(&std::env::args().nth(1).unwrap_or_default()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("serve: {failure}");
            ExitCode::FAILURE
        }
    }
}

async fn serve(name: &str) -> Result<()> {
    match name {
        "openbao" => openbao(OpenBao::start().await?).await,
        "openbao-tls" => openbao(OpenBao::start_tls().await?).await,
        "localstack" => amazon(AmazonServer::localstack().await?).await,
        "ministack" => amazon(AmazonServer::ministack().await?).await,
        "fakecloud" => amazon(AmazonServer::fakecloud().await?).await,
        _ => Err(Failure::new("which server? openbao, openbao-tls, localstack, ministack or fakecloud")),
    }
}

async fn openbao(server: OpenBao) -> Result<()> {
    let filled = fixtures::openbao::fill(&server).await?;
    println!("export VAULT_ADDR={} VAULT_TOKEN={}", server.address(), OpenBao::ROOT_TOKEN);
    if let Some(ca_file) = server.ca_file() {
        println!("export VAULT_CACERT={}", ca_file.display());
    }
    println!("{filled:#?}");
    wait()
}

async fn amazon(server: AmazonServer) -> Result<()> {
    let filled = fixtures::amazon::fill(&server).await?;
    println!("export AWS_ENDPOINT_URL={} AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test", server.endpoint());
    println!("{filled:#?}");
    wait()
}

fn wait() -> Result<()> {
    println!("Enter ends it.");
    std::io::stdin().read_line(&mut String::new())?;
    Ok(())
}
