//! Every metric: its name, type, labels and what it means. One list, from which the server describes them, the document is made
//! and dashboard and alerts are checked. Labels hold words of ours only: never an address, a name, a number of a person.

/// What kind of number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Only grows, from 0 at the start of the process.
    Counter,
    /// Goes up and down.
    Gauge,
    /// How long something took, in seconds.
    Histogram,
}

/// A metric.
#[derive(Debug, Clone, Copy)]
pub struct Metric {
    /// Its name.
    pub name: &'static str,
    /// What kind of number.
    pub kind: Kind,
    /// The names of its labels.
    pub labels: &'static [&'static str],
    /// What it means.
    pub meaning: &'static str,
    /// Whether a server shows it from the beginning; the others come with the first time that it happens.
    pub from_the_start: bool,
}

const fn metric(name: &'static str, kind: Kind, labels: &'static [&'static str], meaning: &'static str) -> Metric {
    Metric {
        name,
        kind,
        labels,
        meaning,
        from_the_start: true,
    }
}

const fn seen_when_it_happens(metric: Metric) -> Metric {
    Metric {
        from_the_start: false,
        ..metric
    }
}

use Kind::{Counter, Gauge, Histogram};

/// All of them.
pub const CATALOGUE: &[Metric] = &[
    // Requests
    metric(
        "idp_request_seconds",
        Histogram,
        &["method", "route", "status"],
        "Time from a request to its answer, by method, route pattern and status. Rate, errors and duration of every route",
    ),
    metric(
        "idp_faults_total",
        Counter,
        &[],
        "Answers with an incident number: look for it in the log",
    ),
    seen_when_it_happens(metric(
        "idp_refusals_total",
        Counter,
        &["told", "code"],
        "Refusals by stable code: told to the `person` on a page of ours, or to the `party` by its protocol",
    )),
    // Log-ins
    metric(
        "idp_logins_total",
        Counter,
        &["outcome"],
        "Log-ins that ended: `completed` with a factor, `session` on a running session, `refused` to the party, `cancelled` by the person",
    ),
    seen_when_it_happens(metric(
        "idp_login_steps_total",
        Counter,
        &["factor", "outcome"],
        "Answers to a factor (`password`, `keycard`, `app`, `token`, `passkey`, `voice`): `accepted`, or the code of the refusal",
    )),
    // Too much at once
    seen_when_it_happens(metric(
        "idp_turned_away_total",
        Counter,
        &["cause"],
        "Turned away because there was too much: the dam against floods, connections, slow clients, hash lanes, the queue before the database; a log line per cause at most every ten seconds",
    )),
    seen_when_it_happens(metric(
        "idp_flooded_total",
        Counter,
        &[],
        "Answers to the log-in turned away by the dam against floods",
    )),
    seen_when_it_happens(metric(
        "idp_connections",
        Gauge,
        &[],
        "Open connections of the public listener",
    )),
    seen_when_it_happens(metric(
        "idp_room_open",
        Gauge,
        &[],
        "1 while strangers wait in line before the log-in",
    )),
    seen_when_it_happens(metric(
        "idp_room_line_seconds",
        Gauge,
        &[],
        "How long the line before the log-in is",
    )),
    // Password hashes
    metric("idp_hash_lanes", Gauge, &[], "Threads that hash passwords"),
    metric(
        "idp_hash_jobs",
        Gauge,
        &[],
        "Password hashes that run or wait for a lane, at the moment of reading",
    ),
    seen_when_it_happens(metric(
        "idp_hash_seconds",
        Histogram,
        &[],
        "Time of one password hash on its lane",
    )),
    seen_when_it_happens(metric(
        "idp_hash_waiting",
        Gauge,
        &["class"],
        "People who wait for a turn at a password hash: `known` browsers and `stranger`s",
    )),
    seen_when_it_happens(metric(
        "idp_hash_wait_seconds",
        Histogram,
        &["class"],
        "Time until somebody had a turn at a password hash, or none",
    )),
    // The database
    metric(
        "idp_transaction_seconds",
        Histogram,
        &["name"],
        "Time from asking for a transaction or a reading to its end, waiting included, by name",
    ),
    metric(
        "idp_store_waiting",
        Gauge,
        &["queue"],
        "Acts that wait before the database, to `write` or to `read`, at the moment of reading",
    ),
    // The registers of others
    seen_when_it_happens(metric(
        "idp_register_questions_total",
        Counter,
        &["register", "outcome"],
        "Questions to a register over the network (`cpr`, `documents`, `companies`): `answered`, `remembered` from before, `failed`, `busy` (too many ask at once), `left_alone` (it keeps failing)",
    )),
    seen_when_it_happens(metric(
        "idp_register_left_alone",
        Gauge,
        &["register"],
        "1 while a register that keeps failing is not asked",
    )),
    // Background work
    metric(
        "idp_job_failures_total",
        Counter,
        &["job"],
        "Background work that failed and is tried again, by name",
    ),
    metric(
        "idp_outbox_waiting",
        Gauge,
        &[],
        "Letters (log-outs to services, e-mail, text messages) that are not sent yet; at most 10,000 are counted",
    ),
    metric(
        "idp_outbox_lag_seconds",
        Gauge,
        &[],
        "Age of the oldest letter that is not sent yet",
    ),
    metric(
        "idp_outbox_given_up",
        Gauge,
        &[],
        "Letters that were given up and lie there still (`idp outbox list`, `idp outbox retry`)",
    ),
    seen_when_it_happens(metric(
        "idp_outbox_letters_total",
        Counter,
        &["kind", "outcome"],
        "Letters by kind: `sent`, `failed` and tried again, `given_up` after about a day",
    )),
    metric(
        "idp_audit_unsealed_seconds",
        Gauge,
        &[],
        "Age of the oldest audit row that is in no signed segment yet; readiness fails beyond 30",
    ),
    // Keys
    metric(
        "idp_signing_key_age_seconds",
        Gauge,
        &["purpose", "alg"],
        "Since when the key that signs has signed",
    ),
    metric(
        "idp_signing_keys",
        Gauge,
        &["purpose", "alg", "state"],
        "Signing keys by state: `next`, `active`, `retired`",
    ),
    metric(
        "idp_data_key_generation",
        Gauge,
        &[],
        "Generation of the key of stored values that seals now",
    ),
    metric(
        "idp_data_key_age_seconds",
        Gauge,
        &[],
        "Since when that generation seals; 0 before the first `keys rotate --data`",
    ),
    metric(
        "idp_data_key_moving",
        Gauge,
        &[],
        "1 while stored values are under way to the newest generation (`idp keys list` tells how many are left)",
    ),
    metric(
        "idp_resealed_values_total",
        Counter,
        &[],
        "Stored values that this node sealed again under a new generation",
    ),
    // The house
    metric(
        "idp_ready",
        Gauge,
        &[],
        "1 when the house can do its work, as `/health/ready` says it",
    ),
    seen_when_it_happens(metric(
        "idp_certificates_issued_total",
        Counter,
        &["how"],
        "Certificates issued: `issued`, or why one was renewed",
    )),
    seen_when_it_happens(metric(
        "idp_certificates_revoked_total",
        Counter,
        &["reason"],
        "Certificates revoked, by reason",
    )),
    seen_when_it_happens(metric(
        "idp_ocsp_answers_total",
        Counter,
        &["outcome"],
        "OCSP answers: `good`, `revoked`, `unknown`; without a signature `malformed`, `unauthorized`, `try_later`, `internal`",
    )),
    seen_when_it_happens(metric(
        "idp_list_age_seconds",
        Gauge,
        &["ca"],
        "Age of the newest revocation list of a CA, as this node gives it out; made every six hours, counts for a day",
    )),
    seen_when_it_happens(metric(
        "idp_ca_remaining_seconds",
        Gauge,
        &["ca"],
        "Until the certificate of the CA that issues ends",
    )),
    seen_when_it_happens(metric(
        "idp_root_list_remaining_seconds",
        Gauge,
        &["root"],
        "Until the revocation list of a root ends, after which whole chains are refused",
    )),
    metric(
        "idp_keys_refused",
        Gauge,
        &[],
        "Stored signing keys that the vault does not vouch for: somebody else wrote them",
    ),
    seen_when_it_happens(metric(
        "idp_job_panics_total",
        Counter,
        &["job"],
        "Background jobs that ended abnormally; they run again in their turn",
    )),
    metric("idp_parties", Gauge, &[], "Relying parties in use"),
    metric(
        "idp_reload_failures_total",
        Counter,
        &[],
        "Reloads of the parties that were refused: the old set is in use",
    ),
    metric(
        "idp_info",
        Gauge,
        &["version", "database"],
        "1; which program this is and on which database",
    ),
    // The process, by the names that are usual
    metric(
        "process_resident_memory_bytes",
        Gauge,
        &[],
        "Memory that the process holds",
    ),
    metric(
        "process_cpu_seconds_total",
        Gauge,
        &[],
        "CPU time that the process has used, in user and kernel",
    ),
    metric("process_open_fds", Gauge, &[], "Open files and connections"),
    metric(
        "process_start_time_seconds",
        Gauge,
        &[],
        "When the process was started, in seconds since 1970",
    ),
];

/// Tells the recorder what each one means, and begins those that count without labels at 0.
pub(super) fn describe() {
    for metric in CATALOGUE {
        match metric.kind {
            Counter => metrics::describe_counter!(metric.name, metric.meaning),
            Gauge => metrics::describe_gauge!(metric.name, metric.meaning),
            Histogram => metrics::describe_histogram!(metric.name, metric.meaning),
        }
        if metric.kind == Counter && metric.labels.is_empty() && metric.from_the_start {
            metrics::counter!(metric.name).increment(0);
        }
    }
}

#[cfg(test)]
mod tests;
