//! The same run, taken back after the old key was taken away from both: what signs is accepted on the whole way back.

use contract::RotationNote;

use super::{Hand, Run, USER, public_key};
use crate::{
    hands,
    walk::{conflict, text},
};

impl Run {
    /// The old key is taken away from both consumers, and then it goes wrong.
    async fn turn_back(&mut self) -> Result<(), String> {
        let statement = text(&self.walk.run(&self.user).removal, 0);
        self.run(&statement).await?;
        self.paste().await?;
        let alone = text(&self.walk.run(&self.set).removal, 0);
        self.world.set.publish(&alone);
        self.look().await?;
        self.note(RotationNote::RollBack { reason: "an archive does not read the new one".to_owned() }).await?;
        assert_eq!(self.walk.now.roll_back.tell, [USER, "shop"]);
        conflict(&self.walk.refuses(back()).await, "it is not shown that ETL_USER has the old key");
        let without = self.pasted();
        let without = self.walk.refuses(without).await;
        assert_eq!(without.message(), "neither slot shows the old key");
        Ok(())
    }

    /// Both get the old key beside the new one, and only then the clients go back to it.
    async fn give_back(&mut self) -> Result<(), String> {
        let statement = text(&self.walk.run(&self.user).back, 0);
        let old = public_key(&self.world.server, 1).await;
        assert_eq!(hands::statement(&statement), (USER.to_owned(), "RSA_PUBLIC_KEY".to_owned(), old));
        self.run(&statement).await?;
        self.paste().await?;
        assert!(self.walk.run(&self.user).told_back.is_some());
        conflict(&self.walk.refuses(back()).await, "was not looked at since it is taken back");
        self.look().await?;
        conflict(&self.walk.refuses(back()).await, "shop does not publish the old key");
        let both = text(&self.walk.run(&self.set).back, 0);
        self.world.set.publish(&both);
        self.look().await?;
        self.walk.wait_for("confirm-switch-back").await;
        self.world.named = Some(1);
        self.note(back()).await
    }

    /// The new key is taken away from both.
    async fn clear(&mut self) -> Result<(), String> {
        let statement = text(&self.walk.run(&self.user).back, 2);
        self.run(&statement).await?;
        let alone = text(&self.walk.run(&self.set).back, 1);
        self.world.set.publish(&alone);
        self.look().await?;
        self.note(RotationNote::FinishRollBack).await
    }
}

fn back() -> RotationNote {
    RotationNote::ConfirmSwitchBack { evidence: "key_version=1 is rolled out".to_owned() }
}

async fn there_and_back(hand: Hand) -> Result<Run, String> {
    let mut run = Run::begin(Hand::Careful).await;
    run.create().await?;
    run.distribute().await?;
    run.switch().await?;
    run.turn_back().await?;
    run.hand = hand;
    run.give_back().await?;
    run.clear().await?;
    Ok(run)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_signs_is_accepted_on_the_whole_way_back() {
    let run = there_and_back(Hand::Careful).await.unwrap();
    run.walk.is_over("rolled-back").await;
    assert_eq!(super::newest(&run.world.server).await, 2, "what was made stays");
}

/// The control: the slot that is cleared at the end is the other one.
#[tokio::test(flavor = "multi_thread")]
async fn a_careless_way_back_is_noticed() {
    let noticed = there_and_back(Hand::Careless).await.map(|run| run.walk.now.row.phase).unwrap_err();
    assert_eq!(noticed, "version 1 signs, and its key is in no slot");
}
