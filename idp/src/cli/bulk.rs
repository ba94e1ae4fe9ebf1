//! `idp bulk issue`: eIDs for a bank's customers, from a file or stdin, a line of JSON each or a sheet. Owns that it may be stopped at any moment and begun
//! again: what is done stays done. Works while servers run, in the memory of some hundred lines.

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::Path;

use super::words::{BulkCommand, BulkIssue};
use super::{Cli, Failure, open, print};
use crate::app::House;
use crate::credentials::activation;
use crate::ctx::Ctx;
use crate::files;
use crate::issuing::Rules;
use crate::issuing::bulk::{Delivery, Sheet, Wanted, done, take, told};
use crate::registers::Registers;
use crate::storage::{Durability, Tx};

/// Lines of one transaction.
const AT_ONCE: usize = 200;
/// No line is longer.
const LINE_BYTES: u64 = 8_192;

/// Issues.
pub(super) fn run(cli: &Cli, command: &BulkCommand) -> Result<(), Failure> {
    let BulkCommand::Issue(wish) = command;
    let house = open::house(cli)?;
    let (delivery, sector) = delivery(&house, wish)?;
    let (read, done) = issue(&house, &delivery, wish)?;
    let (issued, refused) = report(&house, &delivery, sector.as_deref(), wish.out.as_deref())?;
    print(&format!(
        "{read} lines read, {done} done now; of the delivery: {issued} issued, {refused} refused"
    ))
}

fn delivery(house: &House, wish: &BulkIssue) -> Result<(Delivery, Option<String>), Failure> {
    let parties = house.parties.current();
    let ra = parties.get(&wish.ra).and_then(|party| party.ra.as_ref());
    let ra = ra.ok_or_else(|| Failure::new(format!("{}: no registration authority", wish.ra)))?;
    let bank = ra.bank.clone();
    let bank = bank.ok_or_else(|| Failure::new(format!("{}: no bank; only a bank issues in bulk", wish.ra)))?;
    let word = |text: &str| {
        let text = text.trim().to_owned();
        (1..=100).contains(&text.chars().count()).then_some(text)
    };
    let named = || Failure::new("--batch, --officer and --reason are required: they are recorded");
    let sector = parties.of_bank(&bank).map(|party| party.sector.clone());
    let delivery = Delivery {
        ra: wish.ra.clone(),
        from_age: ra.from_age,
        batch: word(&wish.batch).ok_or_else(named)?,
        officer: word(&wish.officer).ok_or_else(named)?,
        reason: word(&wish.reason).ok_or_else(named)?,
        bank,
    };
    Ok((delivery, sector))
}

/// The lines of a delivery, each with its number.
struct Lines {
    from: Box<dyn BufRead>,
    number: i64,
}

impl Lines {
    fn of(file: Option<&Path>) -> Result<Self, Failure> {
        let from: Box<dyn BufRead> = match file {
            Some(path) => {
                let file = File::open(path).map_err(|error| Failure::new(format!("{}: {error}", path.display())))?;
                Box::new(BufReader::new(file))
            }
            None => Box::new(std::io::stdin().lock()),
        };
        Ok(Self { from, number: 0 })
    }

    fn next(&mut self) -> Result<Option<Vec<u8>>, Failure> {
        let (mut line, number) = (Vec::new(), self.number + 1);
        let mut limited = std::io::Read::take(&mut self.from, LINE_BYTES + 1);
        let read = limited
            .read_until(b'\n', &mut line)
            .map_err(|error| Failure::new(format!("line {number}: {error}")))?;
        if u64::try_from(read).is_ok_and(|read| read > LINE_BYTES) {
            return Err(Failure::new(format!("line {number}: longer than 8 KiB")));
        }
        self.number = number;
        Ok((read > 0).then(|| line.trim_ascii().to_vec()))
    }

    /// The columns, where the delivery is a sheet.
    fn sheet(&mut self, wish: &BulkIssue) -> Result<Option<Sheet>, Failure> {
        let named = wish.file.as_deref().and_then(Path::extension);
        if !wish.csv && !named.is_some_and(|kind| kind.eq_ignore_ascii_case("csv")) {
            return Ok(None);
        }
        let names = self.next()?.unwrap_or_default();
        Sheet::read(&names).map(Some).map_err(Failure::new)
    }
}

/// Reads and does every line; how many were read, and how many were done now.
fn issue(house: &House, delivery: &Delivery, wish: &BulkIssue) -> Result<(usize, usize), Failure> {
    let mut lines = Lines::of(wish.file.as_deref())?;
    let sheet = lines.sheet(wish)?;
    let registers = Registers::open(&house.settings.registers, house.store.clone())?;
    let (mut read, mut done, mut some) = (0, 0, Vec::with_capacity(AT_ONCE));
    while let Some(text) = lines.next()? {
        if text.is_empty() {
            continue;
        }
        read += 1;
        some.push(match &sheet {
            Some(sheet) => Wanted::row(lines.number, sheet, &text),
            None => Wanted::read(lines.number, &text),
        });
        if some.len() == AT_ONCE {
            done += act(house, &registers, delivery, std::mem::take(&mut some))?;
        }
    }
    if !some.is_empty() {
        done += act(house, &registers, delivery, some)?;
    }
    Ok((read, done))
}

/// Asks the register about those that are not done yet, then does the lines in one transaction.
fn act(house: &House, registers: &Registers, delivery: &Delivery, mut lines: Vec<Wanted>) -> Result<usize, Failure> {
    let (of, text) = (delivery.clone(), lines.clone());
    let before = house.store.read_blocking("bulk.done", move |tx| done(tx, &of, &text))?;
    let is_done = |line: &Wanted| before.iter().any(|before| before.line == line.number());
    for line in lines.iter_mut().filter(|line| !is_done(line)) {
        if let Some(cpr) = line.asks().cloned() {
            let entry = registers.cpr.entry(&cpr);
            line.entry = entry.map_err(|error| Failure::new(format!("line {}: {error}", line.number())))?;
        }
    }
    let (ctx, delivery, rules) = (open::ctx(house), delivery.clone(), rules(house));
    let act = move |tx: &mut Tx<'_>| take(tx, &ctx, &delivery, &lines, &rules);
    Ok(house.store.transact_blocking("bulk.issue", Durability::Full, act)?)
}

fn rules(house: &House) -> Rules {
    Rules {
        proofing: house.settings.proofing.rules(),
        activation: activation::Rules {
            life: house.settings.activation.days.span(),
            by: activation::By::Letter,
        },
    }
}

/// Writes what came of each line; how many were issued and refused.
fn report(
    house: &House,
    delivery: &Delivery,
    sector: Option<&str>,
    out: Option<&Path>,
) -> Result<(usize, usize), Failure> {
    let mut file = match out {
        Some(path) => {
            let file = files::create(path).map_err(|error| Failure::new(format!("{}: {error}", path.display())))?;
            Some(BufWriter::new(file))
        }
        None => None,
    };
    let (mut first, mut issued, mut refused) = (1, 0, 0);
    let ctx: Ctx = open::ctx(house);
    let page = i64::try_from(AT_ONCE).unwrap_or(i64::MAX);
    loop {
        let (act_ctx, act_delivery, sector) = (ctx.clone(), delivery.clone(), sector.map(str::to_owned));
        // The names that the bank knows people by are drawn at their first telling.
        let act = move |tx: &mut Tx<'_>| told(tx, &act_ctx, &act_delivery, sector.as_deref(), (first, page));
        let lines = house.store.transact_blocking("bulk.told", Durability::Full, act)?;
        let Some(last) = lines.last() else { break };
        first = last.line + 1;
        for line in &lines {
            if line.outcome == "issued" {
                issued += 1;
            } else {
                refused += 1;
            }
            if let Some(file) = &mut file {
                let text = serde_json::to_string(line).map_err(|error| Failure::new(error.to_string()))?;
                writeln!(file, "{text}").map_err(|error| Failure::new(error.to_string()))?;
            }
        }
    }
    if let Some(mut file) = file {
        file.flush().map_err(|error| Failure::new(error.to_string()))?;
    }
    Ok((issued, refused))
}
