//! The print shop of the demo: takes the run, makes the letters, posts them at once. Owns what a demo's document shows beside each
//! letter: the secrets themselves, so that tests and visitors can go on.

use serde_json::{Value, json};

use super::press::Printer;
use super::run::{Job, Officer, Secret, card_posted, password_posted, take_cards, take_passwords};
use crate::config::Settings;
use crate::ctx::Ctx;
use crate::delivery::{Folder, stem};
use crate::fault::Fault;
use crate::storage::{Durability, Halt, Store, Tx};

const AT_ONCE: i64 = 20;

/// Prints and posts what waits.
///
/// # Errors
/// When the database does not answer, or the disk does not take a letter.
pub async fn round(store: &Store, settings: &Settings, ctx: &Ctx) -> Result<(), Halt> {
    let waits = store
        .read("demo.post", |tx| {
            Ok(!tx.cards().to_print(1)?.is_empty() || !tx.activations().to_print(1)?.is_empty())
        })
        .await?;
    if !waits {
        return Ok(());
    }
    let officer = Officer {
        name: "demo".to_owned(),
        reason: "demo".to_owned(),
    };
    let (act_ctx, act_officer) = (ctx.clone(), officer.clone());
    let act = move |tx: &mut Tx<'_>| {
        let mut jobs = take_cards(tx, &act_ctx, &act_officer, AT_ONCE)?;
        jobs.extend(take_passwords(tx, &act_ctx, &act_officer, AT_ONCE)?);
        Ok(jobs)
    };
    let jobs = store.transact("demo.print", Durability::Full, act).await?;
    if jobs.is_empty() {
        return Ok(());
    }
    put_all(settings, ctx, &jobs)?;
    let (act_ctx, name) = (ctx.clone(), officer.name);
    let ids: Vec<_> = jobs.iter().map(posted_as).collect();
    let act = move |tx: &mut Tx<'_>| {
        for id in &ids {
            match id {
                Posted::Card(number) => card_posted(tx, &act_ctx, &name, number)?,
                Posted::Activation(id) => password_posted(tx, &act_ctx, &name, *id)?,
            };
        }
        Ok(())
    };
    store.transact("demo.posted", Durability::Full, act).await
}

fn put_all(settings: &Settings, ctx: &Ctx, jobs: &[Job]) -> Result<(), Fault> {
    let (printer, folder) = (Printer::new(settings)?, Folder::of_demo(&settings.demo.dir));
    jobs.iter().try_for_each(|job| put(&printer, &folder, ctx, job))
}

enum Posted {
    Card(crate::domain::keycard::CardNumber),
    Activation(crate::domain::id::ActivationId),
}

fn posted_as(job: &Job) -> Posted {
    match &job.secret {
        Secret::Card { sheet, .. } => Posted::Card(sheet.number().clone()),
        Secret::Activation { id, .. } => Posted::Activation(*id),
    }
}

fn put(printer: &Printer, folder: &Folder, ctx: &Ctx, job: &Job) -> Result<(), Fault> {
    let content = job.content();
    let pdf = printer.letter(&job.to, ctx.now, &content)?;
    let mut about = json!({
        "id": job.id(), "kind": content.word(), "eid_number": job.eid.as_str(), "name": job.to.name, "address": job.to.address,
        "language": job.to.language.as_str(), "at": ctx.now.rfc3339(),
    });
    if let Some(about) = about.as_object_mut() {
        match &job.secret {
            Secret::Card { sheet, large } => {
                about.insert("card".into(), sheet.json());
                about.insert("large_print".into(), Value::Bool(*large));
            }
            Secret::Activation { password, until, .. } => {
                about.insert("activation_password".into(), password.expose().into());
                about.insert("valid_until".into(), until.rfc3339().into());
            }
        }
    }
    folder
        .put(
            "letters",
            &stem(ctx.now, job.eid.as_str(), &job.id()),
            ("pdf", &pdf),
            &about,
        )
        .map_err(|error| Fault::new("the demo's outbox", error))
}
