//! The print shop of the demo: takes the run, makes the letters, posts them at once. Owns what a demo's document shows beside each
//! letter: the secrets themselves, so that tests and visitors can go on.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::press::Printer;
use super::run::{Item, Job, Officer, Run, Secret, What, posted, printed, waiting};
use crate::config::Settings;
use crate::ctx::Ctx;
use crate::delivery::{Folder, stem};
use crate::fault::Fault;
use crate::storage::{Durability, Halt, Store, Tx};

const AT_ONCE: usize = 20;

/// Prints and posts what waits. `unprintable` is what earlier rounds could not print, and said so.
///
/// # Errors
/// When the database does not answer, or the disk does not take a letter.
pub async fn round(store: &Store, settings: &Settings, ctx: &Ctx, unprintable: &mut HashSet<Item>) -> Result<(), Halt> {
    for what in [What::Cards, What::Passwords] {
        let mut run = Run::new(AT_ONCE, unprintable.clone());
        let mut printer = None;
        while let Some(ask) = run.asks() {
            let act_ctx = ctx.clone();
            let read = move |tx: &mut Tx<'_>| waiting(tx, &act_ctx, what, &ask);
            let jobs = store.read("demo.post", read).await?;
            if jobs.is_empty() {
                break;
            }
            // Fonts are read only when there is something to print.
            let ready = match printer.take() {
                Some(ready) => ready,
                None => Printer::new(settings)?,
            };
            run.make(printer.insert(ready), ctx.now, jobs);
        }
        post(store, settings, ctx, run, unprintable).await?;
    }
    Ok(())
}

async fn post(
    store: &Store,
    settings: &Settings,
    ctx: &Ctx,
    run: Run,
    unprintable: &mut HashSet<Item>,
) -> Result<(), Halt> {
    let officer = Officer {
        name: "demo".to_owned(),
        reason: "demo".to_owned(),
    };
    let items = run.items();
    let marked = if items.is_empty() {
        Vec::new()
    } else {
        let (act_ctx, act_officer) = (ctx.clone(), officer.clone());
        let act = move |tx: &mut Tx<'_>| printed(tx, &act_ctx, &act_officer, &items);
        store.transact("demo.print", Durability::Full, act).await?
    };
    let (letters, left) = run.marked(&marked);
    for left in left {
        log::warn!("a letter cannot be printed and waits: {}: {}", left.item, left.reason);
        unprintable.insert(left.item);
    }
    if letters.is_empty() {
        return Ok(());
    }
    let folder = Folder::of_demo(&settings.demo.dir);
    letters.iter().try_for_each(|(job, pdf)| put(&folder, ctx, job, pdf))?;
    let (act_ctx, name) = (ctx.clone(), officer.name);
    let act = move |tx: &mut Tx<'_>| {
        for item in &marked {
            posted(tx, &act_ctx, &name, item)?;
        }
        Ok(())
    };
    store.transact("demo.posted", Durability::Full, act).await
}

fn put(folder: &Folder, ctx: &Ctx, job: &Job, pdf: &[u8]) -> Result<(), Fault> {
    let (content, id) = (job.content(), job.item().to_string());
    let mut about = json!({
        "id": id, "kind": content.word(), "eid_number": job.eid.as_str(), "name": job.to.name, "address": job.to.address,
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
        .put("letters", &stem(ctx.now, job.eid.as_str(), &id), ("pdf", pdf), &about)
        .map_err(|error| Fault::new("the demo's outbox", error))
}
