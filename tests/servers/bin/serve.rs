//! Starts one server, filled with the fixture's items, and keeps it until Enter or the end of standard input:
//! `cargo run -p claviger-tests --bin serve -- openbao | openbao-tls | localstack | ministack | fakecloud`.

use std::process::ExitCode;

use servers::{AmazonServer, Failure, OpenBao, Result};

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
        "openbao" => wait(&OpenBao::start().await?),
        "openbao-tls" => wait(&OpenBao::start_tls().await?),
        "localstack" => wait(&AmazonServer::localstack().await?),
        "ministack" => wait(&AmazonServer::ministack().await?),
        "fakecloud" => wait(&AmazonServer::fakecloud().await?),
        _ => Err(Failure::new("which server? openbao, openbao-tls, localstack, ministack or fakecloud")),
    }
}

fn wait(server: &dyn std::fmt::Debug) -> Result<()> {
    println!("{server:#?}\nEnter ends it.");
    std::io::stdin().read_line(&mut String::new())?;
    Ok(())
}
