//! The right to send is used up by the call.

async fn twice(changes: &dyn domain::Changes, sending: domain::Sending) {
    changes.perform(sending).await;
    changes.perform(sending).await;
}

fn main() {}
